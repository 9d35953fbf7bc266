"""What the browser sends is read as data from a stranger."""

import pytest

from pages.composants.carte.composant import Geste, lire_geste

BON = {"onglet": "a1", "revision": 3, "lien": "1.x", "nom": "<b>", "type": "totale"}


def test_un_geste_bien_forme_se_lit():
    assert lire_geste({"geste": BON}) == Geste("a1", 3, "1.x", "<b>", "totale")


@pytest.mark.parametrize(
    "valeur",
    [
        None,
        "geste",
        {},
        {"geste": []},
        {"geste": {**BON, "revision": float("nan")}},
        {"geste": {**BON, "revision": "3"}},
        {"geste": {**BON, "lien": None}},
        {"geste": {**BON, "nom": ["x"]}},
        {"geste": {**BON, "onglet": "x" * 1000}},
    ],
)
def test_un_geste_mal_forme_est_ignore(valeur):
    assert lire_geste(valeur) is None


def test_une_definition_de_population_inconnue_est_la_municipale():
    geste = lire_geste({"geste": {**BON, "type": "<script>"}})
    assert geste is not None
    assert geste.type_population == "municipale"
