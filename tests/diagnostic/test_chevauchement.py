"""Overlaps: each nature by example, then what must hold of any territories."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from diagnostic.chevauchement import (
    build_index,
    compute_alertes_chevauchement,
    compute_chevauchement,
)
from diagnostic.perimetre import Perimetre
from geodata.errors import CodeInconnuError
from geodata.schema import TerritoireCpts, UniteCpts
from tests.diagnostic.carroyage import build_carroyage, population, territoire

CARRE = build_carroyage()
CODES = list(CARRE.unites.index)


def unites() -> st.SearchStrategy[UniteCpts]:
    part = st.one_of(st.none(), st.floats(0.05, 0.95))
    return st.one_of(
        st.builds(UniteCpts, st.sampled_from(CODES)),
        st.builds(UniteCpts, st.sampled_from(CODES), st.just("partiel"), part),
        st.builds(UniteCpts, st.sampled_from(CODES), st.just("limitrophe")),
    )


def territoires(nom: str) -> st.SearchStrategy[TerritoireCpts]:
    return st.lists(unites(), max_size=20, unique_by=lambda unite: unite.code).map(
        lambda liste: TerritoireCpts(nom, nom, tuple(liste))
    )


def test_whole_communes_shared_are_counted_to_the_inhabitant() -> None:
    a, b = (
        territoire("A", "00001", "00002", "00003"),
        territoire("B", "00002", "00003", "00009"),
    )
    trouve = compute_chevauchement(CARRE, a, b)
    assert (trouve.nature, trouve.incertain) == ("commune_entiere", False)
    assert trouve.codes == ("00002", "00003")
    assert trouve.population == trouve.population_max == 1_001 + 1_002
    assert trouve.surface_km2 == 2.0
    assert trouve.part_a == pytest.approx(2_003 / 3_003)
    assert trouve.part_b == pytest.approx(2_003 / (1_001 + 1_002 + 1_008))


def test_a_commune_held_in_part_by_both_is_a_doubt_and_not_a_conflict() -> None:
    trouve = compute_chevauchement(
        CARRE, territoire("A", "00001", "00002?"), territoire("B", "00002?", "00003")
    )
    assert (trouve.nature, trouve.incertain) == ("partiel", True)
    assert (trouve.population, trouve.population_max) == (0, 1_001)
    assert (trouve.codes, trouve.codes_partiels) == ((), ("00002",))


@pytest.mark.parametrize(
    ("a", "b", "population_certaine", "population_max"),
    [
        ("00002?0.7", "00002?0.6", round(0.3 * 1_001), round(0.6 * 1_001)),
        ("00002?0.3", "00002?0.6", 0, round(0.3 * 1_001)),
        ("00002", "00002?0.25", round(0.25 * 1_001), round(0.25 * 1_001)),
        ("00002", "00002?", 0, 1_001),
    ],
)
def test_shares_bound_what_is_claimed_twice(
    a: str, b: str, population_certaine: int, population_max: int
) -> None:
    trouve = compute_chevauchement(CARRE, territoire("A", a), territoire("B", b))
    assert trouve.nature == "partiel"
    assert (trouve.population, trouve.population_max) == (
        population_certaine,
        population_max,
    )


def test_neighbours_only_touch() -> None:
    trouve = compute_chevauchement(CARRE, territoire("A", "00001"), territoire("B", "00002"))
    assert (trouve.nature, trouve.population) == ("limitrophe", 0)
    assert trouve.codes_limitrophes == ("00001", "00002")


def test_a_declared_border_unit_is_not_an_overlap() -> None:
    trouve = compute_chevauchement(
        CARRE, territoire("A", "00001", "00009|"), territoire("B", "00009")
    )
    assert (trouve.nature, trouve.codes_limitrophes) == ("limitrophe", ("00009",))


def test_far_territories_have_nothing_in_common() -> None:
    trouve = compute_chevauchement(CARRE, territoire("A", "00001"), territoire("B", "00036"))
    assert trouve.nature == "aucun"


def test_unknown_codes_are_all_named() -> None:
    with pytest.raises(CodeInconnuError, match="88888, 99999"):
        build_index(CARRE, [territoire("A", "99999", "88888", "00001")])


def test_a_sketch_is_warned_of_what_it_overlaps_and_of_nothing_else() -> None:
    index = build_index(
        CARRE,
        [
            territoire("CPTS du Nord", "00001", "00002", statut="aci_signe"),
            territoire("CPTS du Sud", "00036"),
            territoire("CPTS d'à côté", "00003?"),
        ],
    )
    alertes = compute_alertes_chevauchement(
        Perimetre("Esquisse", frozenset({"00001", "00002", "00003"})), index
    )
    assert [alerte.code for alerte in alertes] == [
        "chevauchement",
        "chevauchement_incertain",
    ]
    assert "« CPTS du Nord » (ACI signé) : 2 communes, 2\u202f001 habitants." in alertes[0].message
    assert alertes[1].codes == ("00003",)


@given(territoires("A"), territoires("B"))
@example(
    territoire("A", "00001"),
    TerritoireCpts("B", "B", (UniteCpts("00001", "partiel", 0.4816659441868773),)),
)
@settings(max_examples=60)
def test_overlap_is_symmetric_and_never_larger_than_either(
    a: TerritoireCpts, b: TerritoireCpts
) -> None:
    aller, retour = (
        compute_chevauchement(CARRE, a, b),
        compute_chevauchement(CARRE, b, a),
    )
    assert (aller.nature, aller.codes, aller.codes_partiels) == (
        retour.nature,
        retour.codes,
        retour.codes_partiels,
    )
    assert (aller.population, aller.population_max) == (
        retour.population,
        retour.population_max,
    )
    assert (aller.part_a, aller.part_b) == pytest.approx((retour.part_b, retour.part_a))
    index = build_index(CARRE, [a, b])
    assert aller.population <= aller.population_max <= round(index.population.min())
    assert 0 <= aller.part_a <= aller.part_max_a <= 1


@given(territoires("A"), territoires("B"), st.sets(st.sampled_from(CODES)))
@settings(max_examples=60)
def test_overlap_adds_up_over_disjoint_communes(
    a: TerritoireCpts, b: TerritoireCpts, coupe: set[str]
) -> None:
    def restreint(dedans: bool) -> TerritoireCpts:
        gardees = tuple(unite for unite in b.unites if (unite.code in coupe) == dedans)
        return TerritoireCpts("B", "B", gardees)

    entier = compute_chevauchement(CARRE, a, b)
    morceaux = [compute_chevauchement(CARRE, a, restreint(dedans)) for dedans in (True, False)]
    assert entier.population_max == pytest.approx(sum(m.population_max for m in morceaux), abs=1)
    assert set(entier.codes) == {code for morceau in morceaux for code in morceau.codes}
    assert entier.surface_km2 == pytest.approx(sum(m.surface_km2 for m in morceaux))


@given(st.lists(st.sets(st.sampled_from(CODES), max_size=8), max_size=8))
@settings(max_examples=60)
def test_crossing_all_finds_exactly_the_pairs_of_sets_that_meet(
    ensembles: list[set[str]],
) -> None:
    index = build_index(
        CARRE, [territoire(str(rang), *codes) for rang, codes in enumerate(ensembles)]
    )
    attendu = {
        (i, j): population(CARRE, ensembles[i] & ensembles[j])
        for i, j in combinations(range(len(ensembles)), 2)
        if ensembles[i] & ensembles[j]
    }
    paires = index.toutes_les_paires()
    trouve = dict(
        zip(
            zip(paires.a.tolist(), paires.b.tolist(), strict=True),
            paires.population.astype(int).tolist(),
            strict=True,
        )
    )
    assert trouve == attendu
    produit = (index.haut @ index.haut.T).tocoo()
    assert {(i, j) for i, j in zip(*produit.coords, strict=True) if i < j} == set(attendu)


@given(territoires("A"), territoires("B"), territoires("C"))
@settings(max_examples=60)
def test_one_against_all_agrees_with_all_pairs(
    a: TerritoireCpts, b: TerritoireCpts, c: TerritoireCpts
) -> None:
    index = build_index(CARRE, [a, b, c])
    toutes = {
        (paire.id_a, paire.id_b): paire for paire in index.toutes_les_paires().chevauchements()
    }
    for trouve in index.contre(a):
        if trouve.nature != "limitrophe":
            paire = toutes[(trouve.id_a, trouve.id_b)]
            assert (paire.codes, paire.codes_partiels) == (
                trouve.codes,
                trouve.codes_partiels,
            )
            assert (paire.population, paire.population_max) == (
                trouve.population,
                trouve.population_max,
            )
            assert paire.part_max_a == pytest.approx(trouve.part_max_a)
