"""What an indicator is, and the ordered tuple of all of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np
import numpy.typing as npt

from diagnostic.indicateurs.resultats import Agregation

Reels = npt.NDArray[np.float64]

POPULATION: Final = "Population"
AGES: Final = "Âges"
MENAGES: Final = "Ménages et familles"
LOGEMENT: Final = "Logement"
REVENUS: Final = "Revenus et précarité"
EMPLOI: Final = "Emploi et formation"
SANTE: Final = "État de santé"
OFFRE: Final = "Offre de soins"
ACCES: Final = "Accès aux soins"
MOBILITE: Final = "Mobilité"
FORME: Final = "Forme du territoire"
REZONE: Final = "Relevés REZONE CPTS"
THEMES: Final = (
    POPULATION, AGES, MENAGES, LOGEMENT, REVENUS, EMPLOI, SANTE, OFFRE, ACCES, MOBILITE, FORME,
    REZONE,
)  # fmt: skip


class Colonnes(Protocol):
    """Give the column of a table, one value per unité (then per group of unités)."""

    def __call__(self, table: str, colonne: str) -> Reels:
        """Return the column, NaN where the source says nothing.

        Raises
        ------
        KeyError
            If the table is not loaded, or has no such column.
        """
        ...

    def ailleurs(self, table: str, colonne: str) -> Reels:
        """Return that nothing is known of any unité, for a column published by département only.

        Raises
        ------
        KeyError
            If the table is not loaded, or publishes no such column.
        """
        ...

    def millesime(self, table: str) -> str:
        """Return the year of the figures of a table.

        Raises
        ------
        KeyError
            If the table is not loaded.
        """
        ...

    def seuil(self, cle: str) -> float:
        """Return a dated threshold of the parameter files."""
        ...


Calcul = Callable[[Colonnes], tuple[Reels, Reels | None]]
Forme = Callable[[Reels, Reels], Reels]


def _divide(numerateur: Reels, denominateur: Reels) -> Reels:
    rapport = np.full(np.shape(denominateur), np.nan)
    np.divide(numerateur, denominateur, out=rapport, where=np.asarray(denominateur) > 0)
    return rapport


def somme(numerateur: Reels, _denominateur: Reels) -> Reels:
    """Return a plain sum."""
    return numerateur


def quotient(numerateur: Reels, denominateur: Reels) -> Reels:
    """Return the ratio of two sums."""
    return _divide(numerateur, denominateur)


def pour(combien: float) -> Forme:
    """Return the ratio of two sums, for 100, 1 000 or 100 000."""
    return lambda numerateur, denominateur: combien * _divide(numerateur, denominateur)


def croissance_annuelle(annees: int) -> Forme:
    """Return the constant yearly growth, in percent, that leads from one sum to the other."""

    def forme(numerateur: Reels, denominateur: Reels) -> Reels:
        return 100.0 * (_divide(numerateur, denominateur) ** (1.0 / annees) - 1.0)

    return forme


@dataclass(frozen=True)
class Indicateur:
    """Describe one indicator of the diagnostic.

    Parameters
    ----------
    cle
        Identity.
    unite
        Printed after the number.
    sources
        Roles of the tables it needs; the first one gives source and millésime.
    agregation
        S, R, P, N, I (see `ResultatIndicateur`).
    calcul
        Columns → numerator and denominator of every unité; they are summed apart.
    forme
        Sums → value. Works on arrays.
    version
        Grows when the formula changes, so that stored results go stale.
    sens
        1 when a value above the reference deserves attention, -1 when below, 0 otherwise.
    formule
        French sentence under the figure.
    notes
        Warnings the figure always carries.
    publiee
        Column of the published values that stands for this indicator at other levels (N and I).
    periode
        Printed in place of the millésime of the source, for an evolution.
    """

    cle: str
    libelle: str
    theme: str
    unite: str
    sources: tuple[str, ...]
    agregation: Agregation
    calcul: Calcul
    forme: Forme
    formule: str
    version: int = 1
    sens: int = 0
    decimales: int = 1
    notes: tuple[str, ...] = ()
    publiee: str = ""
    periode: str = ""
