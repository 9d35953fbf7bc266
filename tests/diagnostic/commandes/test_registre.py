"""The commands on many territories, run as a person would, on the whole of France."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from diagnostic.__main__ import main
from geodata.recherche import Recherche

ESSONNE = """nom_cpts,code_insee,statut
CPTS Santé Seine Essonne,91228,Lettre d'intention
CPTS Santé Seine Essonne,91340,Lettre d'intention
CPTS Santé Seine Essonne,91174,Lettre d'intention
CPTS Centre Essonne,91228,ACI signé
CPTS Centre Essonne,91340,ACI signé
CPTS Centre Essonne,91103,ACI signé
"""
MAUGUIO = """nom_cpts;code_insee;statut_commune;commentaire
CPTS Occitanie Méditerranée;34344;;
CPTS Occitanie Méditerranée;34192;;
CPTS Occitanie Méditerranée;30133;;
CPTS Occitanie Méditerranée;34154;partiel;Carnon seul
CPTS Montpellier Est-Bérange;34154;partiel;sans Carnon
CPTS Montpellier Est-Bérange;34022;;
"""


@pytest.fixture(scope="module")
def recherche(france: Any) -> Recherche:
    return Recherche(france.geographie)


@pytest.fixture(autouse=True)
def dossier(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, france: Any, recherche: Recherche
) -> Path:
    """Give each test its own register; the reference data are opened once for all."""
    monkeypatch.setattr("geodata.referentiel.Referentiel.ouvrir", lambda: france)
    monkeypatch.setattr("diagnostic.commandes.registre.Recherche", lambda _: recherche)
    monkeypatch.setenv("CPTS_DOSSIER_DONNEES", str(tmp_path / "donnees"))
    monkeypatch.delenv("CPTS_REGISTRE_URL", raising=False)
    return tmp_path


def ecrire(dossier: Path, nom: str, texte: str) -> str:
    (dossier / nom).write_text(texte, encoding="utf-8")
    return str(dossier / nom)


def lancer(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    assert main([*arguments, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_essonne_2020_two_projects_claim_two_communes(
    dossier: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fichier = ecrire(dossier, "essonne.csv", ESSONNE)
    (paire,) = lancer(capsys, "chevauchements", "--tous", "--contre", fichier)["paires"]
    assert paire["communes"] == ["91228", "91340"]
    assert paire["population"] == 66_919 + 7_373
    assert (paire["nature"], paire["incertain"]) == ("commune_entiere", False)


def test_mauguio_is_a_doubt_and_not_a_whole_conflict(
    dossier: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fichier = ecrire(dossier, "mauguio.csv", MAUGUIO)
    (paire,) = lancer(capsys, "chevauchements", "--contre", fichier)["paires"]
    assert (paire["nature"], paire["incertain"], paire["population"]) == ("partiel", True, 0)
    assert paire["communes"] == paire["communes_partielles"] == ["34154"]
    assert 0 < paire["population_max"] < 30_000


def test_the_published_perimeters_do_not_overlap(capsys: pytest.CaptureFixture[str]) -> None:
    resultat = lancer(capsys, "chevauchements", "--tous")
    assert (resultat["territoires_compares"], resultat["paires"]) == (18, [])


def test_coverage_and_white_zones_add_up_to_the_departement(
    capsys: pytest.CaptureFixture[str], france: Any
) -> None:
    resultat = lancer(capsys, "maillage", "--departement", "93")
    total = int(
        france.geographie.unites.query("code_departement == '93'")[
            "population_municipale_2023"
        ].sum()
    )
    assert resultat["population_totale"] == total
    blanches = sum(zone["population"] for zone in resultat["zones_blanches"])
    assert resultat["couverte_nette"] + blanches == total
    assert resultat["couverte_brute"] == resultat["couverte_nette"] == 579_696
    assert "CPTS Montreuil" in {v["nom"] for v in resultat["zones_blanches"][0]["voisins"]}


def test_an_import_is_saved_only_when_asked(
    dossier: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fichier = ecrire(dossier, "essonne.csv", ESSONNE)
    lu = lancer(capsys, "importer", fichier)
    assert [t["nom"] for t in lu["territoires"]] == [
        "CPTS Santé Seine Essonne",
        "CPTS Centre Essonne",
    ]
    assert [a["type"] for a in lu["anomalies"]] == ["commune_revendiquee"]
    assert lancer(capsys, "chevauchements")["territoires_compares"] == 18
    lancer(capsys, "importer", fichier, "--enregistrer", "--auteur", "ARS")
    resultat = lancer(capsys, "chevauchements", "--tous")
    assert resultat["territoires_compares"] == 20
    assert {resultat["paires"][0][cote] for cote in "ab"} == {
        "CPTS Santé Seine Essonne",
        "CPTS Centre Essonne",
    }


def test_a_file_with_an_unknown_code_changes_nothing(
    dossier: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fichier = ecrire(dossier, "faux.csv", "cpts;code\nA;35238\nA;99999\n")
    assert main(["importer", fichier, "--enregistrer"]) == 2
    assert "1 anomalie bloquante, rien n’a été enregistré" in capsys.readouterr().err
    assert lancer(capsys, "chevauchements")["territoires_compares"] == 18
    assert main(["chevauchements", "--perimetre", fichier]) == 2
    assert "code 99999 inconnu" in capsys.readouterr().err


def test_a_sketch_is_compared_with_the_register(
    dossier: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fichier = ecrire(dossier, "montreuil.csv", "code\n93048\n94080\n")
    (paire,) = lancer(capsys, "chevauchements", "--perimetre", fichier)["paires"]
    assert (paire["a"], paire["b"]) == ("montreuil", "CPTS Montreuil")
    assert (paire["communes"], paire["part_b"]) == (["93048"], 1.0)


@pytest.mark.parametrize(
    "arguments",
    [
        ["maillage", "--departement", "99"],
        ["chevauchements", "--perimetre", "absent.csv"],
        ["importer", "absent.csv"],
    ],
)
def test_bad_requests_get_one_sentence(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    erreur = capsys.readouterr().err
    assert erreur.startswith("Erreur : ")
    assert erreur.count("\n") == 1
