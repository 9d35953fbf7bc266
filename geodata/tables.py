"""Tables of figures for the indicators: the embedded ones, and those of the user's folder."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import pandas as pd

from geodata.referentiel import Referentiel
from geodata.schema import TableCommunale

SOURCE_POPULATIONS: Final = "communes-2026"
_SOURCE_IRIS: Final = "iris-2021"
_MILLESIME_IRIS: Final = "2021"
_GEOGRAPHIE_IRIS: Final = "2023"
_AGES: Final[Mapping[str, str]] = {
    "population": "pop",
    "population_0_19": "pop_0_19",
    "population_20_64": "pop_20_64",
    "population_65_plus": "pop_65p",
}
_LOGEMENT: Final[Mapping[str, str]] = {
    "logements": "logements",
    "residences_secondaires": "res_secondaires",
    "logements_vacants": "logements_vacants",
    "appartements": "appartements",
}


def load_tables_embarquees(referentiel: Referentiel) -> tuple[TableCommunale, ...]:
    """Return the tables drawn from the embedded census data: ages and dwellings."""
    sommes = _par_unite(referentiel)
    source = next(s for s in referentiel.manifeste if s.id == _SOURCE_IRIS)
    return tuple(
        TableCommunale(
            id=id_table,
            titre=titre,
            producteur="Insee",
            url=source.url,
            licence=source.licence,
            millesime=_MILLESIME_IRIS,
            libelle_millesime=f"RP {_MILLESIME_IRIS}",
            geographie_origine=_GEOGRAPHIE_IRIS,
            etat="embarquee",
            recupere_le=source.recupere_le,
            valeurs=sommes[list(colonnes)].rename(columns=dict(colonnes)),
            notes=("Mayotte n’est pas dans cette source.",),
            compte={"lignes": len(referentiel.iris), "communes": len(sommes)},
        )
        for id_table, titre, colonnes in (
            ("ages", "recensement, âges par IRIS", _AGES),
            ("logement", "recensement, logements par IRIS", _LOGEMENT),
        )
    )


def _par_unite(referentiel: Referentiel) -> pd.DataFrame:
    iris = referentiel.iris
    blocs = referentiel.geographie.populations_blocs["codes"]
    # a restored commune has no row of its own: its block speaks for it
    cles = iris["bloc"].map(blocs).fillna(iris["code"])
    colonnes = [*_AGES, *_LOGEMENT]
    return iris[colonnes].astype("float64").groupby(cles).sum().rename_axis("codes")
