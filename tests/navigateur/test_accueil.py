"""The home page and the navigation, in a real browser with the network cut."""

from __future__ import annotations

import pytest


def test_l_accueil_s_affiche_sans_reseau_et_en_francais(onglets, accessibilite):
    onglet = onglets.ouvrir("/")
    assert onglet.locator("html").get_attribute("lang") == "fr"
    assert onglet.get_by_role("heading", name="CPTS Territoires").is_visible()
    accessibilite(onglet)


@pytest.mark.parametrize(("chemin", "titre"), [("/perimetre", "Dessiner le territoire")])
def test_une_page_s_ouvre_par_son_adresse(onglets, chemin, titre):
    onglet = onglets.ouvrir(chemin)
    assert onglet.get_by_role("heading", name=titre, level=1).is_visible()
