"""Root script: navigation, and the home page."""

from __future__ import annotations

import streamlit as st

from pages.composants import etat
from pages.composants.bandeau import afficher_bandeau
from pages.composants.chargement import ouvrir_referentiel
from pages.composants.html import Ligne, afficher_tableau
from pages.composants.mise_en_page import NOM_APPLICATION, configurer_page, page

# one entry per page: file, path in the URL, Material icon (bundled with Streamlit), title, purpose,
# and the job under which the home page lists it
PAGES = (
    (
        "perimetre.py", "perimetre", ":material/draw:", "Dessiner le territoire",
        "cliquer, balayer, chercher sur la carte ; lire population, taille et alertes.",
        "Préparer une CPTS",
    ),
    (
        "composer.py", "composer", ":material/list_alt_add:", "Composer par liste",
        "le même territoire sans carte : chercher, parcourir, coller une liste.",
        "Préparer une CPTS",
    ),
    (
        "diagnostic.py", "diagnostic", ":material/monitoring:", "Diagnostic du territoire",
        "âges, évolution, logement, revenus, offre de soins ; chaque chiffre comparé et sourcé.",
        "Préparer une CPTS",
    ),
    (
        "exports.py", "exports", ":material/download:", "Exporter",
        "rapport, trames des ARS, tableaux, cartes et couches, prêts à envoyer.",
        "Préparer une CPTS",
    ),
    (
        "chevauchements.py", "chevauchements", ":material/join_inner:", "Chevauchements",
        "voir qui revendique quoi, déposer des périmètres, arbitrer commune par commune.",
        "Suivre les CPTS d’une région",
    ),
    (
        "maillage.py", "maillage", ":material/grid_view:", "Maillage",
        "la couverture d’une région et ses zones blanches.",
        "Suivre les CPTS d’une région",
    ),
    (
        "donnees.py", "donnees", ":material/database:", "Données",
        "sources, millésimes, import des fichiers officiels et actualisation.",
        "Connaître et compléter les données",
    ),
)  # fmt: skip

_ETAPES = (
    (
        "1. Dessiner",
        "Sur la carte ou par une liste, réunissez des intercommunalités entières et des communes. "
        "La population, la taille et le financement suivent à chaque geste.",
    ),
    (
        "2. Vérifier",
        "Seuils proches, territoire d’un seul tenant, enclaves, intercommunalités coupées, "
        "minimum régional : chaque doute est dit en clair, avec les communes concernées.",
    ),
    (
        "3. Partager",
        "L’adresse de la page contient le territoire : envoyez-la. Le rapport, les cartes et les "
        "listes s’exportent d’un clic. Aucun compte n’est demandé, tout fonctionne sans internet.",
    ),
)
_EXEMPLE = ("243500139", "Rennes Métropole")


def _afficher_etapes() -> None:
    etapes = "".join(f"<li><h2>{titre}</h2><p>{texte}</p></li>" for titre, texte in _ETAPES)
    st.html(f'<ol class="cpts-etapes">{etapes}</ol>')


def _afficher_depart(pages: dict[str, st.Page]) -> None:
    """Show where to start: the first page, an example, then the other pages."""
    code, nom = _EXEMPLE
    with st.container(horizontal=True):
        reprendre = bool(etat.lire_dessin().codes)
        libelle = "Reprendre le territoire en cours" if reprendre else "Commencer un territoire"
        if st.button(libelle, type="primary", icon=":material/draw:"):
            st.switch_page(pages["perimetre"])
        if not reprendre and st.button(f"Essayer avec {nom}"):
            membres = ouvrir_referentiel().geographie.membres("epci", code)
            etat.modifier_dessin(codes=membres, nom=f"Exemple : {nom}")
            st.switch_page(pages["perimetre"])
    metiers = list(dict.fromkeys(metier for *_, metier in PAGES))
    gauche, droite = st.columns(2, gap="large")
    for rang, metier in enumerate(metiers):
        with droite if rang else gauche:
            st.subheader(metier, anchor=False)
            for _, chemin, icone, titre, but, _ in (page for page in PAGES if page[-1] == metier):
                st.page_link(pages[chemin], label=f"**{titre}** : {but}", icon=icone)


def _afficher_sources() -> None:
    with st.expander("Données embarquées : sources, millésimes et licences"):
        afficher_tableau(
            ["Donnée", "Producteur", "Millésime", "Licence"],
            [
                Ligne(source.titre, [source.producteur, source.millesime, source.licence])
                for source in ouvrir_referentiel().manifeste
            ],
            "Toutes ces données sont dans l’application : rien n’est téléchargé pour s’en servir.",
            textes=True,
        )


def main() -> None:
    """Compose the navigation and run the page asked for."""
    pages = {
        chemin: st.Page(fichier, title=titre, icon=icone, url_path=chemin)
        for fichier, chemin, icone, titre, *_ in PAGES
    }

    def afficher_accueil() -> None:
        with page(
            NOM_APPLICATION,
            chapeau="Dessinez le territoire d’une communauté professionnelle territoriale de "
            "santé sur les communes et intercommunalités de toute la France, et voyez aussitôt "
            "ce qu’il implique.",
        ):
            _afficher_etapes()
            _afficher_depart(pages)
            _afficher_sources()

    configurer_page()
    etat.synchroniser(ouvrir_referentiel().geographie)
    accueil = st.Page(
        afficher_accueil, title="Accueil", icon=":material/home:", url_path="", default=True
    )
    navigation = st.navigation([accueil, *pages.values()], position="top")
    if navigation.url_path != "perimetre":  # the drawing page has its own totals
        afficher_bandeau()
    navigation.run()


main()
