"""Names of projects: bounded, on one line, without traps."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pages.composants.etat import LONGUEUR_NOM, nettoyer_nom


@pytest.mark.parametrize(
    ("nom", "attendu"),
    [
        ("  CPTS du Pays \n de Rennes ", "CPTS du Pays   de Rennes"),
        ("a\x00b\u202ec", "a b c"),
        ("x" * 500, "x" * LONGUEUR_NOM),
    ],
)
def test_un_nom_tient_sur_une_ligne(nom, attendu):
    assert nettoyer_nom(nom) == attendu


@given(st.text(max_size=300))
def test_nettoyer_deux_fois_ne_change_rien(nom):
    assert nettoyer_nom(nettoyer_nom(nom)) == nettoyer_nom(nom)
