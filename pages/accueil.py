"""Root script: navigation, and the home page."""

from __future__ import annotations

import streamlit as st

from pages.composants import etat
from pages.composants.bandeau import afficher_bandeau
from pages.composants.chargement import ouvrir_referentiel
from pages.composants.mise_en_page import NOM_APPLICATION, configurer_page, page

# one line per page: file, title, Material icon (bundled with Streamlit), path in the URL
PAGES = (("perimetre.py", "Dessiner le territoire", ":material/draw:", "perimetre"),)

_ETAPES = (
    (
        "1. Dessiner",
        "Réunissez des intercommunalités entières et des communes, par leur nom, leur code ou une "
        "liste collée. La population et la taille suivent à chaque geste.",
    ),
    (
        "2. Vérifier",
        "Taille et seuils proches, financement, territoire d’un seul tenant, enclaves, "
        "intercommunalités coupées, minimum régional : chaque doute est dit en clair.",
    ),
    (
        "3. Partager",
        "L’adresse de la page contient le territoire : envoyez-la, gardez-la en favori. Rien "
        "n’est enregistré ailleurs, aucun compte n’est demandé.",
    ),
)


def _afficher_etapes() -> None:
    etapes = "".join(f"<li><h3>{titre}</h3><p>{texte}</p></li>" for titre, texte in _ETAPES)
    st.html(f'<ol class="cpts-etapes">{etapes}</ol>')


def _afficher_sources() -> None:
    referentiel = ouvrir_referentiel()
    st.subheader("Les données embarquées", anchor=False)
    st.dataframe(
        {
            "Donnée": [source.titre for source in referentiel.manifeste],
            "Producteur": [source.producteur for source in referentiel.manifeste],
            "Millésime": [source.millesime for source in referentiel.manifeste],
            "Licence": [source.licence for source in referentiel.manifeste],
        },
        hide_index=True,
    )


def afficher_accueil() -> None:
    """Render the home page."""
    with page(
        NOM_APPLICATION,
        chapeau="Dessinez le territoire d’une communauté professionnelle territoriale de santé sur "
        "les communes et intercommunalités de toute la France, et voyez ce qu’il implique. "
        "Sans compte et sans internet.",
    ):
        _afficher_etapes()
        st.page_link(
            st.Page("perimetre.py", url_path="perimetre"),
            label="Commencer un territoire",
            icon=":material/draw:",
        )
        _afficher_sources()


configurer_page()
etat.synchroniser(ouvrir_referentiel().geographie)
navigation = st.navigation(
    [
        st.Page(afficher_accueil, title="Accueil", icon=":material/home:", default=True),
        *(
            st.Page(fichier, title=titre, icon=icone, url_path=chemin)
            for fichier, titre, icone, chemin in PAGES
        ),
    ]
)
afficher_bandeau()
navigation.run()
