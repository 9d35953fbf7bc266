"""Ways out of an overlap, on the toy France."""

from __future__ import annotations

from datetime import date

import pytest

from diagnostic.arbitrage import compute_arbitrage
from diagnostic.parametres import load_parametres
from geodata.schema import Geographie
from tests.diagnostic.carroyage import territoire

LE = date(2026, 11, 22)
PARAMETRES = load_parametres()


def test_each_side_is_recomputed_for_every_option(france_jouet: Geographie) -> None:
    # 44003 (500 inhabitants) is contested, in the same EPCI as B's other communes
    a = territoire("A", "35004", "35005", "44003", statut="aci_signe")
    b = territoire("B", "44001", "44002", "44003", statut="initiative")
    arbitrage = compute_arbitrage(france_jouet, a, b, parametres=PARAMETRES, le=LE)
    assert (arbitrage.avant_a.population, arbitrage.avant_b.population) == (10_500, 40_500)
    (contestee,) = arbitrage.communes
    assert (contestee.code, contestee.population) == ("44003", 500)
    assert contestee.sans_elle_a.population == 10_000
    assert contestee.sans_elle_b.population == 40_000
    par_cle = {option.cle: option for option in arbitrage.options}
    assert (par_cle["a"].a.population, par_cle["a"].b.population) == (10_500, 40_000)
    assert (par_cle["b"].a.population, par_cle["b"].b.population) == (10_000, 40_500)
    assert (par_cle["a"].b.taille, par_cle["a"].b.financement) == (2, 242_000)
    assert any("cède Montreuil" in reserve for reserve in par_cle["b"].reserves)
    # keeping the EPCI whole for A empties B, which is the worst way out
    assert par_cle["epci_a"].b.est_vide
    assert arbitrage.options[-1].cle == "epci_a"


def test_losing_a_tier_a_piece_or_the_floor_is_said(france_jouet: Geographie) -> None:
    a = territoire("A", "44001", "44002")
    b = territoire("B", "44002", "44003", "35005")
    arbitrage = compute_arbitrage(france_jouet, a, b, parametres=PARAMETRES, le=LE)
    donne_a = next(option for option in arbitrage.options if option.cle == "a")
    textes = " / ".join(donne_a.reserves)
    assert "« B » passe à 14\u202f500 habitants sous le plancher régional" in textes
    donne_b = next(option for option in arbitrage.options if option.cle == "b")
    assert "« A » descend de la taille 2 à 1" in " / ".join(donne_b.reserves)


@pytest.mark.parametrize("partielle", ["44002?", "44002?0.4"])
def test_partial_communes_are_listed_and_left_as_they_are(
    france_jouet: Geographie, partielle: str
) -> None:
    arbitrage = compute_arbitrage(
        france_jouet,
        territoire("A", "44001", partielle),
        territoire("B", partielle, "44003"),
        parametres=PARAMETRES,
        le=LE,
    )
    assert [commune.est_partielle for commune in arbitrage.communes] == [True]
    assert arbitrage.options == ()


def test_every_status_has_a_weight() -> None:
    poids = PARAMETRES.poids_statut(LE).poids
    assert poids["aci_signe"] > poids["lettre_intention"] > poids["dissous"] == 0
