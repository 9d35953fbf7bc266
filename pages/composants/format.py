"""French typography of figures on screen."""

from __future__ import annotations

import math
import re
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


def majuscule(texte: str) -> str:
    """Return a text that begins a line; unlike `capitalize`, acronyms stay as they are."""
    return texte[0].upper() + texte[1:]


def lire_nombre(texte: str) -> float | None:
    """Read a number as French people type it, comma or point; None for anything else."""
    compact = "".join(texte.split()).removesuffix("%").replace(",", ".").replace("−", "-")
    # Python also takes « nan », « 1_000 » and « 1e9 »
    return float(compact) if re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)", compact) else None


def formater_euros(valeur: float | None) -> str:
    """Return an amount in euros."""
    nombre = formater_nombre(valeur)
    return nombre if nombre == ABSENT else f"{nombre}{INSECABLE}€"


def formater_part(valeur: float | None, decimales: int = 1) -> str:
    """Return a share between 0 and 1 as a percentage."""
    if valeur is None or math.isnan(valeur):
        return ABSENT
    plancher = 0.5 * 10.0**-decimales
    if 0 < 100 * valeur < plancher:  # never 0 for what is not
        return f"<{INSECABLE}{formater_nombre(2 * plancher, decimales)}{INSECABLE}%"
    return f"{formater_nombre(valeur * 100, decimales)}{INSECABLE}%"


def formater_habitants(valeur: float | None) -> str:
    """Return a number of inhabitants with its unit."""
    nombre = formater_nombre(valeur)
    return nombre if nombre == ABSENT else f"{nombre}{INSECABLE}hab."
