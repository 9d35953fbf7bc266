"""Draw the territory on the map and read what follows from it at each gesture."""

from __future__ import annotations

import streamlit as st

from pages.composants import etat
from pages.composants.carte.composant import CLE, afficher_atelier, lire_geste
from pages.composants.chargement import ouvrir_parametres, ouvrir_referentiel
from pages.composants.lien import LienInvalideError, decode_lien, encode_lien
from pages.composants.mise_en_page import page


def _recevoir() -> None:
    """Take the drawing the browser has sent; one that cannot be read changes nothing."""
    geste = lire_geste(etat.lire(CLE))
    if geste is None:
        return
    try:
        codes = decode_lien(geste.lien).codes if geste.lien else ()
    except LienInvalideError:
        return
    position = ouvrir_referentiel().geographie.position
    etat.modifier_dessin(
        codes=(code for code in codes if code in position),
        nom=geste.nom,
        type_population=geste.type_population,
    )


@st.fragment
def _afficher() -> None:
    """Run alone at each gesture: nothing else of the page depends on it."""
    dessin = etat.lire_dessin()
    afficher_atelier(
        nom=dessin.nom,
        lien=encode_lien(dessin.codes, dessin.partielles) if dessin.codes else "",
        type_population=dessin.type_population,
        bareme=ouvrir_parametres().taille(etat.lire_jour()),
        geste=lire_geste(etat.lire(CLE)),
        on_geste=_recevoir,
    )


with page("Dessiner le territoire"):
    _afficher()
