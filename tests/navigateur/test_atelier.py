"""The drawing map in a real browser, network cut: real polygons, totals equal to the core's."""

from __future__ import annotations

import re
from datetime import date

import pytest

from diagnostic.parametres import load_parametres
from diagnostic.perimetre import Perimetre
from diagnostic.territoire import compute_territoire
from pages.composants.lien import decode_lien, encode_lien

LE = date(2026, 11, 22)
RENNES_METROPOLE = "243500139"
RENNES, CESSON, CHARTRES = "35238", "35051", "35066"
LIFFRE, LA_BOUEXIERE = "35152", "35031"  # in the neighbouring EPCI

# the register is the server's own: the core is asked here without it
ALERTES_DU_REGISTRE = {"chevauchement", "chevauchement_incertain", "territoire_connu"}


class Atelier:
    """What a person does and sees on the drawing page."""

    def __init__(self, onglet, geographie) -> None:
        self.onglet = onglet
        self.geographie = geographie
        self.hote = onglet.locator(".atelier-hote[data-pret=oui]")
        self.hote.wait_for()
        self.attendre()

    def attendre(self) -> None:
        """Wait for the server to have confirmed the present drawing, and the map to be still."""
        self.onglet.locator(".confirme", has_text="✓ vérifié").wait_for()
        self.hote.evaluate(
            """async (h) => {
                const { carte, gestes } = h.atelier;
                const attendre = (ms) => new Promise((suite) => setTimeout(suite, ms));
                while (carte.carte._animatingZoom || carte.carte._panAnim?._inProgress) {
                    await attendre(20);
                }
                await Promise.all([...carte.demandes.values()]);
                while (!carte.france || h.atelier.aGarder) await attendre(20);
            }"""
        )

    def voir(self, latitude: float, longitude: float, zoom: float) -> None:
        self.hote.evaluate(
            "(h, [a, b, z]) => h.atelier.carte.carte.setView([a, b], z, { animate: false })",
            [latitude, longitude, zoom],
        )
        self.attendre()

    def point(self, code: str) -> tuple[float, float]:
        """Where the town hall of a commune stands on the screen."""
        x, y = self.hote.evaluate(
            """(h, code) => {
                const { unites, carte } = h.atelier;
                const rang = unites.rangs.get(code);
                const ou = [unites.latitude[rang], unites.longitude[rang]];
                const point = carte.carte.latLngToContainerPoint(ou);
                const cadre = carte.carte.getContainer().getBoundingClientRect();
                return [point.x + cadre.left, point.y + cadre.top];
            }""",
            code,
        )
        return x, y

    def cliquer(self, code: str) -> None:
        self.onglet.mouse.click(*self.point(code))
        self.attendre()

    def outil(self, nom: str) -> None:
        self.onglet.get_by_role("button", name=nom, exact=True).click()

    def maille(self, nom: str) -> None:
        self.onglet.get_by_role("radio", name=nom).check()
        self.attendre()

    def glisser(self, *points: tuple[float, float]) -> None:
        self.onglet.mouse.move(*points[0])
        self.onglet.mouse.down()
        for point in points[1:]:
            self.onglet.mouse.move(*point, steps=8)
        self.onglet.mouse.up()
        self.attendre()

    def total(self) -> int:
        texte = self.onglet.locator("[data-total] strong").inner_text()
        return int(re.sub(r"\D", "", texte))

    def codes(self) -> set[str]:
        return set(self.hote.evaluate("(h) => h.atelier.dessin.codes()"))

    def message(self) -> str:
        return self.onglet.locator(".message").inner_text()

    def verifier(self, codes) -> None:
        """The browser, the address and the core agree on the communes and on the total."""
        attendus = frozenset(codes)
        assert self.codes() == attendus
        if not attendus:
            assert self.total() == 0
            return
        territoire = compute_territoire(
            self.geographie, Perimetre("", attendus), le=LE, parametres=load_parametres()
        )
        assert self.total() == territoire.population
        lien = re.search(r"[?&]t=([^&]+)", self.onglet.url)
        assert set(decode_lien(lien.group(1)).codes) == attendus
        affichees = self.onglet.locator("[data-alerte]").evaluate_all(
            "(alertes) => alertes.map((a) => a.dataset.alerte)"
        )
        du_coeur = [code for code in affichees if code not in ALERTES_DU_REGISTRE]
        assert du_coeur == [alerte.code for alerte in territoire.alertes]
        taille = self.onglet.locator(".distance strong").inner_text()
        assert taille == f"Taille\u00a0{territoire.taille.taille}"


@pytest.fixture(scope="module")
def rennes(france):
    return france.geographie.membres("epci", RENNES_METROPOLE)


@pytest.fixture
def ouvrir(onglets, france):
    """Open the drawing page on some codes."""

    def ouvrir_sur(codes=(), suite="", **options) -> Atelier:
        adresse = f"?t={encode_lien(codes)}{suite}" if codes else suite
        return Atelier(onglets.ouvrir(f"/perimetre{adresse}", **options), france.geographie)

    return ouvrir_sur


def test_epci_moins_une_commune_plus_deux_voisines_puis_annuler_et_retablir(ouvrir, rennes):
    atelier = ouvrir()
    atelier.verifier(())
    atelier.cliquer(RENNES)
    atelier.verifier(rennes)
    atelier.voir(48.13, -1.6, 10)
    atelier.maille("Communes")
    atelier.cliquer(CESSON)
    atelier.verifier(rennes - {CESSON})
    atelier.cliquer(LIFFRE)
    atelier.cliquer(LA_BOUEXIERE)
    dessin = rennes - {CESSON} | {LIFFRE, LA_BOUEXIERE}
    atelier.verifier(dessin)
    for attendu in (dessin - {LA_BOUEXIERE}, rennes - {CESSON}, rennes, frozenset()):
        atelier.onglet.keyboard.press("Control+z")
        atelier.attendre()
        atelier.verifier(attendu)
    for _ in range(4):
        atelier.onglet.keyboard.press("Control+Shift+z")
    atelier.attendre()
    atelier.verifier(dessin)


def test_l_infobulle_dit_ce_que_ferait_le_clic(ouvrir, rennes):
    atelier = ouvrir(rennes)
    atelier.voir(48.05, -1.7, 11)
    atelier.maille("Communes")
    atelier.onglet.mouse.move(*atelier.point(CHARTRES))
    bulle = atelier.onglet.locator(".bulle")
    bulle.get_by_text("enclavée").wait_for()
    texte = bulle.inner_text()
    assert "Chartres-de-Bretagne" in texte
    assert "Retirer\u00a0: −8\u202f880 hab. → 471\u202f298" in texte
    assert "laisse Chartres-de-Bretagne enclavée" in texte
    assert atelier.codes() == rennes


def test_balayer_gommer_rectangle_et_polygone(ouvrir, france):
    atelier = ouvrir()
    atelier.voir(48.13, -1.6, 10.5)
    atelier.maille("Communes")
    atelier.outil("Balayer")
    atelier.glisser(atelier.point(CESSON), atelier.point(LIFFRE))
    balayees = atelier.codes()
    assert {CESSON, LIFFRE} <= balayees
    atelier.verifier(balayees)
    # the middle button moves the map and draws nothing
    x, y = atelier.point(CESSON)
    atelier.onglet.mouse.move(x, y)
    atelier.onglet.mouse.down(button="middle")
    atelier.onglet.mouse.move(x + 60, y, steps=6)
    atelier.onglet.mouse.up(button="middle")
    atelier.onglet.wait_for_timeout(300)
    atelier.attendre()
    assert abs(atelier.point(CESSON)[0] - x - 60) < 25
    assert atelier.codes() == balayees
    atelier.outil("Gommer")
    x, y = atelier.point(CESSON)
    atelier.glisser((x, y), (x + 3, y))
    assert CESSON not in atelier.codes()
    assert LIFFRE in atelier.codes()
    atelier.verifier(atelier.codes())
    atelier.onglet.get_by_role("button", name="Vider").click()
    atelier.attendre()

    atelier.outil("Rectangle")
    x, y = atelier.point(LA_BOUEXIERE)
    atelier.glisser((x - 70, y - 70), (x + 70, y + 70))
    dedans = {
        code
        for code in france.geographie.membres("departement", "35")
        if abs(atelier.point(code)[0] - x) < 70 and abs(atelier.point(code)[1] - y) < 70
    }
    assert LA_BOUEXIERE in dedans
    atelier.verifier(dedans)

    atelier.outil("Polygone")
    x, y = atelier.point(RENNES)
    for dx, dy in ((-60, -60), (60, -60), (60, 60), (-60, 60), (-60, -60)):
        atelier.onglet.mouse.click(x + dx, y + dy)
    atelier.attendre()
    assert RENNES in atelier.codes()
    atelier.verifier(atelier.codes())
    # one gesture each: undo takes the polygon back whole
    atelier.onglet.get_by_role("button", name="Annuler").click()
    atelier.attendre()
    atelier.verifier(dedans)


def test_une_zone_compte_ce_qu_elle_change(ouvrir):
    atelier = ouvrir([CESSON])
    atelier.voir(48.13, -1.6, 10.5)
    atelier.maille("Communes")
    atelier.outil("Rectangle")
    x, y = atelier.point(CESSON)
    atelier.glisser((x - 110, y - 110), (x + 110, y + 110))
    ajoutees = len(atelier.codes()) - 1
    assert ajoutees > 1
    assert f"{ajoutees}\u00a0communes ajoutées." in atelier.message()
    atelier.onglet.get_by_role("button", name="Annuler").first.click()
    atelier.attendre()
    atelier.onglet.get_by_label("Retirer", exact=True).check()
    atelier.glisser((x - 110, y - 110), (x + 110, y + 110))
    assert "1\u00a0commune retirée." in atelier.message()
    atelier.verifier(())


def test_un_clic_devance_les_communes_du_lieu(ouvrir, france):
    atelier = ouvrir()
    atelier.onglet.route("**/dep-38.json", lambda _: None)  # never comes
    atelier.hote.evaluate(
        "(h) => h.atelier.carte.carte.setView([45.19, 5.72], 11, { animate: false })"
    )
    atelier.onglet.mouse.click(*atelier.point("38185"))
    atelier.onglet.locator(".confirme", has_text="✓ vérifié").wait_for()
    grenoble = france.geographie.unites.loc["38185", "code_epci"]
    assert atelier.codes() == france.geographie.membres("epci", grenoble)


def test_une_alerte_mene_au_lieu_et_comble_l_enclave(ouvrir, rennes):
    atelier = ouvrir(rennes - {CHARTRES})
    atelier.voir(46.5, 2.5, 6)
    alerte = atelier.onglet.locator("[data-alerte=enclave]")
    alerte.get_by_role("button", name="Voir sur la carte").click()
    atelier.attendre()
    cadre = atelier.onglet.locator(".scene").bounding_box()
    x, y = atelier.point(CHARTRES)
    assert abs(x - cadre["x"] - cadre["width"] / 2) < 80
    assert abs(y - cadre["y"] - cadre["height"] / 2) < 80
    alerte.get_by_role("button", name="Combler").click()
    atelier.attendre()
    atelier.verifier(rennes)


@pytest.mark.parametrize("code", ["plusieurs_departements", "plusieurs_regions"])
def test_plusieurs_departements_menent_a_l_autre_cote_de_la_limite(ouvrir, france, code):
    redon = france.geographie.membres("epci", "243500741")
    atelier = ouvrir(redon)
    atelier.onglet.locator(f"[data-alerte={code}] button").first.click()
    atelier.attendre()
    cadre = atelier.onglet.locator(".scene").bounding_box()
    for commune in redon & france.geographie.membres("departement", "44"):
        x, y = atelier.point(commune)
        assert cadre["x"] < x < cadre["x"] + cadre["width"]
        assert cadre["y"] < y < cadre["y"] + cadre["height"]


def test_une_alerte_sur_un_telephone_ramene_la_carte_a_l_ecran(ouvrir, rennes):
    atelier = ouvrir(rennes - {CHARTRES}, largeur=390, hauteur=844, has_touch=True)
    bouton = atelier.onglet.locator("[data-alerte=enclave]").get_by_role("button").first
    bouton.tap()
    atelier.attendre()
    _, y = atelier.point(CHARTRES)
    assert 60 < y < 844


def test_la_carte_garde_ses_couleurs_quand_le_systeme_impose_les_siennes(ouvrir):
    atelier = ouvrir(forced_colors="active")
    palette = atelier.hote.evaluate("(h) => h.atelier.palette")
    assert len(set(palette.values())) > 8


def test_la_composition_complete_et_retire(ouvrir, rennes):
    atelier = ouvrir([RENNES, CESSON])
    composition = atelier.onglet.get_by_role("region", name="Composition")
    composition.get_by_role("button", name="Compléter Rennes Métropole").click()
    atelier.attendre()
    atelier.verifier(rennes)
    atelier.onglet.locator(".composition summary").first.click()
    atelier.onglet.get_by_role("button", name="Retirer Acigné").click()
    atelier.attendre()
    atelier.verifier(rennes - {"35001"})
    atelier.onglet.get_by_role("button", name="Retirer Rennes Métropole").click()
    atelier.attendre()
    atelier.verifier(())


def test_une_alerte_propose_de_completer(ouvrir, rennes):
    atelier = ouvrir([*(rennes - {CESSON}), LIFFRE])
    alerte = atelier.onglet.locator('[data-alerte="epci_incomplet"]')
    alerte.get_by_role("button", name="Compléter Rennes Métropole").click()
    atelier.attendre()
    atelier.verifier(rennes | {LIFFRE})
    alerte.get_by_text("Liffré", exact=False).first.wait_for()
    assert alerte.get_by_role("button", name="Compléter Rennes Métropole").count() == 0


def test_un_serveur_muet_ou_d_un_autre_avis_se_voit(ouvrir):
    atelier = ouvrir([RENNES])
    onglet, route = atelier.onglet, "**/atelier/verification"
    onglet.route(route, lambda appel: appel.abort())
    atelier.voir(48.117, -1.61, 11)
    atelier.maille("Communes")
    onglet.mouse.click(*atelier.point(CESSON))
    onglet.locator(".confirme", has_text="non vérifié").wait_for()
    # nothing of the drawing before is left beside the new total
    onglet.locator(".alertes", has_text="Le serveur ne répond pas").wait_for()
    assert onglet.locator(".financement").inner_text() == ""
    assert onglet.locator(".resume").inner_text() == ""
    onglet.unroute(route)
    atelier.attendre()  # asked again, with nobody doing anything
    atelier.verifier({RENNES, CESSON})

    def fausser(appel) -> None:
        reponse = appel.fetch()
        appel.fulfill(response=reponse, json={**reponse.json(), "population": 12345})

    onglet.route(route, fausser)
    onglet.mouse.click(*atelier.point(CHARTRES))
    onglet.locator(".confirme", has_text="12\u202f345\u00a0hab. selon le serveur").wait_for()


def test_une_verification_lente_ne_retient_pas_le_dessin(ouvrir):
    atelier = ouvrir([RENNES])
    onglet = atelier.onglet
    onglet.route("**/atelier/verification", lambda _: None)  # never answered
    atelier.hote.evaluate("(h) => h.atelier.carte.setMaille('commune')")
    onglet.mouse.click(*atelier.point(CESSON))
    onglet.locator(".confirme", has_text="calcul").wait_for()
    onglet.wait_for_timeout(1000)
    onglet.get_by_role("link", name="Composer par liste").click()
    onglet.get_by_text("Cesson-Sévigné").first.wait_for()


def test_changer_de_page_aussitot_emporte_le_dernier_geste(ouvrir):
    atelier = ouvrir()
    onglet = atelier.onglet
    onglet.route("**/atelier/verification", lambda _: None)
    lien = onglet.get_by_role("link", name="Composer par liste").first
    onglet.mouse.click(*atelier.point(RENNES))
    lien.click(delay=70)  # as a hand does: pressed, then released
    onglet.get_by_text("Rennes Métropole").first.wait_for()


def test_une_autre_page_puis_la_carte_gardent_l_historique(ouvrir, calme, france, rennes):
    atelier = ouvrir()
    onglet = atelier.onglet
    atelier.cliquer(RENNES)

    def revenir() -> Atelier:
        onglet.get_by_role("link", name="Dessiner le territoire").first.click()
        return Atelier(onglet, france.geographie)

    onglet.get_by_role("link", name="Composer par liste").first.click()
    calme(onglet)
    atelier = revenir()
    atelier.verifier(rennes)
    # still the same tab: no draft of a supposed other one is left behind
    assert onglet.evaluate("Object.keys(localStorage).filter(c => c.startsWith('cpts:b'))") == [
        "cpts:brouillon:" + onglet.evaluate("sessionStorage.getItem('cpts:onglet')")
    ]
    onglet.get_by_role("link", name="Composer par liste").first.click()
    calme(onglet)
    onglet.get_by_role("button", name="Vider le territoire").click()
    onglet.get_by_text("Le territoire est vide").wait_for()
    atelier = revenir()
    atelier.verifier(())  # emptied there: the draft does not come back by itself
    for attendu in (rennes, frozenset()):
        onglet.get_by_role("button", name="Annuler").click()
        atelier.attendre()
        atelier.verifier(attendu)


def test_sans_aucun_stockage_la_carte_dessine(ouvrir, onglets, france):
    atelier = ouvrir()
    atelier.onglet.context.add_init_script(
        """for (const nom of ["localStorage", "sessionStorage"]) {
            Object.defineProperty(window, nom, { get() { throw new Error("interdit"); } });
        }"""
    )
    atelier.onglet.goto(atelier.onglet.url)
    atelier = Atelier(atelier.onglet, france.geographie)
    atelier.onglet.get_by_text("refuse de garder un brouillon").wait_for()
    atelier.cliquer(RENNES)
    assert RENNES in atelier.codes()
    onglets.erreurs.clear()  # Streamlit's own code asks for the storage too


def test_chercher_et_ajouter_au_clavier_seul(ouvrir, rennes):
    atelier = ouvrir()
    clavier = atelier.onglet.keyboard
    atelier.onglet.get_by_role("combobox", name="Chercher").focus()
    clavier.type("rennes metropole")
    atelier.onglet.get_by_role("option", name="Rennes Métropole").wait_for()
    clavier.press("Enter")
    atelier.attendre()
    atelier.verifier(rennes)
    annonce = atelier.onglet.locator("[data-annonce]")
    assert annonce.inner_text() == "43\u00a0communes, 480\u202f178 habitants, taille 4."
    # then on the map: the arrows move it, Enter takes what is under the aim
    atelier.voir(48.13, -1.6, 11)
    atelier.maille("Communes")
    atelier.onglet.locator(".carte").focus()
    atelier.voir(48.2147, -1.5060, 11)  # Liffré
    clavier.press("Enter")
    atelier.attendre()
    atelier.verifier(rennes | {LIFFRE})
    clavier.press("Control+z")
    atelier.attendre()
    atelier.verifier(rennes)


def test_le_clavier_garde_sa_place_dans_les_listes(ouvrir, rennes):
    atelier = ouvrir(rennes - {CHARTRES})
    onglet, clavier = atelier.onglet, atelier.onglet.keyboard
    tenu = onglet.locator(".atelier :focus")

    def presser(nom: str) -> None:
        onglet.get_by_role("button", name=nom, exact=True).first.focus()
        clavier.press("Enter")
        atelier.attendre()

    onglet.locator(".composition summary").first.press("Enter")
    presser("Retirer Acigné")
    assert tenu.get_attribute("aria-label") == "Retirer Bécherel"
    presser("Combler")  # the alert goes: the focus is on the next one
    assert tenu.inner_text() == "Compléter Rennes Métropole"
    for _ in range(2):
        presser("Annuler")
    atelier.verifier(rennes - {CHARTRES})
    assert tenu.inner_text() == "Rétablir"
    presser("Retirer Rennes Métropole")
    assert tenu.evaluate("(e) => e.className") == "composition"


def test_un_nom_approche_ne_s_ajoute_pas_d_un_entree(ouvrir):
    atelier = ouvrir()
    onglet = atelier.onglet
    onglet.get_by_role("combobox", name="Chercher").fill("vitrre")
    onglet.get_by_role("option", name="Vitré").first.wait_for()
    onglet.locator(".recherche li", has_text="Peut-être").wait_for()
    onglet.keyboard.press("Enter")
    atelier.verifier(())
    onglet.keyboard.press("ArrowDown")
    onglet.keyboard.press("Enter")
    atelier.attendre()
    assert len(atelier.codes()) == 1


def test_un_lien_colle_abime_le_dit_en_francais(ouvrir):
    atelier = ouvrir([RENNES])
    onglet = atelier.onglet
    onglet.get_by_role("button", name="Coller une liste").click()
    liste = onglet.locator("#atelier-liste")
    lire = onglet.get_by_role("button", name="Lire la liste")
    for abime in ("1.AA%AA", "1.AAAA", "2.AAAA"):
        liste.fill(f"http://exemple/perimetre?t={abime}")
        lire.click()
        onglet.locator(".rapport", has_text="Ce lien ne peut pas être lu").wait_for()
    liste.fill(f"http://exemple/perimetre?t={encode_lien([CESSON, '05043'])}&nom=x")
    lire.click()
    onglet.locator(".rapport", has_text="Aubessagne").wait_for()
    onglet.get_by_role("button", name="Ajouter au territoire").click()
    atelier.attendre()
    atelier.verifier({RENNES, CESSON, "05039"})


def test_une_cpts_du_registre_sert_de_depart_sur_demande(ouvrir, rennes):
    atelier = ouvrir(rennes)
    onglet = atelier.onglet
    onglet.get_by_role("combobox", name="Chercher").fill("cpts alaric")
    onglet.get_by_role("option", name="CPTS Alaric").click()
    onglet.get_by_role("button", name="Remplacer mon dessin").wait_for()
    atelier.verifier(rennes)
    onglet.get_by_role("button", name="Remplacer mon dessin").click()
    atelier.attendre()
    alaric = atelier.codes()
    assert {"11203", "11397"} <= alaric
    atelier.verifier(alaric)
    assert onglet.get_by_label("Nom du projet").input_value() == "CPTS Alaric"


def test_une_liste_collee_se_relit_avant_de_s_appliquer(ouvrir):
    atelier = ouvrir([RENNES])
    onglet = atelier.onglet
    onglet.get_by_role("button", name="Coller une liste").click()
    onglet.locator("#atelier-liste").fill(
        "\ufeff35051;Cesson-Sévigné\nSaint-Aubin\n05043\n99999\n<script>alert(1)</script>\n"
    )
    onglet.get_by_role("button", name="Lire la liste").click()
    rapport = onglet.locator(".rapport")
    rapport.locator("summary").first.wait_for()
    assert "<script>alert(1)</script>" in rapport.inner_text()
    atelier.verifier([RENNES])  # nothing is applied silently
    choix = rapport.get_by_label("Saint-Aubin")
    assert choix.locator("option").count() > 1
    onglet.get_by_role("button", name="Ajouter au territoire").click()
    atelier.attendre()
    atelier.verifier({RENNES, CESSON, "05039"})


def test_un_serveur_absent_se_dit_en_francais(ouvrir):
    atelier = ouvrir([RENNES])
    onglet = atelier.onglet
    onglet.route("**/atelier/recherche*", lambda appel: appel.abort())
    onglet.get_by_role("combobox", name="Chercher").fill("brest")
    onglet.locator("#atelier-resultats", has_text="La recherche ne répond pas").wait_for()
    onglet.route("**/atelier/liste", lambda appel: appel.fulfill(status=502, body="<html>"))
    onglet.get_by_role("button", name="Coller une liste").click()
    onglet.locator("#atelier-liste").fill("Brest")
    onglet.get_by_role("button", name="Lire la liste").click()
    onglet.locator(".rapport", has_text="Le serveur ne répond pas").wait_for()
    onglet.locator("#atelier-liste").fill("https://exemple.fr/perimetre?t=1.AAAA")
    onglet.get_by_role("button", name="Lire la liste").click()
    onglet.locator(".rapport", has_text="Ce lien ne peut pas être lu").wait_for()
    atelier.verifier([RENNES])


def test_sans_le_voisinage_la_carte_dessine(ouvrir, france):
    atelier = ouvrir()
    onglet = atelier.onglet
    onglet.route("**/voisinage.json", lambda appel: appel.abort())
    onglet.goto(onglet.url)
    onglet.get_by_text("Le survol ne dira pas les enclaves").wait_for()
    atelier = Atelier(onglet, france.geographie)
    atelier.cliquer(RENNES)
    assert RENNES in atelier.codes()


def test_un_rechargement_rend_le_dessin_et_son_historique(ouvrir, rennes, france):
    atelier = ouvrir()
    atelier.cliquer(RENNES)
    atelier.onglet.get_by_label("Nom du projet").fill("<b>Pays</b> de Rennes")
    atelier.onglet.get_by_label("Nom du projet").press("Tab")
    atelier.attendre()
    atelier.onglet.reload()
    atelier = Atelier(atelier.onglet, france.geographie)
    atelier.verifier(rennes)
    assert atelier.onglet.get_by_label("Nom du projet").input_value() == "<b>Pays</b> de Rennes"
    atelier.onglet.get_by_role("button", name="Annuler").click()
    atelier.attendre()
    atelier.verifier(())
    # without the address, the draft of this tab comes back
    atelier.onglet.get_by_role("button", name="Rétablir").click()
    atelier.attendre()
    atelier.onglet.goto(atelier.onglet.url.split("?")[0])
    atelier = Atelier(atelier.onglet, france.geographie)
    atelier.verifier(rennes)


def test_l_adresse_ne_revient_jamais_au_geste_d_avant(ouvrir, rennes):
    atelier = ouvrir([RENNES])
    onglet = atelier.onglet
    # the map replaces the address; the server would add one that is a gesture late
    onglet.evaluate(
        """() => {
            window.ajoutees = [];
            const ajouter = history.pushState.bind(history);
            history.pushState = (...a) => { window.ajoutees.push(String(a[2])); ajouter(...a); };
        }"""
    )
    dessin = {RENNES}
    for rang, code in enumerate(sorted(rennes - {RENNES})[:12]):
        dessin.add(code)
        atelier.hote.evaluate(
            """(h, code) => {
                const { panneau, unites } = h.atelier;
                panneau.actions.onChange("Ajouter", [unites.rangs.get(code)], []);
            }""",
            code,
        )
        onglet.wait_for_timeout(60 * (rang % 5))  # shorter and longer than an answer
    atelier.attendre()
    atelier.verifier(dessin)
    onglet.wait_for_timeout(1000)  # the session has received the last one
    atelier.verifier(dessin)
    assert onglet.evaluate("window.ajoutees") == []


def test_un_serveur_redemarre_rend_ce_qui_fut_dessine_sans_lui(
    serveur_a_part, onglets_a_part, calme, france
):
    # come by another page: the browser then holds an address written by the server
    onglet = onglets_a_part.ouvrir(f"/composer?t={encode_lien([RENNES])}")
    onglet.get_by_role("link", name="Dessiner le territoire").first.click()
    atelier = Atelier(onglet, france.geographie)
    atelier.voir(48.13, -1.6, 10)
    atelier.maille("Communes")
    atelier.cliquer(CESSON)
    serveur_a_part.arreter()
    onglet.mouse.click(*atelier.point(LIFFRE))
    onglet.locator(".confirme", has_text="non vérifié").wait_for()
    serveur_a_part.demarrer()
    atelier.attendre()
    atelier.verifier({RENNES, CESSON, LIFFRE})
    calme(onglet)  # the new session has received the drawing, and given its own
    atelier.verifier({RENNES, CESSON, LIFFRE})
    onglet.get_by_role("link", name="Composer par liste").first.click()
    onglet.get_by_text("Liffré").first.wait_for()


def test_deux_onglets_gardent_chacun_leur_dessin(ouvrir, france, rennes):
    atelier = ouvrir()
    atelier.cliquer(RENNES)
    autre = atelier.onglet.context.new_page()
    autre.goto(atelier.onglet.url.split("?")[0])
    second = Atelier(autre, france.geographie)
    second.verifier(())
    assert "Un brouillon" in second.message()
    second.cliquer("44109")
    atelier.onglet.goto(atelier.onglet.url.split("?")[0])
    Atelier(atelier.onglet, france.geographie).verifier(rennes)


@pytest.mark.parametrize(
    ("adresse", "message"),
    [
        ("?t=1.AAAA", "Ce lien ne peut pas être lu"),
        ("?t=%3Cscript%3Ealert(1)%3C%2Fscript%3E", "Ce lien ne peut pas être lu"),
    ],
)
def test_un_lien_abime_le_dit_et_l_esquisse_est_vide(ouvrir, adresse, message):
    atelier = ouvrir(suite=adresse)
    atelier.onglet.get_by_text(message).wait_for()
    atelier.verifier(())


def test_une_population_totale_se_choisit(ouvrir, rennes, france):
    atelier = ouvrir(rennes)
    atelier.onglet.get_by_label("Définition de la population").select_option("totale")
    atelier.attendre()
    territoire = compute_territoire(
        france.geographie,
        Perimetre("", rennes),
        le=LE,
        parametres=load_parametres(),
        type_population="totale",
    )
    assert atelier.total() == territoire.population
    assert "pop=totale" in atelier.onglet.url


def test_le_telephone_dessine_sans_debordement(ouvrir, rennes):
    atelier = ouvrir(rennes, largeur=390, hauteur=844, has_touch=True)
    largeur = atelier.onglet.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth")
    assert largeur <= 390
    atelier.onglet.locator(".rappel").wait_for()
    atelier.maille("Communes")
    atelier.voir(48.1, -1.6, 10.5)
    atelier.onglet.locator(".scene").scroll_into_view_if_needed()
    atelier.onglet.touchscreen.tap(*atelier.point(CESSON))
    atelier.attendre()
    atelier.verifier(rennes - {CESSON})


def test_les_doigts_balaient_et_deplacent_la_carte(ouvrir):
    atelier = ouvrir(largeur=390, hauteur=844, has_touch=True, is_mobile=True)
    onglet = atelier.onglet
    session = onglet.context.new_cdp_session(onglet)

    def toucher(*doigts) -> None:
        """Slide one finger or several, each given by where it starts and where it goes."""

        def placer(part):
            return [
                {"x": x + (u - x) * part, "y": y + (v - y) * part, "id": rang}
                for rang, ((x, y), (u, v)) in enumerate(doigts)
            ]

        for rang in range(len(doigts)):
            depart = {"type": "touchStart", "touchPoints": placer(0)[: rang + 1]}
            session.send("Input.dispatchTouchEvent", depart)
        for pas in range(1, 9):
            suite = {"type": "touchMove", "touchPoints": placer(pas / 8)}
            session.send("Input.dispatchTouchEvent", suite)
            onglet.wait_for_timeout(16)
        session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
        onglet.wait_for_timeout(400)
        atelier.attendre()

    atelier.voir(48.13, -1.55, 10)
    atelier.maille("Communes")
    onglet.touchscreen.tap(*atelier.point(CESSON))
    atelier.attendre()
    # no hover with a finger: what the tap did is said, with a way back
    assert "Ajouter : +" in atelier.message()
    assert not onglet.locator(".bulle").is_visible()
    onglet.locator(".message").get_by_role("button", name="Annuler").click()
    atelier.attendre()
    atelier.verifier(())

    atelier.outil("Balayer")
    (x, y), (u, v) = atelier.point(LIFFRE), atelier.point(LA_BOUEXIERE)
    toucher(((x, y), (u, v)))
    balayees = atelier.codes()
    assert {LIFFRE, LA_BOUEXIERE} <= balayees
    atelier.verifier(balayees)
    # upwards too: the page does not scroll under the finger
    toucher(((u, v), (u, v + 60)))
    assert onglet.evaluate("document.querySelector('[data-testid=stMain]').scrollTop") == 0
    balayees = atelier.codes()
    zoom = "(h) => h.atelier.carte.carte.getZoom()"
    avant = atelier.hote.evaluate(zoom)
    toucher(((x - 15, y + 20), (x - 90, y + 20)), ((x + 15, y + 20), (x + 90, y + 20)))
    assert atelier.hote.evaluate(zoom) > avant
    atelier.verifier(balayees)  # the finger that came first has drawn nothing


def test_un_polygone_suit_la_carte_et_rend_ses_sommets(ouvrir):
    atelier = ouvrir()
    onglet = atelier.onglet
    atelier.voir(48.117, -1.68, 10)
    atelier.maille("Communes")
    atelier.outil("Polygone")
    x, y = atelier.point(RENNES)
    onglet.mouse.click(x - 40, y - 40)
    onglet.mouse.click(x + 40, y - 40)
    onglet.mouse.click(x + 300, y + 300)
    onglet.keyboard.press("Control+z")  # the last corner, not the gesture before
    atelier.voir(48.117, -1.68, 11)
    x, y = atelier.point(RENNES)
    onglet.mouse.click(x + 80, y + 80)
    onglet.mouse.dblclick(x - 80, y + 80)
    atelier.attendre()
    assert RENNES in atelier.codes()
    assert CESSON not in atelier.codes()
    atelier.verifier(atelier.codes())


def test_un_balayage_abandonne_ne_laisse_rien(ouvrir):
    atelier = ouvrir([RENNES])
    onglet = atelier.onglet
    atelier.voir(48.13, -1.6, 10.5)
    atelier.maille("Communes")
    atelier.outil("Balayer")
    onglet.mouse.move(*atelier.point(CESSON))
    onglet.mouse.down()
    onglet.mouse.move(*atelier.point(LIFFRE), steps=6)
    assert len(atelier.codes()) > 1
    onglet.keyboard.press("Escape")
    onglet.mouse.up()
    atelier.attendre()
    atelier.verifier({RENNES})


def test_l_outre_mer_et_les_arrondissements_se_dessinent(ouvrir, france):
    atelier = ouvrir()
    atelier.onglet.get_by_label("Aller à", exact=True).select_option("La Réunion")
    atelier.attendre()
    atelier.cliquer("97411")
    assert atelier.codes() == france.geographie.membres(
        "epci", france.geographie.unites.loc["97411", "code_epci"]
    )
    atelier.onglet.get_by_role("button", name="Vider").click()
    atelier.attendre()
    atelier.voir(48.86, 2.35, 12)
    atelier.maille("Communes")
    atelier.cliquer("75113")
    atelier.verifier({"75113"})
    atelier.maille("Intercommunalités")
    atelier.cliquer("93066")  # Saint-Denis: its établissement public territorial, not all Paris
    atelier.verifier(
        {"75113"}
        | france.geographie.membres("ept", france.geographie.unites.loc["93066", "code_ept"])
    )


def test_sans_tuiles_la_carte_le_dit_une_fois_et_continue(ouvrir, rennes):
    atelier = ouvrir(rennes)
    atelier.onglet.get_by_label("Plan IGN").click()
    atelier.onglet.get_by_text("la carte continue avec les contours seuls").wait_for()
    assert not atelier.onglet.get_by_label("Plan IGN").is_checked()
    atelier.verifier(rennes)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_l_atelier_est_accessible(ouvrir, accessibilite, rennes, theme):
    atelier = ouvrir(rennes - {CHARTRES}, "&nom=Essai", theme=theme)
    atelier.onglet.get_by_role("button", name="Coller une liste").click()
    accessibilite(atelier.onglet)
    atelier.onglet.get_by_role("button", name="Fermer", exact=True).click()
    atelier.onglet.locator(".composition summary").first.click()
    for texte, attendu in (("rennes", "Rennes Métropole"), ("zzzz", "Aucun lieu de ce nom")):
        atelier.onglet.get_by_role("combobox", name="Chercher").fill(texte)
        atelier.onglet.locator("#atelier-resultats", has_text=attendu).wait_for()
        accessibilite(atelier.onglet)
