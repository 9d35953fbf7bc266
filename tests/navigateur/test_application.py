"""Navigation, shared links and accessibility, in a real browser with the network cut."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path
from urllib.request import urlopen

import pytest

from pages.composants.lien import encode_lien

RACINE = Path(__file__).resolve().parent.parent.parent


def _lire_pages() -> list[tuple[str, str]]:
    """Read the list of pages in the root script, which cannot be imported without running."""
    arbre = ast.parse((RACINE / "pages" / "accueil.py").read_text(encoding="utf-8"))
    for noeud in arbre.body:
        if isinstance(noeud, ast.Assign) and getattr(noeud.targets[0], "id", "") == "PAGES":
            pages = ast.literal_eval(noeud.value)
            return [("/", "CPTS Territoires"), *((f"/{page[1]}", page[3]) for page in pages)]
    raise AssertionError


PAGES = _lire_pages()


@pytest.fixture(scope="module")
def lien_rennes(france):
    return (
        "t=" + encode_lien(france.geographie.membres("epci", "243500139")) + "&nom=CPTS+d%27essai"
    )


@pytest.mark.parametrize(("chemin", "titre"), PAGES)
def test_chaque_page_s_ouvre_par_son_adresse_en_francais(onglets, chemin, titre):
    onglet = onglets.ouvrir(chemin)
    assert onglet.locator("html").get_attribute("lang") == "fr"
    onglet.get_by_role("heading", name=titre, level=1).wait_for()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("chemin", "titre"), PAGES)
def test_chaque_page_est_accessible(onglets, accessibilite, lien_rennes, chemin, titre, theme):
    onglet = onglets.ouvrir(f"{chemin}?{lien_rennes}", theme=theme)
    accessibilite(onglet)


@pytest.mark.parametrize(("chemin", "titre"), PAGES)
def test_aucune_page_ne_deborde_d_un_telephone(onglets, lien_rennes, chemin, titre):
    onglet = onglets.ouvrir(f"{chemin}?{lien_rennes}", largeur=390, hauteur=844)
    largeur = onglet.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth")
    assert largeur <= 390


def test_un_lien_partage_garde_le_dessin_au_rechargement_et_d_une_page_a_l_autre(
    onglets, calme, lien_rennes
):
    onglet = onglets.ouvrir(f"/composer?{lien_rennes}")
    total = onglet.get_by_text("480\u202f178\u00a0hab.").first
    total.wait_for()
    onglet.reload()
    total.wait_for()
    assert "t=1." in onglet.url
    onglet.get_by_role("link", name="Accueil").click()
    onglet.get_by_role("heading", name="CPTS Territoires", level=1).wait_for()
    calme(onglet)
    onglet.wait_for_url("**/?*t=1.*")
    assert onglet.get_by_label("Territoire en cours").inner_text().startswith("CPTS d'essai")


def test_ajouter_une_intercommunalite_au_clavier_seul(onglets, calme):
    onglet = onglets.ouvrir("/composer")
    onglet.get_by_label("Chercher une commune").focus()
    onglet.keyboard.type("broceliande")
    onglet.keyboard.press("Enter")
    onglet.get_by_role("button", name="Ajouter").first.wait_for()
    onglet.keyboard.press("Tab")
    onglet.keyboard.press("Enter")
    onglet.get_by_text("18\u202f996\u00a0hab.").first.wait_for()
    onglet.wait_for_url("**t=1.*")


ANGLAIS = (
    r"\b(Open|Close|Clear|Remove|Choose|Select|Selected|Help for|App pages|[Ss]idebar|[Uu]pload|"
    r"Press|results|options?|home page|Skip|Dismiss|Increment|Decrement|per file)\b"
)
RELEVE = """() => [...document.querySelectorAll("*")].flatMap((element) => [
  ...["aria-label", "title", "placeholder"].map((attribut) => element.getAttribute(attribut)),
  ...(element.closest("script, style, .stHtml, [data-testid=stIconMaterial]") ? []
    : [...element.childNodes].filter((n) => n.nodeType === 3).map((n) => n.data)),
]).filter((texte) => texte?.trim())"""


@pytest.mark.parametrize(("chemin", "titre"), PAGES)
def test_les_mots_de_streamlit_sont_en_francais(onglets, calme, lien_rennes, chemin, titre):
    onglet = onglets.ouvrir(f"{chemin}?{lien_rennes}")
    for bloc in onglet.locator("[data-testid=stExpander] summary:visible").all():
        bloc.click()
    calme(onglet)
    for champ in onglet.locator("input[type=text]:visible:not(.atelier *)").all()[:3]:
        champ.fill("zzz")
        onglet.wait_for_timeout(300)
        restes = [texte for texte in onglet.evaluate(RELEVE) if re.search(ANGLAIS, texte)]
        assert restes == []
        champ.fill("")
        onglet.keyboard.press("Escape")


def test_un_lien_force_ne_fait_ni_erreur_ni_script(onglets):
    onglet = onglets.ouvrir("/composer?t=%3Cscript%3Ealert(1)%3C/script%3E&nom=%3Cimg%20src=x%3E")
    onglet.get_by_text("Ce lien ne peut pas être lu").wait_for()
    onglet.get_by_text("Le territoire est vide").wait_for()


def test_le_serveur_se_dit_en_bonne_sante(serveur):
    with urlopen(f"{serveur}/sante") as reponse:
        etat = json.load(reponse)
    assert etat == {"etat": "pret", "millesime_geographie": "2026"}
