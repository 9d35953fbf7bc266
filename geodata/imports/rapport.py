"""What an import understood, what it doubts, and nothing applied before somebody agrees."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Final, Literal

from geodata.schema import StatutCpts, TerritoireCpts, UniteCpts

TypeAnomalie = Literal[
    "fichier_refuse",
    "code_inconnu",
    "nom_inconnu",
    "code_traduit",
    "code_scinde",
    "homonyme",
    "code_et_nom_differents",
    "commune_eloignee",
    "noms_proches",
    "commune_revendiquee",
    "doublon",
    "ecart_communes",
    "ecart_population",
    "statut_inconnu",
    "part_invalide",
    "crs_suppose",
    "geometrie_reparee",
    "geometrie_ignoree",
    "hors_de_france",
    "commune_partielle",
    "commune_limitrophe",
    "ligne_incomplete",
    "zero_retabli",
    "deja_au_registre",
]
Gravite = Literal["bloquant", "attention", "information"]
_ORDRE: Final = ("bloquant", "attention", "information")


@dataclass(frozen=True)
class Candidat:
    """One answer to a doubt: a commune (its code), or the territory to unite with (its name)."""

    code: str
    libelle: str


@dataclass(frozen=True)
class Anomalie:
    """One doubt of an import.

    Parameters
    ----------
    gravite
        `bloquant`: the line or the file is left out until somebody settles it; `attention`: kept,
        to be checked; `information`: what was done.
    ligne
        Line of the file, from 1; None when it concerns a whole territory or file.
    candidats
        What the line may mean, likeliest first; to be chosen, never applied alone.
    """

    type: TypeAnomalie
    gravite: Gravite
    message: str
    fichier: str = ""
    ligne: int | None = None
    codes: tuple[str, ...] = ()
    territoire: str = ""
    candidats: tuple[Candidat, ...] = ()

    @property
    def est_a_trancher(self) -> bool:
        """Tell whether a choice is expected."""
        return bool(self.candidats)


@dataclass(frozen=True)
class TerritoireLu:
    """One territory as a file declares it, before anything is saved."""

    nom: str
    unites: tuple[UniteCpts, ...]
    fichier: str
    statut: StatutCpts = "non_renseigne"
    finess: str | None = None
    communes_annoncees: int | None = None
    population_annoncee: int | None = None
    lignes: dict[str, int] = field(default_factory=dict, hash=False, compare=False)

    @property
    def codes(self) -> frozenset[str]:
        """Unités held, wholly or in part."""
        return frozenset(unite.code for unite in self.unites if unite.statut != "limitrophe")


@dataclass(frozen=True)
class RapportImport:
    """Territories understood and every doubt, gravest first."""

    territoires: tuple[TerritoireLu, ...]
    anomalies: tuple[Anomalie, ...]

    @property
    def a_trancher(self) -> tuple[Anomalie, ...]:
        """Doubts that wait for a choice."""
        return tuple(anomalie for anomalie in self.anomalies if anomalie.est_a_trancher)


def sort_anomalies(anomalies: Iterable[Anomalie]) -> tuple[Anomalie, ...]:
    """Put the gravest first, then by file and line."""
    return tuple(
        sorted(
            anomalies,
            key=lambda a: (_ORDRE.index(a.gravite), a.fichier, a.ligne or 0, a.type, a.message),
        )
    )


def export_anomalies(anomalies: Iterable[Anomalie]) -> bytes:
    """Write the doubts as a CSV that a French spreadsheet opens; formulas become text."""
    flux = io.StringIO(newline="")
    ecrivain = csv.writer(flux, delimiter=";", lineterminator="\r\n")
    ecrivain.writerow(
        ["gravite", "type", "fichier", "ligne", "territoire", "message", "codes", "propositions"]
    )
    for anomalie in anomalies:
        ecrivain.writerow(
            neutralise(str(cellule))
            for cellule in (
                anomalie.gravite,
                anomalie.type,
                anomalie.fichier,
                "" if anomalie.ligne is None else anomalie.ligne,
                anomalie.territoire,
                anomalie.message,
                " ".join(anomalie.codes),
                " | ".join(f"{c.code} {c.libelle}" for c in anomalie.candidats),
            )
        )
    return b"\xef\xbb\xbf" + flux.getvalue().encode("utf-8")


def neutralise(cellule: str) -> str:
    """Prefix with an apostrophe what a spreadsheet would run as a formula."""
    return f"'{cellule}" if cellule.startswith(("=", "+", "-", "@", "\t", "\r")) else cellule


def build_territoire(
    lu: TerritoireLu, identifiant: str, *, le: date, source: str = ""
) -> TerritoireCpts:
    """Turn what a file declares into a territory that the register can keep."""
    return TerritoireCpts(
        identifiant=identifiant,
        nom=lu.nom,
        unites=lu.unites,
        statut=lu.statut,
        finess=lu.finess,
        source=source or f"Import du fichier {lu.fichier}"[:300],
        source_le=le,
    )
