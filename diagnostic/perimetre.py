"""A territory: an immutable set of unités, and the algebra on it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from geodata.errors import MillesimeError
from geodata.schema import MILLESIME_GEOGRAPHIE, Geographie, Niveau


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

    @classmethod
    def from_niveau(
        cls, geographie: Geographie, niveau: Niveau, code: str, nom: str = ""
    ) -> Perimetre:
        """Take every unité of an EPCI, EPT, département, région or commune; empty if unknown."""
        return cls(nom, geographie.membres(niveau, code), millesime=geographie.millesime)

    @property
    def entieres(self) -> frozenset[str]:
        """Unités held whole."""
        return self.codes - self.partielles

    def union(self, autre: Perimetre) -> Perimetre:
        """Put two territories together; a unité is whole as soon as one of them holds it whole."""
        self._validate_millesime(autre)
        entieres = self.entieres | autre.entieres
        codes = self.codes | autre.codes
        return replace(self, codes=codes, partielles=codes - entieres)

    def intersection(self, autre: Perimetre) -> Perimetre:
        """Keep the unités of both; a unité is partial as soon as one of them holds a part of it."""
        self._validate_millesime(autre)
        codes = self.codes & autre.codes
        partielles = codes & (self.partielles | autre.partielles)
        return replace(self, codes=codes, partielles=partielles)

    def difference(self, autre: Perimetre) -> Perimetre:
        """Take away what the other holds; what it holds in part leaves a part behind."""
        self._validate_millesime(autre)
        codes = self.codes - autre.entieres
        partielles = codes & (self.partielles | autre.partielles)
        return replace(self, codes=codes, partielles=partielles)

    def __or__(self, autre: Perimetre) -> Perimetre:
        return self.union(autre)

    def __and__(self, autre: Perimetre) -> Perimetre:
        return self.intersection(autre)

    def __sub__(self, autre: Perimetre) -> Perimetre:
        return self.difference(autre)

    def codes_compacts(self, geographie: Geographie) -> tuple[str, ...]:
        """Return the sorted codes, all the arrondissements of a commune written as that commune."""
        return compacter(geographie, self.codes)

    def _validate_millesime(self, autre: Perimetre) -> None:
        if self.millesime != autre.millesime:
            raise MillesimeError(
                f"Les deux périmètres suivent la géographie de deux années, {self.millesime} et "
                f"{autre.millesime} : convertissez le plus ancien avant de les réunir."
            )


def compacter(geographie: Geographie, codes: frozenset[str]) -> tuple[str, ...]:
    """Write the whole of a divided commune (Paris, Lyon, Marseille) as one code; sort the codes."""
    for commune, arrondissements in geographie.communes_divisees.items():
        if arrondissements <= codes:
            codes = (codes - arrondissements) | {commune}
    return tuple(sorted(codes))


def nommer(geographie: Geographie, codes: Iterable[str]) -> list[str]:
    """Name unités in the order of their compact codes."""
    return [geographie.nom("commune", code) for code in compacter(geographie, frozenset(codes))]
