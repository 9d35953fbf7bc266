"""The workbook read back by python-calamine and by LibreOffice."""

from __future__ import annotations

import io
import zipfile

import pytest
from python_calamine import CalamineWorkbook

from diagnostic.exports.tableur import export_xlsx


@pytest.fixture(scope="module")
def classeur(diagnostic) -> CalamineWorkbook:
    return CalamineWorkbook.from_filelike(io.BytesIO(export_xlsx(diagnostic)))


def test_les_feuilles_attendues_dans_leur_ordre(classeur):
    assert classeur.sheet_names == [
        "Synthèse",
        "Communes",
        "Indicateurs",
        "Chevauchements",
        "Financement",
        "Sources et méthode",
    ]


def test_les_communes_portent_les_chiffres_du_coeur(classeur, diagnostic):
    lignes = classeur.get_sheet_by_name("Communes").to_python()
    corps = lignes[2:]
    assert [ligne[0] for ligne in corps] == [ligne.code for ligne in diagnostic.communes]
    assert [ligne[6] for ligne in corps] == [ligne.population for ligne in diagnostic.communes]
    assert [ligne[9] for ligne in corps].count("partiel") == 1
    assert lignes[0][0].startswith("6 communes, 80\u202f300\u00a0habitants")


def test_les_indicateurs_manquants_restent_vides(classeur):
    lignes = {ligne[1]: ligne for ligne in classeur.get_sheet_by_name("Indicateurs").to_python()}
    assert lignes["Part des 65 ans et plus"][2] == 20.5
    assert lignes["Part des 65 ans et plus"][4] == 18.2
    assert lignes["Taux de chômage <b>au sens</b> du recensement"][2] == ""
    assert lignes["Taux d'exonération ALD (%)"][2] == 21.9


def test_le_financement_est_celui_du_bareme(classeur, diagnostic):
    lignes = classeur.get_sheet_by_name("Financement").to_python()
    montants = {ligne[0]: ligne[4] for ligne in lignes}
    financement = diagnostic.territoire.financement
    assert montants["Total hors volet supplémentaire SNP"] == financement.total_hors_volet_snp
    assert montants["Total avec volet supplémentaire SNP"] == financement.total_avec_volet_snp


def test_aucune_formule_et_aucun_lien(diagnostic):
    with zipfile.ZipFile(io.BytesIO(export_xlsx(diagnostic))) as archive:
        for nom in archive.namelist():
            texte = archive.read(nom).decode()
            assert "<f>" not in texte
            assert "<script" not in texte
            assert "<hyperlink " not in texte


def test_deux_classeurs_ont_les_memes_octets(diagnostic):
    assert export_xlsx(diagnostic) == export_xlsx(diagnostic)


def test_chaque_departement_garde_sa_valeur(classeur):
    lignes = classeur.get_sheet_by_name("Indicateurs").to_python()
    de_departement = {ligne[0]: ligne[2] for ligne in lignes if "(département)" in str(ligne[0])}
    assert de_departement == {"Ille-et-Vilaine (département)": 6.4,
                              "Loire-Atlantique (département)": ""}  # fmt: skip
    (propre,) = [ligne for ligne in lignes if "diabète" in str(ligne[1]) and ligne[3] == "%"]
    assert propre[2] == ""
