"""Indicators on the toy France: figures one can check with a pencil."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diagnostic.errors import PerimetreVideError
from diagnostic.indicateurs import (
    AutreTerritoire,
    ResultatIndicateur,
    TablesIndicateurs,
    compute_indicateurs,
    compute_locales,
    compute_lot,
)
from diagnostic.indicateurs.tranches import compute_pyramide
from diagnostic.perimetre import Perimetre
from geodata.schema import Geographie, TableCommunale

LE = date(2026, 11, 22)


def table(id_table: str, valeurs: pd.DataFrame, **champs: object) -> TableCommunale:
    base = TableCommunale(
        id=id_table,
        titre="essai",
        producteur="Insee",
        url="https://exemple.fr",
        licence="Licence Ouverte 2.0",
        millesime="2021",
        libelle_millesime="RP 2021",
        geographie_origine="2023",
        etat="embarquee",
        recupere_le=LE,
        valeurs=valeurs.astype("float64"),
    )
    return replace(base, **champs)  # type: ignore[arg-type]


def ages(geographie: Geographie, absents: tuple[str, ...] = ()) -> TableCommunale:
    """20 % of young people, 30 % of old ones; twice as old on the island."""
    population = geographie.unites["population_municipale_2023"].astype("float64")
    ile = geographie.unites["nom"] == "L'Île-Verte"
    valeurs = pd.DataFrame({"pop": population, "pop_0_19": 0.2 * population})
    valeurs["pop_65p"] = np.where(ile, 0.6, 0.3) * population
    valeurs["pop_20_64"] = valeurs["pop"] - valeurs["pop_0_19"] - valeurs["pop_65p"]
    valeurs.loc[list(absents)] = np.nan
    return table("ages", valeurs)


def par_cle(resultats: tuple[ResultatIndicateur, ...]) -> dict[str, ResultatIndicateur]:
    return {resultat.cle: resultat for resultat in resultats}


@pytest.fixture(scope="module")
def tables(france_jouet: Geographie) -> TablesIndicateurs:
    return TablesIndicateurs(france_jouet, LE, (ages(france_jouet),))


def test_a_ratio_divides_sums_and_never_averages(tables: TablesIndicateurs) -> None:
    # 10 000 inhabitants at 30 % and 300 at 60 %: 3 180 / 10 300
    lus = par_cle(compute_indicateurs(tables, Perimetre("x", frozenset({"35001", "44004"}))))
    assert lus["part_65_plus"].numerateur == pytest.approx(3_180)
    assert lus["part_65_plus"].denominateur == pytest.approx(10_300)
    assert lus["part_65_plus"].valeur == pytest.approx(100 * 3_180 / 10_300)
    assert lus["indice_vieillissement"].valeur == pytest.approx(100 * 3_180 / 2_060)
    assert lus["population_municipale"].valeur == 10_300


def test_growth_is_the_yearly_rate_between_two_sums(tables: TablesIndicateurs) -> None:
    lus = par_cle(compute_indicateurs(tables, Perimetre("x", frozenset({"35001"}))))
    assert lus["evolution_population"].valeur == pytest.approx(100 * ((100 / 95) ** 0.2 - 1))
    assert lus["variation_population"].valeur == 500
    assert lus["evolution_population"].serie["2018"] == 9_500
    assert lus["densite"].valeur == pytest.approx(10_000 / 16)


def test_comparators_are_the_territories_crossed(tables: TablesIndicateurs) -> None:
    lus = par_cle(compute_indicateurs(tables, Perimetre("x", frozenset({"35001", "44001"}))))
    libelles = [(c.genre, c.libelle) for c in lus["part_65_plus"].comparateurs]
    assert libelles == [
        ("departement", "Loire-Atlantique"),
        ("departement", "Ille-et-Vilaine"),
        ("region", "Pays de la Loire"),
        ("region", "Bretagne"),
        ("france", "France"),
        ("epci", "CC de l'Est"),
        ("epci", "CC du Nord"),
    ]
    france = lus["evolution_population"].comparateur("france")
    assert france is not None
    assert france.libelle == "France hors Mayotte"


def test_a_table_of_one_departement_says_nothing_of_the_country(france_jouet: Geographie) -> None:
    unites = france_jouet.unites
    ailleurs = tuple(unites.index[unites["code_departement"] != "44"])
    tables = TablesIndicateurs(france_jouet, LE, (ages(france_jouet, ailleurs),))
    part = par_cle(compute_indicateurs(tables, Perimetre("x", frozenset({"44001"}))))["part_0_19"]
    assert part.valeur == pytest.approx(20)
    departement, france = part.comparateur("departement"), part.comparateur("france")
    assert departement is not None
    assert departement.valeur == pytest.approx(20)
    assert france is not None
    assert france.valeur is None
    assert 0 < france.couverture < 0.5
    assert any(note.startswith("Non comparé") and "France" in note for note in part.notes)


def test_a_partly_known_comparator_is_said(france_jouet: Geographie) -> None:
    tables = TablesIndicateurs(france_jouet, LE, (ages(france_jouet, ("35001",)),))
    part = par_cle(compute_indicateurs(tables, Perimetre("x", frozenset({"35002"}))))["part_0_19"]
    departement = part.comparateur("departement")
    assert departement is not None
    assert departement.valeur == pytest.approx(20)
    assert 0.5 < departement.couverture < 0.95
    assert any(
        note.startswith("Comparé sur une partie") and "Ille-et-Vilaine" in note
        for note in part.notes
    )


def test_the_pyramid_counts_the_communes_counted_together(france_jouet: Geographie) -> None:
    entiere = ages(france_jouet)
    groupe = ["35002", "35003"]
    reunies = entiere.valeurs.drop(groupe)
    # as a census of before the split: nobody is young there
    reunies.loc["35002 35003"] = [2_000, 0, 0, 2_000]
    tables = TablesIndicateurs(france_jouet, LE, (replace(entiere, valeurs=reunies),))
    trois = compute_pyramide(tables, Perimetre("x", frozenset({"35001", *groupe})))
    assert trois is not None
    jeunes = 0.2 * entiere.valeurs.loc["35001", "pop"]
    assert trois.tranches[0].part == pytest.approx(
        100 * jeunes / (entiere.valeurs.loc["35001", "pop"] + 2_000)
    )
    # half of the group is not split
    deux = compute_pyramide(tables, Perimetre("x", frozenset({"35001", "35002"})))
    assert deux is not None
    assert deux.tranches[0].part == pytest.approx(20)


def test_missing_stays_missing_lowers_the_coverage_and_is_named(france_jouet: Geographie) -> None:
    tables = TablesIndicateurs(france_jouet, LE, (ages(france_jouet, ("44004",)),))
    lus = par_cle(compute_indicateurs(tables, Perimetre("x", frozenset({"35001", "44004"}))))
    part = lus["part_65_plus"]
    assert part.valeur == pytest.approx(30)
    assert part.couverture == pytest.approx(10_000 / 10_300)
    assert any("L'Île-Verte" in note for note in part.notes)
    seule = par_cle(compute_indicateurs(tables, Perimetre("x", frozenset({"44004"}))))
    assert seule["part_65_plus"].valeur is None
    assert seule["part_65_plus"].numerateur is None
    assert seule["part_65_plus"].couverture == 0


def test_communes_known_together_count_only_whole(france_jouet: Geographie) -> None:
    annees = france_jouet.unites.filter(regex="^population_municipale_")
    unites = france_jouet.unites.copy()
    # a former commune held 35001 and 35002 until 2019
    unites.loc[["35001", "35002"], ["population_municipale_2018"]] = pd.NA
    bloc = annees.loc[["35001", "35002"]].sum().to_frame().T.assign(codes="35001 35002")
    geographie = replace(france_jouet, unites=unites, populations_blocs=bloc)
    tables = TablesIndicateurs(geographie, LE)
    entier = par_cle(compute_indicateurs(tables, Perimetre("x", frozenset({"35001", "35002"}))))
    assert entier["evolution_population"].denominateur == 9_500 + 11_400
    assert entier["evolution_population"].couverture == 1
    assert entier["evolution_population"].serie["2018"] == 20_900
    moitie = par_cle(compute_indicateurs(tables, Perimetre("x", frozenset({"35001"}))))
    assert moitie["evolution_population"].valeur is None
    epci = moitie["evolution_population"].comparateur("epci")
    assert epci is not None
    assert epci.couverture == 1
    assert epci.valeur == pytest.approx(100 * ((100 / 95) ** 0.2 - 1))


def test_a_source_by_city_only_covers_the_whole_city(france_jouet: Geographie) -> None:
    ville = "35101 35102 35103 35104"
    rsa = table("rsa", pd.DataFrame({"foyers_rsa": [800.0, 50.0]}, index=[ville, "35001"]))
    tables = TablesIndicateurs(france_jouet, LE, (rsa,))
    entiere = par_cle(compute_indicateurs(tables, Perimetre("x", frozenset(ville.split()))))
    assert entiere["foyers_rsa"].valeur == pytest.approx(1000 * 800 / 80_000)
    un = par_cle(compute_indicateurs(tables, Perimetre("x", frozenset({"35101", "35001"}))))
    assert un["foyers_rsa"].valeur == pytest.approx(5.0)
    assert un["foyers_rsa"].couverture == pytest.approx(10 / 30)


def test_a_silent_arrondissement_is_named_even_in_a_whole_city(france_jouet: Geographie) -> None:
    ville = frozenset({"35101", "35102", "35103", "35104"})
    tables = TablesIndicateurs(france_jouet, LE, (ages(france_jouet, ("35103",)),))
    part = par_cle(compute_indicateurs(tables, Perimetre("x", ville)))["part_65_plus"]
    assert part.couverture < 1
    nom = france_jouet.unites["nom"]["35103"]
    assert any("absente" in note and nom in note for note in part.notes)


def test_medians_are_published_where_they_are_and_never_aggregated(
    france_jouet: Geographie,
) -> None:
    communes = pd.DataFrame(
        {"niveau_vie_median": [22_000, 25_000], "taux_pauvrete": [np.nan, 12.0]},
        index=["35001", "35002"],
    )
    publiees = pd.DataFrame(
        {"niveau_vie_median": [23_000.0, 23_500.0], "taux_pauvrete": [11.0, np.nan]},
        index=["epci:200000001", "departement:35"],
    )
    tables = TablesIndicateurs(france_jouet, LE, (table("filosofi", communes, publiees=publiees),))
    perimetre = Perimetre("x", frozenset({"35001", "35002", "35003"}))
    lus = par_cle(compute_indicateurs(tables, perimetre))
    median = lus["niveau_vie_median"]
    assert median.valeur is None
    assert median.couverture == pytest.approx(22 / 30)
    assert [(d.niveau, d.code, d.valeur) for d in median.details] == [
        ("epci", "200000001", 23_000.0),
        ("commune", "35002", 25_000.0),
        ("commune", "35001", 22_000.0),
        ("commune", "35003", None),
    ]
    assert median.details[1].part_population == pytest.approx(0.4)
    assert {c.genre: c.valeur for c in median.comparateurs} == {
        "departement": 23_500.0,
        "region": None,
        "france": None,
        "epci": 23_000.0,
    }
    assert lus["taux_pauvrete"].couverture == pytest.approx(12 / 30)
    values, _ = compute_lot(tables, [perimetre])
    assert np.isnan(values.loc[0, "niveau_vie_median"])


def test_partial_communes_carry_their_weight(tables: TablesIndicateurs) -> None:
    perimetre = Perimetre("x", frozenset({"35001", "44004"}), frozenset({"44004"}))
    lus = par_cle(compute_indicateurs(tables, perimetre))
    assert lus["part_65_plus"].sans_partielles == pytest.approx(30)
    assert lus["population_municipale"].sans_partielles == 10_000
    assert any("majorants" in note for note in lus["population_municipale"].notes)


def test_apl_is_weighted_by_the_standardised_population(france_jouet: Geographie) -> None:
    apl = pd.DataFrame(
        {
            "apl": [2.0, 4.0],
            "apl_65": [1.0, 3.0],
            "population_standardisee": [3_000.0, 1_000.0],
            "population_totale": [1_000.0, 1_000.0],
        },
        index=["35001", "35002"],
    )
    tables = TablesIndicateurs(france_jouet, LE, (table("apl", apl),))
    lus = par_cle(compute_indicateurs(tables, Perimetre("x", frozenset({"35001", "35002"}))))
    assert lus["apl_generalistes"].valeur == pytest.approx(2.5)
    assert lus["part_sous_dense"].valeur == pytest.approx(50)


def test_the_newest_table_of_a_role_is_used(france_jouet: Geographie) -> None:
    neuve = replace(ages(france_jouet), millesime="2022", libelle_millesime="RP 2022")
    tables = TablesIndicateurs(france_jouet, LE, (neuve, ages(france_jouet)))
    lus = par_cle(compute_indicateurs(tables, Perimetre("x", frozenset({"35001"}))))
    assert lus["part_65_plus"].millesime == "RP 2022"
    assert lus["part_65_plus"].geographie == "COG 2026 (source en géographie 2023)"


def test_another_perimeter_is_one_more_comparator(tables: TablesIndicateurs) -> None:
    autre = AutreTerritoire("perimetre", "Mon autre projet", Perimetre("y", frozenset({"44004"})))
    lus = par_cle(
        compute_indicateurs(
            tables, Perimetre("x", frozenset({"35001"})), comparateurs=("france",), autres=(autre,)
        )
    )
    assert [c.libelle for c in lus["part_65_plus"].comparateurs] == ["France", "Mon autre projet"]
    assert lus["part_65_plus"].comparateurs[1].valeur == pytest.approx(60)


def test_the_shape_says_what_is_crossed_and_how_far(tables: TablesIndicateurs) -> None:
    codes = frozenset({"35001", "35101", "35102", "44004"})
    lus = par_cle(compute_indicateurs(tables, Perimetre("x", codes)))
    # two arrondissements are one commune
    assert lus["nombre_communes"].valeur == 3
    assert lus["nombre_epci"].valeur == 2
    assert lus["nombre_departement"].valeur == 2
    etendue = lus["etendue"].valeur
    assert etendue is not None
    assert 9 < etendue < 12


def test_a_map_shows_every_commune_and_its_holes(france_jouet: Geographie) -> None:
    tables = TablesIndicateurs(france_jouet, LE, (ages(france_jouet, ("35001",)),))
    carte = compute_locales(tables, "part_65_plus", Perimetre("x", frozenset({"35001", "44004"})))
    assert np.isnan(carte.loc["35001", "valeur"])
    assert carte.loc["44004", "valeur"] == pytest.approx(60)


def test_an_empty_territory_is_refused(tables: TablesIndicateurs) -> None:
    with pytest.raises(PerimetreVideError):
        compute_indicateurs(tables, Perimetre("x", frozenset()))


@settings(deadline=None, max_examples=40)
@given(st.data())
def test_sums_add_up_over_disjoint_territories_and_the_batch_agrees(
    france_jouet: Geographie, data: st.DataObject
) -> None:
    tables = TablesIndicateurs(france_jouet, LE, (ages(france_jouet, ("35101",)),))
    codes = sorted(france_jouet.unites.index)
    coupe = data.draw(st.integers(1, len(codes) - 1))
    ordre = data.draw(st.permutations(codes))
    parts = [Perimetre("a", frozenset(ordre[:coupe])), Perimetre("b", frozenset(ordre[coupe:]))]
    tout = Perimetre("tout", frozenset(codes))
    lus = [par_cle(compute_indicateurs(tables, p, comparateurs=())) for p in [*parts, tout]]
    for cle in ("population_municipale", "surface", "habitants_65_plus"):
        a, b, total = (r[cle].valeur or 0.0 for r in lus)
        assert a + b == pytest.approx(total)
    valeurs, couvertures = compute_lot(tables, [*parts, tout])
    for rang, resultats in enumerate(lus):
        for cle in valeurs.columns:
            attendu = resultats[cle].valeur
            obtenu = valeurs.loc[rang, cle]
            assert (np.isnan(obtenu) and attendu is None) or obtenu == pytest.approx(attendu)
            assert couvertures.loc[rang, cle] == pytest.approx(resultats[cle].couverture)
