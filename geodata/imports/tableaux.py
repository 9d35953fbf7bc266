"""Turn any table that people send (CSV, XLSX, ODS) into numbered rows of text."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Final

import python_calamine

from geodata.errors import ImportRefuseError
from geodata.imports.archives import open_membres

Lignes = list[tuple[int, list[str]]]

SIGNATURES_CLASSEUR: Final = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_TAILLE_MAXIMALE: Final = 40 * 1024 * 1024
_LIGNES_MAXIMALES: Final = 300_000
_COLONNES_MAXIMALES: Final = 500
_SEPARATEURS: Final = (";", "\t", ",", "|")
_ECHANTILLON: Final = 30


def decode_texte(fichier: str, contenu: bytes, taille_maximale: int = _TAILLE_MAXIMALE) -> str:
    """Decode UTF-8 with or without mark, UTF-16 with mark, else Windows Latin.

    Raises
    ------
    ImportRefuseError
        When the file is too large for a list, or is not text.
    """
    if len(contenu) > taille_maximale:
        raise ImportRefuseError(
            fichier, f"il dépasse {taille_maximale // 1024 // 1024} Mo : ce n’est pas une liste."
        )
    try:
        if contenu.startswith((b"\xff\xfe", b"\xfe\xff")):
            return contenu.decode("utf-16")
        texte = contenu.decode("utf-8-sig")
    except UnicodeDecodeError:
        # every byte means something in this encoding but five: errors are not worth a refusal
        texte = contenu.decode("cp1252", errors="replace")
    if "\x00" in texte:
        raise ImportRefuseError(fichier, "ce n’est pas un fichier texte. Donnez un fichier CSV.")
    return texte


def split_lignes(fichier: str, texte: str) -> Lignes:
    """Split a text table into the rows that hold something, with their number from 1.

    Raises
    ------
    ImportRefuseError
        When a row cannot be read (a field of megabytes, an unclosed quote).
    """
    separateur = _guess_separateur(texte)
    lecteur = csv.reader(io.StringIO(texte, newline=""), delimiter=separateur)
    return list(_number(fichier, lecteur))


def read_tableau(fichier: str, contenu: bytes) -> Lignes:
    """Read a CSV file, or the sheet « Communes » of a workbook, else the one that holds most.

    Raises
    ------
    ImportRefuseError
        When it is neither, is damaged, or is larger than a list of communes can be.
    """
    feuilles = read_feuilles(fichier, contenu)
    # our own workbook is named, any other gives its longest sheet
    return feuilles.get("Communes") or max(feuilles.values(), key=len, default=[])


def read_feuilles(fichier: str, contenu: bytes) -> dict[str, Lignes]:
    """Return every sheet of a workbook; a text file is one sheet without a name.

    Raises
    ------
    ImportRefuseError
        When it is neither, is damaged, or is larger than a list of communes can be.
    """
    if not contenu.startswith(SIGNATURES_CLASSEUR):
        return {"": split_lignes(fichier, decode_texte(fichier, contenu))}
    open_membres(fichier, contenu)  # bounds what the workbook may hold once decompressed
    try:
        classeur = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(contenu))
        return {nom: _read_feuille(fichier, classeur, nom) for nom in classeur.sheet_names}
    except (python_calamine.CalamineError, ValueError, OSError) as erreur:
        raise ImportRefuseError(
            fichier, "le classeur est abîmé ou protégé. Enregistrez la feuille au format CSV."
        ) from erreur


def reduce_entete(nom: str) -> str:
    """Drop accents, case, spaces and signs from a column name."""
    sans_accent = unicodedata.normalize("NFKD", nom).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]", "", sans_accent.lower())


def clean_code(cellule: str) -> str:
    """Drop what spreadsheets and statistics packages add around a code."""
    code = "".join(cellule.split()).removeprefix("=").strip("\"'").upper()
    return code.removesuffix(".0")


def _guess_separateur(texte: str) -> str:
    """Return the separator that cuts the first rows into the most regular columns."""
    echantillon = [ligne for ligne in texte[:200_000].splitlines() if ligne.strip()][:_ECHANTILLON]

    def merite(separateur: str) -> tuple[int, int]:
        comptes = [ligne.count(separateur) for ligne in echantillon]
        presents = [compte for compte in comptes if compte]
        frequent = max(set(presents), key=presents.count) if presents else 0
        return presents.count(frequent) if frequent else 0, frequent

    return max(_SEPARATEURS, key=merite)


def _number(fichier: str, lecteur: Iterator[list[str]]) -> Iterator[tuple[int, list[str]]]:
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
        _check_size(fichier, numero, cellules)
        if any(cellule.strip() for cellule in cellules):
            yield numero, cellules


def _read_feuille(fichier: str, classeur: python_calamine.CalamineWorkbook, nom: str) -> Lignes:
    feuille = classeur.get_sheet_by_name(nom)
    # a workbook may announce a million empty columns: they are never built
    if feuille.total_height > _LIGNES_MAXIMALES or feuille.total_width > _COLONNES_MAXIMALES:
        _check_size(fichier, feuille.total_height, [""] * min(feuille.total_width, 10_000))
    lignes = []
    for numero, cellules in enumerate(feuille.to_python(skip_empty_area=False), start=1):
        textes = [_write_cellule(cellule) for cellule in cellules]
        if any(textes):
            lignes.append((numero, textes))
    return lignes


def _write_cellule(cellule: object) -> str:
    # a code typed as a number comes back as 1001.0; a date as a date
    if isinstance(cellule, float) and cellule.is_integer():
        return str(int(cellule))
    return str(cellule).strip()


def _check_size(fichier: str, numero: int, cellules: Sequence[str]) -> None:
    if numero > _LIGNES_MAXIMALES:
        raise ImportRefuseError(
            fichier,
            f"il a plus de {_LIGNES_MAXIMALES} lignes : ce n’est pas une liste de communes.",
        )
    if len(cellules) > _COLONNES_MAXIMALES:
        raise ImportRefuseError(
            fichier, f"la ligne {numero} a plus de {_COLONNES_MAXIMALES} colonnes."
        )
