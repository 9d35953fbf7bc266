"""Indicators on the whole of France: INSEE's own published totals, and published diagnostics."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from diagnostic.indicateurs import (
    ResultatIndicateur,
    TablesIndicateurs,
    compute_indicateurs,
    compute_lot,
)
from diagnostic.perimetre import Perimetre
from geodata.imports.officiels import analyse_fichier

LE = date(2026, 11, 22)


@pytest.fixture(scope="module")
def tables(france: Any) -> TablesIndicateurs:
    module = pytest.importorskip("geodata.tables")
    return TablesIndicateurs(france.geographie, LE, module.load_tables_embarquees(france))


def lire(tables: TablesIndicateurs, codes: frozenset[str]) -> dict[str, ResultatIndicateur]:
    resultats = compute_indicateurs(tables, Perimetre("x", codes), comparateurs=())
    return {resultat.cle: resultat for resultat in resultats}


def test_the_whole_country_gives_the_national_figures_of_insee(tables: TablesIndicateurs) -> None:
    lus = lire(tables, frozenset(tables.geographie.unites.index))
    # RP 2021, hors Mayotte
    assert lus["population_recensee"].valeur == 67_408_104
    assert round(lus["part_65_plus"].valeur or 0, 1) == 20.5
    assert round(lus["part_0_19"].valeur or 0, 1) == 23.8
    assert lus["logements"].valeur == 37_153_287
    assert lus["population_municipale"].valeur == 68_094_280 + 256_518
    assert lus["nombre_communes"].valeur == 34_875


def test_growth_is_that_between_the_annual_totals(tables: TablesIndicateurs) -> None:
    geographie = tables.geographie
    hors_mayotte = frozenset(geographie.unites.index) - geographie.membres("departement", "976")
    lus = lire(tables, hors_mayotte)
    serie = lus["evolution_population"].serie
    # the four islands without EPCI have no 2018 figure: they are left out of the whole series
    iles = geographie.communes.loc[["22016", "29083", "29155", "85113"]]
    for annee, total in {2019: 66_988_403, 2021: 67_408_052, 2023: 68_094_280}.items():
        manque = float(iles[f"population_municipale_{annee}"].sum())
        assert serie[str(annee)] + manque == pytest.approx(total, abs=60)
    attendu = 100 * ((serie["2023"] / serie["2018"]) ** 0.2 - 1)
    assert lus["evolution_population"].valeur == pytest.approx(attendu)
    assert lus["evolution_population"].couverture > 0.999


def test_a_region_a_departement_and_an_epci_are_the_sums_of_their_communes(
    tables: TablesIndicateurs,
) -> None:
    geographie = tables.geographie
    bretagne = lire(tables, geographie.membres("region", "53"))
    departements = [
        lire(tables, geographie.membres("departement", code)) for code in ("22", "29", "35", "56")
    ]
    for cle in ("population_municipale", "habitants_65_plus", "logements", "surface"):
        somme = sum(d[cle].valeur or 0 for d in departements)
        assert bretagne[cle].valeur == pytest.approx(somme)
    rennes = lire(tables, geographie.membres("epci", "243500139"))
    assert rennes["population_municipale"].valeur == 480_178
    assert rennes["nombre_communes"].valeur == 43


def test_restored_communes_grow_as_a_block(tables: TablesIndicateurs) -> None:
    bloc = lire(tables, frozenset({"85084", "85165", "85212"}))
    assert bloc["evolution_population"].serie["2019"] == 9_174
    assert bloc["evolution_population"].serie["2023"] == 9_460
    seule = lire(tables, frozenset({"85084"}))
    assert seule["evolution_population"].valeur is None
    assert seule["evolution_population"].couverture == 0


def test_paris_has_a_growth_as_a_whole(tables: TablesIndicateurs) -> None:
    paris = lire(tables, tables.geographie.membres("commune", "75056"))
    assert paris["evolution_population"].denominateur == 2_175_601
    assert paris["evolution_population"].numerateur == 2_103_778
    treizieme = lire(tables, frozenset({"75113"}))
    assert treizieme["evolution_population"].valeur is None


def test_mayotte_says_that_its_population_is_old(tables: TablesIndicateurs) -> None:
    mayotte = lire(tables, tables.geographie.membres("departement", "976"))
    assert mayotte["population_municipale"].valeur == 256_518
    assert any("2017" in note for note in mayotte["population_municipale"].notes)
    assert mayotte["part_65_plus"].valeur is None
    assert mayotte["part_65_plus"].couverture == 0


def test_all_epci_at_once_say_the_same_as_one_by_one(tables: TablesIndicateurs) -> None:
    geographie = tables.geographie
    codes = sorted(geographie.epci.index)
    valeurs, _ = compute_lot(tables, [Perimetre(c, geographie.membres("epci", c)) for c in codes])
    for rang in range(0, len(codes), 300):
        un = lire(tables, geographie.membres("epci", codes[rang]))
        for cle in valeurs.columns:
            attendu = un[cle].valeur
            assert attendu == pytest.approx(valeurs.loc[rang, cle]) or attendu is None


def test_the_published_diagnosis_of_grimonver_has_the_same_ageing_in_france(
    tables: TablesIndicateurs,
) -> None:
    """The published DTS prints 83 for France with an older census; RP 2021 gives 86.

    The gap is the census year: the country has aged since the one its authors used.
    """
    lus = lire(tables, frozenset(tables.geographie.unites.index))
    assert 83 < (lus["indice_vieillissement"].valeur or 0) < 88


def test_a_real_territory_shows_medians_by_commune_and_invents_none(
    tables: TablesIndicateurs, partage: Path
) -> None:
    geographie = tables.geographie
    lu = analyse_fichier(
        "x",
        (partage / "fixtures/insee/cc_filosofi_2021_COM.csv").read_bytes(),
        geographie,
        le=LE,
        blocs=tuple(set(geographie.blocs.values())),
    )
    avec = TablesIndicateurs(geographie, LE, (*tables.sources, *lu.tables))
    redon = lire(avec, geographie.membres("epci", "243500741"))
    median = redon["niveau_vie_median"]
    assert median.valeur is None
    assert len(median.details) == 31
    assert sum(detail.part_population for detail in median.details) == pytest.approx(1)
    connus = [detail.valeur for detail in median.details if detail.valeur is not None]
    assert all(15_000 < valeur < 40_000 for valeur in connus)
    assert 0 < redon["taux_pauvrete"].couverture < median.couverture <= 1


def test_a_rank_is_a_place_among_epci_of_the_size_of_a_cpts(tables: TablesIndicateurs) -> None:
    geographie = tables.geographie
    codes = sorted(geographie.epci.index)
    valeurs, _ = compute_lot(tables, [Perimetre(c, geographie.membres("epci", c)) for c in codes])
    comparables = valeurs[valeurs["population_municipale"].between(20_000, 350_000)]
    vieille = comparables["part_65_plus"].idxmax()
    jeune = comparables["part_65_plus"].idxmin()
    connues = int(comparables["part_65_plus"].notna().sum())
    for rang, attendu in ((vieille, 1), (jeune, connues)):
        lus = lire(tables, geographie.membres("epci", codes[int(rang)]))
        assert lus["part_65_plus"].rang == (attendu, connues)
        assert lus["population_municipale"].rang is None
