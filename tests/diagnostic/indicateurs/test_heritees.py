"""Figures that only exist by département: one each, never that of the territory, never averaged."""

from __future__ import annotations

import csv
import io
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from diagnostic.__main__ import main
from diagnostic.indicateurs import (
    ResultatIndicateur,
    TablesIndicateurs,
    compute_indicateurs,
    compute_locales,
    compute_lot,
)
from diagnostic.perimetre import Perimetre
from geodata.imports.officiels import analyse_fichier
from geodata.magasin import VARIABLE_DOSSIER, Magasin
from geodata.schema import Geographie

LE = date(2026, 11, 22)
PATHOLOGIES = """annee;patho_niv1;cla_age_5;sexe;region;dept;ntop;npop;niveau_prioritaire
2024;Diabète;tsage;9;53;35;70;1000;1
2024;Diabète;tsage;9;52;44;50;1000;1
2024;Diabète;tsage;9;53;999;600;10000;1
2024;Diabète;tsage;9;99;999;660;10000;1
2024;Diabète;tsage;9;84;01;;1000;1"""


@pytest.fixture(scope="module")
def tables(france_jouet: Geographie) -> TablesIndicateurs:
    lu = analyse_fichier("x", PATHOLOGIES.encode(), france_jouet, le=LE)
    return TablesIndicateurs(france_jouet, LE, lu.tables)


def diabete(tables: TablesIndicateurs, *codes: str, partielles: tuple[str, ...] = ()) -> Any:
    perimetre = Perimetre("x", frozenset(codes), frozenset(partielles))
    lus = {r.cle: r for r in compute_indicateurs(tables, perimetre)}
    resultat: ResultatIndicateur = lus["prevalence_diabete"]
    return resultat


def test_the_territory_has_no_value_its_department_does(tables: TablesIndicateurs) -> None:
    lu = diabete(tables, "35001")
    assert (lu.agregation, lu.valeur, lu.numerateur, lu.denominateur) == ("I", None, None, None)
    assert [(d.niveau, d.libelle, d.valeur) for d in lu.details] == [
        ("departement", "Ille-et-Vilaine", 7)
    ]
    assert lu.couverture == 1
    assert lu.geographie == "département"
    assert any("héritée du département" in note for note in lu.notes)


def test_two_departments_give_two_values_and_no_mean(tables: TablesIndicateurs) -> None:
    lu = diabete(tables, "35001", "44001", partielles=("44001",))
    assert sorted((d.code, d.valeur) for d in lu.details) == [("35", 7), ("44", 5)]
    assert sum(d.part_population for d in lu.details) == pytest.approx(1)
    assert lu.valeur is None
    assert lu.sans_partielles is None
    assert {(c.genre, c.code): c.valeur for c in lu.comparateurs} == {
        ("departement", "35"): 7,
        ("departement", "44"): 5,
        ("region", "53"): 6,
        ("region", "52"): None,
        ("france", ""): pytest.approx(6.6),
    }


def test_a_secret_department_lowers_the_coverage_and_is_named(tables: TablesIndicateurs) -> None:
    lu = diabete(tables, "35001", "01001")
    assert 0 < lu.couverture < 1
    assert any("Valeur absente" in note and "Ain" in note for note in lu.notes)


def test_nothing_is_known_commune_by_commune_nor_in_a_lot(tables: TablesIndicateurs) -> None:
    perimetre = Perimetre("x", frozenset({"35001", "35002"}))
    assert compute_locales(tables, "prevalence_diabete", perimetre)["valeur"].isna().all()
    valeurs, couvertures = compute_lot(tables, [perimetre])
    assert valeurs["prevalence_diabete"].isna().all()
    assert (couvertures["prevalence_diabete"] == 0).all()


def test_the_command_gives_each_department(
    tmp_path: Path, france: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lu = analyse_fichier("x", PATHOLOGIES.encode(), france.geographie, le=LE)
    Magasin(tmp_path / "tables").store(lu.tables[0])
    monkeypatch.setenv(VARIABLE_DOSSIER, str(tmp_path))
    demande = ["indicateurs", "--commune", "35238", "44109"]
    assert main(demande) == 0
    lignes = json.loads(capsys.readouterr().out)["indicateurs"]
    (ligne,) = [ligne for ligne in lignes if ligne["cle"] == "prevalence_diabete"]
    assert ligne["valeur"] is None
    assert {d["code"]: d["valeur"] for d in ligne["details"]} == {"35": 7, "44": 5}
    assert main([*demande, "--format", "csv"]) == 0
    rangees = list(csv.DictReader(io.StringIO(capsys.readouterr().out), delimiter=";"))
    (rangee,) = [r for r in rangees if r["cle"] == "prevalence_diabete"]
    assert rangee["valeur"] == ""
    assert "héritée du département" in rangee["notes"]
    assert rangee["notes"].endswith(
        "Valeurs publiées : Loire-Atlantique : 5.0 ; Ille-et-Vilaine : 7.0."
    )
