"""The tables the indicators are computed on, and what is computed once for all of France."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Final

import numpy as np
import pandas as pd

from diagnostic.indicateurs.registre import Reels
from diagnostic.indicateurs.seuils import Seuils, load_seuils
from geodata.schema import ANNEES_POPULATION, Geographie, TableCommunale

_DERNIERE: Final = ANNEES_POPULATION[-1]


@dataclass(frozen=True, eq=False)
class TablesIndicateurs:
    """Hold every table, and align them on the unités.

    Parameters
    ----------
    geographie
        Reference geography; the populations municipales come from it.
    sources
        Tables of figures; of several with one role, the newest is used.
    le
        Date at which the dated thresholds are taken.
    seuils
        Thresholds, read from the parameter files.
    populations_le
        Date the embedded populations were taken; `le` when unknown.
    """

    geographie: Geographie
    le: date
    sources: tuple[TableCommunale, ...] = ()
    seuils: Seuils = field(default_factory=load_seuils)
    populations_le: date | None = None

    @cached_property
    def par_id(self) -> dict[str, TableCommunale]:
        """Newest table of each role; the populations are built from the geography."""
        retenues = {"population": self._population()}
        rang = {"embarquee": 0, "actualisee": 1, "importee": 2}
        for table in sorted(self.sources, key=lambda t: (t.millesime, rang[t.etat], t.recupere_le)):
            retenues[table.id] = table
        return retenues

    @cached_property
    def groupes(self) -> tuple[tuple[str, ...], ...]:
        """Groups of unités that at least one source only counts together, sorted."""
        index = (cle for table in self.par_id.values() for cle in table.valeurs.index if " " in cle)
        position = self.geographie.position
        connus = {tuple(sorted(cle.split())) for cle in index}
        return tuple(sorted(g for g in connus if all(code in position for code in g)))

    @cached_property
    def rangs_groupes(self) -> tuple[np.ndarray[tuple[int], np.dtype[np.int64]], ...]:
        """Row numbers of the unités of each group."""
        return tuple(self.geographie.rangs(groupe) for groupe in self.groupes)

    @cached_property
    def habitants(self) -> Reels:
        """Inhabitants of each unité: what a coverage is measured in."""
        return np.nan_to_num(self.geographie.population())

    def ailleurs(self, table: str, colonne: str) -> Reels:
        """Return that nothing is known of any unité, for a column published by département only.

        Raises
        ------
        KeyError
            If the table is not loaded, or publishes no such column.
        """
        if colonne not in self.par_id[table].publiees:
            raise KeyError(colonne)
        return np.full(len(self.habitants) + len(self.groupes), np.nan)

    def millesime(self, table: str) -> str:
        """Return the year of the figures of a table.

        Raises
        ------
        KeyError
            If the table is not loaded.
        """
        return self.par_id[table].millesime

    def seuil(self, cle: str) -> float:
        """Return a dated threshold."""
        return self.seuils.valeur(cle, self.le)

    def __call__(self, table: str, colonne: str) -> Reels:
        """Return a column on the unités, then on the groups; NaN where the source is silent.

        Raises
        ------
        KeyError
            If the table is not loaded, or has no such column.
        """
        return self._colonnes[(table, colonne)]

    @cached_property
    def _colonnes(self) -> _Cache:
        return _Cache(self)

    def _population(self) -> TableCommunale:
        unites = self.geographie.unites
        valeurs = unites.filter(regex="^population_|^surface_km2$").astype("float64")
        valeurs["habitants"] = valeurs[f"population_municipale_{_DERNIERE}"]
        valeurs["habitants_commune"] = valeurs.groupby(unites["code_commune"])[
            "habitants"
        ].transform("sum")
        valeurs = pd.concat([valeurs, self._villes()])
        blocs = self.geographie.populations_blocs
        if len(blocs):
            # communes restored since: before, only their sum is known
            series = blocs.set_index("codes").filter(regex="^population_").astype("float64")
            valeurs = pd.concat([valeurs, series])
        return TableCommunale(
            id="population",
            titre="populations municipales",
            producteur="Insee",
            url="https://www.insee.fr/fr/statistiques",
            licence="Licence Ouverte 2.0",
            millesime=str(_DERNIERE),
            libelle_millesime=str(_DERNIERE),
            geographie_origine=self.geographie.millesime,
            etat="embarquee",
            recupere_le=self.populations_le or self.le,
            valeurs=valeurs,
        )

    def _villes(self) -> pd.DataFrame:
        # years that are known for Paris, Lyon and Marseille, but not for their arrondissements
        divisees = self.geographie.communes_divisees
        villes = self.geographie.communes.reindex(sorted(divisees))
        series = villes.filter(regex="^population_").astype("float64")
        return series.set_axis([" ".join(sorted(divisees[v])) for v in villes.index], axis=0)


class _Cache(dict[tuple[str, str], Reels]):
    """Align each column once."""

    def __init__(self, tables: TablesIndicateurs) -> None:
        super().__init__()
        self._tables = tables
        self._positions: dict[str, tuple[Reels, dict[tuple[str, ...], int]]] = {}

    def __missing__(self, cle: tuple[str, str]) -> Reels:
        nom_table, colonne = cle
        table = self._tables.par_id[nom_table]
        serie = table.valeurs[colonne]
        alignee = self._align(nom_table, serie)
        self[cle] = alignee
        return alignee

    def _align(self, nom_table: str, serie: pd.Series[float]) -> Reels:
        tables = self._tables
        if nom_table not in self._positions:
            index = serie.index
            rangs = index.get_indexer(pd.Index(tables.geographie.codes)).astype(np.float64)
            groupes = {tuple(sorted(c.split())): r for r, c in enumerate(index) if " " in c}
            self._positions[nom_table] = (rangs, groupes)
        rangs, groupes = self._positions[nom_table]
        brutes = serie.to_numpy(dtype=np.float64)
        sur_unites = np.where(rangs >= 0, brutes[rangs.astype(np.int64)], np.nan)
        sur_groupes = [
            brutes[groupes[groupe]] if groupe in groupes else np.nan for groupe in tables.groupes
        ]
        # a group the source does not name is the sum of its members, when all are known
        for numero, rangs_groupe in enumerate(tables.rangs_groupes):
            if np.isnan(sur_groupes[numero]):
                sur_groupes[numero] = sur_unites[rangs_groupe].sum()
        return np.concatenate([sur_unites, np.array(sur_groupes, dtype=np.float64)])


def libelle_source(table: TableCommunale) -> str:
    """Return the source line printed under a figure."""
    return f"{table.producteur}, {table.titre}, {table.libelle_millesime}"


def libelle_geographie(table: TableCommunale, millesime: str) -> str:
    """Return the geography line printed under a figure."""
    if table.geographie_origine in ("", millesime):
        return f"COG {millesime}"
    return f"COG {millesime} (source en géographie {table.geographie_origine})"
