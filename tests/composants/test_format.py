"""Numbers as French people read and type them."""

from __future__ import annotations

import pytest

from diagnostic.redaction import typographier
from pages.composants.format import formater_nombre, formater_part, lire_nombre


@pytest.mark.parametrize(
    ("texte", "attendu"),
    [
        ("21,9", 21.9),
        ("21.9", 21.9),
        (" 12 345,6 ", 12_345.6),
        ("12\u202f345", 12_345.0),
        ("−1,5", -1.5),
        ("30 %", 30.0),
        ("", None),
        ("nan", None),
        ("1e9", None),
        ("1_000", None),
        ("1,2,3", None),
        ("douze", None),
    ],
)
def test_un_nombre_tape_a_la_francaise_est_lu(texte, attendu):
    assert lire_nombre(texte) == attendu


def test_un_nombre_affiche_se_relit():
    assert lire_nombre(formater_nombre(-12_345.6, 1)) == -12_345.6


@pytest.mark.parametrize(
    ("part", "attendu"),
    [(0.0, "0,0"), (0.0004, "<\u00a00,1"), (0.0005, "0,1"), (0.5, "50,0"), (1.0, "100,0")],
)
def test_une_part_infime_n_est_pas_nulle(part, attendu):
    assert formater_part(part) == f"{attendu}\u00a0%"


def test_les_signes_doubles_ne_commencent_pas_une_ligne():
    assert typographier("l'eau : « ici » ; là") == ("l’eau\u00a0: «\u00a0ici\u00a0»\u202f; là")
