"""How an indicator is spread among the EPCI of the size of a CPTS: the scale of its gaps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from diagnostic.indicateurs.calcul import build_socle
from diagnostic.indicateurs.tables import TablesIndicateurs

_CENTILES: Final = (5, 25, 75, 95)
_EFFECTIF_MINIMUM: Final = 20


@dataclass(frozen=True)
class Repartition:
    """Hold the spread of an indicator, in its unit.

    Parameters
    ----------
    bas, haut
        5th and 95th percentiles.
    premier_quartile, dernier_quartile
        Half of the EPCI are between them.
    """

    bas: float
    premier_quartile: float
    dernier_quartile: float
    haut: float


def compute_repartitions(tables: TablesIndicateurs) -> dict[str, Repartition]:
    """Return the spread of each ratio by key; none where too few EPCI are known."""
    socle = build_socle(tables)
    repartitions = {}
    for indicateur, colonne in zip(socle.indicateurs, socle.valeurs_comparables.T, strict=True):
        connues = colonne[np.isfinite(colonne)]
        if indicateur.agregation in ("R", "P") and len(connues) >= _EFFECTIF_MINIMUM:
            centiles = np.percentile(connues, _CENTILES)
            repartitions[indicateur.cle] = Repartition(*map(float, centiles))
    return repartitions
