"""A territory: an immutable set of unités, and the algebra on it."""

from __future__ import annotations

from dataclasses import dataclass

from geodata.schema import MILLESIME_GEOGRAPHIE


@dataclass(frozen=True)
class Perimetre:
    """Hold the unités of a territory.

    Parameters
    ----------
    nom
        Name given by the user; free text, never trusted.
    codes
        Unités: communes, and arrondissements in Paris, Lyon and Marseille.
    partielles
        Those of `codes` held in part only (a quartier): what is computed on them is an upper bound.
    millesime
        Year of the geography (COG).
    """

    nom: str
    codes: frozenset[str]
    partielles: frozenset[str] = frozenset()
    millesime: str = MILLESIME_GEOGRAPHIE
