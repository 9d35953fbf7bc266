"""Age bands of a territory, as fine as the loaded tables allow, and its population year by year."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from diagnostic.indicateurs.registre import Reels
from diagnostic.indicateurs.tables import TablesIndicateurs, libelle_source
from diagnostic.indicateurs.themes.ages import LIBELLES_TRANCHES, TRANCHES
from diagnostic.perimetre import Perimetre

_TROIS: Final = (
    ("0-19 ans", "pop_0_19"),
    ("20-64 ans", "pop_20_64"),
    ("65 ans ou plus", "pop_65p"),
)


@dataclass(frozen=True)
class Tranche:
    """Hold one age band.

    Parameters
    ----------
    part
        Share of the inhabitants, 0 to 100.
    hommes, femmes
        The same by sex; None when the table does not say.
    """

    libelle: str
    part: float
    hommes: float | None = None
    femmes: float | None = None


@dataclass(frozen=True)
class Pyramide:
    """Hold the age bands of a territory, with their source line."""

    tranches: tuple[Tranche, ...]
    source: str


def compute_pyramide(tables: TablesIndicateurs, perimetre: Perimetre) -> Pyramide | None:
    """Return the bands of a territory; None when no source covers any of it."""
    if "structure" in tables.par_id:
        return _fine(tables, perimetre) or _grossiere(tables, perimetre)
    return _grossiere(tables, perimetre)


def _fine(tables: TablesIndicateurs, perimetre: Perimetre) -> Pyramide | None:
    sommes = {
        prefixe: [_somme(tables, perimetre, "structure", f"{prefixe}_{t}") for t in TRANCHES]
        for prefixe in ("h", "f")
    }
    total = sum(sommes["h"]) + sum(sommes["f"])
    if not total:
        return None
    return Pyramide(
        tuple(
            Tranche(libelle, 100 * (h + f) / total, 100 * h / total, 100 * f / total)
            for libelle, h, f in zip(LIBELLES_TRANCHES, sommes["h"], sommes["f"], strict=True)
        ),
        libelle_source(tables.par_id["structure"]),
    )


def _grossiere(tables: TablesIndicateurs, perimetre: Perimetre) -> Pyramide | None:
    if "ages" not in tables.par_id:
        return None
    sommes = [_somme(tables, perimetre, "ages", colonne) for _, colonne in _TROIS]
    total = sum(sommes)
    if not total:
        return None
    return Pyramide(
        tuple(
            Tranche(libelle, 100 * somme / total)
            for (libelle, _), somme in zip(_TROIS, sommes, strict=True)
        ),
        libelle_source(tables.par_id["ages"]),
    )


def _somme(tables: TablesIndicateurs, perimetre: Perimetre, table: str, colonne: str) -> float:
    valeurs: Reels = tables(table, colonne)
    seules = set(tables.geographie.rangs(perimetre.codes).tolist())
    total = 0.0
    for groupe, membres in enumerate(tables.rangs_groupes, start=len(tables.habitants)):
        # communes the source only counts together: their sum, when all of them are inside
        if seules.issuperset(membres.tolist()) and np.isnan(valeurs[membres]).any():
            total += float(np.nan_to_num(valeurs[groupe]))
            seules -= set(membres.tolist())
    return total + float(np.nansum(valeurs[sorted(seules)]))
