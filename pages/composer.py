"""Compose the territory without a map: search, browse, paste, and read what follows from it."""

from __future__ import annotations

import streamlit as st

from diagnostic.redaction import accorder, enumerer
from diagnostic.territoire import Territoire
from geodata.referentiel import Referentiel
from pages.composants import etat
from pages.composants.ajout import afficher_collage, afficher_parcours, afficher_recherche
from pages.composants.carte_couches import Couche, afficher_carte
from pages.composants.chargement import (
    calculer_territoire,
    ouvrir_parametres,
    ouvrir_referentiel,
)
from pages.composants.composition import afficher_composition
from pages.composants.jauge import afficher_jauge
from pages.composants.mise_en_page import page
from pages.composants.panneaux import (
    afficher_alertes,
    afficher_financement,
    afficher_synthese,
)

_FACONS = {
    "Chercher": afficher_recherche,
    "Parcourir": lambda: afficher_parcours(ouvrir_referentiel().geographie),
    "Coller une liste": afficher_collage,
}
_DEFINITIONS = {"municipale": "Municipale", "totale": "Totale"}


def _nommer() -> None:
    etat.modifier_dessin(nom=str(etat.lire("composer-nom")))


def _choisir_population() -> None:
    choix = etat.lire("composer-population")
    etat.modifier_dessin(type_population="totale" if choix == "totale" else "municipale")


def _afficher_reglages(dessin: etat.Dessin) -> None:
    etat.garder("composer-nom", dessin.nom)
    st.text_input(
        "Nom du projet",
        key="composer-nom",
        on_change=_nommer,
        max_chars=etat.LONGUEUR_NOM,
        placeholder="CPTS…",
    )
    etat.garder("composer-population", dessin.type_population)
    st.segmented_control(
        "Population comptée pour la taille",
        list(_DEFINITIONS),
        format_func=_DEFINITIONS.__getitem__,
        key="composer-population",
        on_change=_choisir_population,
        required=True,
        help="Aucun texte lu ne dit laquelle retenir. Municipale : chaque habitant compté une "
        "fois, dans sa commune de résidence. Totale : avec la population comptée à part.",
    )


def _afficher_carte(territoire: Territoire, referentiel: Referentiel) -> None:
    communes = referentiel.contours("unite", sorted(territoire.perimetre.codes)).geometry
    codes = [departement.code for departement in territoire.departements]
    departements = referentiel.contours("departement", codes).geometry
    noms = enumerer([departement.nom for departement in territoire.departements])
    afficher_carte(
        [
            Couche("Département", departements, "fond", "#8a94a6", "#ffffff"),
            Couche("Territoire", communes),
        ],
        f"{accorder(territoire.nombre_communes, 'commune')} du territoire, {noms}",
        cadre=communes,
    )


def _afficher_territoire(dessin: etat.Dessin) -> None:
    referentiel = ouvrir_referentiel()
    le = etat.lire_jour()
    territoire = calculer_territoire(
        dessin.perimetre, type_population=dessin.type_population, le=le
    )
    afficher_synthese(territoire)
    afficher_jauge(territoire, ouvrir_parametres().taille(le))
    _afficher_carte(territoire, referentiel)
    st.subheader("Alertes", anchor=False)
    afficher_alertes(territoire)
    st.subheader("Composition", anchor=False)
    afficher_composition(territoire, referentiel.geographie)
    st.subheader("Financement conventionnel", anchor=False)
    afficher_financement(territoire)


with page(
    "Composer par liste",
    chapeau="Réunissez des intercommunalités et des communes sans passer par la carte ; la "
    "population, la taille et les vérifications suivent à chaque geste.",
):
    dessin = etat.lire_dessin()
    gauche, droite = st.columns([2, 3], gap="large")
    with gauche:
        _afficher_reglages(dessin)
        st.subheader("Ajouter", anchor=False)
        facon = st.segmented_control(
            "Façon d’ajouter",
            list(_FACONS),
            default="Chercher",
            key="composer-facon",
            required=True,
            label_visibility="collapsed",
        )
        _FACONS[facon]()
        if dessin.codes:
            st.button(
                "Vider le territoire",
                key="composer-vider",
                on_click=etat.modifier_dessin,
                kwargs={"codes": (), "nom": ""},
            )
    with droite:
        if dessin.codes:
            _afficher_territoire(dessin)
        else:
            st.info("Le territoire est vide : ajoutez une intercommunalité ou une commune.")
