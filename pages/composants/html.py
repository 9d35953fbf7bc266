"""Pieces of HTML whose every text is escaped here, and nowhere else."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

import streamlit as st

from diagnostic.redaction import typographier

# what the width of a telephone shows; beyond, each row becomes a block there
_COLONNES_ETROITES: Final = 3
# characters beyond which a cell has a line of its own in that block
_CELLULE_LONGUE: Final = 24


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
    # the roles are those of a table: laid out in blocks on a telephone, it would lose them
    tete = "".join(
        f'<th scope="col" role="columnheader"{autres if rang else ""}>{escape(texte)}</th>'
        for rang, texte in enumerate(entetes)
    )
    corps = "".join(
        f'<tr role="row"{" class=cpts-total" if ligne.est_total else ""}>'
        f'<th scope="row" role="rowheader">{escape(ligne.entete)}</th>'
        + "".join(
            f'<td role="cell"{autres} data-colonne="{escape(entete)}"'
            f"{' data-long' if len(cellule) > _CELLULE_LONGUE else ''}>{escape(cellule)}</td>"
            for entete, cellule in zip(entetes[1:], ligne.cellules, strict=True)
        )
        + "</tr>"
        for ligne in lignes
    )
    blocs = " cpts-blocs" if len(entetes) > _COLONNES_ETROITES else ""
    return (
        f'<div class="cpts-tableau{blocs}" tabindex="0" role="region" '
        f'aria-label="{escape(legende)}"><table role="table"><thead role="rowgroup">'
        f'<tr role="row">{tete}</tr></thead><tbody role="rowgroup">{corps}</tbody></table></div>'
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
