"""Points to look at, proposed then rewritten by the user; the documents take their words."""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from html import escape
from typing import Final, cast

import streamlit as st

from diagnostic.indicateurs.attention import PointAttention
from diagnostic.redaction import typographier
from pages.composants import etat
from pages.composants.html import afficher_note

_CLE: Final = "diagnostic.phrases"


def lire_phrases() -> Mapping[str, str]:
    """Return the words of the user, by sentence proposed: it quotes figures of one drawing."""
    return cast("Mapping[str, str]", etat.lire(_CLE, {}))


def afficher_phrases(points: Sequence[PointAttention]) -> None:
    """Show the points, then the boxes to rewrite them."""
    phrases = dict(lire_phrases())
    puces = "".join(
        f"<li>{escape(phrases.get(point.phrase) or typographier(point.phrase))}"
        f"<small>{escape(typographier(point.raison))}</small></li>"
        for point in points
    )
    st.html(f'<ul class="cpts-attention">{puces}</ul>')
    with st.expander("Réécrire ces phrases"):
        afficher_note(
            "Un écart n’est pas un jugement : dites ce qu’il veut dire ici. Vos phrases sont "
            "reprises dans les documents."
        )
        for point in points:
            cle = f"diagnostic-phrase-{zlib.crc32(point.phrase.encode())}"
            st.text_area(
                point.phrase.split("\u00a0:")[0],
                value=phrases.get(point.phrase, point.phrase),
                key=cle,
                on_change=_garder,
                args=(point.phrase, cle),
                max_chars=600,
                height=80,
            )


def _garder(phrase: str, cle: str) -> None:
    etat.garder(_CLE, {**lire_phrases(), phrase: str(etat.lire(cle, phrase)).strip()})
