"""Numbers as French people read and type them."""

from __future__ import annotations

import pytest

from pages.composants.format import formater_nombre, lire_nombre


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
