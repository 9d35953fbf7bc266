"""French wording of the results: numbers, lists of names, singular and plural."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

_ESPACE_FINE: Final = "\u202f"
_INSECABLE: Final = "\u00a0"
LIMITE_ENUMERATION: Final = 5


def format_nombre(valeur: float, decimales: int = 0) -> str:
    """Write a number the French way: thin space between thousands, decimal comma."""
    texte = f"{valeur:,.{decimales}f}"
    return texte.replace(",", _ESPACE_FINE).replace(".", ",")


def accorder(nombre: int, singulier: str, pluriel: str | None = None) -> str:
    """Write a count with its noun; French keeps the singular below two."""
    return f"{format_nombre(nombre)} {singulier if nombre < 2 else pluriel or singulier + 's'}"


def enumerer(noms: Sequence[str], limite: int = LIMITE_ENUMERATION) -> str:
    """Write « A, B et C », or « A, B, C et 12 autres » beyond `limite` names."""
    if len(noms) <= limite:
        debut, fin = noms[:-1], noms[-1]
        return f"{', '.join(debut)} et {fin}" if debut else fin
    reste = len(noms) - limite + 1
    return f"{', '.join(noms[: limite - 1])} et {format_nombre(reste)} autres"


def lier_ponctuation(texte: str) -> str:
    """Make unbreakable the spaces that French puts inside its signs, so that no line starts so."""
    for signe in ";?!":
        texte = texte.replace(f" {signe}", f"{_ESPACE_FINE}{signe}")
    for avec_espace in (" :", " »", "« "):
        texte = texte.replace(avec_espace, avec_espace.replace(" ", _INSECABLE))
    return texte


def typographier(texte: str) -> str:
    """Return a text with the apostrophes and the unbreakable spaces of French printing."""
    return lier_ponctuation(texte.replace("'", "’"))
