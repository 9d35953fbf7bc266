"""Open data of the Assurance maladie: aggregates mixed with detail, secrets, names that vary."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from geodata.errors import ImportRefuseError
from geodata.imports.officiels import ImportOfficiel, analyse_fichier
from geodata.magasin import Magasin
from geodata.schema import Geographie

LE = date(2026, 11, 22)
PATHOLOGIES = (
    "annee;patho_niv1;patho_niv2;patho_niv3;top;cla_age_5;sexe;region;dept;ntop;npop;prev;"
    "niveau_prioritaire;libelle_classe_age;libelle_sexe;tri"
)
DEMOGRAPHIE = (
    "annee;profession_sante;region;libelle_region;departement;libelle_departement;classe_age;"
    "libelle_classe_age;libelle_sexe;effectif;densite;vision_generale_all"
)
PATIENTELE = (
    "annee;profession_sante;region;libelle_region;departement;libelle_departement;"
    "nombre_patients_medecin_traitant;taux_evolution_annuel;taux_evolution_annuel_integer"
)


def analyse(geographie: Geographie, lignes: list[str]) -> ImportOfficiel:
    return analyse_fichier("x", "\n".join(lignes).encode(), geographie, le=LE)


def publiees(lu: ImportOfficiel) -> pd.DataFrame:
    (table,) = lu.tables
    assert table.valeurs.empty
    return table.publiees


def patients(dept: str, ntop: object, npop: object = 1_000, **champs: str) -> str:
    valeurs = {
        "annee": "2024-01-01", "niv1": "Diabète", "niv2": "", "niv3": "", "top": "DIA", "age":
        "tsage", "sexe": "9", "region": "53", "niveau": "1,2,3", **champs,
    }  # fmt: skip
    v = valeurs
    return (
        f"{v['annee']};{v['niv1']};{v['niv2']};{v['niv3']};{v['top']};{v['age']};{v['sexe']};"
        f"{v['region']};{dept};{ntop};{npop};0;{v['niveau']};x;x;1"
    )


def liberaux(dept: str, classe: str, effectif: object, densite: object = 10, **champs: str) -> str:
    profession = champs.get("profession", "Infirmiers")
    return (
        f"{champs.get('annee', '2024')};{profession};{champs.get('region', '53')};x;{dept};x;"
        f"{classe};{champs.get('sexe', 'tout sexe')};{effectif};{densite};oui"
    )


TOUT: str = "tout_age;Tout âge"


def test_only_the_aggregate_lines_of_the_latest_year_are_read(france_jouet: Geographie) -> None:
    lignes = [
        patients("35", 80),
        patients("44", 60),
        patients("999", 500, 10_000),
        patients("999", 4_000, 50_000, region="99"),
        # detail by age, sex, sub-group, and an older year: never read, never added
        patients("35", 7, age="30-34"),
        patients("35", 40, sexe="1"),
        patients("35", 12, niv2="Diabète de type 2", niveau="2"),
        patients("35", 70, annee="2023-01-01"),
        patients("35", 900, niv1="Total consommants tous régimes"),
    ]
    lu = analyse(france_jouet, [PATHOLOGIES, *lignes])
    assert lu.source.cle == "ameli_pathologies"
    assert lu.tables[0].millesime == "2024"
    assert publiees(lu)["prevalence_diabete"].to_dict() == {
        "departement:35": 8, "departement:44": 6, "region:53": 5, "france:": 8,
    }  # fmt: skip
    assert lu.tables[0].compte["departements"] == 2


def test_labels_and_identifiers_of_the_columns_are_both_understood(
    france_jouet: Geographie,
) -> None:
    entete = (
        PATHOLOGIES.replace("ntop", "Ntop")
        .replace("npop", "Npop")
        .replace("niveau_prioritaire", "Niveau prioritaire")
        .replace("dept", "code_departement")
    )
    lu = analyse(france_jouet, [entete, patients("1", 50), patients("2A", 70)])
    assert publiees(lu)["prevalence_diabete"].to_dict() == {
        "departement:01": 5, "departement:2A": 7,
    }  # fmt: skip


def test_a_secret_number_of_patients_stays_missing(france_jouet: Geographie) -> None:
    lignes = [patients("35", ""), patients("44", "NS"), patients("976", 10)]
    lu = analyse(france_jouet, [PATHOLOGIES, *lignes])
    valeurs = publiees(lu)["prevalence_diabete"]
    assert valeurs.isna().to_dict() == {
        "departement:35": True, "departement:44": True, "departement:976": False,
    }  # fmt: skip
    assert lu.tables[0].compte["secrets"] == 2


def test_densities_are_published_and_the_share_of_60_adds_bands(
    france_jouet: Geographie, tmp_path: Path
) -> None:
    lignes = [
        liberaux("35", TOUT, 100, "85,4"),
        liberaux("35", "moins_30;Moins de 30 ans", 20),
        liberaux("35", "30_59;De 30 à 59 ans", 50),
        liberaux("35", "60_69;De 60 à 69 ans", 25),
        liberaux("35", "70_plus;70 ans et plus", 5),
        liberaux("35", TOUT, 60, sexe="femmes"),
        liberaux("44", TOUT, 30, "NS"),
        liberaux("44", "moins_30;Moins de 30 ans", 26),
        liberaux("44", "60_69;De 60 à 69 ans", "NS"),
        liberaux("999", TOUT, 130, 90, region="99"),
        liberaux("35", TOUT, 9, profession="Orthoptistes"),
    ]
    lu = analyse(france_jouet, [DEMOGRAPHIE, *lignes])
    valeurs = publiees(lu)
    assert valeurs.loc["departement:35"].to_dict() == {
        "effectif_infirmiers": 100, "densite_infirmiers": 85.4, "part_60_infirmiers": 30,
    }  # fmt: skip
    # one band under secrecy: the share is unknown, the number is not
    assert np.isnan(valeurs.loc["departement:44", "part_60_infirmiers"])
    assert np.isnan(valeurs.loc["departement:44", "densite_infirmiers"])
    assert valeurs.loc["departement:44", "effectif_infirmiers"] == 30
    assert valeurs.loc["france:", "densite_infirmiers"] == 90
    magasin = Magasin(tmp_path)
    magasin.store(lu.tables[0])
    (relue,), refus = magasin.load_all()
    assert not refus
    pd.testing.assert_frame_equal(relue.publiees, valeurs, check_names=False)


def test_bands_that_straddle_60_give_no_share(france_jouet: Geographie) -> None:
    lignes = [
        liberaux("35", TOUT, 10),
        liberaux("35", "moins_55;Moins de 55 ans", 4),
        liberaux("35", "55_64;De 55 à 64 ans", 6),
    ]
    lu = analyse(france_jouet, [DEMOGRAPHIE, *lignes])
    assert list(publiees(lu)) == ["effectif_infirmiers", "densite_infirmiers"]


def test_the_panel_is_that_of_those_who_may_be_chosen(france_jouet: Geographie) -> None:
    generalistes = "Médecins généralistes (hors médecins à expertise particulière - MEP)"
    lignes = [
        f"2024;{generalistes};53;Bretagne;35;x;1 035;1,2 %;1.2",
        f"2024;{generalistes};52;Pays de la Loire;44;x;NS;;",
        f"2024;{generalistes};99;FRANCE;999;FRANCE;1 020;;",
        "2024;Ensemble des médecins généralistes;53;Bretagne;35;x;700;;",
        f"2023;{generalistes};53;Bretagne;35;x;990;;",
    ]
    valeurs = publiees(analyse(france_jouet, [PATIENTELE, *lignes]))["patientele"]
    assert valeurs.dropna().to_dict() == {"departement:35": 1_035, "france:": 1_020}
    assert np.isnan(valeurs["departement:44"])


@pytest.mark.parametrize(
    ("lignes", "attendus"),
    [
        ([PATHOLOGIES, patients("35", 1), patients("35", 2)], ["plusieurs fois", "departement:35"]),
        ([PATHOLOGIES, patients("Bretagne", 1)], ["code de département illisible", "ligne 2"]),
        ([PATHOLOGIES, patients("35", "beaucoup")], ["non numérique", "beaucoup"]),
        ([PATHOLOGIES, patients("35", -3)], ["négatif"]),
        ([PATHOLOGIES, patients("35", 1, age="30-34")], ["aucune ligne", "tsage"]),
        ([PATHOLOGIES, patients("35", 1, annee="hier")], ["aucune année lisible"]),
        ([PATHOLOGIES.replace("niveau_", "rang_"), patients("35", 1)], ["niveau_prioritaire"]),
        ([PATHOLOGIES.replace(";", "£"), patients("35", 1)], ["Une seule colonne"]),
        ([DEMOGRAPHIE, liberaux("35", "30_39;x", 3)], ["aucune ligne", "tout âge"]),
        ([DEMOGRAPHIE, *[liberaux("35", TOUT, 3)] * 2], ["plusieurs fois"]),
        ([PATIENTELE, "2024;Pédiatres;53;x;35;x;900;;"], ["aucune ligne", "généralistes"]),
    ],
    ids=[
        "doublon", "département", "texte", "négatif", "sans agrégat", "année", "colonne",
        "séparateur", "sans tout âge", "doublon libéraux", "profession",
    ],
)  # fmt: skip
def test_a_malformed_export_is_refused_with_its_faults(
    france_jouet: Geographie, lignes: list[str], attendus: list[str]
) -> None:
    with pytest.raises(ImportRefuseError) as refus:
        analyse(france_jouet, lignes)
    for attendu in attendus:
        assert attendu in str(refus.value)
