"""What every page says of the register: how partial it is, and who it knows."""

from __future__ import annotations

from typing import Final

import streamlit as st

from diagnostic.redaction import accorder
from geodata.schema import Geographie, TerritoireCpts
from pages.composants.chargement import ouvrir_registre
from pages.composants.format import formater_nombre

# published national count, to say how far the register is from it
_CPTS_EN_FRANCE: Final = 809
_SOURCE_COMPTE: Final = "Sénat, rapport n° 25-032, mai 2025"
NIVEAUX: Final = {"region": "Région", "departement": "Département", "epci": "Intercommunalité"}


def afficher_completude(
    territoires: tuple[TerritoireCpts, ...], niveau: str, code: str, nom: str
) -> None:
    """Say how complete the register is for the zone looked at."""
    declaree = ouvrir_registre().completudes().get((niveau, code)) if code else None
    connus = accorder(len(territoires), "territoire connu", "territoires connus")
    if declaree and declaree.est_complet:
        st.success(
            f"Registre déclaré complet pour {nom} le {declaree.le:%d/%m/%Y}"
            f"{f' par {declaree.auteur}' if declaree.auteur else ''} : {connus} dans cette zone."
        )
        return
    st.info(
        f"**Liste partielle** : {connus} dans cette zone. La France comptait "
        f"{formater_nombre(_CPTS_EN_FRANCE)} CPTS et projets ({_SOURCE_COMPTE}). L’absence de "
        "chevauchement ici ne prouve rien pour les CPTS que le registre ne connaît pas."
    )


def choisir_zone(geographie: Geographie, cle: str) -> tuple[str, str, str]:
    """Ask for a région then a département; return level, code and name (all France by default)."""
    gauche, droite = st.columns(2)
    regions = geographie.regions["nom"].sort_values()
    with gauche:
        region = st.selectbox(
            "Région",
            list(regions.index),
            index=None,
            format_func=lambda code: str(regions[code]),
            placeholder="Toute la France",
            key=f"{cle}-region",
        )
    departements = geographie.departements
    if region is not None:
        departements = departements[departements["code_region"] == region]
    with droite:
        departement = st.selectbox(
            "Département",
            list(departements.index),
            index=None,
            format_func=lambda code: f"{departements['nom'][code]} ({code})",
            placeholder="Tous",
            key=f"{cle}-departement",
        )
    if departement is not None:
        return "departement", departement, f"{departements['nom'][departement]} ({departement})"
    if region is not None:
        return "region", region, str(regions[region])
    return "", "", "la France"


def select_zone(
    territoires: tuple[TerritoireCpts, ...], geographie: Geographie, niveau: str, code: str
) -> tuple[TerritoireCpts, ...]:
    """Return the territories that hold a commune of the zone."""
    if not code:
        return territoires
    membres = geographie.membres(niveau, code)  # type: ignore[arg-type]
    return tuple(t for t in territoires if not membres.isdisjoint(t.codes))
