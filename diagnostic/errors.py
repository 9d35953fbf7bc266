"""Errors of the rules: the second branch of the tree printed at the top of `geodata.errors`.

CptsError
└── DiagnosticError
    ├── PerimetreVideError          a territory without any commune
    ├── TerritoireNonCouvertError   codes of collectivités for which no data is embedded
    ├── ParametreInvalideError      a parameter file that breaks its own format
    └── ParametreIntrouvableError   no value in force at the date asked
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from geodata.errors import CptsError


class DiagnosticError(CptsError):
    """Base of the errors about rules."""


class PerimetreVideError(DiagnosticError):
    """A territory without any commune."""

    def __init__(self) -> None:
        super().__init__(
            "Le périmètre ne contient aucune commune. Ajoutez une intercommunalité ou une commune."
        )


class TerritoireNonCouvertError(DiagnosticError):
    """Codes of collectivités for which no data is embedded; maps each code to its territory."""

    def __init__(self, territoires: Mapping[str, str]) -> None:
        self.codes = tuple(territoires)
        liste = ", ".join(f"{code} ({nom})" for code, nom in territoires.items())
        super().__init__(
            f"Territoire non couvert : {liste}. Les données embarquées portent sur la métropole et "
            "les cinq départements et régions d’outre-mer (971 à 974 et 976)."
        )


class ParametreInvalideError(DiagnosticError):
    """A parameter file that breaks its own format."""

    def __init__(self, fichier: str, cle: str, raison: str) -> None:
        self.fichier = fichier
        self.cle = cle
        super().__init__(f"Fichier de paramètres « {fichier} », clé « {cle} » : {raison}.")


class ParametreIntrouvableError(DiagnosticError):
    """No value of a parameter is in force at the date asked."""

    def __init__(self, nom: str, le: date) -> None:
        self.nom = nom
        self.le = le
        super().__init__(f"Aucune valeur de « {nom} » n’est connue au {le:%d/%m/%Y}.")
