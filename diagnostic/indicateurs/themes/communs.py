"""Shorthands to declare indicators: a ratio of sums of columns of one table."""

from __future__ import annotations

from collections.abc import Sequence

from diagnostic.indicateurs.registre import Calcul, Colonnes, Reels


def rapport(table: str, haut: Sequence[str], bas: Sequence[str]) -> Calcul:
    """Return the calculation Σ columns / Σ columns of one table."""

    def calcul(colonnes: Colonnes) -> tuple[Reels, Reels]:
        return total(colonnes, table, haut), total(colonnes, table, bas)

    return calcul


def effectif(table: str, haut: Sequence[str]) -> Calcul:
    """Return the calculation Σ columns of one table."""

    def calcul(colonnes: Colonnes) -> tuple[Reels, None]:
        return total(colonnes, table, haut), None

    return calcul


def par_habitant(table: str, haut: Sequence[str], base: tuple[str, str]) -> Calcul:
    """Return the calculation Σ columns of one table / a column of another."""

    def calcul(colonnes: Colonnes) -> tuple[Reels, Reels]:
        return total(colonnes, table, haut), colonnes(*base)

    return calcul


def total(colonnes: Colonnes, table: str, noms: Sequence[str]) -> Reels:
    """Return the sum of columns, missing as soon as one of them is."""
    somme = colonnes(table, noms[0])
    for nom in noms[1:]:
        somme = somme + colonnes(table, nom)
    return somme
