"""Charts of the documents, legible in greyscale: shapes and hatching say what colours say.

Every function returns a matplotlib `Figure` built without pyplot, so that several sessions may draw
at once.
"""

from __future__ import annotations

import io
import math
import threading
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

import matplotlib as mpl
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from diagnostic.exports.ressources import POLICE, load_polices_dessin
from diagnostic.exports.texte import clean_ligne
from diagnostic.exports.typographie import format_nombre, format_valeur
from diagnostic.indicateurs import ResultatIndicateur

BLEU: Final = "#1f4a8a"
BLEU_CLAIR: Final = "#c9d9ee"
ORANGE: Final = "#b8470f"
ENCRE: Final = "#22262b"
GRIS: Final = "#6b7078"
GRIS_CLAIR: Final = "#d8dade"
POUCE_CM: Final = 2.54
LARGEUR_CM: Final = 17.0

_STYLE: Final[Any] = {
    "font.family": [POLICE],
    "font.size": 9,
    "text.color": ENCRE,
    "text.parse_math": False,
    "axes.labelcolor": ENCRE,
    "axes.edgecolor": GRIS,
    "axes.linewidth": 0.6,
    "axes.unicode_minus": True,
    "xtick.color": ENCRE,
    "ytick.color": ENCRE,
    "hatch.linewidth": 0.7,
    "svg.hashsalt": "cpts-territoires",
    "svg.fonttype": "path",
    "path.simplify": False,
}
# rcParams are shared by the whole process
VERROU: Final = threading.RLock()

_GENRES: Final = (
    ("territoire", "Territoire", "D", BLEU, BLEU, 10.0),
    ("departement", "Département", "o", "white", ENCRE, 6.0),
    ("region", "Région", "s", GRIS_CLAIR, ENCRE, 5.2),
    ("france", "France", "^", "white", ENCRE, 5.5),
)


# what the yearly values count, when it is not the indicator itself
_LIBELLES_SERIE: Final = {"evolution_population": "Population municipale"}


@dataclass(frozen=True)
class Dessin:
    """Hold a figure ready to be placed in a document.

    Parameters
    ----------
    figure
        The matplotlib figure; its size is the printed one.
    alternative
        What the figure shows, for who cannot see it.
    legende
        Caption printed under it.
    """

    figure: Figure
    alternative: str
    legende: str

    @property
    def largeur_cm(self) -> float:
        """Printed width."""
        return float(self.figure.get_figwidth()) * POUCE_CM


def style() -> AbstractContextManager[None]:
    """Return the context in which figures are built and rendered."""
    load_polices_dessin()
    return mpl.rc_context(_STYLE)


def new_figure(largeur_cm: float, hauteur_cm: float) -> Figure:
    """Return an empty figure of a printed size."""
    figure = Figure(figsize=(largeur_cm / POUCE_CM, hauteur_cm / POUCE_CM))
    FigureCanvasAgg(figure)
    return figure


def render_svg(figure: Figure, titre: str = "") -> bytes:
    """Return the figure as SVG, texts as outlines; same figure, same bytes."""
    tampon = io.BytesIO()
    with VERROU, style():
        figure.savefig(
            tampon,
            format="svg",
            metadata={
                "Date": None,
                "Creator": "CPTS Territoires",
                **({"Title": clean_ligne(titre)} if titre else {}),
            },
        )
    return tampon.getvalue()


def render_png(figure: Figure, dpi: int = 300, titre: str = "") -> bytes:
    """Return the figure as PNG."""
    tampon = io.BytesIO()
    metadonnees = {"Software": "CPTS Territoires"}
    if titre:
        # the text chunk of a PNG is Latin-1
        droit = clean_ligne(titre).replace("’", "'")
        metadonnees["Title"] = droit.encode("latin-1", "replace").decode("latin-1")
    with VERROU, style():
        # a lighter compression is twice as fast, for files a tenth larger
        figure.savefig(
            tampon,
            format="png",
            dpi=dpi,
            metadata=metadonnees,
            pil_kwargs={"compress_level": 3},
        )
    return tampon.getvalue()


def draw_jauge(
    population: int, seuils: Sequence[int], taille: int, *, largeur_cm: float = LARGEUR_CM
) -> Dessin:
    """Draw the population on the scale of the four sizes."""
    with VERROU, style():
        figure = new_figure(largeur_cm, 2.5)
        axes = figure.add_axes((0.02, 0.30, 0.96, 0.34))
        # every tier gets the same width: 40 000 and 175 000 are both readable
        bornes = [0, *seuils, max(2 * seuils[-1], round(population * 1.15))]
        for rang in range(len(bornes) - 1):
            est_sienne = rang + 1 == taille
            axes.barh(
                0,
                0.985,
                left=rang,
                align="edge",
                color=BLEU_CLAIR if est_sienne else "#eef0f2",
                edgecolor=BLEU if est_sienne else GRIS_CLAIR,
                linewidth=1.2 if est_sienne else 0.6,
            )
            axes.text(
                rang + 0.49,
                0.4,
                f"Taille {rang + 1}",
                ha="center",
                va="center",
                weight="semibold" if est_sienne else "normal",
                color=ENCRE if est_sienne else GRIS,
            )
        for rang, seuil in enumerate(seuils, start=1):
            axes.text(rang - 0.008, -0.28, format_nombre(seuil), ha="center", va="top", fontsize=8)
        position = _interpole(population, bornes)
        axes.plot([position], [0.94], marker="v", markersize=8, color=ORANGE, clip_on=False)
        axes.text(
            min(max(position, 0.35), len(bornes) - 1.35),
            1.35,
            f"{format_nombre(population)} habitants",
            ha="center",
            va="bottom",
            weight="bold",
            color=ORANGE,
        )
        axes.set_xlim(0, len(bornes) - 1)
        axes.set_ylim(0, 0.8)
        axes.axis("off")
    return Dessin(
        figure,
        f"Échelle des quatre tailles de CPTS, seuils à {', '.join(map(format_nombre, seuils))} "
        f"habitants : le territoire, avec {format_nombre(population)} habitants, est en taille "
        f"{taille}.",
        "Position du territoire sur l’échelle des tailles",
    )


def _interpole(population: int, bornes: Sequence[int]) -> float:
    for rang, (bas, haut) in enumerate(pairwise(bornes)):
        if population <= haut:
            return rang + (population - bas) / (haut - bas) * 0.985
    return float(len(bornes) - 1)


def draw_comparaison(
    indicateurs: Sequence[ResultatIndicateur], theme: str, *, largeur_cm: float = LARGEUR_CM
) -> Dessin | None:
    """Draw each indicator of a theme among its comparators, one scale per line.

    Indicators without a value or without any comparator are left to the table; None when nothing
    is left.
    """
    lignes = [
        (indicateur, points)
        for indicateur in indicateurs
        if indicateur.agregation not in ("S", "T") and len(points := _points(indicateur)) > 1
    ]
    if not lignes:
        return None
    with VERROU, style():
        hauteur = 0.85 * len(lignes) + 1.1
        figure = new_figure(largeur_cm, hauteur)
        axes = figure.add_axes((0.36, 0.75 / hauteur, 0.60, (hauteur - 0.85) / hauteur))
        for rang, (indicateur, points) in enumerate(lignes):
            y = len(lignes) - 1 - rang
            valeurs = [valeur for _, _, valeur in points]
            bas, haut = min(valeurs), max(valeurs)
            etendue = (haut - bas) or 1.0
            axes.plot(
                [0, 1], [y, y], color=GRIS_CLAIR, linewidth=3, solid_capstyle="round", zorder=1
            )
            for genre, _, marque, fond, trait, taille in _GENRES:
                for valeur in (point for nom, _, point in points if nom == genre):
                    x = (valeur - bas) / etendue if haut > bas else 0.5
                    axes.plot(
                        [x],
                        [y],
                        marker=marque,
                        markersize=taille,
                        markerfacecolor=fond,
                        markeredgecolor=trait,
                        markeredgewidth=0.9,
                        zorder=2 if genre == "territoire" else 3,
                        clip_on=False,
                    )
            axes.text(
                -0.62,
                y,
                _coupe(indicateur.libelle, 36),
                ha="left",
                va="center",
                fontsize=8.5,
                linespacing=1.05,
            )
            for x, valeur, cote in ((-0.02, bas, "left"), (1.0, haut, "right")):
                if haut > bas:
                    axes.text(
                        x,
                        y - 0.42,
                        format_valeur(valeur, indicateur.unite, indicateur.decimales),
                        ha="left" if cote == "left" else "right",
                        va="center",
                        fontsize=7,
                        color=GRIS,
                    )
        axes.set_xlim(-0.02, 1.02)
        axes.set_ylim(-0.7, len(lignes) - 0.4)
        axes.axis("off")
        genres = {genre for _, points in lignes for genre, _, _ in points}
        figure.legend(
            handles=[
                Line2D(
                    [],
                    [],
                    linestyle="none",
                    marker=marque,
                    markersize=taille,
                    markerfacecolor=fond,
                    markeredgecolor=trait,
                    label=libelle,
                )
                for genre, libelle, marque, fond, trait, taille in _GENRES
                if genre in genres
            ],
            loc="lower center",
            ncols=4,
            frameon=False,
            fontsize=8,
            handletextpad=0.2,
        )
    return Dessin(
        figure,
        " ; ".join(_phrase(indicateur, points) for indicateur, points in lignes) + ".",
        f"{theme} : le territoire et ses références (chaque ligne a sa propre échelle)",
    )


def _points(indicateur: ResultatIndicateur) -> list[tuple[str, str, float]]:
    """Return what to place on a line (kind, label, value); empty without a value here."""
    if indicateur.valeur is None:
        return []
    points = {("territoire", ""): ("territoire", indicateur.valeur)}
    for comparateur in indicateur.comparateurs:
        if (
            comparateur.genre in ("departement", "region", "france")
            and comparateur.valeur is not None
        ):
            # France with and without Mayotte: the first one
            points.setdefault(
                (comparateur.genre, comparateur.code), (comparateur.libelle, comparateur.valeur)
            )
    return [(genre, libelle, valeur) for (genre, _), (libelle, valeur) in points.items()]


def _phrase(indicateur: ResultatIndicateur, points: Sequence[tuple[str, str, float]]) -> str:
    valeurs = ", ".join(
        f"{libelle} {format_valeur(valeur, indicateur.unite, indicateur.decimales)}"
        for _, libelle, valeur in points
    )
    return f"{indicateur.libelle} : {valeurs}"


def draw_serie(indicateur: ResultatIndicateur, *, largeur_cm: float = LARGEUR_CM) -> Dessin | None:
    """Draw the yearly values of an indicator, None without at least three of them."""
    points = [
        (annee, valeur) for annee, valeur in indicateur.serie.items() if not math.isnan(valeur)
    ]
    if len(points) < 3:
        return None
    annees = [annee for annee, _ in points]
    valeurs = [valeur for _, valeur in points]
    libelle = _LIBELLES_SERIE.get(indicateur.cle, indicateur.libelle)
    decimales = 0 if all(valeur.is_integer() for valeur in valeurs) else indicateur.decimales
    with VERROU, style():
        figure = new_figure(largeur_cm, 4.4)
        axes = figure.add_axes((0.03, 0.14, 0.94, 0.76))
        axes.plot(
            range(len(points)), valeurs, color=BLEU, marker="o", markersize=4.5, linewidth=1.8
        )
        marge = (max(valeurs) - min(valeurs)) * 0.35 or abs(valeurs[0]) * 0.02 or 1.0
        axes.set_ylim(min(valeurs) - marge, max(valeurs) + marge)
        axes.set_xlim(-0.45, len(points) - 0.55)
        for rang, valeur in enumerate(valeurs):
            axes.annotate(
                format_nombre(valeur, decimales),
                (rang, valeur),
                textcoords="offset points",
                xytext=(0, 8),
                ha="center",
                fontsize=8.5,
                weight="bold" if rang in (0, len(valeurs) - 1) else "normal",
            )
        axes.set_xticks(range(len(points)), annees)
        axes.set_yticks([])
        for cote in ("left", "right", "top"):
            axes.spines[cote].set_visible(False)
        axes.tick_params(length=0)
    suite = ", ".join(f"{annee} : {format_nombre(valeur, decimales)}" for annee, valeur in points)
    return Dessin(
        figure,
        f"{libelle} par année. {suite}.",
        f"{libelle} de {annees[0]} à {annees[-1]} (l’échelle ne part pas de zéro)",
    )


def draw_repartition(
    lignes: Sequence[tuple[str, dict[str, float]]], titre: str, *, largeur_cm: float = LARGEUR_CM
) -> Dessin:
    """Draw shares (0 to 100) of several groups as stacked bars, one bar per territory.

    Parameters
    ----------
    lignes
        Label of each bar and its shares by group, the same groups in every bar.
    """
    groupes = list(lignes[0][1])
    tons = ("#1f4a8a", "#9db6d8", "#e6ebf2", "#f6e3d7")
    hachures = ("", "", "", "//")
    with VERROU, style():
        hauteur = 0.8 * len(lignes) + 1.3
        figure = new_figure(largeur_cm, hauteur)
        axes = figure.add_axes((0.26, 0.75 / hauteur, 0.72, (hauteur - 0.85) / hauteur))
        for rang, (libelle, parts) in enumerate(lignes):
            gauche = 0.0
            y = len(lignes) - 1 - rang
            for numero, groupe in enumerate(groupes):
                part = parts[groupe]
                axes.barh(
                    y,
                    part,
                    left=gauche,
                    height=0.66,
                    color=tons[numero % 4],
                    hatch=hachures[numero % 4],
                    edgecolor="white",
                    linewidth=0.8,
                )
                if part >= 5:
                    axes.text(
                        gauche + part / 2,
                        y,
                        format_valeur(part, "%", 1),
                        ha="center",
                        va="center",
                        fontsize=8,
                        color="white" if numero == 0 else ENCRE,
                    )
                gauche += part
            axes.text(
                -1.5,
                y,
                _coupe(libelle, 30),
                ha="right",
                va="center",
                fontsize=8.5,
                weight="bold" if rang == 0 else "normal",
            )
        axes.set_xlim(0, 100)
        axes.set_ylim(-0.5, len(lignes) - 0.5)
        axes.axis("off")
        figure.legend(
            handles=[
                Patch(
                    facecolor=tons[numero % 4],
                    hatch=hachures[numero % 4],
                    edgecolor=GRIS,
                    linewidth=0.5,
                    label=groupe,
                )
                for numero, groupe in enumerate(groupes)
            ],
            loc="lower center",
            ncols=len(groupes),
            frameon=False,
            fontsize=8,
        )
    return Dessin(
        figure,
        " ; ".join(
            f"{libelle} : "
            + ", ".join(f"{groupe} {format_valeur(part, '%', 1)}" for groupe, part in parts.items())
            for libelle, parts in lignes
        )
        + ".",
        titre,
    )


def _coupe(texte: str, longueur: int) -> str:
    """Cut a label on two lines, then with an ellipsis."""
    texte = clean_ligne(texte)
    if len(texte) <= longueur:
        return texte
    espace = texte.rfind(" ", 0, longueur)
    if espace < longueur // 3:
        return texte[: longueur - 1] + "…"
    suite = texte[espace + 1 :]
    return (
        texte[:espace] + "\n" + (suite if len(suite) <= longueur else suite[: longueur - 1] + "…")
    )
