"""Reminder of the present territory, under the navigation of every page."""

from __future__ import annotations

from html import escape

import streamlit as st

from geodata.errors import CptsError
from pages.composants import etat
from pages.composants.chargement import calculer_territoire
from pages.composants.format import formater_habitants


def afficher_bandeau() -> None:
    """Show the name, population and size of the territory being drawn."""
    dessin = etat.lire_dessin()
    if not dessin.codes:
        return
    try:
        territoire = calculer_territoire(
            dessin.perimetre, type_population=dessin.type_population, le=etat.lire_jour()
        )
    except CptsError:
        return  # the page says what is wrong; this is only a reminder
    taille = f"taille {territoire.taille.taille}" if territoire.taille else "taille inconnue"
    st.html(
        '<section class="cpts-bandeau" aria-label="Territoire en cours">'
        f"<strong>{escape(dessin.nom or 'Territoire sans nom')}</strong> · "
        f"{formater_habitants(territoire.population)}, {taille}</section>"
    )
