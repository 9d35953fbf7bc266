"""The pages diagnostic and données in a real browser: read, import, compare, without a network."""

from __future__ import annotations

from datetime import date

import pytest

from diagnostic.exports.projet import Projet, export_projet
from diagnostic.indicateurs import ValeurSaisie
from diagnostic.perimetre import Perimetre
from pages.composants.lien import encode_lien

REDON = "243500741"


@pytest.fixture(scope="module")
def lien(france):
    return "t=" + encode_lien(france.geographie.membres("epci", REDON)) + "&nom=CPTS+d%27essai"


def choisir(onglet, calme, *noms):
    for nom in noms:
        onglet.get_by_role("radio", name=nom, exact=True).or_(
            onglet.get_by_role("button", name=nom, exact=True)
        ).first.click()
        calme(onglet)


def test_le_diagnostic_dit_ses_chiffres_leur_source_et_leur_comparaison(onglets, lien):
    onglet = onglets.ouvrir(f"/diagnostic?{lien}")
    population = onglet.get_by_role("row").filter(has_text="Population municipale").first
    assert "67\u202f666\u00a0habitants" in population.inner_text()
    ligne = onglet.get_by_role("row").filter(has_text="Densité").first
    assert "68,0\u00a0hab./km²" in ligne.inner_text()
    assert "Insee, populations municipales, 2023" in ligne.inner_text()
    ligne.get_by_text("Formule et précautions").click()
    ligne.get_by_text("Population municipale rapportée à la superficie.").wait_for()
    onglet.get_by_role("heading", name="Points d’attention").wait_for()


def test_un_arrondissement_a_sa_courbe_depuis_la_premiere_annee_connue(onglets):
    onglet = onglets.ouvrir(f"/diagnostic?t={encode_lien({'75111'})}")
    onglet.get_by_text("indice 100 en 2019").wait_for()
    onglet.get_by_text("la courbe part de 2019").wait_for()
    assert onglet.locator(".cpts-figure > .cpts-courbes polyline").count() == 4


def ouvrir_carte(onglet, calme):
    choisir(onglet, calme, "Carte")
    carte = onglet.frame_locator("iframe.cpts-cadre")
    carte.locator("html[data-pret]").wait_for()
    return carte


def test_la_courbe_est_dessinee_dans_la_page(onglets, lien):
    onglet = onglets.ouvrir(f"/diagnostic?{lien}")
    onglet.locator(".cpts-courbes polyline").first.wait_for()
    assert onglet.locator(".cpts-figure > .cpts-courbes polyline").count() == 4


def test_la_carte_d_un_indicateur_s_affiche_sans_reseau_et_dit_ses_valeurs(onglets, calme, lien):
    onglet = onglets.ouvrir(f"/diagnostic?{lien}")
    carte = ouvrir_carte(onglet, calme)
    communes = carte.locator("path.commune")
    assert communes.count() == 31
    assert carte.locator("path.limite").count() == 1
    carte.locator("[title=Agrandir]").wait_for()
    boite = onglet.locator("iframe.cpts-cadre").bounding_box()
    limite = carte.locator("path.limite").bounding_box()
    # the whole territory, as large as the frame allows
    assert 0.75 * boite["height"] < limite["height"] < boite["height"]
    communes.nth(3).hover()
    dite = communes.nth(3).get_attribute("aria-label")
    nom, valeur = carte.locator(".leaflet-tooltip:not(.nom)").inner_text().split("\n")
    assert dite == f"{nom}\u00a0: {valeur}"
    onglet.get_by_text("Chiffres de la carte").click()
    ligne = onglet.get_by_role("row").filter(has_text=f"{nom} (").first
    assert valeur.removesuffix("\u00a0%") in ligne.inner_text()
    assert onglets.refuses == []


def test_la_carte_se_parcourt_au_clavier(onglets, calme, lien):
    onglet = onglets.ouvrir(f"/diagnostic?{lien}")
    carte = ouvrir_carte(onglet, calme)
    assert carte.locator("path.commune[tabindex='0']").count() == 1
    carte.locator("path.commune").first.focus()
    dites = []
    for touche in ("ArrowRight", "ArrowRight", "End", "Home"):
        onglet.keyboard.press(touche)
        visee = carte.locator("path.commune:focus")
        dites.append(visee.get_attribute("aria-label"))
        assert carte.locator("path.vise").count() == 1
    valeurs = [
        float(dite.split(": ")[1].removesuffix("\u00a0%").replace(",", ".")) for dite in dites
    ]
    assert valeurs[3] >= valeurs[0] >= valeurs[1] >= valeurs[2]


def test_au_telephone_chaque_valeur_est_a_l_ecran_et_le_tableau_reste_un_tableau(onglets, lien):
    onglet = onglets.ouvrir(f"/diagnostic?{lien}", largeur=390, hauteur=844)
    ligne = onglet.get_by_role("row").filter(has_text="Densité").first
    for cellule in ligne.get_by_role("cell").all():
        boite = cellule.bounding_box()
        assert boite["x"] >= 0
        assert boite["x"] + boite["width"] <= 390
    ligne.get_by_role("rowheader").wait_for()
    assert onglet.get_by_role("columnheader", name="Département").count() == 1


def test_sur_une_tablette_rien_ne_depasse_et_le_menu_est_en_francais(onglets, lien):
    onglet = onglets.ouvrir(f"/diagnostic?{lien}", largeur=768)
    tableau = onglet.locator(".cpts-indicateurs")
    assert tableau.evaluate("e => e.scrollWidth <= e.clientWidth + 1")
    onglet.get_by_text("4 autres", exact=True).wait_for()


def test_l_incertitude_de_la_population_est_dite_sous_les_chiffres(onglets, france):
    membres = france.geographie.membres("epci", REDON)
    onglet = onglets.ouvrir(f"/diagnostic?t={encode_lien(membres, {'35236'})}")
    onglet.get_by_text("Sans ces communes, la population municipale est de 58\u202f124").wait_for()
    mayotte = encode_lien(france.geographie.membres("departement", "976"))
    onglet = onglets.ouvrir(f"/diagnostic?t={mayotte}")
    onglet.get_by_text("celle du recensement de 2017").first.wait_for()
    onglet.get_by_text("Rien à comparer").wait_for()


def test_un_theme_sans_donnees_dit_quoi_charger(onglets, calme, lien):
    onglet = onglets.ouvrir(f"/diagnostic?{lien}")
    choisir(onglet, calme, "Accès aux soins")
    onglet.get_by_text("La page « Données » dit lesquels").wait_for()


def test_sans_dessin_le_diagnostic_invite_a_dessiner(onglets):
    onglet = onglets.ouvrir("/diagnostic")
    onglet.get_by_text("Aucun territoire n’est dessiné").wait_for()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(
    "vue", ["Carte", "Comparer à un autre périmètre", "Relevés REZONE", "Tout"]
)
def test_chaque_vue_est_accessible(onglets, accessibilite, calme, lien, vue, theme):
    onglet = onglets.ouvrir(f"/diagnostic?{lien}", theme=theme)
    choisir(onglet, calme, vue)
    accessibilite(onglet)


def test_un_releve_rezone_est_verifie_puis_garde_et_marque(onglets, calme, lien):
    onglet = onglets.ouvrir(f"/diagnostic?{lien}")
    choisir(onglet, calme, "Relevés REZONE")
    valeur = onglet.get_by_label("Valeur", exact=True)
    valeur.fill("121")
    onglet.get_by_role("button", name="Enregistrer ce relevé").click()
    onglet.get_by_text("n’est pas entre 0 et 100").wait_for()
    valeur.fill("21,9")
    jour = onglet.get_by_label("Date du relevé")
    for faux in ("31/02/2026", ""):  # nothing is kept under another date than the one typed
        jour.fill(faux)
        onglet.get_by_role("button", name="Enregistrer ce relevé").click()
        calme(onglet)
        onglet.get_by_text("Aucun relevé pour l’instant").wait_for()
    jour.fill("15/03/2026")
    onglet.get_by_role("button", name="Enregistrer ce relevé").click()
    calme(onglet)
    choisir(onglet, calme, "Indicateurs", "Relevés REZONE CPTS")
    ligne = onglet.get_by_role("row").filter(has_text="ALD").first
    assert "21,9" in ligne.inner_text()
    assert "saisi" in ligne.inner_text()


def test_un_releve_revient_avec_le_projet_et_un_faux_est_dit(onglets, calme, france, tmp_path):
    saisies = (
        ValeurSaisie("taux_ald", 21.9, date(2026, 3, 5)),
        ValeurSaisie("taux_c2s", 900.0, date(2026, 3, 5)),
        ValeurSaisie("d_une_autre_version", 3.0, date(2026, 3, 5)),
    )
    membres = france.geographie.membres("epci", REDON)
    fichier = tmp_path / "redon.cpts.json"
    fichier.write_bytes(
        export_projet(
            france.geographie,
            Projet(Perimetre("Redon", membres), saisies=saisies),
            le=date(2026, 3, 6),
        )
    )
    onglet = onglets.ouvrir("/exports")
    onglet.get_by_text("Rouvrir un projet enregistré").click()
    onglet.locator("input[type=file]").last.set_input_files(fichier)
    onglet.get_by_role("button", name="Ouvrir ce projet").click()
    calme(onglet)
    onglet.get_by_role("link", name="Diagnostic du territoire").click()
    onglet.get_by_role("heading", name="Diagnostic du territoire", level=1).wait_for()
    calme(onglet)
    choisir(onglet, calme, "Relevés REZONE")
    assert "05/03/2026" in onglet.get_by_role("row").filter(has_text="ALD").inner_text()
    onglet.get_by_text("900 n’est pas entre 0 et 100").wait_for()
    onglet.get_by_text("d_une_autre_version").wait_for()
    choisir(onglet, calme, "Indicateurs", "Relevés REZONE CPTS")
    ligne = onglet.get_by_role("row").filter(has_text="ALD").first
    assert "relevé du 05/03/2026" in ligne.inner_text()


def test_une_comparaison_dit_ce_qui_est_gagne_et_perdu(onglets, calme, lien):
    onglet = onglets.ouvrir(f"/diagnostic?{lien}")
    choisir(onglet, calme, "Comparer à un autre périmètre", "Une liste de communes")
    onglet.get_by_label("Codes ou noms, un par ligne").fill(
        "35236\n35238\nNulle-Part\nSaint-Martin"
    )
    onglet.get_by_label("Codes ou noms, un par ligne").blur()
    calme(onglet)
    dedans = onglet.get_by_role("row").filter(has_text="Seulement dans l’autre").first
    dedans.wait_for()
    assert "Rennes" in dedans.inner_text()
    onglet.get_by_text("inconnu\u00a0: «\u00a0Nulle-Part\u00a0»").wait_for()
    onglet.get_by_text("ambigu (précisez le département)").wait_for()
    assert "Redon" in onglet.get_by_role("row").filter(has_text="Dans les deux").inner_text()


def test_un_fichier_officiel_est_compris_puis_range_et_sert(onglets, calme, lien, partage):
    onglet = onglets.ouvrir(f"/donnees?{lien}")
    fichier = partage / "fixtures" / "insee" / "cc_filosofi_2021_COM.csv"
    onglet.locator("input[type=file]").set_input_files(fichier)
    onglet.get_by_role("button", name="Lire ce fichier").click()
    onglet.get_by_text("Compris : Revenus et pauvreté des ménages (Filosofi)").wait_for()
    assert "34\u202f909" in onglet.get_by_role("row").filter(has_text="Lignes lues").inner_text()
    onglet.get_by_role("button", name="Ranger ces tables").click()
    onglet.get_by_text("Le diagnostic s’en sert déjà").wait_for()
    calme(onglet)
    onglet.get_by_role("link", name="Diagnostic du territoire").click()
    onglet.get_by_role("heading", name="Diagnostic du territoire", level=1).wait_for()
    calme(onglet)
    choisir(onglet, calme, "Revenus et précarité")
    onglet.get_by_text("Publié pour 31 communes sur 31").first.wait_for()
    onglet.get_by_role("link", name="Données").click()
    onglet.get_by_role("heading", name="Données", level=1).wait_for()
    calme(onglet)
    onglet.get_by_text("Retirer une table importée").click()
    calme(onglet)  # unfolded: what is under it has stopped moving
    onglet.get_by_role("button", name="Retirer cette table").click()
    calme(onglet)
    onglet.get_by_text("Retirer une table importée").wait_for(state="detached")


def test_un_fichier_qui_n_en_est_pas_un_est_refuse_en_clair(onglets, calme, lien, tmp_path):
    onglet = onglets.ouvrir(f"/donnees?{lien}")
    faux = tmp_path / "<b>faux.csv"
    faux.write_text("a;b\n1;2\n", encoding="utf-8")
    onglet.locator("input[type=file]").set_input_files(faux)
    onglet.get_by_role("button", name="Lire ce fichier").click()
    onglet.get_by_text("ce n’est aucun des fichiers officiels").wait_for()
    # what would be right is still said under it
    onglet.get_by_role("heading", name="Où prendre chaque fichier officiel").wait_for()
    onglet.get_by_role("button", name="Actualiser", exact=True).wait_for()


def test_ce_qui_fut_compris_d_un_fichier_ne_passe_pas_pour_un_autre(onglets, calme, partage):
    onglet = onglets.ouvrir("/donnees")
    dossier = partage / "fixtures" / "insee"
    onglet.get_by_label("Année des chiffres").fill("20x7")
    onglet.locator("input[type=file]").set_input_files(
        dossier / "populations_legales_2017_mayotte.csv"
    )
    onglet.get_by_role("button", name="Lire ce fichier").click()
    onglet.get_by_text("n’est pas une année").wait_for()
    onglet.get_by_label("Année des chiffres").fill("2017")
    onglet.get_by_role("button", name="Lire ce fichier").click()
    onglet.get_by_text("populations_legales_2017_mayotte.csv :").wait_for()
    onglet.locator("input[type=file]").set_input_files(
        {"name": "autre.csv", "mimeType": "text/csv", "buffer": b"a;b\n1;2\n"}
    )
    onglet.get_by_role("button", name="Ranger ces tables").wait_for(state="detached")


def test_le_service_en_panne_laisse_la_page_debout(onglets, lien):
    onglet = onglets.ouvrir(f"/donnees?{lien}")
    onglet.get_by_role("button", name="Actualiser", exact=True).click()
    onglet.get_by_text("n’a pas répondu").first.wait_for(timeout=60_000)
    onglet.get_by_role("heading", name="Tables en service").wait_for()
    # said where the source is, not only when it fails
    onglet.get_by_text("Populations de référence (ex-populations légales)").and_(
        onglet.get_by_text("actualisation manquée le")
    ).first.wait_for()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_la_page_donnees_est_accessible(onglets, accessibilite, lien, theme):
    accessibilite(onglets.ouvrir(f"/donnees?{lien}", theme=theme))


def test_la_page_imprimee_garde_les_chiffres_et_laisse_les_boutons(onglets, calme, lien):
    onglet = onglets.ouvrir(f"/diagnostic?{lien}")
    choisir(onglet, calme, "Tout")
    onglet.emulate_media(media="print")
    onglet.get_by_role("row").filter(has_text="Densité").first.wait_for()
    assert not onglet.get_by_text("Réécrire ces phrases").is_visible()


@pytest.mark.parametrize("vue", ["Carte", "Tout"])
def test_la_page_imprimee_montre_une_carte(onglets, calme, lien, vue):
    onglet = onglets.ouvrir(f"/diagnostic?{lien}")
    choisir(onglet, calme, vue)
    onglet.locator("iframe.cpts-cadre").wait_for()
    assert not onglet.locator("svg.cpts-choroplethe").is_visible()
    onglet.emulate_media(media="print")
    assert onglet.locator("svg.cpts-choroplethe path:not(.contour):not(defs path)").count() == 31
    onglet.locator("svg.cpts-choroplethe").wait_for()
    assert not onglet.locator("iframe.cpts-cadre").is_visible()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_la_carte_suit_le_theme_et_reste_accessible(onglets, accessibilite, calme, lien, theme):
    onglet = onglets.ouvrir(f"/diagnostic?{lien}", theme=theme)
    carte = ouvrir_carte(onglet, calme)
    fond = carte.locator(".leaflet-container").evaluate("e => getComputedStyle(e).backgroundColor")
    assert fond == ("rgb(243, 245, 249)" if theme == "light" else "rgb(30, 36, 46)")
    onglet.goto(onglet.locator("iframe.cpts-cadre").evaluate("cadre => cadre.src"))
    onglet.locator("html[data-pret]").wait_for()
    accessibilite(onglet)
