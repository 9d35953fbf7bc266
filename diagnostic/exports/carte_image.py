"""The map of a territory for documents: PNG at 300 dpi and SVG, legible in greyscale."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import geopandas as gpd
import numpy as np
import shapely
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, PathPatch, Polygon
from matplotlib.path import Path as Trace
from matplotlib.patheffects import withStroke

from diagnostic.exports.dessins import (
    BLEU,
    BLEU_CLAIR,
    ENCRE,
    GRIS,
    GRIS_CLAIR,
    LARGEUR_CM,
    ORANGE,
    POUCE_CM,
    VERROU,
    Dessin,
    new_figure,
    style,
)
from diagnostic.exports.fond import Fond
from diagnostic.exports.texte import clean_ligne
from diagnostic.exports.typographie import format_date, format_nombre, format_valeur
from diagnostic.rapport import AVERTISSEMENT, Diagnostic
from diagnostic.redaction import accorder

TEINTES: Final = ("#eef3f9", "#c3d4e9", "#8fb0d6", "#4f7fb8", "#1f4a8a")
FOND_VOISIN: Final = "#f4f3f0"
EAU: Final = "white"
_MARGE_CADRE: Final = 0.10
_NOMS_MAXIMUM: Final = 40
_NOMS_CHOROPLETHE: Final = 9
_LEGENDE_CM: Final = 2.35
_DISTANCES_KM: Final = (0.5, 1, 2, 5, 10, 20, 50, 100, 200)
SOURCE_CONTOURS: Final = "Contours : IGN Admin Express, généralisés"


@dataclass(frozen=True)
class Choroplethe:
    """Hold a communal variable to colour the map with.

    Parameters
    ----------
    libelle, unite, decimales
        What the legend prints.
    valeurs
        Value of each commune of the territory, in compact codes; missing ones are hatched.
    bornes
        Upper bound of each class, increasing; the last one is the maximum.
    methode
        How the classes were cut, for the legend.
    """

    libelle: str
    unite: str
    decimales: int
    valeurs: Mapping[str, float]
    bornes: tuple[float, ...]
    methode: str = "classes d’effectifs égaux"

    def classe(self, valeur: float) -> int:
        """Return the class of a value, from 0."""
        return min(int(np.searchsorted(self.bornes, valeur)), len(self.bornes) - 1)

    def libelles(self) -> list[str]:
        """Return the printed bounds of every class."""
        bas = min(self.valeurs.values())
        libelles = []
        for haut in self.bornes:
            gauche = format_nombre(bas, self.decimales)
            droite = format_valeur(haut, self.unite, self.decimales)
            libelles.append(droite if bas == haut else f"{gauche} à {droite}")
            bas = haut
        return libelles


def build_choroplethe(
    valeurs: Mapping[str, float | None], libelle: str, unite: str, decimales: int = 0
) -> Choroplethe | None:
    """Cut a communal variable in at most five classes of equal counts.

    None when fewer than three communes have a value: a map would say nothing.
    """
    connues = {code: valeur for code, valeur in valeurs.items() if valeur is not None}
    if len(connues) < 3:
        return None
    nombre = min(5, len(set(connues.values())))
    quantiles = np.quantile(list(connues.values()), np.linspace(0, 1, nombre + 1)[1:])
    bornes = tuple(sorted({float(borne) for borne in quantiles}))
    return Choroplethe(libelle, unite, decimales, connues, bornes)


def draw_carte(
    diagnostic: Diagnostic,
    fond: Fond,
    *,
    choroplethe: Choroplethe | None = None,
    largeur_cm: float = LARGEUR_CM,
    hauteur_cm: float | None = None,
) -> Dessin:
    """Draw the territory among its neighbours, or a variable of its communes.

    Without a height, that of the page follows the shape of the territory.
    """
    hauteur_cm = hauteur_cm or _height(fond, largeur_cm)
    with VERROU, style():
        figure = new_figure(largeur_cm, hauteur_cm)
        bas = _cm(_LEGENDE_CM) / _cm(hauteur_cm)
        axes = figure.add_axes((0.005, bas, 0.99, 0.99 - bas))
        couches = _project(diagnostic, fond)
        cadre = _frame(couches["territoire"].total_bounds, axes, figure)
        _paint(
            axes, couches["voisines"], cadre, facecolor=FOND_VOISIN, edgecolor=GRIS_CLAIR, lw=0.4
        )
        legende = (
            _paint_territoire(axes, couches, diagnostic)
            if choroplethe is None
            else _paint_choroplethe(axes, couches["communes"], choroplethe)
        )
        _paint(
            axes, couches["epci"], cadre, facecolor="none", edgecolor=GRIS, lw=0.9, ls=(0, (4, 2))
        )
        _paint(axes, couches["departements"], cadre, facecolor="none", edgecolor=ENCRE, lw=1.1)
        _paint(axes, couches["territoire"], cadre, facecolor="none", edgecolor=BLEU, lw=2.2)
        axes.set_xlim(cadre[0], cadre[2])
        axes.set_ylim(cadre[1], cadre[3])
        axes.set_aspect("equal")
        axes.set_xticks([])
        axes.set_yticks([])
        # names must not hide the colours they stand on
        maximum = _NOMS_MAXIMUM if choroplethe is None else _NOMS_CHOROPLETHE
        _label(axes, figure, couches["communes"], diagnostic, cadre, maximum=maximum)
        _scale(axes, cadre)
        _north(axes, cadre)
        legende += [
            Line2D([], [], color=BLEU, linewidth=2.2, label="limite du territoire"),
            Line2D(
                [], [], color=GRIS, linewidth=0.9, linestyle=(0, (4, 2)), label="intercommunalité"
            ),
            Line2D([], [], color=ENCRE, linewidth=1.1, label="département"),
        ]
        _legend(figure, legende, choroplethe)
        figure.text(
            0.01,
            0.012,
            f"{_source(diagnostic)} {AVERTISSEMENT}.",
            fontsize=6.5,
            color=GRIS,
            ha="left",
            va="bottom",
        )
    return Dessin(figure, _alternative(diagnostic, choroplethe), _caption(choroplethe))


def _height(fond: Fond, largeur_cm: float) -> float:
    return float(np.clip(largeur_cm * _allongement(fond) + _LEGENDE_CM, 10.5, 15.0))


def fit_largeur(fond: Fond, hauteur_cm: float) -> float:
    """Return the width of a map of that height which leaves little blank around the territory."""
    return float(np.clip((hauteur_cm - _LEGENDE_CM) / _allongement(fond), 12.5, LARGEUR_CM))


def _allongement(fond: Fond) -> float:
    """Return the height of the territory for a width of one."""
    xmin, ymin, xmax, ymax = fond.communes.to_crs(fond.crs).total_bounds
    return float((ymax - ymin) / max(xmax - xmin, 1.0))


def _cm(valeur: float) -> float:
    return valeur / POUCE_CM


def _caption(choroplethe: Choroplethe | None) -> str:
    if choroplethe is None:
        return "Le territoire et ses intercommunalités"
    return f"{choroplethe.libelle} par commune ({choroplethe.methode})"


def _alternative(diagnostic: Diagnostic, choroplethe: Choroplethe | None) -> str:
    territoire = diagnostic.territoire
    base = (
        f"Carte du territoire {diagnostic.nom} : "
        f"{accorder(territoire.nombre_communes, 'commune')}, "
        f"{format_valeur(territoire.surface_km2, 'km²')}"
    )
    if choroplethe is None:
        return f"{base}, avec les limites des intercommunalités et des départements."
    classes = ", ".join(choroplethe.libelles())
    return f"{base}, colorée par {choroplethe.libelle.lower()} ; classes : {classes}."


def _source(diagnostic: Diagnostic) -> str:
    territoire = diagnostic.territoire
    return (
        f"{SOURCE_CONTOURS}, géographie {diagnostic.millesime_geographie}. Population "
        f"{territoire.type_population} {territoire.millesime_population}, Insee. "
        f"Établi le {format_date(diagnostic.le)}."
    )


def _project(diagnostic: Diagnostic, fond: Fond) -> dict[str, gpd.GeoDataFrame]:
    """Return the layers in the projected system, generalised together to the printed size."""
    communes = fond.communes.to_crs(fond.crs)
    voisines = fond.voisines.to_crs(fond.crs)
    xmin, ymin, xmax, ymax = communes.total_bounds
    tolerance = max(xmax - xmin, ymax - ymin) / 1500
    ensemble = np.concatenate([communes.geometry.to_numpy(), voisines.geometry.to_numpy()])
    # one coverage: borders shared by two communes stay shared
    simples = shapely.coverage_simplify(ensemble, tolerance)
    codes = [commune.code for commune in diagnostic.communes]
    communes = communes.set_geometry(simples[: len(communes)]).loc[codes]
    return {
        "communes": communes,
        "voisines": voisines.set_geometry(simples[len(fond.communes) :]),
        "epci": _simplify(fond.epci.to_crs(fond.crs), tolerance),
        "departements": _simplify(fond.departements.to_crs(fond.crs), tolerance),
        "territoire": gpd.GeoDataFrame(
            geometry=[shapely.union_all(communes.geometry.to_numpy())], crs=fond.crs
        ),
    }


def _simplify(couche: gpd.GeoDataFrame, tolerance: float) -> gpd.GeoDataFrame:
    return couche.set_geometry(couche.geometry.simplify(tolerance))


def _frame(
    bornes: Sequence[float], axes: Axes, figure: Figure
) -> tuple[float, float, float, float]:
    """Return the ground shown: the territory, a margin, and the proportions of the page."""
    xmin, ymin, xmax, ymax = bornes
    largeur, hauteur = (
        (xmax - xmin) * (1 + 2 * _MARGE_CADRE),
        (ymax - ymin) * (1 + 2 * _MARGE_CADRE),
    )
    boite = axes.get_position()
    rapport = (boite.width * figure.get_figwidth()) / (boite.height * figure.get_figheight())
    largeur, hauteur = max(largeur, hauteur * rapport), max(hauteur, largeur / rapport)
    x, y = (xmin + xmax) / 2, (ymin + ymax) / 2
    return x - largeur / 2, y - hauteur / 2, x + largeur / 2, y + hauteur / 2


def _paint(
    axes: Axes,
    couche: gpd.GeoDataFrame,
    cadre: tuple[float, float, float, float] | None = None,
    **aspect: object,
) -> None:
    formes = couche.geometry.to_numpy()
    if cadre is not None and len(formes):
        formes = formes[shapely.intersects(formes, shapely.box(*cadre))]
    if len(formes):
        # an artist, not a patch: the frame is known, there is no need to measure every vertex
        axes.add_artist(PathPatch(_trace(formes), joinstyle="round", **aspect))


def _trace(formes: Iterable[shapely.Geometry]) -> Trace:
    """Return one compound path for many polygons, holes included."""
    points: list[np.ndarray[Any, Any]] = []
    codes: list[np.ndarray[Any, Any]] = []
    for polygone in shapely.get_parts(np.asarray(list(formes), dtype=object)):
        if not isinstance(polygone, shapely.Polygon) or polygone.is_empty:
            continue
        for anneau in (polygone.exterior, *polygone.interiors):
            sommets = shapely.get_coordinates(anneau)
            ordre = np.full(len(sommets), Trace.LINETO, dtype=np.uint8)
            ordre[0], ordre[-1] = Trace.MOVETO, Trace.CLOSEPOLY
            points.append(sommets)
            codes.append(ordre)
    if not points:
        return Trace(np.empty((0, 2)))
    return Trace(np.concatenate(points), np.concatenate(codes))


def _paint_territoire(
    axes: Axes, couches: Mapping[str, gpd.GeoDataFrame], diagnostic: Diagnostic
) -> list[Any]:
    communes = couches["communes"]
    _paint(axes, communes, facecolor=BLEU_CLAIR, edgecolor="white", lw=0.6)
    legende: list[Any] = [Patch(facecolor=BLEU_CLAIR, edgecolor=GRIS, lw=0.5, label="territoire")]
    partielles = {ligne.code for ligne in diagnostic.communes if ligne.est_partielle}
    contestees = {
        code
        for chevauchement in diagnostic.chevauchements
        if chevauchement.nature in ("commune_entiere", "partiel")
        for code in (*chevauchement.codes, *chevauchement.codes_partiels)
    }
    for codes, hachure, couleur, libelle in (
        (partielles, "....", GRIS, "commune prise en partie"),
        (contestees, "////", ORANGE, "revendiquée par une autre CPTS"),
    ):
        choisies = communes[communes.index.isin(codes)]
        if len(choisies):
            _paint(axes, choisies, facecolor="none", edgecolor=couleur, hatch=hachure, lw=0.8)
            legende.append(
                Patch(facecolor="white", edgecolor=couleur, hatch=hachure, lw=0.8, label=libelle)
            )
    return legende


def _paint_choroplethe(
    axes: Axes, communes: gpd.GeoDataFrame, choroplethe: Choroplethe
) -> list[Any]:
    teintes = choose_teintes(len(choroplethe.bornes))
    classes = {code: choroplethe.classe(valeur) for code, valeur in choroplethe.valeurs.items()}
    for numero, teinte in enumerate(teintes):
        choisies = communes[[classes.get(code) == numero for code in communes.index]]
        _paint(axes, choisies, facecolor=teinte, edgecolor="white", lw=0.5)
    legende: list[Any] = [
        Patch(facecolor=teinte, edgecolor=GRIS, lw=0.5, label=libelle)
        for teinte, libelle in zip(teintes, choroplethe.libelles(), strict=True)
    ]
    absentes = communes[[code not in classes for code in communes.index]]
    if len(absentes):
        _paint(axes, absentes, facecolor="white", edgecolor=GRIS, hatch="xxxx", lw=0.4)
        legende.append(
            Patch(facecolor="white", edgecolor=GRIS, hatch="xxxx", lw=0.4, label="non disponible")
        )
    return legende


def choose_teintes(nombre: int) -> list[str]:
    """Return the colours of a number of classes, light to dark."""
    rangs = np.linspace(0, len(TEINTES) - 1, nombre).round().astype(int)
    return [TEINTES[rang] for rang in rangs]


def _label(
    axes: Axes,
    figure: Figure,
    communes: gpd.GeoDataFrame,
    diagnostic: Diagnostic,
    cadre: tuple[float, float, float, float],
    *,
    maximum: int,
) -> None:
    """Write the names of the most populated communes that find room."""
    halo = [withStroke(linewidth=2.2, foreground="white")]
    par_point = (cadre[2] - cadre[0]) / (axes.get_position().width * figure.get_figwidth() * 72)
    occupes: list[tuple[float, float, float, float]] = []
    lignes = sorted(diagnostic.communes, key=lambda ligne: (-(ligne.population or 0), ligne.code))
    points = shapely.get_coordinates(
        shapely.point_on_surface(communes.loc[[ligne.code for ligne in lignes]].geometry.to_numpy())
    )
    for rang, (ligne, (x, y)) in enumerate(zip(lignes, points, strict=True)):
        corps = 9.0 if rang < 3 else 7.5
        largeur = 0.52 * corps * len(ligne.nom) * par_point
        hauteur = 1.25 * corps * par_point
        boite = (x - largeur / 2, y - hauteur / 2, x + largeur / 2, y + hauteur / 2)
        if (
            len(occupes) >= maximum
            or boite[0] < cadre[0]
            or boite[2] > cadre[2]
            or any(_touch(boite, autre) for autre in occupes)
        ):
            continue
        occupes.append(boite)
        axes.text(
            x,
            y,
            clean_ligne(ligne.nom),
            fontsize=corps,
            weight="bold" if rang < 3 else "normal",
            ha="center",
            va="center",
            color=ENCRE,
            path_effects=halo,
            zorder=10,
        )


def _touch(a: tuple[float, float, float, float], b: tuple[float, float, float, float]) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def _scale(axes: Axes, cadre: tuple[float, float, float, float]) -> None:
    largeur = cadre[2] - cadre[0]
    possibles = [km for km in _DISTANCES_KM if km * 1000 <= 0.25 * largeur]
    km = possibles[-1] if possibles else _DISTANCES_KM[0]
    x, y = cadre[0] + 0.03 * largeur, cadre[1] + 0.03 * largeur
    hauteur = 0.007 * largeur
    for rang, couleur in enumerate((ENCRE, "white")):
        moitie = km * 500
        debut = x + rang * moitie
        axes.add_patch(
            Polygon(
                [
                    (debut, y),
                    (debut + moitie, y),
                    (debut + moitie, y + hauteur),
                    (debut, y + hauteur),
                ],
                facecolor=couleur,
                edgecolor=ENCRE,
                linewidth=0.7,
                zorder=11,
            )
        )
    axes.text(
        x + km * 500,
        y + 2.2 * hauteur,
        format_valeur(km, "km", 0 if km >= 1 else 1),
        ha="center",
        va="bottom",
        fontsize=8,
        path_effects=[withStroke(linewidth=2.2, foreground="white")],
        zorder=11,
    )


def _north(axes: Axes, cadre: tuple[float, float, float, float]) -> None:
    largeur = cadre[2] - cadre[0]
    x, y = cadre[2] - 0.04 * largeur, cadre[3] - 0.085 * largeur
    pas = 0.012 * largeur
    axes.add_patch(
        Polygon(
            [(x, y + 3.2 * pas), (x - pas, y), (x, y + 0.7 * pas), (x + pas, y)],
            facecolor=ENCRE,
            edgecolor="white",
            linewidth=0.8,
            zorder=11,
        )
    )
    axes.text(
        x,
        y + 3.5 * pas,
        "N",
        ha="center",
        va="bottom",
        fontsize=9,
        weight="bold",
        path_effects=[withStroke(linewidth=2.2, foreground="white")],
        zorder=11,
    )


def _legend(figure: Figure, legende: list[Any], choroplethe: Choroplethe | None) -> None:
    titre = None if choroplethe is None else f"{choroplethe.libelle} ({choroplethe.methode})"
    figure.legend(
        handles=legende,
        loc="lower left",
        bbox_to_anchor=(0.0, 0.035),
        ncols=3,
        frameon=False,
        fontsize=8,
        title=titre,
        title_fontsize=8,
        alignment="left",
        handlelength=1.8,
        columnspacing=1.4,
        labelspacing=0.35,
    )
