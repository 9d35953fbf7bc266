"""A day typed as French people write it; the calendar of Streamlit fails WCAG on target size."""

from __future__ import annotations

from datetime import date, datetime

import streamlit as st


def demander_jour(libelle: str, valeur: date | None, cle: str, *, aide: str = "") -> date | None:
    """Ask for a day; None when the field is empty, the previous value when it makes no sense."""
    texte = st.text_input(
        libelle,
        f"{valeur:%d/%m/%Y}" if valeur else "",
        max_chars=10,
        placeholder="JJ/MM/AAAA",
        help=aide or None,
        key=cle,
    )
    if not texte.strip():
        return None
    jour = lire_jour(texte)
    if jour is None:
        st.error(dire_faux_jour(texte))
    return jour or valeur


def lire_jour(texte: str) -> date | None:
    """Read a day typed as 31/01/2026; None for anything else."""
    try:
        return datetime.strptime(texte.strip(), "%d/%m/%Y").date()  # noqa: DTZ007 - a day
    except ValueError:
        return None


def dire_faux_jour(texte: str) -> str:
    """Say that a text is no day, and what is expected."""
    return f"« {texte} » n’est pas une date. Attendu : JJ/MM/AAAA, par exemple 31/01/2026."
