"""Read the codes of a territory from a table (CSV, XLSX, ODS) made by anybody's spreadsheet."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from geodata.errors import ImportRefuseError
from geodata.imports.tableaux import Lignes, clean_code, read_tableau, reduce_entete

_LIMITE_FAUTES: Final = 10

# names met in INSEE, DGCL, IGN and ARS files, without accents, spaces or underscores; the
# finest grain first, as a file may hold several of them
_COLONNES: Final = (
    *("codeinsee", "codgeo", "depcom", "inseecom", "codeinseecommune", "codecommuneinsee"),
    *("codecommune", "communecode", "codeinseedelacommune", "codecog", "cogcommune"),
    *("insee", "ncominsee", "codecom", "com", "cog", "unitecode", "codeunite", "codes", "code"),
    *("geo", "codeepci", "sirenepci", "epci", "siren"),
)
_CODE: Final = re.compile(r"\d{4,5}|\d[abAB]\d{3}|\d{9}")


@dataclass(frozen=True)
class CodesLus:
    """Codes of a file, in its order and without repeats.

    Parameters
    ----------
    lignes
        Line where each code was first met, from 1.
    colonne
        Name of the column read; None for a bare list without header.
    """

    fichier: str
    lignes: Mapping[str, int]
    colonne: str | None

    @property
    def codes(self) -> tuple[str, ...]:
        """Codes as strings, as written but for the traces of a spreadsheet."""
        return tuple(self.lignes)


def read_codes(fichier: str, contenu: bytes) -> CodesLus:
    """Find the column of codes of a table, and read it whole.

    Separators, encodings (UTF-8 with or without mark, Windows, UTF-16) and header names of common
    use are recognised. Codes are not checked against the geography here.

    Parameters
    ----------
    fichier
        Name given by the user, only used in messages.
    contenu
        Bytes of the file.

    Raises
    ------
    ImportRefuseError
        If it is not a text table, has no column of codes, or holds cells that are not codes; the
        message then gives their lines.
    """
    lignes = read_tableau(fichier, contenu)
    if not lignes:
        raise ImportRefuseError(fichier, "il est vide.")
    _, entete = lignes[0]
    position = _find_colonne(entete, lignes[1:])
    if position is not None:
        colonne: str | None = entete[position].strip()
        lignes = lignes[1:]
    elif len(entete) == 1 and _CODE.fullmatch(clean_code(entete[0])):
        position, colonne = 0, None
    else:
        raise ImportRefuseError(
            fichier,
            f"aucune colonne de codes parmi : {_citer(entete)}. Nommez-la « code_insee », "
            "« CODGEO » ou « code ».",
        )
    trouves: dict[str, int] = {}
    fautes = []
    for numero, cellules in lignes:
        cellule = cellules[position] if position < len(cellules) else ""
        code = clean_code(cellule)
        if _CODE.fullmatch(code):
            trouves.setdefault(code, numero)
        elif code or any(autre.strip() for autre in cellules):
            fautes.append(f"ligne {numero} : « {cellule.strip()[:40]} »")
    if fautes:
        raise ImportRefuseError(fichier, _decrire_fautes(fautes))
    if not trouves:
        raise ImportRefuseError(fichier, f"la colonne « {colonne} » ne contient aucun code.")
    return CodesLus(fichier, trouves, colonne)


def _find_colonne(entete: Sequence[str], lignes: Lignes) -> int | None:
    """Return the position of the first column known by its name, whose first value is a code.

    « dep_com » is the département of the commune for the DGCL, and the commune for INSEE: the name
    alone does not tell.
    """
    noms = [reduce_entete(nom) for nom in entete]
    positions = [noms.index(connu) for connu in _COLONNES if connu in noms]
    for position in positions:
        valeurs = (clean_code(cellules[position]) for _, cellules in lignes if cellules[position:])
        if _CODE.fullmatch(next((valeur for valeur in valeurs if valeur), "")):
            return position
    return positions[0] if positions else None


def _citer(noms: Sequence[str]) -> str:
    cites = ", ".join(f"« {nom.strip()[:40]} »" for nom in noms[:_LIMITE_FAUTES])
    return cites if len(noms) <= _LIMITE_FAUTES else f"{cites}…"


def _decrire_fautes(fautes: Sequence[str]) -> str:
    liste = " ; ".join(fautes[:_LIMITE_FAUTES])
    reste = len(fautes) - _LIMITE_FAUTES
    suite = f" ; et {reste} de plus" if reste > 0 else ""
    return f"un code de commune ou d’EPCI est attendu à chaque ligne. {liste}{suite}."
