from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diagnostic.parametres import load_parametres
from diagnostic.taille import build_alerte_definition, build_alertes_seuil, compute_taille

BAREME = load_parametres().taille(date(2026, 1, 1))
POPULATIONS = st.integers(min_value=0, max_value=3_000_000)


@given(POPULATIONS, POPULATIONS)
def test_la_taille_ne_baisse_jamais_quand_la_population_augmente(a, b):
    petite, grande = sorted((a, b))
    assert compute_taille(petite, BAREME).taille <= compute_taille(grande, BAREME).taille


@given(POPULATIONS)
def test_la_population_est_entre_ses_deux_seuils(population):
    taille = compute_taille(population, BAREME)
    assert (taille.seuil_inferieur or 0) <= population
    if taille.seuil_superieur is None:
        assert taille.taille == 4
    else:
        assert population <= taille.seuil_superieur
        assert taille.habitants_avant_taille_superieure == taille.seuil_superieur - population


@pytest.mark.parametrize(
    ("population", "codes"),
    [
        (39_199, []),
        (39_200, ["proche_seuil"]),
        (40_000, ["proche_seuil"]),
        (40_800, ["proche_seuil"]),
        (40_801, []),
        (78_399, []),
        (78_400, ["proche_seuil"]),
        (80_000, ["seuil_non_tranche"]),
        (81_601, []),
        (171_500, ["proche_seuil"]),
        (175_000, ["proche_seuil"]),
        (178_501, []),
    ],
)
def test_l_alerte_de_seuil_couvre_deux_pour_cent_de_part_et_d_autre(population, codes):
    assert [alerte.code for alerte in build_alertes_seuil(population, BAREME)] == codes


def test_l_alerte_de_seuil_dit_la_distance_et_le_sens():
    dessous, dessus = (build_alertes_seuil(p, BAREME)[0].message for p in (39_999, 40_270))
    assert "à 1 habitant en dessous du seuil de 40\u202f000" in dessous
    assert "à 270 habitants au-dessus du seuil de 40\u202f000" in dessus


def test_a_80_000_exactement_le_doute_est_dit():
    message = build_alertes_seuil(80_000, BAREME)[0].message
    assert "la taille 2 ou 3" in message
    assert "La taille 2 est retenue" in message


def test_le_choix_de_population_qui_change_la_taille_est_signale():
    # CC de l'Oust à Brocéliande: 39 885 municipale, 40 933 totale (2022)
    alerte = build_alerte_definition(39_885, 40_933, BAREME)
    assert alerte is not None
    assert alerte.code == "taille_selon_population"
    assert build_alerte_definition(30_000, 31_000, BAREME) is None
    assert build_alerte_definition(None, 31_000, BAREME) is None
