"""Numbers and dates as French readers print them."""

from __future__ import annotations

import math
from datetime import date
from typing import Final

from diagnostic import redaction

ESPACE_FINE: Final = "\u202f"
ESPACE: Final = "\u00a0"
INCONNU: Final = "n.d."

_MOIS: Final = (
    "janvier février mars avril mai juin juillet août septembre octobre novembre décembre".split()
)


def format_nombre(valeur: float | None, decimales: int = 0) -> str:
    """Return "12 345,6" with narrow no-break spaces, or "n.d." when the value is unknown."""
    if valeur is None or math.isnan(valeur):
        return INCONNU
    texte = redaction.format_nombre(valeur, decimales)
    if texte.startswith("-"):
        texte = texte[1:] if not texte.strip("-0," + ESPACE_FINE) else "−" + texte[1:]
    return texte


def format_valeur(valeur: float | None, unite: str = "", decimales: int = 0) -> str:
    """Return a number followed by its unit."""
    nombre = format_nombre(valeur, decimales)
    return nombre if nombre == INCONNU or not unite else f"{nombre}{ESPACE}{unite}"


def format_habitants(population: int | None) -> str:
    """Return "12 345 habitants", or "population inconnue"."""
    if population is None:
        return "population inconnue"
    return format_valeur(population, "habitant" if population < 2 else "habitants")


def format_part(part: float | None, decimales: int = 0) -> str:
    """Return a share (0 to 1) as a percentage."""
    return format_valeur(None if part is None else part * 100, "%", decimales)


def format_euros(montant: float | None) -> str:
    """Return an amount in whole euros."""
    return format_valeur(montant, "€")


def format_date(jour: date) -> str:
    """Return "1er janvier 2026"."""
    quantieme = "1er" if jour.day == 1 else str(jour.day)
    return f"{quantieme}{ESPACE}{_MOIS[jour.month - 1]}{ESPACE}{jour.year}"
