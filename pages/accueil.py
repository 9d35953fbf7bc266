"""Root script: navigation, and the home page."""

from __future__ import annotations

import streamlit as st

from pages.composants.mise_en_page import configurer_page, page

# one line per page: file, title, Material icon (bundled with Streamlit), path in the URL
PAGES = (("perimetre.py", "Dessiner le territoire", ":material/draw:", "perimetre"),)


def afficher_accueil() -> None:
    """Render the home page."""
    with page("CPTS Territoires"):
        st.markdown("Dessiner, vérifier et documenter le territoire d’une CPTS.")


configurer_page()
st.navigation(
    [
        st.Page(afficher_accueil, title="Accueil", icon=":material/home:", default=True),
        *(
            st.Page(fichier, title=titre, icon=icone, url_path=chemin)
            for fichier, titre, icone, chemin in PAGES
        ),
    ]
).run()
