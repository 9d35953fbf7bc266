"""What free text becomes before it enters a file: one line, printable, and never a formula."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

LONGUEUR_NOM_FICHIER: Final = 60

# C0 and C1 controls, surrogates and non-characters: refused by XML 1.0, hence by DOCX and XLSX
_INTERDITS: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
# marks that reverse or hide what follows them: a name must read as it is written
_INVISIBLES: Final = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_DEBUTS_DE_FORMULE: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", "|", "%")
_NOMBRE: Final = re.compile(r"[+-]?\d+([.,]\d+)?")
_NOMS_RESERVES: Final = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)", re.IGNORECASE)


def clean_texte(texte: str) -> str:
    """Return a text as several printable lines, without control or direction characters."""
    normal = unicodedata.normalize("NFC", texte.replace("\r\n", "\n").replace("\r", "\n"))
    return _INVISIBLES.sub("", _INTERDITS.sub("", normal)).strip()


def clean_ligne(texte: str) -> str:
    """Return a text on one printable line; narrow no-break spaces are kept."""
    return re.sub(r"[ \t\n\v\f]+", " ", clean_texte(texte)).strip()


def cite_source(source: str, millesime: str) -> str:
    """Return a source on one line, with its millésime once."""
    ligne = clean_ligne(source)
    return ligne if not millesime or ligne.endswith(millesime) else f"{ligne} ({millesime})"


def neutralise_formule(texte: str) -> str:
    """Prefix with an apostrophe what a spreadsheet would run as a formula.

    Plain numbers ("-3,5") keep their sign: they compute nothing.
    """
    if texte.startswith(_DEBUTS_DE_FORMULE) and not _NOMBRE.fullmatch(texte):
        return "'" + texte
    return texte


def build_nom_fichier(nom: str, defaut: str = "territoire") -> str:
    """Turn a free name into a file name without extension that every system accepts."""
    sans_ligature = nom.replace("œ", "oe").replace("Œ", "OE").replace("æ", "ae").replace("Æ", "AE")
    ascii_ = unicodedata.normalize("NFKD", sans_ligature).encode("ascii", "ignore").decode()
    propre = re.sub(r"[^A-Za-z0-9]+", "-", ascii_).strip("-")[:LONGUEUR_NOM_FICHIER].strip("-")
    if not propre:
        return defaut
    return f"{defaut}-{propre}" if _NOMS_RESERVES.fullmatch(propre) else propre
