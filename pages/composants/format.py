"""French typography of figures on screen."""

from __future__ import annotations

import math
from typing import Final

from diagnostic.redaction import format_nombre

INSECABLE: Final = "\u00a0"
ABSENT: Final = "–"


def formater_nombre(valeur: float | None, decimales: int = 0) -> str:
    """Return a number as French readers expect it, a dash when there is none.

    Parameters
    ----------
    valeur
        None or NaN for a missing or secret value: never shown as 0.
    decimales
        Digits after the comma.
    """
    if valeur is None or math.isnan(valeur):
        return ABSENT
    return format_nombre(valeur, decimales).replace("-", "−", 1)


def typographier(texte: str) -> str:
    """Return a text of the rules with the apostrophe of French printing."""
    return texte.replace("'", "’")


def formater_euros(valeur: float | None) -> str:
    """Return an amount in euros."""
    nombre = formater_nombre(valeur)
    return nombre if nombre == ABSENT else f"{nombre}{INSECABLE}€"


def formater_part(valeur: float | None, decimales: int = 1) -> str:
    """Return a share between 0 and 1 as a percentage."""
    if valeur is None or math.isnan(valeur):
        return ABSENT
    return f"{formater_nombre(valeur * 100, decimales)}{INSECABLE}%"


def formater_habitants(valeur: float | None) -> str:
    """Return a number of inhabitants with its unit."""
    nombre = formater_nombre(valeur)
    return nombre if nombre == ABSENT else f"{nombre}{INSECABLE}hab."
