"""Root script: navigation, and the home page."""

from __future__ import annotations

import streamlit as st

from pages.composants import etat
from pages.composants.bandeau import afficher_bandeau
from pages.composants.chargement import ouvrir_referentiel
from pages.composants.html import Ligne, afficher_tableau
from pages.composants.mise_en_page import NOM_APPLICATION, configurer_page, page

# one line per page: file, path in the URL, Material icon (bundled with Streamlit), title, purpose
PAGES = (
    (
        "perimetre.py", "perimetre", ":material/draw:", "Dessiner le territoire",
        "Cliquer, balayer, chercher sur la carte ; lire population, taille et alertes.",
    ),
    (
        "composer.py", "composer", ":material/list_alt_add:", "Composer par liste",
        "Le même territoire sans carte : chercher, parcourir, coller une liste, compléter.",
    ),
    (
        "diagnostic.py", "diagnostic", ":material/monitoring:", "Diagnostic du territoire",
        "Âges, évolution, logement, revenus, offre de soins : chaque chiffre comparé et sourcé.",
    ),
    (
        "exports.py", "exports", ":material/download:", "Exporter",
        "Rapport, trames des ARS, tableaux, cartes et couches, prêts à envoyer.",
    ),
    (
        "donnees.py", "donnees", ":material/database:", "Données",
        "Sources, millésimes, import des fichiers officiels et actualisation.",
    ),
    (
        "chevauchements.py", "chevauchements", ":material/join_inner:", "Chevauchements",
        "Voir qui revendique quoi, déposer des périmètres, arbitrer commune par commune.",
    ),
    (
        "maillage.py", "maillage", ":material/grid_view:", "Maillage",
        "Suivre la couverture d’une région et ses zones blanches.",
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
        "L’adresse de la page contient le territoire : envoyez-la ou gardez-la en favori. Aucun "
        "compte n’est demandé, et tout fonctionne sans internet.",
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
    for _, chemin, icone, titre, but in PAGES:
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
        for fichier, chemin, icone, titre, _ in PAGES
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
