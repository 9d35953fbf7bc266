"""The register of CPTS and projects: a database that keeps every version of every territory."""

from geodata.registre.amorce import load_cpts_reels
from geodata.registre.depot import (
    Completude,
    Decision,
    LigneRegistre,
    Registre,
    VersionTerritoire,
    nouvel_identifiant,
)

__all__ = [
    "Completude",
    "Decision",
    "LigneRegistre",
    "Registre",
    "VersionTerritoire",
    "load_cpts_reels",
    "nouvel_identifiant",
]
