"""Write tables and layers as Parquet, the same bytes for the same content, and the manifest."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Final

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from geodata.schema import MILLESIME_GEOGRAPHIE, validate_table

TAILLE_MAXIMALE: Final = 45_000_000  # bytes, all files together
NOM_MANIFESTE: Final = "MANIFEST.toml"
# small groups of rows sorted by code: a department is read without the rest of the country
LIGNES_PAR_GROUPE: Final = 1000

Valeur = str | int | float | bool | date | list[str]


def write_table(nom: str, table: pd.DataFrame, dossier: Path) -> int:
    """Validate a table and write it; return its number of rows."""
    valide = validate_table(nom, table)
    valide.to_parquet(
        dossier / f"{nom}.parquet", index=False, compression="zstd", compression_level=19
    )
    return len(valide)


def write_couche(
    nom: str,
    codes: npt.NDArray[np.object_],
    noms: Mapping[str, str],
    contours: npt.NDArray[np.object_],
    dossier: Path,
) -> int:
    """Write one layer of contours, sorted by code; return its number of rows."""
    couche = gpd.GeoDataFrame(
        {"code": codes, "nom": [noms[code] for code in codes]}, geometry=contours, crs=4326
    )
    couche.sort_values("code", ignore_index=True).to_parquet(
        dossier / f"{nom}.parquet",
        index=False,
        compression="zstd",
        compression_level=19,
        row_group_size=LIGNES_PAR_GROUPE,
    )
    return len(couche)


def describe_fichier(chemin: Path, lignes: int, sources: Sequence[str]) -> dict[str, Valeur]:
    """Return the manifest entry of a written file."""
    contenu = chemin.read_bytes()
    return {
        "fichier": chemin.name,
        "lignes": lignes,
        "octets": len(contenu),
        "sha256": hashlib.sha256(contenu).hexdigest(),
        "sources": list(sources),
    }


def write_manifeste(
    dossier: Path,
    contours: Mapping[str, Valeur],
    listes: Mapping[str, Sequence[Mapping[str, Valeur]]],
) -> None:
    """Write the manifest: tables, sources, holes, and what the repair of contours changed."""
    blocs = [
        "# Écrit par `python -m geodata.construction` ; ne pas modifier à la main.",
        f"millesime_geographie = {format_toml(MILLESIME_GEOGRAPHIE)}",
        "",
        "[contours]",
        *(f"{cle} = {format_toml(valeur)}" for cle, valeur in contours.items()),
    ]
    for nom, entrees in listes.items():
        for entree in entrees:
            blocs += ["", f"[[{nom}]]"]
            blocs += [f"{cle} = {format_toml(valeur)}" for cle, valeur in entree.items()]
    (dossier / NOM_MANIFESTE).write_text("\n".join(blocs) + "\n", encoding="utf-8")


def format_toml(valeur: Valeur) -> str:
    """Return one value as TOML; a JSON string is a valid TOML basic string."""
    if isinstance(valeur, date):
        return valeur.isoformat()
    if isinstance(valeur, float):
        return repr(round(valeur, 6))
    return json.dumps(valeur, ensure_ascii=False)
