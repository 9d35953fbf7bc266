"""Draw the territory on the map and read what follows from it at each gesture."""

from __future__ import annotations

import streamlit as st

from pages.composants import etat
from pages.composants.carte.composant import CLE, Geste, afficher_atelier, lire_geste
from pages.composants.chargement import ouvrir_parametres, ouvrir_referentiel
from pages.composants.lien import LienInvalideError, decode_lien, encode_lien
from pages.composants.mise_en_page import page

_RECU = "perimetre.geste"


def _recevoir(geste: Geste | None) -> None:
    """Take the drawing the browser has sent; one that cannot be read changes nothing."""
    etat.garder(_RECU, geste)
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
        adresse_tenue=True,
    )


@st.fragment
def _afficher() -> None:
    """Run alone at each gesture: nothing else of the page depends on it."""
    dessin = etat.lire_dessin()
    geste = afficher_atelier(
        nom=dessin.nom,
        lien=encode_lien(dessin.codes, dessin.partielles) if dessin.codes else "",
        type_population=dessin.type_population,
        bareme=ouvrir_parametres().taille(etat.lire_jour()),
        geste=etat.lire(_RECU),
        on_geste=lambda: _recevoir(lire_geste(etat.lire(CLE))),
    )
    if geste and geste != etat.lire(_RECU):
        # a new session (the server was restarted) is not told of a change: the browser has drawn
        # on since the address that this session was opened with
        _recevoir(geste)
        st.rerun()


with page("Dessiner le territoire"):
    _afficher()
