"""Choropleth of the communes of a territory, drawn in the page: nothing to fetch."""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

import geopandas as gpd
import mapclassify
import numpy as np
import pandas as pd
import shapely

from pages.composants.carte_couches import trace_chemin
from pages.composants.format import ABSENT, INSECABLE, formater_nombre

METHODES: Final = {
    "Quantiles": "autant de communes dans chaque classe",
    "EqualInterval": "classes de même étendue",
}
LIBELLES_METHODES: Final = {
    "Quantiles": "Effectifs égaux (quantiles)",
    "EqualInterval": "Étendues égales",
}
_CLASSES: Final = 5
_COTE: Final = 1000
_MARGE: Final = 0.03
_PRECISION: Final = 0.5


@dataclass(frozen=True)
class Variable:
    """Describe what the map shows, for its legend and its bubbles."""

    libelle: str
    unite: str
    decimales: int
    source: str


def build_choroplethe(
    contours: gpd.GeoDataFrame, valeurs: pd.DataFrame, variable: Variable, methode: str
) -> str:
    """Return the map, its legend and its caption.

    Parameters
    ----------
    contours
        Communes in longitude and latitude, indexed by code.
    valeurs
        Same index, columns `nom` and `valeur` (NaN: hatched).
    methode
        Key of `METHODES`.
    """
    table = valeurs.reindex(contours.index)
    connues = table["valeur"].dropna()
    bornes = _couper(connues, methode)
    classes = np.searchsorted(bornes[:-1], table["valeur"].to_numpy(dtype=np.float64))
    traces, largeur, hauteur = _projeter(contours)
    formes = "".join(
        f'<path d="{trace}" data-classe="{_classe(valeur, classe, len(bornes))}">'
        f"<title>{escape(_bulle(nom, valeur, variable))}</title></path>"
        for trace, nom, valeur, classe in zip(
            traces, table["nom"], table["valeur"], classes, strict=True
        )
    )
    legende = f"{variable.libelle}, par commune. {METHODES[methode].capitalize()}."
    manquantes = int(table["valeur"].isna().sum())
    return (
        '<figure class="cpts-figure"><svg class="cpts-choroplethe" role="img" '
        f'aria-label="Carte : {escape(legende)}" viewBox="0 0 {largeur:.0f} {hauteur:.0f}">'
        '<defs><pattern id="cpts-hachures" width="9" height="9" patternUnits="userSpaceOnUse" '
        'patternTransform="rotate(45)"><rect width="9" height="9" class="fond"/>'
        '<line x1="0" y1="0" x2="0" y2="9" class="trait"/></pattern></defs>'
        f"{formes}</svg>{_legende(connues, bornes, variable, manquantes)}"
        f"<figcaption>{escape(legende)} Source{INSECABLE}: {escape(variable.source)}. "
        "Contours IGN.</figcaption></figure>"
    )


def _couper(connues: pd.Series[float], methode: str) -> list[float]:
    distinctes = sorted(set(connues))
    if len(distinctes) <= _CLASSES:
        return distinctes or [0.0]
    with warnings.catch_warnings():
        # too many equal values for five classes: fewer are drawn, as the legend shows
        warnings.simplefilter("ignore")
        coupes = getattr(mapclassify, methode)(connues.to_numpy(), k=_CLASSES)
    return sorted({float(borne) for borne in coupes.bins})


def _classe(valeur: float, classe: int, combien: int) -> str:
    if math.isnan(valeur):
        return "absente"
    return str(round(classe * (_CLASSES - 1) / max(1, combien - 1)))


def _bulle(nom: str, valeur: float, variable: Variable) -> str:
    nombre = formater_nombre(valeur, variable.decimales)
    suite = "valeur absente ou secrète" if nombre == ABSENT else f"{nombre} {variable.unite}"
    return f"{nom} : {suite}"


def _legende(
    connues: pd.Series[float], bornes: Sequence[float], variable: Variable, manquantes: int
) -> str:
    lignes = []
    bas = float(connues.min()) if len(connues) else 0.0
    for rang, haut in enumerate(bornes if len(connues) else ()):
        debut = formater_nombre(bas, variable.decimales)
        fin = formater_nombre(haut, variable.decimales)
        texte = fin if debut == fin else f"{debut} à {fin}"
        lignes.append((_classe(0.0, rang, len(bornes)), f"{texte} {variable.unite}"))
        bas = haut
    if manquantes:
        lignes.append(("absente", f"valeur absente ou secrète ({manquantes})"))
    puces = "".join(
        f'<li><svg width="22" height="14" aria-hidden="true"><rect width="22" height="14" '
        f'data-classe="{classe}"/></svg>{escape(texte)}</li>'
        for classe, texte in lignes
    )
    return f'<ul class="cpts-legende cpts-choroplethe">{puces}</ul>'


def _projeter(contours: gpd.GeoDataFrame) -> tuple[list[str], float, float]:
    ouest, sud, est, nord = contours.total_bounds
    reduction = math.cos(math.radians((sud + nord) / 2))
    largeur, hauteur = (est - ouest) * reduction, nord - sud
    echelle = _COTE * (1 - 2 * _MARGE) / max(largeur, hauteur, 1e-6)
    marge = _COTE * _MARGE
    formes = shapely.transform(
        contours.geometry.to_numpy(),
        lambda xy: (xy - [ouest, nord]) * [reduction * echelle, -echelle] + marge,
    )
    traces = [trace_chemin(forme) for forme in shapely.simplify(formes, _PRECISION)]
    return traces, largeur * echelle + 2 * marge, hauteur * echelle + 2 * marge
