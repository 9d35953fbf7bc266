"""What is computed once for the whole country, so that a territory costs a few additions.

Every indicator is a numerator and a denominator per unité. They are stacked side by side with the
inhabitants they cover; any territory, département or région is then one sum of rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Final, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from diagnostic.indicateurs.registre import Indicateur, Reels
from diagnostic.indicateurs.resultats import Comparateur
from diagnostic.indicateurs.tables import TablesIndicateurs
from diagnostic.indicateurs.themes.population import colonne
from geodata.schema import ANNEES_POPULATION

Rangs = npt.NDArray[np.int64]
NiveauComparateur = Literal["departement", "region", "epci"]
NiveauReference = Literal["departement", "region", "epci", "france"]
_MAYOTTE: Final = "976"
_NIVEAUX: Final[tuple[NiveauComparateur, ...]] = ("departement", "region", "epci")


@dataclass(frozen=True)
class Sommes:
    """Hold the sums of a set of unités, one row per territory, one column per indicator.

    Parameters
    ----------
    numerateurs, denominateurs
        Sums over the unités for which the source has a value.
    couverts
        Inhabitants of these unités.
    habitants
        All inhabitants, one per territory.
    """

    numerateurs: Reels
    denominateurs: Reels
    couverts: Reels
    habitants: Reels

    @cached_property
    def couvertures(self) -> Reels:
        """Share of the inhabitants that each figure stands for."""
        total = np.where(self.habitants > 0, self.habitants, np.nan)[:, None]
        return np.nan_to_num(self.couverts / total)


class Socle:
    """Stack the indicators that the loaded tables allow, and sum them.

    Parameters
    ----------
    tables
        The tables.
    indicateurs
        The registry; those whose table or column is absent are left out.
    """

    def __init__(self, tables: TablesIndicateurs, indicateurs: tuple[Indicateur, ...]) -> None:
        self._tables = tables
        self.indicateurs: tuple[Indicateur, ...] = ()
        couples: list[tuple[Reels, Reels]] = []
        retenus: list[Indicateur] = []
        for indicateur in indicateurs:
            try:
                haut, bas = indicateur.calcul(tables)
            except KeyError:
                # the table is not loaded, or this vintage of the file lacks the column
                continue
            retenus.append(indicateur)
            couples.append((haut, np.zeros_like(haut) if bas is None else bas))
        self.indicateurs = tuple(retenus)
        self.rang = {indicateur.cle: r for r, indicateur in enumerate(retenus)}
        # comparators already built, by level and row: they are the same for every territory
        self.memoire: dict[tuple[NiveauReference, int], tuple[Comparateur | None, ...]] = {}
        self._stack(couples)

    def _stack(self, couples: list[tuple[Reels, Reels]]) -> None:
        n, k = len(self._tables.geographie.codes), len(couples)
        hauts = np.column_stack([haut for haut, _ in couples])
        bas = np.column_stack([b for _, b in couples])
        valides = np.isfinite(hauts) & np.isfinite(bas)
        habitants = self._tables.habitants
        self._par_groupe = np.zeros((len(self._tables.groupes), 3 * k))
        self._utiles = np.zeros((len(self._tables.groupes), k), dtype=np.bool_)
        for numero, rangs in enumerate(self._tables.rangs_groupes):
            ligne = n + numero
            # the group speaks only for what its members cannot say one by one
            utiles = valides[ligne] & ~valides[rangs].all(axis=0)
            valides[np.ix_(rangs, utiles)] = False
            self._utiles[numero] = utiles
            self._par_groupe[numero] = np.concatenate(
                [
                    np.where(utiles, hauts[ligne], 0.0),
                    np.where(utiles, bas[ligne], 0.0),
                    np.where(utiles, habitants[rangs].sum(), 0.0),
                ]
            )
        valides = valides[:n]
        self.valides = valides
        self._matrice = np.hstack(
            [
                np.where(valides, hauts[:n], 0.0),
                np.where(valides, bas[:n], 0.0),
                np.where(valides, habitants[:, None], 0.0),
            ]
        )

    def sum_rangs(self, rangs: Rangs) -> Sommes:
        """Sum one territory given by row numbers."""
        total = self._matrice[rangs].sum(axis=0)
        dedans = set(rangs.tolist())
        for numero, membres in enumerate(self._tables.rangs_groupes):
            if dedans.issuperset(membres.tolist()):
                total = total + self._par_groupe[numero]
        return self._sommes(total[None, :], np.array([self._tables.habitants[rangs].sum()]))

    def find_muettes(self, rangs: Rangs, rang: int) -> Rangs:
        """Return the unités of a territory that have no value, neither alone nor by their group."""
        muettes = set(rangs[~self.valides[rangs, rang]].tolist())
        for utile, membres in zip(self._utiles[:, rang], self._tables.rangs_groupes, strict=True):
            if utile and np.isin(membres, rangs).all():
                muettes.difference_update(membres.tolist())
        return np.array(sorted(muettes), dtype=np.int64)

    def sum_lot(self, territoires: list[Rangs]) -> Sommes:
        """Sum many territories at once, one row each."""
        n = len(self._tables.habitants)
        lignes = np.repeat(np.arange(len(territoires)), [len(t) for t in territoires])
        colonnes = np.concatenate(territoires) if territoires else np.array([], dtype=np.int64)
        appartenance = sparse.csr_array(
            (np.ones(len(colonnes)), (lignes, colonnes)), shape=(len(territoires), n)
        )
        totaux = np.asarray(appartenance @ self._matrice)
        for numero, membres in enumerate(self._tables.rangs_groupes):
            presents = np.asarray(appartenance[:, membres].sum(axis=1)).ravel()
            totaux[presents == len(membres)] += self._par_groupe[numero]
        return self._sommes(totaux, np.asarray(appartenance @ self._tables.habitants))

    def _sommes(self, totaux: Reels, habitants: Reels) -> Sommes:
        k = len(self.indicateurs)
        return Sommes(totaux[:, :k], totaux[:, k : 2 * k], totaux[:, 2 * k :], habitants)

    def compute_valeurs(self, sommes: Sommes) -> Reels:
        """Return the values, NaN where nothing is covered or the figure cannot be aggregated."""
        valeurs = np.full(sommes.numerateurs.shape, np.nan)
        for rang, indicateur in enumerate(self.indicateurs):
            if indicateur.agregation not in ("N", "I"):
                valeurs[:, rang] = indicateur.forme(
                    sommes.numerateurs[:, rang], sommes.denominateurs[:, rang]
                )
        valeurs[sommes.couverts <= 0] = np.nan
        return valeurs

    def compute_locales(self, cle: str) -> Reels:
        """Return the value of one indicator in every unité, NaN where the source is silent."""
        rang, k = self.rang[cle], len(self.indicateurs)
        valeurs = self.indicateurs[rang].forme(self._matrice[:, rang], self._matrice[:, k + rang])
        return np.where(self.valides[:, rang], valeurs, np.nan)

    @cached_property
    def france(self) -> Sommes:
        """Sums of the whole country."""
        return self.sum_rangs(np.arange(len(self._tables.habitants)))

    @cached_property
    def _niveaux(self) -> dict[str, tuple[pd.Index[str], Sommes]]:
        return {niveau: self._sum_niveau(niveau) for niveau in _NIVEAUX}

    def _sum_niveau(self, niveau: NiveauComparateur) -> tuple[pd.Index[str], Sommes]:
        numeros, codes = self._numeros[niveau]
        return codes, self.sum_lot(_regrouper(numeros, len(codes)))

    @cached_property
    def _numeros(self) -> dict[str, tuple[npt.NDArray[np.intp], pd.Index[str]]]:
        lus: dict[str, tuple[npt.NDArray[np.intp], pd.Index[str]]] = {}
        for niveau in _NIVEAUX:
            colonne = self._tables.geographie.unites[f"code_{niveau}"]
            numeros, codes = pd.factorize(colonne, sort=True)
            lus[niveau] = numeros, pd.Index(codes)
        return lus

    def croises(self, niveau: NiveauComparateur, rangs: Rangs) -> list[int]:
        """Return the row numbers of the territories of a level that a set of unités crosses.

        The one that holds most of its inhabitants comes first.
        """
        numeros = self._numeros[niveau][0][rangs]
        dedans = numeros >= 0
        presents, places = np.unique(numeros[dedans], return_inverse=True)
        poids = np.bincount(places, weights=self._tables.habitants[rangs][dedans])
        return [int(presents[i]) for i in np.argsort(-poids, kind="stable")]

    @cached_property
    def annees(self) -> Reels:
        """Population municipale of each year, one column a year: unités, then groups."""
        return np.column_stack([self._tables("population", colonne(a)) for a in ANNEES_POPULATION])

    @cached_property
    def sans_mayotte(self) -> npt.NDArray[np.bool_]:
        """Indicators for which nothing is known in Mayotte."""
        mayotte = self._tables.geographie.appartenance["departement"] == _MAYOTTE
        if not mayotte.any():
            return np.zeros(len(self.indicateurs), dtype=np.bool_)
        absents: npt.NDArray[np.bool_] = ~self.valides[mayotte].any(axis=0)
        return absents

    def niveau(self, niveau: NiveauComparateur) -> tuple[pd.Index[str], Sommes]:
        """Return the codes of a level and the sums of each of its territories."""
        return self._niveaux[niveau]

    @cached_property
    def valeurs_niveaux(self) -> dict[str, Reels]:
        """Values of each territory of each level, in the order of `niveau`."""
        return {niveau: self.compute_valeurs(self._niveaux[niveau][1]) for niveau in _NIVEAUX}

    @cached_property
    def valeurs_france(self) -> Reels:
        """Values of the whole country."""
        ligne: Reels = self.compute_valeurs(self.france)[0]
        return ligne

    @cached_property
    def epci_comparables(self) -> npt.NDArray[np.bool_]:
        """EPCI whose population is that of a CPTS, in the order of `niveau("epci")`."""
        habitants = self._niveaux["epci"][1].habitants
        mini = self._tables.seuil("epci_comparable_minimum")
        maxi = self._tables.seuil("epci_comparable_maximum")
        comparables: npt.NDArray[np.bool_] = (habitants >= mini) & (habitants <= maxi)
        return comparables

    @cached_property
    def couverture_minimum(self) -> float:
        """Share of its inhabitants under which a territory is neither compared nor ranked."""
        return self._tables.seuil("couverture_minimum")

    @cached_property
    def valeurs_comparables(self) -> Reels:
        """Values of the comparable EPCI, NaN where the source knows too few of the inhabitants."""
        comparables = self.epci_comparables
        couvertures = self._niveaux["epci"][1].couvertures[comparables]
        valeurs = self.valeurs_niveaux["epci"][comparables]
        return np.where(couvertures >= self.couverture_minimum, valeurs, np.nan)

    def compute_rang(self, rang: int, valeur: float, couverture: float) -> tuple[int, int] | None:
        """Return the place of a value among the comparable EPCI, from the highest."""
        triees = self._triees[rang]
        if not len(triees) or not np.isfinite(valeur) or couverture < self.couverture_minimum:
            return None
        au_dessus = len(triees) - int(np.searchsorted(triees, valeur, side="right"))
        return au_dessus + 1, len(triees)

    @cached_property
    def _triees(self) -> list[Reels]:
        return [np.sort(c[np.isfinite(c)]) for c in self.valeurs_comparables.T]

    @cached_property
    def ecarts_types(self) -> Reels:
        """Standard deviation of each indicator among the comparable EPCI, NaN when too few."""
        valeurs = self.valeurs_comparables
        ecarts = np.full(len(self.indicateurs), np.nan)
        for rang in range(len(self.indicateurs)):
            connues = valeurs[np.isfinite(valeurs[:, rang]), rang]
            if len(connues) >= 3:
                ecarts[rang] = connues.std(ddof=1)
        return ecarts


def _regrouper(numeros: npt.NDArray[np.intp], combien: int) -> list[Rangs]:
    ordre = np.argsort(numeros, kind="stable")
    bornes = np.searchsorted(numeros[ordre], np.arange(combien + 1))
    return [ordre[debut:fin].astype(np.int64) for debut, fin in pairwise(bornes)]
