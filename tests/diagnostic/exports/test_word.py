"""The Word files read back by python-docx and LibreOffice: styles, headings, alternatives."""

from __future__ import annotations

import io
import zipfile

import docx
import pytest
from docx.oxml.ns import qn

from diagnostic.exports.docx_dts import export_docx
from diagnostic.exports.tableur import export_xlsx
from diagnostic.exports.trames import TRAMES, build_carte_trame, export_trame, list_trames
from diagnostic.exports.word import STYLE_A_COMPLETER


@pytest.fixture(scope="module")
def octets(diagnostic, fond) -> bytes:
    return export_docx(diagnostic, fond)


@pytest.fixture(scope="module")
def document(octets):
    return docx.Document(io.BytesIO(octets))


def test_les_sections_sont_de_vrais_titres(document):
    titres = [p.text for p in document.paragraphs if p.style.name == "Heading 1"]
    assert titres[0] == "L’essentiel"
    assert titres[-1] == "Annexe\u00a0: les communes"


def test_les_entetes_de_tableau_se_repetent(document):
    assert len(document.tables) >= 6
    for table in document.tables:
        proprietes = table.rows[0]._tr.trPr
        assert proprietes.find(qn("w:tblHeader")) is not None


def test_chaque_image_a_une_alternative(document):
    images = document.element.body.findall(f".//{qn('wp:docPr')}")
    assert len(images) >= 3
    assert all(image.get("descr") for image in images)


def test_les_communes_sont_toutes_en_annexe(document, diagnostic):
    codes = {rangee.cells[0].text for rangee in document.tables[-1].rows}
    assert {ligne.code for ligne in diagnostic.communes} <= codes


def test_les_proprietes_sont_fixes(document, octets):
    proprietes = document.core_properties
    assert proprietes.author == proprietes.last_modified_by == "CPTS Territoires"
    assert proprietes.language == "fr-FR"
    with zipfile.ZipFile(io.BytesIO(octets)) as archive:
        assert {entree.date_time for entree in archive.infolist()} == {(2026, 3, 15, 0, 0, 0)}


def test_deux_documents_ont_les_memes_octets(diagnostic, fond, octets):
    assert export_docx(diagnostic, fond) == octets


@pytest.mark.parametrize("trame", TRAMES, ids=lambda trame: trame.cle)
def test_une_trame_est_preremplie_et_marque_le_reste(diagnostic, fond, trame):
    carte = build_carte_trame(diagnostic, fond)
    octets = export_trame(diagnostic, carte, trame)
    document = docx.Document(io.BytesIO(octets))
    texte = "\n".join(p.text for p in document.paragraphs)
    assert "80\u202f300\u00a0habitants" in texte
    champs = [
        morceau.text
        for paragraphe in document.paragraphs
        for morceau in paragraphe.runs
        if morceau.style.name == STYLE_A_COMPLETER
    ]
    assert champs
    assert all(champ.startswith("[À compléter") for champ in champs)
    cellules = {c.text for table in document.tables for r in table.rows for c in r.cells}
    assert any("Aubignac" in cellule for cellule in cellules)
    assert export_trame(diagnostic, carte, trame) == octets


def test_la_region_decide_de_la_premiere_trame(diagnostic):
    regions = {part.code for part in diagnostic.territoire.regions}
    assert list_trames(diagnostic)[0].code_region in regions


def test_libreoffice_lit_le_document(diagnostic, octets, libreoffice):
    texte = libreoffice("d.docx", octets).replace("\u202f", " ")
    assert "80 300" in texte
    assert "<script>alert(1)</script>" in texte
    assert all(ligne.code in texte for ligne in diagnostic.communes)


def test_libreoffice_lit_le_classeur(diagnostic, libreoffice):
    texte = libreoffice("c.xlsx", export_xlsx(diagnostic))
    assert '=HYPERLINK("http://mal.example")' in texte
    assert all(ligne.code in texte for ligne in diagnostic.communes)


def test_ce_qui_vient_du_departement_est_dit_a_part(document):
    legendes = [p.text for p in document.paragraphs if "Hérité du département" in p.text]
    assert any("pas celles du territoire" in legende for legende in legendes)
    tables = [t for t in document.tables if "diabète" in t.rows[-1].cells[0].text]
    assert len(tables) == 1
    rangees = [[cellule.text for cellule in rangee.cells] for rangee in tables[0].rows]
    assert rangees[0][:3] == ["Indicateur", "Ille-et-Vilaine", "Loire-Atlantique"]
    assert [texte.strip() for texte in rangees[1][1:4]] == ["6,4", "–", "5,8"]
