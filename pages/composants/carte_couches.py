"""Read-only maps drawn as SVG in the page itself: layers of shapes, hatched or plain, and a legend.

Nothing is fetched, and no layer is told from another by its colour alone: each has its own pattern.
"""

from __future__ import annotations

import base64
import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Final, Literal

import geopandas as gpd
import numpy as np
import shapely
import streamlit as st

Motif = Literal["plein", "hachures", "croix", "points", "contour", "fond"]

_COTE: Final = 1000  # width of the drawing, in its own units
_HAUTEUR_MAXIMALE: Final = 800
_MARGE: Final = 0.04
# finer than half a unit is not seen, and would weigh megabytes for a région
_PRECISION: Final = 0.6
_LONGUEUR_ETIQUETTE: Final = 28
_LARGEUR_LETTRE: Final = 9.5
_STYLE: Final = (
    "text{font:600 17px system-ui,sans-serif;fill:#1a1f29;paint-order:stroke;stroke:#fff;"
    "stroke-width:4px;stroke-linejoin:round;text-anchor:middle}"
)


@dataclass(frozen=True)
class Couche:
    """One layer of a map.

    Parameters
    ----------
    libelle
        Its line in the legend; empty for a layer that needs none.
    formes
        Shapes in longitude and latitude.
    motif
        How it is filled: `contour` and `fond` are not.
    couleur
        Of its strokes and of its pattern, dark enough to be seen on white.
    remplissage
        Under the pattern.
    etiquettes
        One text per shape, drawn inside; empty for none.
    """

    libelle: str
    formes: gpd.GeoSeries
    motif: Motif = "plein"
    couleur: str = "#1b4f8f"
    remplissage: str = "#c9dcf3"
    epaisseur: float = 1.5
    etiquettes: Sequence[str] = ()


def afficher_carte(
    couches: Sequence[Couche], legende: str, *, cadre: gpd.GeoSeries | None = None
) -> None:
    """Show a map with its legend.

    Parameters
    ----------
    legende
        What the map shows, in one sentence: also what a screen reader says of it.
    cadre
        Shapes that set the frame; all the layers by default.
    """
    dessin = base64.b64encode(build_carte(couches, cadre=cadre).encode()).decode()
    cles = "".join(
        f'<li><img alt="" src="data:image/svg+xml;base64,'
        f'{base64.b64encode(_build_cle(couche).encode()).decode()}"> {escape(couche.libelle)}</li>'
        for couche in couches
        if couche.libelle and len(couche.formes)
    )
    st.html(
        f'<figure class="cpts-carte"><img src="data:image/svg+xml;base64,{dessin}" '
        f'alt="Carte : {escape(legende)}"><figcaption><ul class="cpts-cles">{cles}</ul>'
        f"{escape(legende)}. Contours IGN.</figcaption></figure>"
    )


def build_carte(couches: Sequence[Couche], *, cadre: gpd.GeoSeries | None = None) -> str:
    """Return the map as SVG, the first layer at the bottom."""
    visibles = [couche for couche in couches if len(couche.formes)]
    bornes = np.array([couche.formes.total_bounds for couche in visibles])
    if cadre is not None and len(cadre):
        bornes = np.array([cadre.total_bounds])
    if not len(bornes):
        bornes = np.array([[-5.0, 41.3, 9.6, 51.1]])
    ouest, sud = bornes[:, 0].min(), bornes[:, 1].min()
    est, nord = bornes[:, 2].max(), bornes[:, 3].max()
    reduction = math.cos(math.radians((sud + nord) / 2))
    largeur, hauteur = max((est - ouest) * reduction, 1e-4), max(nord - sud, 1e-4)
    echelle = min(_COTE * (1 - 2 * _MARGE) / largeur, _HAUTEUR_MAXIMALE / hauteur)
    marge = _COTE * _MARGE
    facteurs = np.array([reduction * echelle, -echelle])
    origine = np.array([ouest, nord])

    def projeter(formes: gpd.GeoSeries) -> list[shapely.Geometry]:
        points = shapely.transform(formes.to_numpy(), lambda xy: (xy - origine) * facteurs + marge)
        return list(shapely.simplify(points, _PRECISION))

    corps = []
    for rang, couche in enumerate(visibles):
        formes = projeter(couche.formes)
        corps.append(_draw_layer(rang, couche, formes))
    noms = [
        (forme, texte[:_LONGUEUR_ETIQUETTE])
        for couche in visibles
        for forme, texte in zip(projeter(couche.formes), couche.etiquettes, strict=False)
        if texte and not forme.is_empty
    ]
    textes = place_noms(sorted(noms, key=lambda couple: -couple[0].area))
    motifs = "".join(_build_motif(rang, couche) for rang, couche in enumerate(visibles))
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" '
        f'viewBox="0 0 {largeur * echelle + 2 * marge:.0f} {hauteur * echelle + 2 * marge:.0f}">'
        f"<style>{_STYLE}</style><defs>{motifs}</defs>"
        f'<rect width="100%" height="100%" fill="#f3f5f9"/>{"".join(corps)}{"".join(textes)}</svg>'
    )


def _draw_layer(rang: int, couche: Couche, formes: Sequence[shapely.Geometry]) -> str:
    traces = "".join(f'<path d="{trace}"/>' for forme in formes if (trace := trace_chemin(forme)))
    trait = f'stroke="{couche.couleur}" stroke-width="{couche.epaisseur}"'
    if couche.motif == "contour":
        return f'<g fill="none" {trait}>{traces}</g>'
    if couche.motif in ("plein", "fond"):
        return f'<g fill="{couche.remplissage}" {trait}>{traces}</g>'
    return f'<g fill="url(#m{rang})" {trait}>{traces}</g>'


def _build_motif(rang: int, couche: Couche) -> str:
    dessins = {
        "hachures": '<path d="M-2,2 l4,-4 M0,12 l12,-12 M10,14 l4,-4"/>',
        "croix": '<path d="M0,0 l12,12 M0,12 l12,-12"/>',
        "points": '<circle cx="3" cy="3" r="1.5"/><circle cx="9" cy="9" r="1.5"/>',
    }
    dessin = dessins.get(couche.motif)
    if dessin is None:
        return ""
    return (
        f'<pattern id="m{rang}" width="12" height="12" patternUnits="userSpaceOnUse">'
        f'<rect width="12" height="12" fill="{couche.remplissage}"/>'
        f'<g stroke="{couche.couleur}" stroke-width="2" fill="{couche.couleur}">{dessin}</g>'
        "</pattern>"
    )


def _build_cle(couche: Couche) -> str:
    chemin = _draw_layer(0, couche, [shapely.box(2, 2, 34, 22)])
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 36 24" width="36" height="24">'
        f"<defs>{_build_motif(0, couche)}</defs>{chemin}</svg>"
    )


def place_noms(etiquettes: Sequence[tuple[shapely.Geometry, str]]) -> list[str]:
    """Write the names that find room, in their order: two names never cover each other."""
    places: list[shapely.Geometry] = []
    textes = []
    for forme, texte in etiquettes:
        point = shapely.point_on_surface(forme)
        demi = len(texte) * _LARGEUR_LETTRE / 2
        boite = shapely.box(point.x - demi, point.y - 12, point.x + demi, point.y + 12)
        ouest, _, est, _ = forme.bounds
        if est - ouest < demi or any(boite.intersects(place) for place in places):
            continue
        places.append(boite)
        textes.append(f'<text x="{point.x:.0f}" y="{point.y + 6:.0f}">{escape(texte)}</text>')
    return textes


def trace_chemin(forme: shapely.Geometry) -> str:
    """Return the rings of a polygon as an SVG path."""
    morceaux = []
    for polygone in getattr(forme, "geoms", [forme]):
        if polygone.is_empty or polygone.geom_type != "Polygon":
            continue
        for anneau in (polygone.exterior, *polygone.interiors):
            points = " ".join(f"{x:.1f},{y:.1f}" for x, y in shapely.get_coordinates(anneau))
            morceaux.append(f"M{points}Z")
    return "".join(morceaux)
