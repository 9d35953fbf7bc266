"""The PDF read back: text, tags, bookmarks, fonts, and names that stay plain text."""

from __future__ import annotations

import io

import pytest
from pypdf import PdfReader

from diagnostic.exports.contenu import build_rapport
from diagnostic.exports.pdf import export_pdf, render_pages
from diagnostic.redaction import typographier


@pytest.fixture(scope="module")
def octets(diagnostic, fond) -> bytes:
    return export_pdf(diagnostic, fond)


@pytest.fixture(scope="module")
def pdf(octets) -> PdfReader:
    return PdfReader(io.BytesIO(octets))


@pytest.fixture(scope="module")
def texte(pdf) -> str:
    return " ".join(" ".join(page.extract_text() for page in pdf.pages).split())


def test_le_pdf_est_balise_et_en_francais(pdf):
    racine = pdf.trailer["/Root"]
    assert racine["/MarkInfo"]["/Marked"]
    assert racine["/Lang"].startswith("fr")
    assert "/StructTreeRoot" in racine
    assert b"pdfuaid" in racine["/Metadata"].get_data()


def test_les_signets_suivent_les_sections(pdf):
    titres = [element.title for element in pdf.outline if not isinstance(element, list)]
    assert titres[:3] == ["Sommaire", "L’essentiel", "Le territoire"]
    assert titres[-1] == "Annexe\u00a0: les communes"


def test_toutes_les_polices_sont_embarquees(pdf):
    polices = [
        police.get_object()
        for page in pdf.pages
        for police in page["/Resources"].get("/Font", {}).values()
    ]
    assert polices
    for police in polices:
        (descendante,) = police["/DescendantFonts"]
        descripteur = descendante.get_object()["/FontDescriptor"]
        assert any(cle in descripteur for cle in ("/FontFile2", "/FontFile3"))


def test_chaque_figure_a_une_alternative(pdf):
    alternatives = []

    def parcourir(noeud):
        noeud = noeud.get_object()
        if isinstance(noeud, list):
            for enfant in noeud:
                parcourir(enfant)
        elif isinstance(noeud, dict):
            if noeud.get("/S") == "/Figure":
                alternatives.append(noeud.get("/Alt"))
            if "/K" in noeud:
                parcourir(noeud["/K"])

    parcourir(pdf.trailer["/Root"]["/StructTreeRoot"]["/K"])
    assert len(alternatives) >= 3
    assert all(alternatives)


def test_les_chiffres_sont_ceux_du_coeur(texte, diagnostic):
    assert "80 300" in texte.replace("\u202f", " ")
    assert f"Taille {diagnostic.taille}" in texte
    for ligne in diagnostic.communes:
        assert ligne.code in texte
        assert typographier(ligne.nom) in texte
    assert "Esquisse sans valeur officielle" in texte
    assert "15 mars 2026" in texte.replace("\u00a0", " ")


def test_le_balisage_dans_un_nom_reste_du_texte(texte):
    assert '#panic("x")' in texte
    assert "<script>alert(1)</script>" in texte
    assert "*gras*" in texte
    assert "<b>au sens</b>" in texte


def test_un_indicateur_sans_valeur_est_dit_absent(texte):
    assert "Non disponible" in texte
    assert "secret ou absent" in texte


def test_les_proprietes_ne_disent_rien_de_la_machine(octets, pdf, traces_machine):
    assert pdf.metadata.author == "CPTS Territoires"
    assert pdf.metadata.creation_date.isoformat().startswith("2026-03-15")
    for trace in traces_machine:
        assert trace not in octets


def test_deux_pdf_ont_les_memes_octets(diagnostic, fond, octets):
    assert export_pdf(diagnostic, fond) == octets


def test_l_apercu_rend_la_premiere_page_en_image(diagnostic, fond):
    pages = render_pages(build_rapport(diagnostic, fond), ppi=40)
    assert pages[0].startswith(b"\x89PNG")


@pytest.mark.parametrize("nom", ["x" * 300, "", "A", "é\u0301🏠日本\u202e\x00", "\\#{}[]$@<a>"])
def test_aucun_nom_n_arrete_le_pdf(renomme, fond, nom):
    assert export_pdf(renomme(nom), fond).startswith(b"%PDF")
