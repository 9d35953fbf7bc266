"""Read-only map of a territory: a drawing in the page itself, with nothing to fetch."""

from __future__ import annotations

import base64
import math
from html import escape
from typing import Final

import geopandas as gpd
import shapely
import streamlit as st

from diagnostic.redaction import accorder, enumerer
from diagnostic.territoire import Territoire
from geodata.referentiel import Referentiel

_COTE: Final = 1000  # width of the drawing, in its own units
_MARGE: Final = 0.06
# finer than half a unit is not seen, and would weigh megabytes for a région
_PRECISION: Final = 0.5


# the picture has its own background: it keeps these colours in the dark theme too
_STYLE: Final = (
    ".mer{fill:#f3f5f9}.voisin{fill:#fff;stroke:#8a94a6}.retenu{fill:#c9dcf3;stroke:#1b4f8f}"
)


def afficher_carte_fixe(territoire: Territoire, referentiel: Referentiel) -> None:
    """Show the communes of the territory among their neighbours."""
    retenues = referentiel.contours("unite", sorted(territoire.perimetre.codes))
    departements = referentiel.contours(
        "departement", [departement.code for departement in territoire.departements]
    )
    legende = (
        f"{accorder(territoire.nombre_communes, 'commune')} du territoire, en bleu, dans "
        f"{enumerer([departement.nom for departement in territoire.departements])}"
    )
    dessin = base64.b64encode(build_carte(retenues, departements).encode()).decode()
    # not `st.image`, which gives no text to those who do not see the picture
    st.html(
        f'<figure class="cpts-carte"><img src="data:image/svg+xml;base64,{dessin}" '
        f'alt="Carte : {escape(legende)}"><figcaption>{escape(legende)}. Contours IGN.'
        "</figcaption></figure>"
    )


def build_carte(retenues: gpd.GeoDataFrame, departements: gpd.GeoDataFrame) -> str:
    """Return the map as SVG; the frame is that of the communes held.

    Parameters
    ----------
    retenues, departements
        Shapes in longitude and latitude, with their names.
    """
    ouest, sud, est, nord = retenues.total_bounds
    reduction = math.cos(math.radians((sud + nord) / 2))
    largeur, hauteur = (est - ouest) * reduction, nord - sud
    echelle = _COTE * (1 - 2 * _MARGE) / max(largeur, hauteur, 1e-6)
    marge = _COTE * _MARGE

    def projeter(geometries: gpd.GeoSeries) -> list[str]:
        points = shapely.transform(
            geometries.to_numpy(),
            lambda xy: (xy - [ouest, nord]) * [reduction * echelle, -echelle] + marge,
        )
        return [_tracer(forme) for forme in shapely.simplify(points, _PRECISION)]

    cadre_largeur = largeur * echelle + 2 * marge
    cadre_hauteur = hauteur * echelle + 2 * marge
    voisins = "".join(
        f'<path class="voisin" d="{trace}"/>' for trace in projeter(departements.geometry)
    )
    communes = "".join(
        f'<path class="retenu" d="{trace}"/>' for trace in projeter(retenues.geometry)
    )
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" stroke-width="1.5" '
        f'viewBox="0 0 {cadre_largeur:.0f} {cadre_hauteur:.0f}"><style>{_STYLE}</style>'
        f'<rect class="mer" width="100%" height="100%"/>{voisins}{communes}</svg>'
    )


def _tracer(forme: shapely.Geometry) -> str:
    """Return the rings of a polygon as an SVG path."""
    morceaux = []
    for polygone in getattr(forme, "geoms", [forme]):
        if polygone.is_empty:
            continue
        for anneau in (polygone.exterior, *polygone.interiors):
            points = " ".join(f"{x:.1f},{y:.1f}" for x, y in shapely.get_coordinates(anneau))
            morceaux.append(f"M{points}Z")
    return "".join(morceaux)
