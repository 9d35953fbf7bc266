"""Read the codes of a territory from a text table (CSV) made by anybody's spreadsheet."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from geodata.errors import ImportRefuseError

_TAILLE_MAXIMALE: Final = 10 * 1024 * 1024
_SIGNATURE_CLASSEUR: Final = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_SEPARATEURS: Final = (";", "\t", ",", "|")
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
    lignes = _read_lignes(fichier, _decode(fichier, contenu))
    if not lignes:
        raise ImportRefuseError(fichier, "il est vide.")
    _, entete = lignes[0]
    position = _find_colonne(entete)
    if position is not None:
        colonne: str | None = entete[position].strip()
        lignes = lignes[1:]
    elif len(entete) == 1 and _CODE.fullmatch(_nettoyer(entete[0])):
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
        code = _nettoyer(cellule)
        if _CODE.fullmatch(code):
            trouves.setdefault(code, numero)
        elif code or any(autre.strip() for autre in cellules):
            fautes.append(f"ligne {numero} : « {cellule.strip()[:40]} »")
    if fautes:
        raise ImportRefuseError(fichier, _decrire_fautes(fautes))
    if not trouves:
        raise ImportRefuseError(fichier, f"la colonne « {colonne} » ne contient aucun code.")
    return CodesLus(fichier, trouves, colonne)


def _decode(fichier: str, contenu: bytes) -> str:
    if len(contenu) > _TAILLE_MAXIMALE:
        raise ImportRefuseError(
            fichier, f"il dépasse {_TAILLE_MAXIMALE // 1024 // 1024} Mo : ce n'est pas une liste."
        )
    if contenu.startswith(_SIGNATURE_CLASSEUR):
        raise ImportRefuseError(
            fichier, "c'est un classeur ou une archive. Enregistrez la feuille au format CSV."
        )
    try:
        if contenu.startswith((b"\xff\xfe", b"\xfe\xff")):
            return contenu.decode("utf-16")
        texte = contenu.decode("utf-8-sig")
    except UnicodeDecodeError:
        # every byte means something in this encoding but five: errors are not worth a refusal
        texte = contenu.decode("cp1252", errors="replace")
    if "\x00" in texte:
        raise ImportRefuseError(fichier, "ce n'est pas un fichier texte. Donnez un fichier CSV.")
    return texte


def _read_lignes(fichier: str, texte: str) -> list[tuple[int, list[str]]]:
    """Return the lines that hold something, with their number."""
    premiere = next((ligne for ligne in texte.splitlines() if ligne.strip()), "")
    separateur = max(_SEPARATEURS, key=premiere.count)
    lecteur = csv.reader(io.StringIO(texte, newline=""), delimiter=separateur)
    return list(_numeroter(fichier, lecteur))


def _numeroter(fichier: str, lecteur: Iterator[list[str]]) -> Iterator[tuple[int, list[str]]]:
    numero = 0
    while True:
        numero += 1
        try:
            cellules = next(lecteur)
        except StopIteration:
            return
        except csv.Error as erreur:
            raise ImportRefuseError(
                fichier, f"la ligne {numero} est illisible. Donnez un fichier CSV."
            ) from erreur
        if any(cellule.strip() for cellule in cellules):
            yield numero, cellules


def _find_colonne(entete: Sequence[str]) -> int | None:
    noms = [_reduire(nom) for nom in entete]
    return next((noms.index(connu) for connu in _COLONNES if connu in noms), None)


def _reduire(nom: str) -> str:
    """Drop accents, case, spaces and signs from a column name."""
    sans_accent = unicodedata.normalize("NFKD", nom).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]", "", sans_accent.lower())


def _nettoyer(cellule: str) -> str:
    """Drop what spreadsheets and statistics packages add around a code."""
    code = "".join(cellule.split()).removeprefix("=").strip("\"'").upper()
    return code.removesuffix(".0") if code.endswith(".0") else code


def _citer(noms: Sequence[str]) -> str:
    cites = ", ".join(f"« {nom.strip()[:40]} »" for nom in noms[:_LIMITE_FAUTES])
    return cites if len(noms) <= _LIMITE_FAUTES else f"{cites}…"


def _decrire_fautes(fautes: Sequence[str]) -> str:
    liste = " ; ".join(fautes[:_LIMITE_FAUTES])
    reste = len(fautes) - _LIMITE_FAUTES
    suite = f" ; et {reste} de plus" if reste > 0 else ""
    return f"un code de commune ou d'EPCI est attendu à chaque ligne. {liste}{suite}."
