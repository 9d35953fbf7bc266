"""Files the drawing map reads: borders to draw, unités to count, neighbours to check.

They are built once with the reference data (`geodata.construction.couches`), compressed, and
served as they are: nothing here opens a table or decodes a geometry.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path
from typing import Final

import pandas as pd

from geodata.errors import SchemaError
from geodata.schema import Geographie

DOSSIER: Final = Path(__file__).with_name("donnees") / "couches"
SUFFIXE: Final = ".json.gz"

# an EPCI too large to be put whole in a territory is clicked by its établissements publics
# territoriaux, and what lies outside them (Paris) by commune
CODE_PARIS: Final = "75056"


class Couches:
    """Serve the display files of a folder.

    Parameters
    ----------
    dossier
        Folder written by `geodata.construction.couches`.
    """

    def __init__(self, dossier: Path = DOSSIER) -> None:
        self.dossier = dossier

    @cached_property
    def noms(self) -> frozenset[str]:
        """Names of the files, without their suffix."""
        return frozenset(f.name.removesuffix(SUFFIXE) for f in self.dossier.glob(f"*{SUFFIXE}"))

    @cached_property
    def version(self) -> str:
        """Short hash of the whole folder: the same files are served under the same address."""
        if not self.noms:
            raise SchemaError("couches", [f"le dossier {self.dossier.name} est vide"])
        somme = hashlib.sha256()
        for nom in sorted(self.noms):
            somme.update(nom.encode())
            somme.update(self._fichier(nom).read_bytes())
        return somme.hexdigest()[:12]

    def read_gzip(self, nom: str) -> bytes | None:
        """Return one file as stored, compressed; None when there is no such file."""
        return self._fichier(nom).read_bytes() if nom in self.noms else None

    def _fichier(self, nom: str) -> Path:
        return self.dossier / f"{nom}{SUFFIXE}"


def build_groupes(geographie: Geographie) -> pd.DataFrame:
    """Say, for each unité, what one click at the level of intercommunalités takes.

    Returns
    -------
    DataFrame
        Indexed as `geographie.unites`: `code`, `nom` and `type` (`epci`, `ept` or `commune`).
    """
    unites = geographie.unites
    code_epci = unites["code_epci"].where(unites["code_commune"] != CODE_PARIS)
    code_ept = unites["code_ept"]
    code = code_ept.fillna(code_epci).fillna(unites["code_commune"]).astype(str)
    type_groupe = pd.Series("commune", index=unites.index)
    type_groupe[code_epci.notna()] = "epci"
    type_groupe[code_ept.notna()] = "ept"
    noms = {
        **geographie.communes["nom"].to_dict(),
        **geographie.epci["nom"].to_dict(),
        **geographie.ept["nom"].to_dict(),
    }
    return pd.DataFrame({"code": code, "nom": code.map(noms), "type": type_groupe})


def rangs_departements(geographie: Geographie) -> Iterable[tuple[str, pd.Index]]:
    """Yield each département with the codes of its unités."""
    for code, groupe in geographie.unites.groupby("code_departement"):
        yield str(code), groupe.index
