"""What an indicator yields: a value with everything needed to trust it or doubt it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final, Literal

GenreComparateur = Literal["departement", "region", "france", "epci", "perimetre", "ressemblant"]
Agregation = Literal["S", "R", "P", "N", "I", "T"]
Etat = Literal["embarquee", "importee", "actualisee", "saisie", "calculee"]
_COUVERTURE_A_DIRE: Final = 0.95


@dataclass(frozen=True)
class Comparateur:
    """Hold the value of an indicator on another territory.

    Parameters
    ----------
    genre
        Kind of territory: `departement`, `region`, `france`, `epci`, `perimetre`, `ressemblant`.
    code
        INSEE or SIREN code; empty for France, the look-alikes and a saved perimeter.
    libelle
        Name to print ("Ille-et-Vilaine", "France").
    valeur
        Same unit as the indicator; None when the source says nothing, or too little, there.
    couverture
        Share (0 to 1) of the population of that territory for which the source has a value.
    """

    genre: GenreComparateur
    code: str
    libelle: str
    valeur: float | None
    couverture: float = 1.0

    @property
    def est_partiel(self) -> bool:
        """Whether the source misses enough inhabitants for it to be said beside the figure."""
        return 0 < self.couverture < _COUVERTURE_A_DIRE


@dataclass(frozen=True)
class ValeurLocale:
    """Hold a value that cannot be aggregated, where its producer published it.

    Parameters
    ----------
    code, libelle
        Commune, arrondissement, EPCI or département.
    niveau
        `commune`, `epci` or `departement`.
    valeur
        None when secret or missing.
    part_population
        Share (0 to 1) of the population of the territory that lives there.
    """

    code: str
    libelle: str
    niveau: Literal["commune", "epci", "departement"]
    valeur: float | None
    part_population: float


@dataclass(frozen=True)
class ResultatIndicateur:
    """Hold one indicator of one territory.

    Parameters
    ----------
    cle, libelle, theme
        Identity, as in the registry.
    valeur
        In `unite`; None when unknown, secret, or not aggregable to a free-form perimeter.
        Percentages run from 0 to 100, as printed.
    unite
        French unit, as printed after the number ("%", "hab./km²", "habitants").
    numerateur, denominateur
        Sums over the communes for which the source has a value; None where meaningless.
    millesime
        Year or period of the data ("2023", "2018-2023").
    source
        Producer, file and vintage, as printed under the figure.
    geographie
        Year of the communal geography the figures are expressed in, and where they come from.
    couverture
        Share (0 to 1) of the population of the territory for which the source has a value.
    comparateurs
        Same indicator elsewhere, computed by the same function.
    notes
        French sentences the reader needs to read the figure rightly.
    decimales
        Digits after the comma that the precision of the source allows.
    formule
        French sentence: numerator over denominator.
    agregation
        S sum, R ratio of sums, P weighted mean, N published where it is and not aggregated,
        I inherited from the département (one value each in `details`, never a value of the
        territory; a typed figure has its own), T property of the territory itself.
    etat
        Where the data come from: embedded, imported, refreshed, typed in, computed.
    sens
        1 when a value above the reference deserves attention, -1 when below, 0 otherwise.
    details
        Local values of an indicator that is not aggregable, or those of the départements crossed.
    serie
        Yearly values, label → value, when the indicator has a history.
    sans_partielles
        The value without the communes held in part, when there are some: with `valeur`, it
        tells how much the uncertainty weighs.
    rang
        Place the value would take among the EPCI of the size of a CPTS, from the highest, and
        how many they are; None when not comparable.
    """

    cle: str
    libelle: str
    theme: str
    valeur: float | None
    unite: str
    numerateur: float | None
    denominateur: float | None
    millesime: str
    source: str
    geographie: str
    couverture: float
    comparateurs: tuple[Comparateur, ...] = ()
    notes: tuple[str, ...] = ()
    decimales: int = 1
    formule: str = ""
    agregation: Agregation = "R"
    etat: Etat = "embarquee"
    sens: int = 0
    details: tuple[ValeurLocale, ...] = ()
    serie: Mapping[str, float] = field(default_factory=dict)
    sans_partielles: float | None = None
    rang: tuple[int, int] | None = None

    def comparateur(self, genre: GenreComparateur) -> Comparateur | None:
        """Return the first comparator of a kind, None when there is none."""
        return next((c for c in self.comparateurs if c.genre == genre), None)


@dataclass(frozen=True)
class ValeurSaisie:
    """Hold a value typed in by the user from REZONE CPTS, kept with the project.

    Parameters
    ----------
    cle
        Key of a form field (`diagnostic.indicateurs.saisie.CHAMPS`).
    valeur
        In the unit of the field; None is not kept: a value not typed has no row.
    le
        Date of the reading in REZONE.
    perimetre_saisi
        Scope the user read: "territoire", "departement", "region" or "france".
    commentaire
        Free text of the user, never trusted.
    """

    cle: str
    valeur: float
    le: date
    perimetre_saisi: Literal["territoire", "departement", "region", "france"] = "territoire"
    commentaire: str = ""
