"""Official tables with titles above their header, in a workbook or as text, found by their header.

Their producers change the wording and the number of title lines from one year to the next: a
header is recognised by what its columns say, never by its place.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

import pandas as pd

from geodata.errors import ImportRefuseError
from geodata.imports.archives import Membre
from geodata.imports.officiels.formats import OCTETS_DEBUT
from geodata.imports.tableaux import SIGNATURES_CLASSEUR, Lignes, read_feuilles
from geodata.noms import normaliser

_TITRES_MAXIMUM: Final = 30
_CODES_COMMUNE: Final = frozenset({
    "code", "codgeo", "depcom", "insee", "insee com", "com insee", "code insee", "code commune",
    "code insee commune", "code commune insee", "code insee de la commune", "code geographique",
    "code geo", "code com",
})  # fmt: skip
_ANNEE: Final = re.compile(r"(?<!\d)(20\d\d)(?!\d)")


class Choix(Protocol):
    """Tell which columns of a header are of interest."""

    def __call__(self, entete: Sequence[str], /) -> Mapping[str, int] | None:
        """Return name → rank of the column, None when the header is not the expected one."""
        ...


@dataclass(frozen=True)
class Grille:
    """Hold a table whose header was found.

    Parameters
    ----------
    fichier
        Name printed in messages, with the sheet.
    titres
        Cells above the header.
    entete
        Cells of the header, as written.
    rangs
        Rank of each column of interest.
    lignes
        Rows below the header, with their number.
    """

    fichier: str
    titres: tuple[str, ...]
    entete: tuple[str, ...]
    rangs: Mapping[str, int]
    lignes: Lignes

    def table(self) -> pd.DataFrame:
        """Return the columns of interest as text; the index is the line number."""
        valeurs = {
            nom: [cellules[rang].strip() if rang < len(cellules) else "" for _, cellules in
                  self.lignes]
            for nom, rang in self.rangs.items()
        }  # fmt: skip
        return pd.DataFrame(valeurs, index=pd.Index([n for n, _ in self.lignes]), dtype=str)

    def annee(self, nom: str, annoncee: str) -> str:
        """Return the only year said by a column, else by the titles, else the announced one."""
        for textes in ((self.entete[self.rangs[nom]],), self.titres):
            annees = {str(annee) for texte in textes for annee in _ANNEE.findall(texte)}
            if len(annees) == 1:
                return annees.pop()
        return annoncee


def find_grilles(membre: Membre, choix: Choix, debut: bytes | None = None) -> list[Grille]:
    """Return the tables whose header is the expected one, one a sheet at most.

    Parameters
    ----------
    debut
        First bytes: enough to recognise a text file without reading it all.

    Raises
    ------
    ImportRefuseError
        If the file can be read neither as a workbook nor as text.
    """
    if debut is None or debut.startswith(SIGNATURES_CLASSEUR):
        contenu = membre.read()
    else:
        # a sample may be cut in the middle of a character or of a quoted cell
        est_coupe = len(debut) >= OCTETS_DEBUT
        contenu = (debut[: debut.rfind(b"\n") + 1] or debut) if est_coupe else debut
    grilles = []
    for feuille, lignes in read_feuilles(membre.nom, contenu).items():
        for rang, (_, cellules) in enumerate(lignes[:_TITRES_MAXIMUM]):
            rangs = choix(cellules)
            if rangs is not None:
                grilles.append(
                    Grille(
                        f"{membre.nom} › {feuille}" if feuille else membre.nom,
                        tuple(c for _, ligne in lignes[:rang] for c in ligne if c),
                        tuple(cellules),
                        rangs,
                        lignes[rang + 1 :],
                    )
                )
                break
    return grilles


def try_grilles(membre: Membre, choix: Choix, debut: bytes) -> list[Grille]:
    """Return what `find_grilles` finds in the first bytes, nothing when it cannot be read."""
    try:
        return find_grilles(membre, choix, debut)
    except ImportRefuseError:
        return []


def find_code_commune(entete: Sequence[str]) -> int | None:
    """Return the rank of the column that holds the code of the commune."""
    reduits = [normaliser(cellule.replace("_", " ")) for cellule in entete]
    return next((rang for rang, nom in enumerate(reduits) if nom in _CODES_COMMUNE), None)
