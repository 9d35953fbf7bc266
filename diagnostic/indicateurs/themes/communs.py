"""Shorthands to declare indicators: a ratio of sums of columns of one table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from diagnostic.indicateurs.registre import Calcul, Colonnes, Reels

# ends the label of every figure that only exists by département; a table of them leaves it out
SUFFIXE_DEPARTEMENT: Final = ", dans le département"
NOTE_HERITAGE: Final = (
    "Valeur héritée du département, seul niveau publié : ce n’est pas celle du territoire. Un "
    "territoire sur plusieurs départements a une valeur pour chacun, jamais de moyenne."
)


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


def herite(table: str, colonne: str) -> Calcul:
    """Return the calculation of a figure that only exists by département: nothing here."""

    def calcul(colonnes: Colonnes) -> tuple[Reels, None]:
        return colonnes.ailleurs(table, colonne), None

    return calcul


def total(colonnes: Colonnes, table: str, noms: Sequence[str]) -> Reels:
    """Return the sum of columns, missing as soon as one of them is."""
    somme = colonnes(table, noms[0])
    for nom in noms[1:]:
        somme = somme + colonnes(table, nom)
    return somme
