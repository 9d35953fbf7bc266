"""Turn a drawn polygon into unités: whole, partial or border-only, with stated cut-offs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely

from geodata.imports.polygones import SURFACE_EGALE
from geodata.schema import Geographie, UniteCpts


@dataclass(frozen=True)
class Coupures:
    """State the cut-offs between whole, partial, border-only and nothing.

    Parameters
    ----------
    part_entiere
        Share of the area from which a commune whose point of residence is inside is whole.
    part_entiere_sans_point
        The same when its point of residence is outside.
    part_minimale
        Share under which a commune is not even border-only: two drawings of one border differ.
    largeur_minimale_m
        Mean width under which a piece is a sliver along a border: the commune is border-only.
        Commune outlines are generalised, with segments of some 600 m.
    """

    part_entiere: float = 0.75
    part_entiere_sans_point: float = 0.95
    part_minimale: float = 0.002
    largeur_minimale_m: float = 400.0


COUPURES: Final = Coupures()


@dataclass(frozen=True)
class UniteRattachee:
    """One unité touched by a polygon, with what decided its status."""

    unite: UniteCpts
    part_surface: float
    est_residence_dedans: bool


class Rattacheur:
    """Hold the outlines of the unités, ready to be crossed with polygons.

    Parameters
    ----------
    contours
        Outlines of the unités, EPSG:4326, indexed by code.
    """

    def __init__(
        self, geographie: Geographie, contours: gpd.GeoDataFrame, coupures: Coupures = COUPURES
    ) -> None:
        self._geographie = geographie
        self._contours = contours
        self._coupures = coupures

    @cached_property
    def _formes(self) -> npt.NDArray[np.object_]:
        return np.asarray(self._contours.geometry.to_numpy(), dtype=object)

    @cached_property
    def _arbre(self) -> shapely.STRtree:
        return shapely.STRtree(self._formes)

    @cached_property
    def _residences(self) -> npt.NDArray[np.object_]:
        unites = self._geographie.unites.loc[self._contours.index]
        return np.asarray(
            shapely.points(unites["longitude"].to_numpy(), unites["latitude"].to_numpy()),
            dtype=object,
        )

    def plausibilite(self, formes: Sequence[shapely.Geometry]) -> float:
        """Return how many of these shapes have a point inside a French commune."""
        points = [
            shapely.point_on_surface(forme)
            for forme in formes
            if not forme.is_empty and np.isfinite(forme.bounds).all()
        ]
        if not points:
            return 0.0
        trouves = self._arbre.query(points, predicate="intersects")
        return len(set(trouves[0].tolist())) / len(formes)

    def rattacher(self, forme: shapely.Geometry) -> tuple[UniteRattachee, ...]:
        """Return the unités that a polygon touches, by code."""
        # the projection bends long edges: bounds are enough to choose candidates
        rangs = np.sort(self._arbre.query(forme, predicate="intersects"))
        if not len(rangs):
            return ()
        plan = self._project(self._formes[rangs])
        dessin = self._project(np.array([forme], dtype=object))[0]
        if not shapely.is_valid(dessin):
            dessin = shapely.make_valid(dessin)
        communs = shapely.intersection(plan, dessin)
        surfaces = shapely.area(communs)
        parts = np.divide(surfaces, shapely.area(plan))
        largeurs = np.divide(
            2 * surfaces, shapely.length(communs), out=np.zeros_like(surfaces), where=surfaces > 0
        )
        dedans = shapely.intersects(forme, self._residences[rangs])
        codes = self._contours.index.to_numpy()[rangs]
        trouvees = []
        for code, part, largeur, est_dedans in zip(codes, parts, largeurs, dedans, strict=True):
            unite = self._decide(str(code), float(part), float(largeur), bool(est_dedans))
            if unite is not None:
                trouvees.append(UniteRattachee(unite, float(part), bool(est_dedans)))
        return tuple(trouvees)

    def _decide(self, code: str, part: float, largeur: float, dedans: bool) -> UniteCpts | None:
        coupures = self._coupures
        seuil = coupures.part_entiere if dedans else coupures.part_entiere_sans_point
        if part >= seuil:
            return UniteCpts(code)
        # width is 2 area / perimeter: half the true width of a square, near it for a sliver
        if dedans or largeur >= coupures.largeur_minimale_m:
            if part < coupures.part_minimale:
                return None
            return UniteCpts(code, "partiel", None, f"{_percent(part)} de la surface")
        return UniteCpts(code, "limitrophe") if part >= coupures.part_minimale else None

    @staticmethod
    def _project(formes: npt.NDArray[np.object_]) -> npt.NDArray[np.object_]:
        return np.asarray(
            gpd.GeoSeries(list(formes), crs="EPSG:4326").to_crs(SURFACE_EGALE).to_numpy(),
            dtype=object,
        )


def _percent(part: float) -> str:
    return f"{max(1, round(100 * part))}\u202f%"
