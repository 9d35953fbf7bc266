"""Indicators of the diagnostic territorial de santé, for any perimeter."""

from diagnostic.indicateurs.calcul import (
    AutreTerritoire,
    compute_indicateurs,
    compute_locales,
    compute_lot,
)
from diagnostic.indicateurs.resultats import (
    Comparateur,
    ResultatIndicateur,
    ValeurLocale,
    ValeurSaisie,
)
from diagnostic.indicateurs.tables import TablesIndicateurs

__all__ = [
    "AutreTerritoire",
    "Comparateur",
    "ResultatIndicateur",
    "TablesIndicateurs",
    "ValeurLocale",
    "ValeurSaisie",
    "compute_indicateurs",
    "compute_locales",
    "compute_lot",
]
