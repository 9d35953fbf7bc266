"""The outlines an export draws, passed in by whoever opened the data."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Literal, Protocol

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from diagnostic.perimetre import Perimetre
from geodata.schema import Geographie

WGS84: Final = "EPSG:4326"
LAMBERT_93: Final = "EPSG:2154"
# projected systems in force in the DROM; everywhere else, Lambert 93
CRS_PAR_DEPARTEMENT: Final = {
    "971": "EPSG:5490",
    "972": "EPSG:5490",
    "973": "EPSG:2972",
    "974": "EPSG:2975",
    "976": "EPSG:4471",
}
# share of the territory's width shown around it
MARGE: Final = 0.35
MARGE_MINIMALE_DEGRES: Final = 0.03


NiveauContours = Literal["unite", "commune", "epci", "ept", "departement", "region"]


class Contours(Protocol):
    """What `geodata.referentiel.Referentiel` offers here."""

    def contours(
        self, niveau: NiveauContours, codes: Collection[str] | None = None
    ) -> gpd.GeoDataFrame:
        """Return outlines in EPSG:4326, indexed by code, with their names."""


@dataclass(frozen=True)
class Fond:
    """Hold the outlines of a territory and of what surrounds it, in EPSG:4326.

    Parameters
    ----------
    communes
        Communes of the territory in compact form: index `code`, columns `nom`, `geometry`.
    voisines
        Unités around it, to place it; may be empty.
    epci
        Outlines of the EPCI touched by the territory.
    departements
        Outlines of the départements crossed or near.
    crs
        Projected system to measure and draw in.
    """

    communes: gpd.GeoDataFrame
    voisines: gpd.GeoDataFrame
    epci: gpd.GeoDataFrame
    departements: gpd.GeoDataFrame
    crs: str

    @cached_property
    def territoire(self) -> shapely.Geometry:
        """Outline of the territory: its communes dissolved, without inner seams."""
        return shapely.make_valid(shapely.coverage_union_all(self.communes.geometry.to_numpy()))


def build_fond(contours: Contours, geographie: Geographie, perimetre: Perimetre) -> Fond:
    """Gather the outlines needed to draw a territory."""
    unites = geographie.unites
    dedans = unites.loc[sorted(perimetre.codes)]
    compacts = perimetre.codes_compacts(geographie)
    communes = _stack_communes(contours, geographie, compacts)
    xmin, ymin, xmax, ymax = communes.total_bounds
    marge = max(MARGE_MINIMALE_DEGRES, MARGE * max(xmax - xmin, ymax - ymin))
    longitude = unites["longitude"].to_numpy(dtype=np.float64, na_value=np.nan)
    latitude = unites["latitude"].to_numpy(dtype=np.float64, na_value=np.nan)
    # town halls a little further than the frame, for the communes that straddle its edge
    proches = (
        (longitude > xmin - 1.5 * marge)
        & (longitude < xmax + 1.5 * marge)
        & (latitude > ymin - 1.5 * marge)
        & (latitude < ymax + 1.5 * marge)
    )
    voisines = unites.index[proches].difference(dedans.index)
    departements = set(dedans["code_departement"]) | set(unites.loc[voisines, "code_departement"])
    return Fond(
        communes=communes,
        voisines=contours.contours("unite", list(voisines)),
        epci=contours.contours("epci", sorted(set(dedans["code_epci"].dropna()))),
        departements=contours.contours("departement", sorted(departements)),
        crs=CRS_PAR_DEPARTEMENT.get(str(dedans["code_departement"].iloc[0]), LAMBERT_93),
    )


def _stack_communes(
    contours: Contours, geographie: Geographie, codes: Collection[str]
) -> gpd.GeoDataFrame:
    """Return the outlines of compact codes: unités, and divided communes held whole."""
    unites = [code for code in codes if code in geographie.position]
    divisees = [code for code in codes if code not in geographie.position]
    communes = contours.contours("unite", unites)
    if divisees:
        entieres = contours.contours("commune", divisees)
        return gpd.GeoDataFrame(
            pd.concat([communes, entieres]) if len(communes) else entieres, crs=WGS84
        ).loc[list(codes)]
    return communes.loc[list(codes)]
