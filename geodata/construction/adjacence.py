"""Build the neighbourhood of the units: borders shared on the ground, and links over water."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from pyproj import Geod

from geodata.schema import COLONNES_ADJACENCE

FICHIER_LIAISONS: Final = Path(__file__).parents[1] / "liaisons.csv"


def build_frontieres(
    codes: npt.NDArray[np.object_], contours: npt.NDArray[np.object_]
) -> tuple[pd.DataFrame, npt.NDArray[np.float64]]:
    """Measure the borders that units share, and those they share with nobody.

    Parameters
    ----------
    contours
        A clean coverage in EPSG:4326: neighbours have the very same segments, so that sharing
        one is a matter of equality and not of distance.

    Returns
    -------
    One row per pair of units sharing a border, with its length on the ellipsoid in metres; and,
    for each unit, the length of its border with the sea or another country.
    """
    points, proprietaires = _segments(contours)
    # one direction for both sides of a border
    inverses = (points[:, 0] > points[:, 2]) | (
        (points[:, 0] == points[:, 2]) & (points[:, 1] > points[:, 3])
    )
    points[inverses] = points[inverses][:, [2, 3, 0, 1]]
    segments = pd.DataFrame(points, columns=["x1", "y1", "x2", "y2"])
    segments["rang"] = proprietaires
    segments = segments.sort_values([*segments.columns], ignore_index=True)
    coins = segments[["x1", "y1", "x2", "y2"]].to_numpy()
    communs = np.flatnonzero((coins[1:] == coins[:-1]).all(axis=1))
    rangs = segments["rang"].to_numpy()
    _, _, longueurs = Geod(ellps="GRS80").inv(*coins.T)
    seuls = np.ones(len(coins), dtype=bool)
    seuls[communs] = seuls[communs + 1] = False
    exterieures = np.bincount(rangs[seuls], weights=longueurs[seuls], minlength=len(codes))
    partages = pd.DataFrame(
        {"a": rangs[communs], "b": rangs[communs + 1], "longueur_m": longueurs[communs]}
    )
    partages = partages[partages["a"] != partages["b"]]
    sommes = partages.groupby(["a", "b"], as_index=False)["longueur_m"].sum()
    frontieres = pd.DataFrame(
        {
            "code_a": pd.array(codes[sommes["a"].to_numpy()], dtype="str"),
            "code_b": pd.array(codes[sommes["b"].to_numpy()], dtype="str"),
            "longueur_m": sommes["longueur_m"].round(1),
            "nature": pd.array(["frontiere"] * len(sommes), dtype="str"),
        }
    )
    return frontieres, exterieures.astype(np.float64)


def _segments(
    contours: npt.NDArray[np.object_],
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int64]]:
    """Return every segment of the rings (x1, y1, x2, y2), and the rank of its owner."""
    parties, de_contour = shapely.get_parts(contours, return_index=True)
    anneaux, de_partie = shapely.get_rings(parties, return_index=True)
    points, d_anneau = shapely.get_coordinates(anneaux, return_index=True)
    memes = d_anneau[1:] == d_anneau[:-1]
    segments = np.hstack([points[:-1], points[1:]])[memes]
    return segments, de_contour[de_partie[d_anneau[1:][memes]]]


def load_liaisons(fichier: Path = FICHIER_LIAISONS) -> pd.DataFrame:
    """Read the curated links: code_a, code_b, moyen, raison."""
    with fichier.open(encoding="utf-8", newline="") as flux:
        return pd.DataFrame(list(csv.DictReader(flux)), dtype="str")


def build_adjacence(frontieres: pd.DataFrame, liaisons: pd.DataFrame) -> pd.DataFrame:
    """Add to the borders the links over water between units that do not touch."""
    paires = pd.DataFrame(
        {
            "code_a": liaisons[["code_a", "code_b"]].min(axis=1),
            "code_b": liaisons[["code_a", "code_b"]].max(axis=1),
            "longueur_m": np.nan,
            "nature": "liaison",
        }
    )
    ensemble = pd.concat([frontieres, paires], ignore_index=True)
    uniques = ensemble.drop_duplicates(["code_a", "code_b"]).sort_values(["code_a", "code_b"])
    return uniques.reset_index(drop=True).astype(dict(COLONNES_ADJACENCE))
