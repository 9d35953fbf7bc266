"""Overlaps, intake, register and mesh in a real browser, with the network cut."""

from __future__ import annotations

import pytest

ESSONNE = """nom_cpts;code_insee;commune
<b>CPTS Nord</b>;91228;Évry-Courcouronnes
<b>CPTS Nord</b>;91340;Lisses
<b>CPTS Nord</b>;91174;Corbeil-Essonnes
CPTS Sud;91228;Évry-Courcouronnes
CPTS Sud;91340;Lisses
CPTS Sud;91103;Brétigny-sur-Orge
CPTS Sud;;Mirabeau
"""


def choisir(onglet, calme, libelle: str, texte: str) -> None:
    onglet.get_by_role("combobox", name=libelle).click()
    onglet.keyboard.type(texte)
    onglet.keyboard.press("Enter")
    calme(onglet)


def ouvrir_vue(onglet, calme, nom: str) -> None:
    onglet.locator("[data-testid=stButtonGroup]").get_by_text(nom, exact=True).click()
    calme(onglet)


@pytest.fixture
def depot(onglets, calme):
    """Open the intake and drop a file."""
    onglet = onglets.ouvrir("/chevauchements", hauteur=2600)
    ouvrir_vue(onglet, calme, "Déposer des périmètres")
    onglet.locator("input[type=file]").set_input_files(
        {"name": "essonne.csv", "mimeType": "text/csv", "buffer": ESSONNE.encode()}
    )
    onglet.get_by_text("Ce que l’audit a relevé").wait_for()
    calme(onglet)
    return onglet


def test_a_dropped_list_shows_its_overlap_to_the_inhabitant(depot, accessibilite):
    depot.get_by_text("Enregistrer", exact=True).wait_for()
    texte = depot.locator("[data-testid=stMain]").inner_text()
    assert "74\u202f292" in texte  # 66 919 + 7 373
    assert "Issues possibles" in texte
    assert "<b>CPTS Nord</b>" in texte  # markup in a name is text
    assert depot.locator(".cpts-tableau b").count() == 0
    accessibilite(depot)


def test_a_homonym_is_chosen_before_anything_is_saved(depot, calme):
    combo = depot.get_by_role("combobox", name="Mirabeau")
    combo.click()
    depot.get_by_role("option").first.click()
    calme(depot)
    assert "CPTS Sud" in depot.locator("[data-testid=stMain]").inner_text()
    depot.get_by_role("button", name="Ajouter au registre").click()
    calme(depot)
    depot.get_by_text("Cochez la case pour confirmer").wait_for()


def test_saved_territories_appear_as_a_known_conflict_with_a_decision(depot, onglets, calme):
    depot.get_by_text("J’ai relu le rapport").click()
    depot.get_by_role("button", name="Ajouter au registre").click()
    depot.get_by_text("Ces territoires sont dans le registre").wait_for()
    onglet = onglets.ouvrir("/chevauchements", hauteur=2600)
    onglet.get_by_text("74\u202f292").first.wait_for()
    choisir(onglet, calme, "Ouvrir un conflit", "CPTS Nord")
    onglet.get_by_role("textbox", name="Motif").fill("Bassin de vie d'Évry")
    onglet.get_by_role("button", name="Consigner").click()
    onglet.get_by_text("Décision consignée").wait_for()
    onglet.get_by_text("Bassin de vie d'Évry").first.wait_for()


def test_the_register_card_shows_its_source_and_keeps_its_history(onglets, calme, accessibilite):
    onglet = onglets.ouvrir("/chevauchements", hauteur=2600)
    ouvrir_vue(onglet, calme, "Registre")
    choisir(onglet, calme, "Ouvrir une fiche", "CPTS Pantin")
    onglet.get_by_text("Liste embarquée").wait_for()
    assert "www.apta-idf93.org" in onglet.locator("[data-testid=stMain]").inner_text()
    accessibilite(onglet)


def test_the_departement_shows_coverage_and_white_zones_that_add_up(onglets, calme, accessibilite):
    onglet = onglets.ouvrir("/maillage", hauteur=2600)
    choisir(onglet, calme, "Département", "Seine-Saint")
    onglet.get_by_text("1\u202f704\u202f316").first.wait_for()
    for nombre in ("579\u202f696", "1\u202f124\u202f620", "940\u202f268", "184\u202f352"):
        onglet.get_by_text(nombre).first.wait_for()
    onglet.locator(".cpts-carte img[alt^='Carte']").wait_for()
    accessibilite(onglet)


def test_the_coverage_grows_by_steps_on_a_chart_with_its_table(onglets, calme, accessibilite):
    onglet = onglets.ouvrir("/chevauchements", hauteur=2600)
    ouvrir_vue(onglet, calme, "Registre")
    choisir(onglet, calme, "Ouvrir une fiche", "CPTS Pantin")
    onglet.get_by_text("www.apta-idf93.org").first.wait_for()
    onglet.get_by_text("Modifier le statut ou la période").click()
    jour = onglet.get_by_label("Périmètre en vigueur du")
    jour.fill("01/07/2021")
    jour.blur()
    calme(onglet)
    onglet.get_by_role("button", name="Enregistrer une nouvelle version").click()
    onglet.get_by_text("depuis le 01/07/2021").wait_for()
    onglet.get_by_role("link", name="Maillage").click()
    onglet.get_by_role("heading", name="Maillage", level=1).wait_for()
    calme(onglet)
    choisir(onglet, calme, "Département", "Seine-Saint")
    onglet.locator(".cpts-paliers circle").first.wait_for()
    assert onglet.locator(".cpts-paliers circle").count() == 2
    onglet.get_by_text("sans date de début, comptés à toutes les dates").wait_for()
    onglet.get_by_text("Chiffres de la courbe").click()
    onglet.get_by_role("row").filter(has_text="01/07/2021").wait_for()
    accessibilite(onglet)


def test_a_sketch_is_warned_of_the_overlap_on_the_drawing_page(onglets):
    from pages.composants.lien import encode_lien

    onglet = onglets.ouvrir(f"/composer?t={encode_lien({'93048', '94080'})}")
    onglet.get_by_text("Chevauchement avec « CPTS Montreuil »").first.wait_for()


def test_an_official_source_that_does_not_answer_is_said_and_nothing_changes(onglets, calme):
    onglet = onglets.ouvrir("/chevauchements")
    ouvrir_vue(onglet, calme, "Déposer des périmètres")
    onglet.get_by_role("button", name="Lire la couche nationale").click()
    onglet.get_by_text("n’a pas répondu").wait_for()
    onglet.get_by_role("heading", name="Chevauchements", level=1).wait_for()


def tableaux_trop_larges(onglet):
    return onglet.locator(".cpts-tableau").evaluate_all(
        "tables => tables.filter(t => t.scrollWidth > t.clientWidth + 1)"
        ".map(t => t.getAttribute('aria-label'))"
    )


@pytest.mark.parametrize("page", ["/maillage", "/donnees"])
def test_au_telephone_aucun_tableau_ne_se_fait_defiler(onglets, page):
    onglet = onglets.ouvrir(page, largeur=390, hauteur=844)
    onglet.locator(".cpts-blocs").first.wait_for()
    assert tableaux_trop_larges(onglet) == []
    # laid out in blocks, a table stays one
    assert onglet.get_by_role("cell").count() > 0


def test_au_telephone_un_conflit_se_lit_sans_defiler(depot):
    depot.set_viewport_size({"width": 390, "height": 844})
    depot.locator(".cpts-blocs").first.wait_for()
    assert tableaux_trop_larges(depot) == []
