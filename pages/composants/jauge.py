"""Gauge of the four sizes of a CPTS, and where the territory stands in them."""

from __future__ import annotations

from html import escape
from typing import Final

import streamlit as st

from diagnostic.parametres import BaremeTaille
from diagnostic.redaction import accorder, format_nombre
from diagnostic.territoire import Territoire

# beyond the last threshold the scale has no end: the mark slows down towards the edge
_MARGE_OUVERTE: Final = 0.97


def afficher_jauge(territoire: Territoire, bareme: BaremeTaille) -> None:
    """Show the gauge, with its text for those who do not see it."""
    if territoire.population is None or territoire.taille is None:
        st.html('<p class="cpts-source">Population inconnue : aucune taille ne peut être dite.</p>')
        return
    st.html(build_jauge(territoire.population, territoire.taille.taille, bareme))
    st.html(
        '<details class="cpts-source"><summary>Source des seuils</summary>'
        f"{escape(bareme.reference)}.</details>"
    )


def build_jauge(population: int, taille: int, bareme: BaremeTaille) -> str:
    """Return the gauge as HTML."""
    seuils = [seuil.habitants for seuil in bareme.seuils]
    phrase = decrire_position(population, taille, seuils)
    cases = "".join(
        f'<div class="cpts-jauge-taille" data-atteinte="{_oui(rang <= taille)}" '
        f'data-ici="{_oui(rang == taille)}">Taille {rang}</div>'
        for rang in range(1, len(seuils) + 2)
    )
    bornes = "".join(
        f'<span style="left:{100 * rang / (len(seuils) + 1):.0f}%">{format_nombre(seuil)}</span>'
        for rang, seuil in enumerate(seuils, start=1)
    )
    repere = 100 * compute_position(population, taille, seuils)
    return (
        f'<div class="cpts-jauge"><div role="img" aria-label="{escape(phrase)}">'
        f'<div class="cpts-jauge-piste" aria-hidden="true">{cases}'
        f'<div class="cpts-jauge-repere" style="left:{repere:.2f}%"></div></div>'
        f'<div class="cpts-jauge-seuils" aria-hidden="true">{bornes}</div></div>'
        f"<p>{escape(phrase)}</p></div>"
    )


def compute_position(population: int, taille: int, seuils: list[int]) -> float:
    """Return where the mark stands, from 0 to 1: each size takes the same width."""
    bas = seuils[taille - 2] if taille > 1 else 0
    if taille <= len(seuils):
        dans_la_case = (population - bas) / (seuils[taille - 1] - bas)
    else:
        dans_la_case = _MARGE_OUVERTE * (1 - bas / max(population, bas))
    return (taille - 1 + dans_la_case) / (len(seuils) + 1)


def decrire_position(population: int, taille: int, seuils: list[int]) -> str:
    """Return the distance to the thresholds on each side, as a sentence."""
    morceaux = [f"Taille {taille}, {accorder(population, 'habitant')}"]
    if taille <= len(seuils):
        reste = accorder(seuils[taille - 1] - population, "habitant")
        morceaux.append(f"encore {reste} avant la taille {taille + 1}")
    if taille > 1:
        marge = accorder(population - seuils[taille - 2], "habitant")
        morceaux.append(f"{marge} de marge au-dessus de la taille {taille - 1}")
    return f"{morceaux[0]} : {', '.join(morceaux[1:])}."


def _oui(vrai: bool) -> str:
    return "oui" if vrai else "non"
