"""Measure areas in the legal projection of each territory."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import shapely
from pyproj import Transformer

from geodata.schema import epsg_projete


def compute_surfaces(
    codes: npt.NDArray[np.object_], contours: npt.NDArray[np.object_]
) -> npt.NDArray[np.float64]:
    """Return areas in square kilometres, in the legal projection of each territory."""
    surfaces = np.zeros(len(codes))
    epsg = np.array([epsg_projete(code) for code in codes])
    for systeme in np.unique(epsg):
        rangs = np.flatnonzero(epsg == systeme)
        projection = Transformer.from_crs(4326, int(systeme), always_xy=True)
        projetes = shapely.transform(
            contours[rangs],
            lambda points, p=projection: np.column_stack(p.transform(points[:, 0], points[:, 1])),
        )
        surfaces[rangs] = shapely.area(projetes) / 1e6
    return surfaces
