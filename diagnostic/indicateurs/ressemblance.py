"""Territories that look like a territory: same age, same density, same growth."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from diagnostic.indicateurs.calcul import AutreTerritoire, build_socle
from diagnostic.indicateurs.registre import Reels
from diagnostic.indicateurs.tables import TablesIndicateurs
from diagnostic.perimetre import Perimetre

NOMBRE: Final = 5
# indicator, and whether its logarithm is compared (densities range over four powers of ten)
_TRAITS: Final = (("part_65_plus", False), ("densite", True), ("evolution_population", False))
METHODE: Final = (
    "Intercommunalités de taille comparable à une CPTS, classées par distance à votre territoire "
    "sur trois traits mis à la même échelle (écarts-types) : part des 65 ans ou plus, densité "
    "(en logarithme) et évolution annuelle de la population. Celles dont plus de la moitié des "
    "habitants sont dans votre territoire sont écartées."
)


@dataclass(frozen=True)
class Ressemblant:
    """Hold one look-alike.

    Parameters
    ----------
    distance
        Euclidean distance over the standardised traits; 1 is one standard deviation on one trait.
    """

    code: str
    nom: str
    habitants: float
    distance: float
    perimetre: Perimetre

    @property
    def autre(self) -> AutreTerritoire:
        """The look-alike as a comparator."""
        return AutreTerritoire("ressemblant", self.nom, self.perimetre, self.code)


def find_ressemblants(
    tables: TablesIndicateurs, perimetre: Perimetre, combien: int = NOMBRE
) -> tuple[Ressemblant, ...]:
    """Return the nearest EPCI of comparable population; none when a trait is unknown here.

    Raises
    ------
    KeyError
        If the tables do not hold the traits.
    """
    socle = build_socle(tables)
    rangs_traits = [socle.rang[cle] for cle, _ in _TRAITS]
    codes, sommes = socle.niveau("epci")
    epci = _traits(socle.valeurs_niveaux["epci"][:, rangs_traits])
    rangs = tables.geographie.rangs(perimetre.codes)
    ici = _traits(socle.compute_valeurs(socle.sum_rangs(rangs))[:, rangs_traits])[0]
    if not np.isfinite(ici).all():
        return ()
    candidats = socle.epci_comparables & np.isfinite(epci).all(axis=1)
    echelle = epci[candidats].std(axis=0)
    distances = np.sqrt((((epci - ici) / echelle) ** 2).sum(axis=1))
    communs = _part_commune(tables, perimetre, codes.to_list(), sommes.habitants)
    distances[~candidats | (communs > 0.5)] = np.inf
    proches = [int(r) for r in np.argsort(distances, kind="stable")[:combien]]
    return tuple(
        Ressemblant(
            code := str(codes[rang]),
            tables.geographie.nom("epci", code),
            float(sommes.habitants[rang]),
            float(distances[rang]),
            Perimetre.from_niveau(tables.geographie, "epci", code),
        )
        for rang in proches
        if np.isfinite(distances[rang])
    )


def _traits(valeurs: Reels) -> Reels:
    traits = valeurs.copy()
    for colonne, (_, en_logarithme) in enumerate(_TRAITS):
        if en_logarithme:
            positives = np.where(traits[:, colonne] > 0, traits[:, colonne], np.nan)
            traits[:, colonne] = np.log(positives)
    return traits


def _part_commune(
    tables: TablesIndicateurs, perimetre: Perimetre, codes: list[str], habitants: Reels
) -> Reels:
    dedans = np.zeros(len(codes))
    position = {code: rang for rang, code in enumerate(codes)}
    appartenance = tables.geographie.appartenance["epci"]
    for rang in tables.geographie.rangs(perimetre.codes):
        if (code := appartenance[rang]) is not None:
            dedans[position[code]] += tables.habitants[rang]
    return dedans / np.where(habitants > 0, habitants, 1.0)
