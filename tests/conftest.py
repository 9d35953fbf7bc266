"""Shared fixtures: a toy France drawn by hand, the real data, the shared folder, a browser."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from hypothesis import settings

from geodata.schema import ANNEES_POPULATION, Geographie

# a busy machine is not a slow function
settings.register_profile("projet", deadline=None)
settings.load_profile("projet")

RACINE = Path(__file__).resolve().parents[1]
NAVIGATEURS = ("chromium", "chromium-browser", "google-chrome", "chrome")

# One letter is one unité, one cell is a square of 2 km; a dot is the sea.
#
#   a b c   communes, and e f h j the four arrondissements of the city 35100
#   d   g   i is an island, p q r three far islands of other régions
#   k l m
DESSIN_FRANCE_JOUET = """
aabbcc.i...
aabbcc...p.
ddefgg.....
ddhjgg..qq.
kkllmm.....
kkllmm...r.
"""
COTE_KM = 2.0

# letter: code, nom, département, région, EPCI, EPT, population municipale 2023, totale 2022
_UNITES: Mapping[str, tuple[str, str, str, str, str | None, str | None, int, int | None]] = {
    "a": ("35001", "Aubignac", "35", "53", "200000001", None, 10_000, 10_200),
    "b": ("35002", "Bellerive", "35", "53", "200000001", None, 12_000, 12_240),
    "d": ("35003", "Dorlac", "35", "53", "200000001", None, 8_000, 8_160),
    "k": ("35004", "Kergouat", "35", "53", "200000002", "200000009", 5_000, 5_100),
    "l": ("35005", "Longchamp", "35", "53", "200000002", "200000009", 5_000, 5_100),
    "e": ("35101", "Vaubourg 1er", "35", "53", "200000002", None, 20_000, None),
    "f": ("35102", "Vaubourg 2e", "35", "53", "200000002", None, 15_000, None),
    "h": ("35103", "Vaubourg 3e", "35", "53", "200000002", None, 25_000, None),
    "j": ("35104", "Vaubourg 4e", "35", "53", "200000002", None, 20_000, None),
    "c": ("44001", "Clairmont", "44", "52", "200000003", None, 30_000, 30_600),
    "g": ("44002", "Saint-Gilles-des-Prés", "44", "52", "200000003", None, 10_000, 10_200),
    "m": ("44003", "Montreuil", "44", "52", "200000003", None, 500, 510),
    "i": ("44004", "L'Île-Verte", "44", "52", None, None, 300, None),
    "p": ("01001", "Pérouge", "01", "84", "992000004", None, 700, 714),
    "q": ("2A004", "Quenza", "2A", "94", "992000004", None, 1_500, 1_530),
    "r": ("97608", "Roussan", "976", "06", "992000005", None, 50_000, None),
}
_COMMUNE_DIVISEE = ("35100", "Vaubourg", 80_000, 81_600)
_LIAISON = ("44001", "44004")


def _dessiner() -> dict[str, shapely.Polygon]:
    cellules: dict[str, list[shapely.Polygon]] = {}
    for rang, ligne in enumerate(DESSIN_FRANCE_JOUET.strip().splitlines()):
        for colonne, lettre in enumerate(ligne):
            if lettre != ".":
                x, y = colonne * COTE_KM, -rang * COTE_KM
                cellules.setdefault(lettre, []).append(shapely.box(x, y - COTE_KM, x + COTE_KM, y))
    return {lettre: shapely.union_all(carres) for lettre, carres in cellules.items()}


def _ligne(code: str, ligne: Mapping[str, Any], population: int) -> dict[str, Any]:
    est_mayotte = ligne["code_departement"] == "976"
    # 1 % more each year since 2018, exactly known in 2023 only for Mayotte
    series = {
        f"population_municipale_{annee}": (
            pd.NA
            if est_mayotte and annee != ANNEES_POPULATION[-1]
            else population - population // 100 * (ANNEES_POPULATION[-1] - annee)
        )
        for annee in ANNEES_POPULATION
    }
    return {
        "code": code,
        **ligne,
        **series,
        "millesime_population_municipale": 2017 if est_mayotte else 2023,
    }


def _build_france_jouet() -> Geographie:
    formes = _dessiner()
    terre = shapely.union_all(list(formes.values()))
    lignes = []
    for lettre, (code, nom, dep, reg, epci, ept, population, totale) in _UNITES.items():
        forme = formes[lettre]
        ligne = {
            "nom": nom,
            "code_departement": dep,
            "code_region": reg,
            "code_epci": epci,
            "code_ept": ept,
            "codes_postaux": f"{code[:2]}000",
            "population_totale_2022": pd.NA if totale is None else totale,
            "surface_km2": forme.area,
            "longitude": forme.centroid.x / 100,
            "latitude": 45 + forme.centroid.y / 100,
            "longueur_exterieure_m": forme.boundary.intersection(terre.boundary).length * 1000,
            "code_commune": _COMMUNE_DIVISEE[0] if code.startswith("351") else code,
        }
        lignes.append(_ligne(code, ligne, population))
    types = {
        **dict.fromkeys([f"population_municipale_{a}" for a in ANNEES_POPULATION], "Int32"),
        "population_totale_2022": "Int32",
        "millesime_population_municipale": "Int16",
    }
    unites = pd.DataFrame(lignes).set_index("code").sort_index().astype(types)
    communes = unites[unites["code_commune"] == unites.index].drop(columns="code_commune")
    code, nom, population, totale = _COMMUNE_DIVISEE
    modele = unites.loc["35101"].to_dict()
    modele.pop("code_commune")
    modele.update(nom=nom, population_totale_2022=totale, surface_km2=16.0)
    ville = pd.DataFrame([_ligne(code, modele, population)]).set_index("code").astype(types)
    communes = pd.concat([communes, ville]).sort_index()
    return Geographie(
        unites=unites,
        communes=communes,
        epci=_table(
            ["code", "nom", "nature"],
            [
                ("200000001", "CC du Nord", "CC"),
                ("200000002", "Vaubourg Métropole", "ME"),
                ("200000003", "CC de l'Est", "CC"),
                ("992000004", "CC des Îles", "CC"),
                ("992000005", "CA du Sud", "CA"),
            ],
        ),
        ept=_table(["code", "nom"], [("200000009", "Territoire du Sud")]),
        departements=_table(
            ["code", "nom", "code_region"],
            [
                ("01", "Ain", "84"),
                ("2A", "Corse-du-Sud", "94"),
                ("35", "Ille-et-Vilaine", "53"),
                ("44", "Loire-Atlantique", "52"),
                ("976", "Mayotte", "06"),
            ],
        ),
        regions=_table(
            ["code", "nom"],
            [
                ("06", "Mayotte"),
                ("52", "Pays de la Loire"),
                ("53", "Bretagne"),
                ("84", "Auvergne-Rhône-Alpes"),
                ("94", "Corse"),
            ],
        ),
        passage=_table(
            ["code", "code_actuel", "nom_ancien", "est_scindee", "successeurs"],
            [
                ("35900", "35001", "Vieil-Aubignac", False, "35001"),
                ("35901", "35002", "Les Deux-Rives", True, "35002 35003"),
            ],
        ).rename(columns={"code_actuel": "code"}),
        adjacence=_build_adjacence(formes),
    )


def _build_adjacence(formes: Mapping[str, shapely.Polygon]) -> pd.DataFrame:
    codes = {lettre: _UNITES[lettre][0] for lettre in formes}
    lignes = []
    for a, code_a in codes.items():
        for b, code_b in codes.items():
            longueur = formes[a].intersection(formes[b]).length
            if code_a < code_b and longueur > 0:
                lignes.append((code_a, code_b, longueur * 1000, "frontiere"))
    lignes.append((*_LIAISON, float("nan"), "liaison"))
    return pd.DataFrame(lignes, columns=["code_a", "code_b", "longueur_m", "nature"])


def _table(colonnes: list[str], lignes: list[tuple[Any, ...]]) -> pd.DataFrame:
    return pd.DataFrame(lignes, columns=colonnes).set_index(colonnes[0])


@pytest.fixture(scope="session")
def france_jouet() -> Geographie:
    """Give the toy France, drawn and described above."""
    return _build_france_jouet()


@pytest.fixture(scope="session")
def contours_jouet() -> gpd.GeoDataFrame:
    """Give the squares of the toy France, in kilometres of an imaginary plane."""
    formes = _dessiner()
    return gpd.GeoDataFrame(
        {"nom": [_UNITES[lettre][1] for lettre in formes]},
        geometry=list(formes.values()),
        index=pd.Index([_UNITES[lettre][0] for lettre in formes], name="code"),
    ).sort_index()


@pytest.fixture(scope="session")
def partage() -> Path:
    """Give the folder of shared samples, or skip: it is not part of the project."""
    dossier = Path(os.environ.get("CPTS_PARTAGE", RACINE.parent / "shared"))
    if not dossier.is_dir():
        pytest.skip(f"dossier partagé absent : {dossier}")
    return dossier


@pytest.fixture(scope="session")
def france() -> Any:
    """Open the embedded reference data of the whole of France."""
    referentiel = pytest.importorskip("geodata.referentiel")
    return referentiel.Referentiel.ouvrir()


@pytest.fixture(scope="session")
def chemin_navigateur() -> str:
    """Path of Chromium, or skip."""
    choisi = os.environ.get("CPTS_CHROMIUM")
    trouves = [choisi] if choisi else [shutil.which(nom) for nom in NAVIGATEURS]
    chemin = next((nom for nom in trouves if nom), None)
    if chemin is None:
        pytest.skip("aucun navigateur Chromium sur cette machine (paquet Debian : chromium)")
    return chemin


@pytest.fixture(scope="session")
def chromium(chemin_navigateur):
    """One browser for the session: Playwright starts only once in a process."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        navigateur = playwright.chromium.launch(
            executable_path=chemin_navigateur, args=["--no-sandbox", "--disable-gpu"]
        )
        yield navigateur
        navigateur.close()
