"""Choropleth of the communes of a territory as one drawing: what the printed page shows."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Final

import geopandas as gpd
import numpy as np
import shapely

from pages.composants.carte_couches import place_noms, trace_chemin
from pages.composants.classement import HACHURES

_COTE: Final = 1000
_MARGE: Final = 0.03
_PRECISION: Final = 0.5


def build_dessin(
    communes: gpd.GeoSeries,
    remplissages: Sequence[str],
    territoire: shapely.Geometry,
    noms: Mapping[str, str],
) -> str:
    """Return the map as SVG.

    Parameters
    ----------
    communes
        In longitude and latitude, indexed by code.
    remplissages
        How each commune is filled, of `Classement.remplir`.
    territoire
        Outline of the whole.
    noms
        Names to write where they find room, by code, the first ones first.
    """
    dessinees, largeur, hauteur = _projeter([*communes, territoire])
    (*traces, contour) = map(trace_chemin, dessinees)
    formes = "".join(
        f'<path d="{trace}" fill="{remplissage}"/>'
        for trace, remplissage in zip(traces, remplissages, strict=True)
    )
    place = dict(zip(communes.index, dessinees, strict=False))
    textes = place_noms([(place[code], nom) for code, nom in noms.items()])
    return (
        f'<svg class="cpts-choroplethe" viewBox="0 0 {largeur:.0f} {hauteur:.0f}" '
        f'aria-hidden="true"><defs>{HACHURES}</defs>{formes}'
        f'<path class="contour" d="{contour}" fill="none"/>{"".join(textes)}</svg>'
    )


def _projeter(formes: Sequence[shapely.Geometry]) -> tuple[list[shapely.Geometry], float, float]:
    """Return the shapes on the sheet, and its size in its own units."""
    ouest, sud, est, nord = shapely.total_bounds(formes)
    reduction = math.cos(math.radians((sud + nord) / 2))
    largeur, hauteur = (est - ouest) * reduction, nord - sud
    echelle = _COTE * (1 - 2 * _MARGE) / max(largeur, hauteur, 1e-6)
    marge = _COTE * _MARGE
    posees = shapely.transform(
        np.asarray(formes, dtype=object),
        lambda xy: (xy - [ouest, nord]) * [reduction * echelle, -echelle] + marge,
    )
    dessinees = list(shapely.simplify(posees, _PRECISION))
    return dessinees, largeur * echelle + 2 * marge, hauteur * echelle + 2 * marge
