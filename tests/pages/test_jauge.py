"""The gauge: the mark stays in its size, the sentence says both distances."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diagnostic.parametres import load_parametres
from diagnostic.taille import compute_taille
from pages.composants.jauge import build_jauge, compute_position, decrire_position

BAREME = load_parametres().tailles[-1]
SEUILS = [seuil.habitants for seuil in BAREME.seuils]


def _taille(population: int) -> int:
    return compute_taille(population, BAREME).taille


@given(st.integers(min_value=0, max_value=70_000_000))
def test_le_repere_reste_dans_la_case_de_sa_taille(population):
    taille = _taille(population)
    assert (taille - 1) / 4 <= compute_position(population, taille, SEUILS) <= taille / 4


def test_le_repere_ne_recule_jamais_quand_la_population_croit():
    positions = [compute_position(n, _taille(n), SEUILS) for n in range(0, 400_000, 997)]
    assert all(avant <= apres for avant, apres in pairwise(positions))


@pytest.mark.parametrize(
    ("population", "phrase"),
    [
        (18_996, "encore 21\u202f004 habitants avant la taille 2."),
        (60_000, "encore 20\u202f000 habitants avant la taille 3, 20\u202f000 habitants de marge"),
        (480_178, "305\u202f178 habitants de marge au-dessus de la taille 3."),
    ],
)
def test_la_phrase_dit_la_distance_aux_seuils(population, phrase):
    assert phrase in decrire_position(population, _taille(population), SEUILS)


def test_la_jauge_se_lit_sans_la_voir():
    html = build_jauge(60_000, 2, BAREME)
    assert 'role="img"' in html
    assert "Taille 2" in html
    assert html.count('data-ici="oui"') == 1
