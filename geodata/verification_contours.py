"""Check the contours themselves, apart from the figures so that those need no geometry."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geodata.referentiel import NiveauContour
from geodata.surface import compute_surfaces
from geodata.verification import Controle

CONTOURS: Final[Mapping[NiveauContour, int]] = {
    "unite": 34_917,
    "commune": 34_875,
    "epci": 1_253,
    "ept": 11,
    "departement": 101,
    "region": 18,
}
TOLERANCE_UNITE_KM2: Final = 1e-5


def check_contours(
    couches: Mapping[NiveauContour, gpd.GeoDataFrame], surfaces: pd.Series
) -> list[Controle]:
    """Check the contours themselves: count, validity, one coverage, and the areas they give.

    Parameters
    ----------
    couches
        Layers by level, indexed by code.
    surfaces
        Areas announced for the units, in square kilometres, by code.
    """
    unites = couches["unite"]
    geometries = unites.geometry.to_numpy()
    mesurees = compute_surfaces(unites.index.to_numpy(dtype=object), geometries)
    annoncees = surfaces.reindex(unites.index).to_numpy(dtype=np.float64)
    ecarts = ~(np.abs(mesurees - annoncees) < TOLERANCE_UNITE_KM2)
    return [
        *(
            Controle(f"contours du niveau {niveau}", CONTOURS[niveau], len(couche))
            for niveau, couche in couches.items()
        ),
        Controle(
            "contours invalides",
            0,
            sum(int((~couche.is_valid).sum()) for couche in couches.values()),
        ),
        Controle(
            "unités en une seule couverture", True, bool(shapely.coverage_is_valid(geometries))
        ),
        Controle("unités dont la surface n’est pas celle du contour", 0, int(ecarts.sum())),
    ]
