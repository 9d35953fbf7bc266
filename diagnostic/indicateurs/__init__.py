"""Indicators of the diagnostic territorial de santé, for any perimeter."""

from diagnostic.indicateurs.resultats import (
    Comparateur,
    ResultatIndicateur,
    ValeurLocale,
    ValeurSaisie,
)

__all__ = ["Comparateur", "ResultatIndicateur", "ValeurLocale", "ValeurSaisie"]
