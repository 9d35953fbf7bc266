"""Zones of the ARS: documented codes, in the layouts seen in public code."""

from __future__ import annotations

import io
from datetime import date

import numpy as np
import pytest
import xlsxwriter

from geodata.errors import ImportRefuseError
from geodata.imports.officiels import ImportOfficiel, analyse_fichier
from geodata.schema import Geographie

LE = date(2026, 11, 22)
ENTETE = "Code;Libellé;Zonage_MG"


def analyse(geographie: Geographie, lignes: list[str], annee: str = "2024") -> ImportOfficiel:
    contenu = "\n".join(lignes).encode()
    return analyse_fichier("x", contenu, geographie, le=LE, annee_annoncee=annee)


def zones(lu: ImportOfficiel) -> dict[str, str]:
    valeurs = lu.tables[0].valeurs
    return {
        str(code): next((str(nom) for nom in valeurs if ligne[nom] == 1), "")
        for code, ligne in valeurs.iterrows()
    }


def test_each_code_says_whole_in_part_or_elsewhere(france_jouet: Geographie) -> None:
    codes = ["1_ZIP", "2_ZAC", "3_QPV_ZIP", "8_GQ_ZIP", "5_ZV", "6_HZ"]
    communes = ["35001", "35002", "35003", "35101", "35102", "44001"]
    lignes = [f"{c};x;{zone}" for c, zone in zip(communes, codes, strict=True)]
    lu = analyse(france_jouet, [ENTETE, *lignes])
    assert lu.source.cle == "zonage"
    assert lu.tables[0].millesime == "2024"
    assert list(zones(lu).values()) == ["zip", "zac", "partielle", "partielle", "autre", "autre"]


def test_several_zones_of_a_commune_are_not_chosen_from(france_jouet: Geographie) -> None:
    lignes = ["35001;x;1_ZIP", "35001;x;2_ZAC", "35002;x;2_ZAC", "35002;x;2_ZAC", "35003;x;NC"]
    lu = analyse(france_jouet, [ENTETE, *lignes])
    assert lu.tables[0].valeurs.loc["35001"].isna().all()
    assert lu.tables[0].valeurs.loc["35003"].isna().all()
    assert zones(lu)["35002"] == "zac"
    assert lu.tables[0].compte["plusieurs_zones"] == 1
    assert lu.tables[0].compte["zones_repetees"] == 2
    assert any("Aucune zone n’est choisie" in note and "35001" in note for note in lu.notes)


def test_merged_communes_keep_a_zone_they_all_had(france_jouet: Geographie) -> None:
    unanimes = analyse(france_jouet, [ENTETE, "35001;x;1_ZIP", "35900;x;1_ZIP"])
    assert zones(unanimes) == {"35001": "zip"}
    contraires = analyse(france_jouet, [ENTETE, "35001;x;1_ZIP", "35900;x;2_ZAC"])
    assert contraires.tables[0].valeurs.loc["35001"].isna().all()
    # a city speaks for its arrondissements together
    ville = analyse(france_jouet, [ENTETE, "35100;x;2_ZAC"])
    assert zones(ville) == {"35101 35102 35103 35104": "zac"}


def test_a_workbook_with_titles_and_two_zones_gives_that_of_the_ars(
    france_jouet: Geographie,
) -> None:
    tampon = io.BytesIO()
    with xlsxwriter.Workbook(tampon) as classeur:
        classeur.add_worksheet("Lisez-moi").write(0, 0, "Notice")
        feuille = classeur.add_worksheet("Zonage_communes")
        feuille.write(0, 0, "Zonage des médecins arrêté en 2022")
        feuille.write_row(3, 0, ["reg", "depcom", "Zonage national", "Zonage ARS 2022"])
        feuille.write_row(4, 0, ["53", "35001", "HV", "ZIP"])
        feuille.write_row(5, 0, ["53", "35002", "ZAC", "Zone d'action complémentaire"])
    lu = analyse_fichier("x", tampon.getvalue(), france_jouet, le=LE)
    assert zones(lu) == {"35001": "zip", "35002": "zac"}
    assert lu.tables[0].libelle_millesime == "zonage 2022"
    assert any("« Zonage ARS 2022 »" in note for note in lu.notes)


@pytest.mark.parametrize(
    ("lignes", "attendus"),
    [
        ([ENTETE, "35001;x;1_ZIP", "35002;x;9_ZZZ"], ["zone inconnue", "ligne 3", "9_ZZZ"]),
        ([ENTETE, "Aubignac;x;1_ZIP"], ["illisible", "AUBIGNAC"]),
        (["Code TVS;Nom;Zonage", "53001;x;1_ZIP"], ["aucun des fichiers officiels"]),
        (["Code£Libellé£Zonage_MG", "35001£x£1_ZIP"], ["Une seule colonne"]),
        (["Code;Libellé", "35001;x"], ["aucun des fichiers officiels"]),
    ],
    ids=["zone", "codes", "territoires de vie", "séparateur", "colonne"],
)
def test_a_malformed_zoning_is_refused_with_its_faults(
    france_jouet: Geographie, lignes: list[str], attendus: list[str]
) -> None:
    with pytest.raises(ImportRefuseError) as refus:
        analyse(france_jouet, lignes)
    for attendu in attendus:
        assert attendu in str(refus.value)


def test_a_zoning_without_a_year_asks_for_it(france_jouet: Geographie) -> None:
    with pytest.raises(ImportRefuseError, match="indiquez-la"):
        analyse(france_jouet, [ENTETE, "35001;x;1_ZIP"], annee="")
    date_lue = analyse(france_jouet, [ENTETE + " 2023", "35001;x;1_ZIP"], annee="")
    assert date_lue.tables[0].millesime == "2023"
    assert np.isfinite(date_lue.tables[0].valeurs.loc["35001", "zip"])
