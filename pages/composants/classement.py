"""Classes of a communal variable: where they are cut, their colours, their legend."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from html import escape
from typing import Final

import mapclassify
import numpy as np
import pandas as pd

from pages.composants.format import ABSENT, INSECABLE, formater_nombre

METHODES: Final = {
    "Quantiles": "Effectifs égaux (quantiles)",
    "EqualInterval": "Étendues égales",
}
_PRECISIONS: Final = {
    "Quantiles": "classes d’effectifs égaux (quantiles), aux valeurs égales près",
    "EqualInterval": "classes de même étendue",
}
# light to dark, told apart in greyscale too; the same in both themes and on paper
TEINTES: Final = ("#e1ecf8", "#b4cdea", "#7da8d8", "#4079b9", "#143f78")
TRAIT: Final = "#4a5365"
_HACHURE: Final = "#6b7280"
# missing values: never a colour of the scale. One pattern for the maps, drawn by hand in the key
HACHURES: Final = (
    '<pattern id="cpts-hachures" width="9" height="9" patternUnits="userSpaceOnUse" '
    'patternTransform="rotate(45)"><rect width="9" height="9" fill="#ffffff"/>'
    f'<path d="M0,0V9" stroke="{_HACHURE}" stroke-width="3"/></pattern>'
)
REMPLISSAGE_ABSENT: Final = "url(#cpts-hachures)"
_CLE_ABSENTE: Final = (
    '<rect width="22" height="14" fill="#ffffff"/>'
    f'<path d="M-2,8L8,-2M0,14L14,0M8,14L22,0M16,14L24,6" stroke="{_HACHURE}" stroke-width="2"/>'
)


@dataclass(frozen=True)
class Variable:
    """Describe what a map shows, for its legend and its bubbles."""

    libelle: str
    unite: str
    decimales: int
    source: str

    def formater(self, valeur: float) -> str:
        """Return a value with its unit, or what its absence means."""
        nombre = formater_nombre(valeur, self.decimales)
        if nombre == ABSENT:
            return "valeur absente ou secrète"
        return f"{nombre}{INSECABLE}{self.unite}".strip()


@dataclass(frozen=True)
class Classement:
    """Hold the classes of the communes of one map.

    Parameters
    ----------
    methode
        Key of `METHODES`; empty when there are so few values that each has its colour.
    bornes
        Upper bound of each class, increasing; empty when no commune has a value.
    etendues
        First and last value of each class, as the legend says them.
    manquantes
        Communes without a value.
    """

    methode: str
    bornes: tuple[float, ...]
    etendues: tuple[tuple[float, float], ...]
    manquantes: int

    @property
    def phrase(self) -> str:
        """How many classes, and by which method they were cut."""
        combien = len(self.bornes)
        if combien > 1 and self.methode:
            return f"{combien} {_PRECISIONS[self.methode]}"
        if combien > 1:
            return f"{combien} valeurs, une couleur pour chacune"
        return "une seule valeur" if combien else "aucune valeur connue"

    def remplir(self, valeurs: pd.Series[float]) -> list[str]:
        """Return how each value is filled: a colour, or the hatching of missing ones."""
        classes = np.searchsorted(self.bornes[:-1], valeurs.to_numpy(dtype=np.float64))
        return [
            REMPLISSAGE_ABSENT if absente else self._teinte(int(classe))
            for absente, classe in zip(valeurs.isna(), classes, strict=True)
        ]

    def _teinte(self, classe: int) -> str:
        return TEINTES[round(classe * (len(TEINTES) - 1) / max(1, len(self.bornes) - 1))]

    def build_legende(self, variable: Variable) -> str:
        """Return the key of the map as HTML."""
        lignes = []
        for rang, (bas, haut) in enumerate(self.etendues):
            debut = formater_nombre(bas, variable.decimales)
            fin = formater_nombre(haut, variable.decimales)
            texte = fin if debut == fin else f"{debut} à {fin}"
            carre = f'<rect width="22" height="14" fill="{self._teinte(rang)}"/>'
            lignes.append((carre, f"{texte}{INSECABLE}{variable.unite}".strip()))
        if self.manquantes:
            texte = f"valeur absente ou secrète ({formater_nombre(self.manquantes)})"
            lignes.append((_CLE_ABSENTE, texte))
        puces = "".join(
            f'<li><svg viewBox="0 0 22 14" width="22" height="14" aria-hidden="true">{cle}'
            f'<rect x="0.5" y="0.5" width="21" height="13" fill="none" stroke="{TRAIT}"/></svg>'
            f"{escape(texte)}</li>"
            for cle, texte in lignes
        )
        return f'<ul class="cpts-legende">{puces}</ul>'


def classer(valeurs: pd.Series[float], methode: str) -> Classement:
    """Cut a variable in at most five classes.

    Parameters
    ----------
    valeurs
        One per commune, NaN where the source is silent.
    methode
        Key of `METHODES`, a class of mapclassify.
    """
    connues = valeurs.dropna()
    manquantes = len(valeurs) - len(connues)
    distinctes = tuple(sorted({float(valeur) for valeur in connues}))
    if len(distinctes) <= len(TEINTES):
        return Classement("", distinctes, tuple((v, v) for v in distinctes), manquantes)
    bornes = _couper(connues, methode)
    if methode == "EqualInterval":  # each class starts where the one before ends
        etendues = tuple(zip((float(connues.min()), *bornes[:-1]), bornes, strict=True))
        return Classement(methode, bornes, etendues, manquantes)
    # two neighbours in the legend must not share a value, nor a class be empty
    groupes = connues.groupby(np.searchsorted(bornes[:-1], connues.to_numpy(dtype=np.float64)))
    etendues = tuple((float(groupe.min()), float(groupe.max())) for _, groupe in groupes)
    return Classement(methode, tuple(haut for _, haut in etendues), etendues, manquantes)


def _couper(connues: pd.Series[float], methode: str) -> tuple[float, ...]:
    with warnings.catch_warnings():
        # too many equal values for five classes: fewer are drawn, as the legend shows
        warnings.simplefilter("ignore")
        coupes = getattr(mapclassify, methode)(connues.to_numpy(), k=len(TEINTES))
    return tuple(sorted({float(borne) for borne in coupes.bins}))
