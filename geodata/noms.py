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
_ACCENTS: Final = re.compile(r"[\u0300-\u036f]+")
_SEPARATEURS: Final = re.compile(r"[^a-z0-9]+")
# what an EPCI is, before what it is called: « CC de », « Communauté d'agglomération du »
_FORME: Final = re.compile(
    r"(?:c[cau]|communaute (?:de communes|d agglomeration|urbaine))"
    r"(?: (?:de la|de l|du|des|de|d|les|la|le))? (.+)"
)
_FORME_FINALE: Final = re.compile(r"(.+) (?:communaute|agglomeration|agglo|metropole)")


def normaliser(texte: str) -> str:
    """Return a name in lower case, without accents, hyphens or abbreviations.

    Notes
    -----
    `St-Malo`, `SAINT MALO` and `Saint-Malo` give `saint malo`; `Paris 13ème arrondissement` and
    `Paris 13` give `paris 13`.
    """
    decompose = unicodedata.normalize("NFKD", texte.translate(_LIGATURES).casefold())
    nu = _SUR.sub("sur ", _ACCENTS.sub("", decompose))
    mots = (_developper(mot) for mot in _SEPARATEURS.split(nu))
    return " ".join(mot for mot in mots if mot)


def retirer_articles(nom_normalise: str) -> str:
    """Return a normalised name without its articles, or the name itself if nothing would be left.

    `le mans` gives `mans`, `l hay les roses` gives `hay roses`.
    """
    reste = " ".join(mot for mot in nom_normalise.split() if mot not in _ARTICLES)
    return reste or nom_normalise


def retirer_forme(nom_normalise: str) -> str:
    """Return the proper name of an EPCI; empty when the name does not say what it is.

    `communaute de communes de l oust a broceliande` gives `oust a broceliande`, and
    `broceliande communaute` gives `broceliande`.
    """
    devant = _FORME.fullmatch(nom_normalise)
    nom = devant[1] if devant else nom_normalise
    derriere = _FORME_FINALE.fullmatch(nom)
    return retirer_articles(derriere[1] if derriere else nom) if devant or derriere else ""


def compute_cle(nom: str) -> str:
    """Return the key under which a name is looked up: normalised, without articles."""
    return retirer_articles(normaliser(nom))


def _developper(mot: str) -> str:
    if mot[:1].isdigit() and (ordinal := _ORDINAL.fullmatch(mot)):
        return ordinal[1]
    return _ABREGES.get(mot, mot)
