"""Dated thresholds of the indicators, read from `parametres/indicateurs.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Final

from diagnostic.errors import ParametreIntrouvableError, ParametreInvalideError

FICHIER: Final = Path(__file__).parents[1] / "parametres" / "indicateurs.toml"
_CLES: Final = {"cle": str, "depuis": date, "valeur": float, "reference": str}


class Seuils:
    """Hold every version of every threshold."""

    def __init__(self, versions: Mapping[str, tuple[tuple[date, float, str], ...]]) -> None:
        self._versions = versions

    def valeur(self, cle: str, le: date) -> float:
        """Return the value in force at a date.

        Raises
        ------
        ParametreIntrouvableError
            If the threshold has no value yet at that date.
        """
        return self._en_vigueur(cle, le)[1]

    def reference(self, cle: str, le: date) -> str:
        """Return the text the value in force comes from."""
        return self._en_vigueur(cle, le)[2]

    def _en_vigueur(self, cle: str, le: date) -> tuple[date, float, str]:
        candidates = [version for version in self._versions.get(cle, ()) if version[0] <= le]
        if not candidates:
            raise ParametreIntrouvableError(cle, le)
        return candidates[-1]


def load_seuils(fichier: Path = FICHIER) -> Seuils:
    """Read and check the thresholds.

    Raises
    ------
    ParametreInvalideError
        On an unreadable file, an unknown or missing key, an ill-typed value, dates out of order.
    """
    try:
        contenu = tomllib.loads(fichier.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as erreur:
        raise ParametreInvalideError(fichier.name, "(fichier)", str(erreur)) from erreur
    versions: dict[str, tuple[tuple[date, float, str], ...]] = {}
    for rang, version in enumerate(contenu.get("version", []), start=1):
        if set(version) != set(_CLES):
            ecart = ", ".join(sorted(set(version) ^ set(_CLES)))
            raise ParametreInvalideError(
                fichier.name, f"version[{rang}]", f"clé inconnue ou manquante : {ecart}"
            )
        for nom, type_attendu in _CLES.items():
            if not isinstance(version[nom], type_attendu):
                raise ParametreInvalideError(
                    fichier.name, f"version[{rang}].{nom}", f"{type_attendu.__name__} attendu"
                )
        connues = versions.get(version["cle"], ())
        if connues and connues[-1][0] >= version["depuis"]:
            raise ParametreInvalideError(
                fichier.name, f"version[{rang}].depuis", "dates à trier par ordre croissant"
            )
        versions[version["cle"]] = (
            *connues,
            (version["depuis"], version["valeur"], version["reference"]),
        )
    return Seuils(versions)
