"""Example cases of `tests/exemples/`, which a coordinator of a CPTS can read."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from diagnostic.financement import compute_financement
from diagnostic.parametres import load_parametres
from diagnostic.plancher import build_alertes_plancher, compute_plancher
from diagnostic.taille import compute_taille

DOSSIER = Path(__file__).resolve().parents[1] / "exemples"
PARAMETRES = load_parametres()


def _exemples(fichier: str) -> list[Any]:
    contenu = tomllib.loads((DOSSIER / fichier).read_text(encoding="utf-8"))
    return [pytest.param(exemple, id=exemple["nom"]) for exemple in contenu["exemple"]]


@pytest.mark.parametrize("exemple", _exemples("taille.toml"))
def test_taille(exemple):
    taille = compute_taille(exemple["entree"], PARAMETRES.taille(exemple["le"]))
    attendu = exemple["attendu"]
    assert taille.taille == attendu["taille"]
    assert taille.habitants_avant_taille_superieure == attendu.get("avant_taille_superieure")
    assert taille.habitants_au_dessus_du_seuil == attendu.get("au_dessus_du_seuil")


@pytest.mark.parametrize("exemple", _exemples("financement.toml"))
def test_financement(exemple):
    financement = compute_financement(exemple["entree"], PARAMETRES.financement(exemple["le"]))
    acces, parcours, prevention, qualite, accompagnement = financement.missions
    assert {
        "fonctionnement": financement.fonctionnement,
        "acces_aux_soins": acces.total,
        "parcours": parcours.total,
        "prevention": prevention.total,
        "qualite": qualite.total,
        "accompagnement": accompagnement.total,
        "part_fixe": financement.total_fixe,
        "part_variable": financement.total_variable,
        "obligatoire": financement.total_obligatoire,
        "total_hors_volet_snp": financement.total_hors_volet_snp,
        "total_avec_volet_snp": financement.total_avec_volet_snp,
    } == exemple["attendu"]
    assert financement.bareme == "barème 2019, hors mission crise sanitaire"
    assert [mission.obligatoire for mission in financement.missions] == [True] * 3 + [False] * 2


@pytest.mark.parametrize("exemple", _exemples("plancher.toml"))
def test_plancher(exemple):
    code, population = exemple["entree"]["region"], exemple["entree"]["population"]
    attendu = exemple["attendu"]
    plancher = compute_plancher(population, {code: "Région"}, exemple["le"], PARAMETRES)
    assert plancher.statut == attendu["statut"]
    assert plancher.habitants == attendu.get("habitants")
    assert plancher.est_respecte == attendu.get("respecte")
    gravites = [alerte.gravite for alerte in build_alertes_plancher(population, plancher)]
    assert gravites == ([attendu["alerte"]] if "alerte" in attendu else [])
