from __future__ import annotations

import pytest

from diagnostic.redaction import accorder, enumerer, format_nombre, lier_ponctuation


@pytest.mark.parametrize(
    ("valeur", "decimales", "attendu"),
    [
        (0, 0, "0"),
        (999, 0, "999"),
        (1_234_567, 0, "1\u202f234\u202f567"),
        (1234.56, 1, "1\u202f234,6"),
    ],
)
def test_un_nombre_s_ecrit_a_la_francaise(valeur, decimales, attendu):
    assert format_nombre(valeur, decimales) == attendu


def test_le_pluriel_commence_a_deux():
    assert [accorder(n, "commune") for n in (0, 1, 2)] == ["0 commune", "1 commune", "2 communes"]
    assert accorder(2, "ancien code", "anciens codes") == "2 anciens codes"


def test_une_longue_enumeration_est_comptee():
    assert enumerer(["A"]) == "A"
    assert enumerer(["A", "B"]) == "A et B"
    assert enumerer(list("ABCDE")) == "A, B, C, D et E"
    assert enumerer(list("ABCDEF")) == "A, B, C, D et 2 autres"


def test_aucune_ligne_ne_peut_commencer_par_un_signe():
    assert lier_ponctuation("« A » : B ; C ?") == "«\u00a0A\u00a0»\u00a0: B\u202f; C\u202f?"
