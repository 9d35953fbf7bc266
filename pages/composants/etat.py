"""State of a session: the only module that touches `st.session_state` and `st.query_params`.

What a person draws lives in the address (`?t=…&nom=…&pop=totale`), so that a reload, a shared
link or a restarted server bring it back; the session holds the same values between two reruns.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

import streamlit as st

from diagnostic.perimetre import Perimetre
from geodata.errors import CptsError
from geodata.schema import Geographie, TypePopulation
from pages.composants.lien import decode_lien, encode_lien

LONGUEUR_NOM: Final = 120
_DESSIN: Final = "cpts_dessin"
_ECRITS: Final = "cpts_adresses_ecrites"
_ADRESSES_RETENUES: Final = 200
_MESSAGES: Final = "cpts_messages"
_CONTROLES: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]+")


@dataclass(frozen=True)
class Dessin:
    """What the person has drawn: plain values, checked against the geography.

    Parameters
    ----------
    nom
        Name of the project; free text, to be escaped wherever it is shown.
    codes, partielles
        Unités held, and those held in part only.
    type_population
        Definition of the population that counts for the tier.
    """

    nom: str = ""
    codes: frozenset[str] = frozenset()
    partielles: frozenset[str] = frozenset()
    type_population: TypePopulation = "municipale"

    @property
    def perimetre(self) -> Perimetre:
        """The drawing as the rules take it."""
        return Perimetre(self.nom, self.codes, self.partielles)


def synchroniser(geographie: Geographie) -> None:
    """Read the address when it brings something new, then write the drawing back to it.

    Called by the root script at each run: moving to another page empties the address.
    """
    adresse = _lire_adresse()
    # a click sent before the browser has received the last address still carries the one before:
    # only an address we did not write is a link that somebody opens
    if any(adresse) and hash(adresse) not in _adresses_ecrites():
        _ouvrir_lien(*adresse, geographie)
    _ecrire_adresse()


def lire_dessin() -> Dessin:
    """Return the present drawing."""
    return st.session_state.get(_DESSIN, Dessin())


def modifier_dessin(
    *,
    codes: Iterable[str] | None = None,
    partielles: Iterable[str] | None = None,
    nom: str | None = None,
    type_population: TypePopulation | None = None,
    adresse_tenue: bool = False,
) -> None:
    """Replace the given parts of the drawing, here and in the address.

    Codes held in part that are no longer drawn are dropped.

    Parameters
    ----------
    adresse_tenue
        Whether the browser writes the address itself: written here too, it would come back to the
        gesture before the one being made.
    """
    avant = lire_dessin()
    nouveaux = avant.codes if codes is None else frozenset(codes)
    en_partie = avant.partielles if partielles is None else frozenset(partielles)
    st.session_state[_DESSIN] = replace(
        avant,
        codes=nouveaux,
        partielles=en_partie & nouveaux,
        nom=avant.nom if nom is None else nettoyer_nom(nom),
        type_population=type_population or avant.type_population,
    )
    if adresse_tenue:
        _reconnaitre(_build_adresse())
    else:
        _ecrire_adresse()


def lire_jour() -> date:
    """Return the day whose rules apply: today in Paris."""
    return datetime.now(tz=ZoneInfo("Europe/Paris")).date()


def prendre_messages() -> tuple[str, ...]:
    """Return what the link that was opened had to say, once."""
    return tuple(st.session_state.pop(_MESSAGES, ()))


def nettoyer_nom(nom: str) -> str:
    """Return a project name on one line, bounded, without control or direction characters."""
    return _CONTROLES.sub(" ", nom).strip()[:LONGUEUR_NOM]


def lire(cle: str, defaut: object = None) -> object:
    """Return a value a page keeps for itself (`page.nom`), lost at the end of the session."""
    return st.session_state.get(cle, defaut)


def garder(cle: str, valeur: object) -> None:
    """Keep a value for a page (`page.nom`), or the value of a widget by its key."""
    st.session_state[cle] = valeur


def _lire_adresse() -> tuple[str, str, str]:
    return tuple(str(st.query_params.get(cle, "")) for cle in ("t", "nom", "pop"))  # type: ignore[return-value]


def _adresses_ecrites() -> deque[int]:
    return st.session_state.setdefault(_ECRITS, deque(maxlen=_ADRESSES_RETENUES))


def _build_adresse() -> tuple[str, str, str]:
    dessin = lire_dessin()
    # held in part without being drawn: written nowhere, so that a link says one thing only
    trace = encode_lien(dessin.codes, dessin.partielles) if dessin.codes else ""
    pop = "totale" if dessin.type_population == "totale" else ""
    return trace, dessin.nom, pop


def _reconnaitre(adresse: tuple[str, str, str]) -> None:
    """Remember an address as ours: read again, it is not a link that somebody opens."""
    ecrites = _adresses_ecrites()
    if hash(adresse) not in ecrites:
        ecrites.append(hash(adresse))


def _ecrire_adresse() -> None:
    adresse = _build_adresse()
    _reconnaitre(adresse)
    if adresse != _lire_adresse():
        autres = {
            cle: st.query_params.get_all(cle)
            for cle in st.query_params
            if cle not in {"t", "nom", "pop"}
        }
        voulus = dict(zip(("t", "nom", "pop"), adresse, strict=True))
        st.query_params.from_dict({**autres, **{cle: v for cle, v in voulus.items() if v}})


def _ouvrir_lien(trace: str, nom: str, pop: str, geographie: Geographie) -> None:
    """Replace the drawing by the one of a link; a link that cannot be read changes nothing."""
    messages: list[str] = []
    dessin = lire_dessin()
    if trace:
        try:
            lu = decode_lien(trace)
        except CptsError as erreur:
            messages.append(str(erreur))
        else:
            codes, inconnus, traduits = _placer(lu.codes, geographie)
            en_partie, _, _ = _placer(lu.partielles, geographie)
            messages += _rapporter(inconnus, traduits)
            dessin = replace(dessin, codes=codes, partielles=en_partie & codes)
    st.session_state[_DESSIN] = replace(
        dessin,
        nom=nettoyer_nom(nom) or dessin.nom,
        type_population="totale" if pop == "totale" else "municipale",
    )
    st.session_state[_MESSAGES] = messages


def _placer(
    codes: Iterable[str], geographie: Geographie
) -> tuple[frozenset[str], list[str], list[str]]:
    """Return the present unités of the codes, the codes unknown, and those translated."""
    unites: set[str] = set()
    inconnus: list[str] = []
    traduits: list[str] = []
    for code in codes:
        if code in geographie.position:
            unites.add(code)
        elif code in geographie.communes.index:
            unites |= geographie.membres("commune", code)
        elif code in geographie.passage.index:
            actuel = str(geographie.passage["code"][code])
            unites |= geographie.membres("commune", actuel)
            traduits.append(f"{code} → {actuel}")
        else:
            inconnus.append(code)
    return frozenset(unites), inconnus, traduits


def _rapporter(inconnus: list[str], traduits: list[str]) -> list[str]:
    messages = []
    if traduits:
        messages.append(
            "Communes du lien fusionnées depuis, remplacées par la commune actuelle : "
            f"{_abreger(traduits)}."
        )
    if inconnus:
        messages.append(
            f"Codes du lien qui n’existent pas, laissés de côté : {_abreger(inconnus)}. "
            "Vérifiez que le lien a été copié en entier."
        )
    return messages


def _abreger(codes: list[str]) -> str:
    suite = f" et {len(codes) - 12} autres" if len(codes) > 12 else ""
    return ", ".join(codes[:12]) + suite
