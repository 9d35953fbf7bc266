"""Spelling of place names: what two writings of the same name have in common."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_LIGATURES: Final = str.maketrans({"œ": "oe", "æ": "ae", "Œ": "oe", "Æ": "ae", "ß": "ss"})
_ABREGES: Final = {
    "st": "saint",
    "ste": "sainte",
    "sts": "saints",
    "stes": "saintes",
    "arr": "",
    "arrdt": "",
    "arrondissement": "",
}
_ARTICLES: Final = frozenset({"le", "la", "les", "l"})
# « Chalon s/ Saône », « 13ème arrondissement »
_SUR: Final = re.compile(r"\bs/\s*")
_ORDINAL: Final = re.compile(r"(\d{1,2})(?:er|ere|e|eme|ieme)")
_SEPARATEURS: Final = re.compile(r"[^a-z0-9]+")


def normaliser(texte: str) -> str:
    """Return a name in lower case, without accents, hyphens or abbreviations.

    Notes
    -----
    `St-Malo`, `SAINT MALO` and `Saint-Malo` give `saint malo`; `Paris 13ème arrondissement` and
    `Paris 13` give `paris 13`.
    """
    decompose = unicodedata.normalize("NFKD", texte.translate(_LIGATURES).casefold())
    nu = "".join(lettre for lettre in decompose if not unicodedata.combining(lettre))
    mots = []
    for mot in _SEPARATEURS.split(_SUR.sub("sur ", nu)):
        ordinal = _ORDINAL.fullmatch(mot)
        entier = ordinal[1] if ordinal else _ABREGES.get(mot, mot)
        if entier:
            mots.append(entier)
    return " ".join(mots)


def retirer_articles(nom_normalise: str) -> str:
    """Return a normalised name without its articles, or the name itself if nothing would be left.

    `le mans` gives `mans`, `l hay les roses` gives `hay roses`.
    """
    reste = " ".join(mot for mot in nom_normalise.split() if mot not in _ARTICLES)
    return reste or nom_normalise


def compute_cle(nom: str) -> str:
    """Return the key under which a name is looked up: normalised, without articles."""
    return retirer_articles(normaliser(nom))
