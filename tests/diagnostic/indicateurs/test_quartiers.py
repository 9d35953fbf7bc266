"""Priority neighbourhoods of a territory: no part invented, none counted twice."""

from __future__ import annotations

from datetime import date

import pytest

from diagnostic.indicateurs import ResultatIndicateur, TablesIndicateurs, compute_indicateurs
from diagnostic.perimetre import Perimetre
from geodata.imports.officiels import analyse_fichier
from geodata.schema import Geographie

LE = date(2026, 11, 22)
BASE = """codeQPV;libQPV;listeDepcom;popMuniQPV
QN03501M;Les Tilleuls;35001;500
QN03502M;La Rive;35001,35002;300
QN04401M;Le Fort;44001;100"""


@pytest.fixture(scope="module")
def tables(france_jouet: Geographie) -> TablesIndicateurs:
    lu = analyse_fichier("x", BASE.encode(), france_jouet, le=LE, annee_annoncee="2020")
    return TablesIndicateurs(france_jouet, LE, lu.tables)


def lire(tables: TablesIndicateurs, *codes: str) -> dict[str, ResultatIndicateur]:
    perimetre = Perimetre("x", frozenset(codes))
    return {r.cle: r for r in compute_indicateurs(tables, perimetre)}


def test_the_share_divides_by_the_population_of_the_same_year(tables: TablesIndicateurs) -> None:
    lus = lire(tables, "35001", "35002")
    base = tables("population", "population_municipale_2020")[
        tables.geographie.rangs({"35001", "35002"})
    ].sum()
    assert lus["habitants_qpv"].valeur == 800
    assert lus["part_qpv"].valeur == pytest.approx(100 * 800 / base)
    assert lus["part_qpv"].couverture == pytest.approx(1)
    assert lus["part_qpv"].comparateur("departement") is not None


def test_half_of_a_shared_neighbourhood_is_unknown_not_guessed(tables: TablesIndicateurs) -> None:
    lus = lire(tables, "35001")
    assert lus["part_qpv"].valeur is None
    assert lus["part_qpv"].couverture == 0
    avec_voisine = lire(tables, "35001", "35003")
    assert avec_voisine["habitants_qpv"].valeur == 0
    assert 0 < avec_voisine["part_qpv"].couverture < 1
    assert any("Aubignac" in note for note in avec_voisine["part_qpv"].notes)


def test_neighbourhoods_are_counted_once_and_named(tables: TablesIndicateurs) -> None:
    ensemble = lire(tables, "35001", "35002")["nombre_qpv"]
    assert (ensemble.valeur, ensemble.unite) == (2, "quartiers")
    assert "La Rive, Les Tilleuls" in ensemble.notes[0]
    seule = lire(tables, "35002")["nombre_qpv"]
    assert (seule.valeur, seule.unite) == (1, "quartier")
    assert any("hors du territoire" in note and "La Rive" in note for note in seule.notes)
    assert lire(tables, "44004")["nombre_qpv"].valeur == 0


def test_without_the_list_nothing_is_said(france_jouet: Geographie) -> None:
    vides = TablesIndicateurs(france_jouet, LE)
    assert not {"nombre_qpv", "part_qpv"} & set(lire(vides, "35001"))
