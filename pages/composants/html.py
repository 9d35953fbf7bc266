"""Pieces of HTML whose every text is escaped here, and nowhere else."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

import streamlit as st

from pages.composants.format import typographier


@dataclass(frozen=True)
class Ligne:
    """A row: its heading, its other cells, and whether it is a total."""

    entete: str
    cellules: Sequence[str]
    est_total: bool = False


def build_tableau(
    entetes: Sequence[str], lignes: Iterable[Ligne], legende: str, *, textes: bool = False
) -> str:
    """Return a table whose first column is text and the others figures.

    Parameters
    ----------
    entetes
        Heading of each column.
    legende
        What the table says and where it comes from, read first by screen readers.
    textes
        The other columns are text too.
    """
    autres = "" if textes else ' class="cpts-nombre"'
    tete = "".join(
        f'<th scope="col"{autres if rang else ""}>{escape(texte)}</th>'
        for rang, texte in enumerate(entetes)
    )
    corps = "".join(
        f"<tr{' class=cpts-total' if ligne.est_total else ''}>"
        f'<th scope="row">{escape(ligne.entete)}</th>'
        + "".join(f"<td{autres}>{escape(cellule)}</td>" for cellule in ligne.cellules)
        + "</tr>"
        for ligne in lignes
    )
    return (
        f'<div class="cpts-tableau" tabindex="0" role="region" aria-label="{escape(legende)}">'
        f"<table><thead><tr>{tete}</tr></thead><tbody>{corps}</tbody></table></div>"
        f'<p class="cpts-source">{escape(typographier(legende))}</p>'
    )


def afficher_tableau(
    entetes: Sequence[str], lignes: Iterable[Ligne], legende: str, *, textes: bool = False
) -> None:
    """Show a table; see `build_tableau`."""
    st.html(build_tableau(entetes, lignes, legende, textes=textes))


def build_chiffres(chiffres: Iterable[tuple[str, str, str]]) -> str:
    """Return a row of figures: label, value, and what the value is about."""
    blocs = "".join(
        f"<div{' class=cpts-premier' if not rang else ''}><dt>{escape(libelle)}</dt>"
        f"<dd>{escape(valeur)}{f'<small>{escape(detail)}</small>' if detail else ''}</dd></div>"
        for rang, (libelle, valeur, detail) in enumerate(chiffres)
    )
    return f'<dl class="cpts-chiffres">{blocs}</dl>'


def afficher_note(texte: str, *, imprimee: bool = True) -> None:
    """Show a line in small print, dark enough to be read."""
    ecran = "" if imprimee else " cpts-ecran"
    st.html(f'<p class="cpts-source{ecran}">{escape(typographier(texte))}</p>')


def afficher_image(png: bytes, alternative: str, legende: str = "") -> None:
    """Show a picture with its text for those who do not see it, which `st.image` cannot give.

    Parameters
    ----------
    png
        The picture, as a PNG file.
    legende
        Caption under the picture; the alternative text by default.
    """
    source = base64.b64encode(png).decode()
    st.html(
        f'<figure class="cpts-image"><img src="data:image/png;base64,{source}" '
        f'alt="{escape(alternative)}"><figcaption>{escape(legende or alternative)}</figcaption>'
        "</figure>"
    )
