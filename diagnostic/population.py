"""Inhabitants of a set of unités, what is unknown staying unknown."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from geodata.schema import MILLESIME_POPULATION, Geographie, TypePopulation

Habitants = npt.NDArray[np.float64]


def compute_habitants(
    geographie: Geographie, rangs: npt.NDArray[np.int64], type_population: TypePopulation
) -> Habitants:
    """Return the inhabitants of each unité, NaN where unknown.

    Some definitions are published for Paris, Lyon and Marseille as a whole and not by
    arrondissement. When all the arrondissements are there, the figure of the commune is carried by
    the first of them and the others count for zero, so that any sum over them is right.

    Parameters
    ----------
    rangs
        Row numbers of distinct unités, sorted.
    """
    habitants = geographie.population(type_population)[rangs].copy()
    if not np.isnan(habitants).any():
        return habitants
    colonne = f"population_{type_population}_{MILLESIME_POPULATION[type_population]}"
    for commune, arrondissements in geographie.communes_divisees.items():
        positions = np.searchsorted(rangs, geographie.rangs(arrondissements))
        positions = positions[positions < len(rangs)]
        presents = {str(code) for code in geographie.codes[rangs[positions]]} & arrondissements
        if presents != arrondissements or not np.isnan(habitants[positions]).any():
            continue
        total = geographie.communes[colonne].get(commune)
        if total is not None and not np.isnan(float(total)):
            habitants[positions] = 0.0
            habitants[positions[0]] = float(total)
    return habitants


def additionner(habitants: Habitants) -> int | None:
    """Sum the known figures; None when none is known."""
    connus = habitants[~np.isnan(habitants)]
    return round(float(connus.sum())) if len(connus) else None
