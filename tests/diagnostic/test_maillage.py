"""Coverage and white zones on the chequered toy country."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diagnostic.chevauchement import build_index
from diagnostic.maillage import (
    compute_couverture,
    compute_couvertures,
    compute_evolution,
    compute_zones_blanches,
    list_changements,
)
from geodata.schema import LIBELLES_STATUT_CPTS, StatutCpts, TerritoireCpts
from tests.diagnostic.carroyage import build_carroyage, population, territoire
from tests.diagnostic.test_chevauchement import territoires

CARRE = build_carroyage()
CODES = list(CARRE.unites.index)
POIDS: dict[StatutCpts, float] = {
    statut: float(rang) for rang, statut in enumerate(LIBELLES_STATUT_CPTS, start=1)
}


def taille(habitants: int) -> int:
    return 1 + (habitants >= 4_000) + (habitants >= 8_000)


def test_net_counts_people_once_and_gross_once_per_cpts() -> None:
    index = build_index(
        CARRE,
        [
            territoire("A", "00001", "00002", statut="aci_signe"),
            territoire("B", "00002", "00003?", statut="initiative"),
        ],
    )
    (premier, *autres) = compute_couvertures(index, "departement", poids=POIDS)
    assert premier.population_totale == 6_015
    assert premier.couverte_nette == 1_000 + 1_001 + 1_002
    assert premier.couverte_brute == premier.couverte_nette + 1_001
    assert premier.incertaine == 1_002
    assert premier.par_statut == {"aci_signe": 2_001, "initiative": 1_002}
    assert premier.nombre_cpts == 2
    assert all(autre.couverte_nette == autre.nombre_cpts == 0 for autre in autres)


def test_a_known_share_covers_that_share_only() -> None:
    index = build_index(CARRE, [territoire("A", "00001?0.4")])
    couverture = compute_couverture(index, ["00001", "00002"], poids=POIDS)
    assert (couverture.couverte_nette, couverture.reste_partiel) == (400, 600)
    assert couverture.non_couverte == 600 + 1_001


def test_white_zones_are_pieces_with_neighbours_and_their_tier_effect() -> None:
    # row 3 is held by B: what A leaves above and the rows below are two pieces
    index = build_index(CARRE, [territoire("A", "00001", "00002"), territoire("B", *CODES[12:18])])
    bas, haut = compute_zones_blanches(index, CODES, taille=taille)
    assert haut.codes == tuple(CODES[2:12])
    assert bas.codes == tuple(CODES[18:])
    assert haut.surface_km2 == 10.0
    assert [(v.nom, v.longueur_m) for v in haut.voisins] == [
        ("B", 6_000.0),
        ("A", 3_000.0),
    ]
    rattache = haut.voisins[1]
    assert (rattache.population_avant, rattache.population_apres) == (
        2_001,
        2_001 + haut.population,
    )
    assert (rattache.taille_avant, rattache.taille_apres) == (1, 3)


def test_neighbours_outside_the_zone_looked_at_still_count() -> None:
    index = build_index(CARRE, [territoire("B", "00007")])
    (zone,) = compute_zones_blanches(index, CODES[:6], taille=taille)
    assert [voisin.nom for voisin in zone.voisins] == ["B"]


def test_a_covered_zone_has_no_white_piece() -> None:
    index = build_index(CARRE, [territoire("A", *CODES)])
    assert compute_zones_blanches(index, CODES, taille=taille) == ()


def test_evolution_follows_the_validity_of_perimeters() -> None:
    connus = [
        territoire("A", "00001", valide_du=date(2020, 1, 1), valide_au=date(2022, 12, 31)),
        territoire("B", "00001", "00002", valide_du=date(2023, 1, 1)),
    ]
    suite = compute_evolution(
        CARRE,
        connus,
        CODES,
        [date(2019, 1, 1), date(2022, 12, 31), date(2023, 1, 1)],
        poids=POIDS,
    )
    assert [couverture.couverte_nette for _, couverture in suite] == [0, 1_000, 2_001]


def test_the_days_that_count_are_starts_and_the_morrow_of_ends_until_today() -> None:
    connus = [
        territoire("A", "00001", valide_du=date(2020, 1, 1), valide_au=date(2022, 12, 31)),
        territoire("B", "00001", valide_du=date(2023, 1, 1)),
        territoire("C", "00002", valide_du=date(2030, 1, 1)),
        territoire("Ailleurs", "00009", valide_du=date(2021, 1, 1)),
        territoire("Sans date", "00001"),
    ]
    jours = list_changements(connus, CODES[:2], date(2026, 1, 1))
    assert jours == (date(2020, 1, 1), date(2023, 1, 1))


def test_too_many_days_are_thinned_by_month_then_by_year() -> None:
    connus = [
        territoire(f"T{jour}", "00001", valide_du=date(2020, 1, 1) + timedelta(jour))
        for jour in range(2_000)
    ]
    par_mois = list_changements(connus, CODES, date(2026, 1, 1), maximum=72)
    assert len(par_mois) == 66
    par_an = list_changements(connus, CODES, date(2026, 1, 1), maximum=10)
    assert [jour.year for jour in par_an] == [2020, 2021, 2022, 2023, 2024, 2025]


@given(st.lists(territoires("A"), max_size=5), st.sets(st.sampled_from(CODES), min_size=1))
@settings(max_examples=60)
def test_net_never_exceeds_gross_and_net_plus_white_is_the_total(
    connus: list[TerritoireCpts], zone: set[str]
) -> None:
    index = build_index(CARRE, connus)
    couverture = compute_couverture(index, zone, poids=POIDS)
    blanches = compute_zones_blanches(index, zone, taille=taille)
    assert couverture.population_totale == population(CARRE, zone)
    assert couverture.couverte_nette <= couverture.couverte_brute
    assert couverture.couverte_nette + couverture.non_couverte == couverture.population_totale
    assert (
        sum(piece.population for piece in blanches)
        == couverture.non_couverte - couverture.reste_partiel
    )
    assert sum(couverture.par_statut.values()) == couverture.couverte_nette
    assert couverture.taux == pytest.approx(
        couverture.couverte_nette / couverture.population_totale
    )
