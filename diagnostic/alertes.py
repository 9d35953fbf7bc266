"""Doubts that must reach the reader without stopping them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Gravite = Literal["bloquant", "attention", "information"]


@dataclass(frozen=True)
class Alerte:
    """One doubt about a territory, carried by every result to the screen and to the exports.

    Parameters
    ----------
    code
        Stable identifier, lower snake case (`proche_seuil`, `morceaux`, `enclave`…).
    gravite
        `bloquant` (a firm rule is broken), `attention` (to be settled), `information`.
    message
        French sentence for a reader who is not technical.
    codes
        INSEE or SIREN codes concerned, to zoom on them.
    """

    code: str
    gravite: Gravite
    message: str
    codes: tuple[str, ...] = ()
