"""Indicators of a territory with its comparators, or of many territories at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from diagnostic.errors import PerimetreVideError
from diagnostic.indicateurs.formes import compute_resultats_forme
from diagnostic.indicateurs.quartiers import compute_resultats_quartiers
from diagnostic.indicateurs.registre import Indicateur, Reels
from diagnostic.indicateurs.resultats import (
    Comparateur,
    GenreComparateur,
    ResultatIndicateur,
    ValeurLocale,
)
from diagnostic.indicateurs.socle import (
    NiveauComparateur,
    NiveauReference,
    Rangs,
    Socle,
    Sommes,
)
from diagnostic.indicateurs.tables import (
    TablesIndicateurs,
    libelle_geographie,
    libelle_source,
)
from diagnostic.indicateurs.themes import REGISTRE
from diagnostic.perimetre import Perimetre
from geodata.schema import ANNEES_POPULATION, EtatTable

COMPARATEURS: Final[tuple[GenreComparateur, ...]] = ("departement", "region", "france", "epci")
_MAYOTTE: Final = "976"


@dataclass(frozen=True)
class AutreTerritoire:
    """Name another territory to compare with: a saved perimeter, a look-alike."""

    genre: GenreComparateur
    libelle: str
    perimetre: Perimetre
    code: str = ""


def compute_indicateurs(
    tables: TablesIndicateurs,
    perimetre: Perimetre,
    *,
    comparateurs: Sequence[GenreComparateur] = COMPARATEURS,
    autres: Sequence[AutreTerritoire] = (),
) -> tuple[ResultatIndicateur, ...]:
    """Compute every indicator the loaded tables allow, with its comparators.

    Parameters
    ----------
    tables
        The tables; what they allow is prepared once and kept with them.
    perimetre
        The territory. Partial unités count whole: the results say what they weigh.
    comparateurs
        Kinds of territories to compare with: those the territory crosses.
    autres
        Other territories to compare with.

    Returns
    -------
    Results in the order of the registry, then the properties of the territory.

    Raises
    ------
    PerimetreVideError
        If the territory holds no commune.
    """
    if not perimetre.codes:
        raise PerimetreVideError
    socle = build_socle(tables)
    lecture = _Lecture.open(tables, socle, perimetre)
    references = _references(tables, socle, lecture.rangs, comparateurs, autres)
    resultats = (
        _resultat(tables, rang, indicateur, lecture, references)
        for rang, indicateur in enumerate(socle.indicateurs)
    )
    return (
        *resultats,
        *compute_resultats_quartiers(tables, perimetre.codes),
        *compute_resultats_forme(tables.geographie, lecture.rangs),
    )


def compute_lot(
    tables: TablesIndicateurs, perimetres: Iterable[Perimetre]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Compute the indicators of many territories at once, without comparators.

    Returns
    -------
    The values then the coverages, one row per territory in the order given, one column per key.
    """
    socle = build_socle(tables)
    sommes = socle.sum_lot([tables.geographie.rangs(p.codes) for p in perimetres])
    cles = [indicateur.cle for indicateur in socle.indicateurs]
    return (
        pd.DataFrame(socle.compute_valeurs(sommes), columns=cles),
        pd.DataFrame(sommes.couvertures, columns=cles),
    )


def compute_locales(tables: TablesIndicateurs, cle: str, perimetre: Perimetre) -> pd.DataFrame:
    """Return one indicator in every commune of a territory, for a map and its table.

    Returns
    -------
    Index `code` (unités), columns `nom`, `valeur` (NaN where the source is silent), `habitants`.
    """
    socle = build_socle(tables)
    rangs = tables.geographie.rangs(perimetre.codes)
    return pd.DataFrame(
        {
            "nom": tables.geographie.noms[rangs],
            "valeur": socle.compute_locales(cle)[rangs],
            "habitants": tables.habitants[rangs],
        },
        index=pd.Index(tables.geographie.codes[rangs], name="code"),
    )


@lru_cache(maxsize=2)
def build_socle(tables: TablesIndicateurs) -> Socle:
    """Return the country-wide sums of these tables, prepared at the first call."""
    return Socle(tables, REGISTRE)


def _resultat(
    tables: TablesIndicateurs,
    rang: int,
    indicateur: Indicateur,
    lecture: _Lecture,
    references: Sequence[_Comparateurs],
) -> ResultatIndicateur:
    est_local = indicateur.agregation in ("N", "I")
    details = lecture.details(indicateur) if est_local else ()
    couverture = (
        sum(d.part_population for d in details if d.valeur is not None)
        if indicateur.agregation == "I"
        else float(lecture.sommes.couvertures[0, rang])
    )
    identite = _identite(tables, indicateur.sources[0])
    comparateurs = tuple(
        comparateur for reference in references if (comparateur := reference[rang]) is not None
    )
    haut, bas = lecture.sommes.numerateurs[0, rang], lecture.sommes.denominateurs[0, rang]
    est_vide = est_local or lecture.sommes.couverts[0, rang] <= 0
    est_somme = indicateur.agregation == "S"
    notes = [
        *identite.notes,
        *lecture.notes_mayotte(indicateur),
        *indicateur.notes,
        *(
            _notes_departements(details)
            if indicateur.agregation == "I"
            else [
                *lecture.notes_couverture(rang, couverture),
                *_notes_comparateurs(comparateurs, lecture.socle.couverture_minimum),
            ]
        ),
    ]
    if lecture.sans_partielles is not None and indicateur.agregation != "I":
        notes.append(_NOTE_PARTIELLES)
    return ResultatIndicateur(
        cle=indicateur.cle,
        libelle=indicateur.libelle,
        theme=indicateur.theme,
        valeur=_ou_rien(lecture.valeurs[rang]),
        unite=indicateur.unite,
        numerateur=None if est_vide else float(haut),
        denominateur=None if est_vide or est_somme else float(bas),
        millesime=indicateur.periode or identite.millesime,
        source=identite.source,
        geographie="département" if indicateur.agregation == "I" else identite.geographie,
        couverture=couverture,
        comparateurs=comparateurs,
        notes=tuple(dict.fromkeys(notes)),
        decimales=indicateur.decimales,
        formule=indicateur.formule,
        agregation=indicateur.agregation,
        etat=identite.etat,
        sens=indicateur.sens,
        details=details,
        serie=lecture.serie if indicateur.cle == "evolution_population" else {},
        sans_partielles=(
            None if lecture.sans_partielles is None else _ou_rien(lecture.sans_partielles[rang])
        ),
        rang=(
            lecture.socle.compute_rang(rang, float(lecture.valeurs[rang]), couverture)
            if indicateur.agregation in ("R", "P")
            else None
        ),
    )


def _notes_departements(details: Sequence[ValeurLocale]) -> list[str]:
    absents = [detail.libelle for detail in details if detail.valeur is None]
    return [f"{_ABSENTE} : {', '.join(absents)}."] if absents else []


def _notes_comparateurs(comparateurs: Sequence[Comparateur], minimum: float) -> list[str]:
    """Say which comparators are known for a part of their inhabitants only."""
    partiels = [c for c in comparateurs if c.est_partiel]
    ecartes = [c for c in partiels if c.couverture < minimum]
    notes = []
    for introduction, concernes in (
        ("Non comparé, la source en connaît trop peu d’habitants", ecartes),
        ("Comparé sur une partie des habitants", [c for c in partiels if c not in ecartes]),
    ):
        if concernes:
            dits = ", ".join(
                f"{c.libelle} ({max(1, round(100 * c.couverture))} %)" for c in concernes
            )
            notes.append(f"{introduction} : {dits}.")
    return notes


_NOTE_PARTIELLES: Final = (
    "Une partie des communes n’est que partiellement dans le territoire : elles sont comptées "
    "entières, les effectifs sont donc des majorants."
)


_NOTE_MAYOTTE: Final = (
    "La seule population connue de Mayotte est celle du recensement de 2017 : elle est bien "
    "inférieure à la population d’aujourd’hui."
)


@dataclass(frozen=True)
class _Identite:
    source: str
    millesime: str
    geographie: str
    etat: EtatTable
    notes: tuple[str, ...]


def _identite(tables: TablesIndicateurs, id_table: str) -> _Identite:
    table = tables.par_id[id_table]
    return _Identite(
        libelle_source(table),
        table.libelle_millesime,
        libelle_geographie(table, tables.geographie.millesime),
        table.etat,
        table.notes,
    )


@dataclass(frozen=True)
class _Lecture:
    """Read one territory on the prepared sums."""

    tables: TablesIndicateurs
    socle: Socle
    perimetre: Perimetre
    rangs: Rangs
    sommes: Sommes
    valeurs: Reels
    sans_partielles: Reels | None
    serie: Mapping[str, float]

    @classmethod
    def open(cls, tables: TablesIndicateurs, socle: Socle, perimetre: Perimetre) -> _Lecture:
        geographie = tables.geographie
        rangs = geographie.rangs(perimetre.codes)
        sommes = socle.sum_rangs(rangs)
        entieres = None
        if perimetre.partielles:
            restant = socle.sum_rangs(geographie.rangs(perimetre.entieres))
            entieres = socle.compute_valeurs(restant)[0]
        return cls(
            tables,
            socle,
            perimetre,
            rangs,
            sommes,
            socle.compute_valeurs(sommes)[0],
            entieres,
            _serie(tables, socle, rangs),
        )

    def notes_mayotte(self, indicateur: Indicateur) -> list[str]:
        """Say how old the only population of Mayotte is, when the territory has some."""
        departements = self.tables.geographie.appartenance["departement"][self.rangs]
        concerne = "population" in indicateur.sources and (departements == _MAYOTTE).any()
        return [_NOTE_MAYOTTE] if concerne else []

    def notes_couverture(self, rang: int, couverture: float) -> list[str]:
        """Name the communes whose value is missing, when some are."""
        if couverture >= 1.0 - 1e-9:
            return []
        muettes = self.socle.find_muettes(self.rangs, rang)
        noms = [str(nom) for nom in self.tables.geographie.noms[muettes]]
        if not noms:
            return []
        if len(noms) > _NOMS_MAXIMUM:
            return [f"{_ABSENTE} pour {len(noms)} communes du territoire."]
        return [f"{_ABSENTE} : {', '.join(noms)}."]

    def details(self, indicateur: Indicateur) -> tuple[ValeurLocale, ...]:
        """List the published values of an indicator that is not aggregable."""
        if indicateur.agregation == "I":
            return tuple(self._details_departements(indicateur))
        return (*self._details_epci(indicateur), *self._details_communes(indicateur))

    def _details_communes(self, indicateur: Indicateur) -> list[ValeurLocale]:
        valeurs = self.socle.compute_locales(indicateur.cle)[self.rangs]
        habitants = self.tables.habitants[self.rangs]
        total = habitants.sum() or 1.0
        geographie = self.tables.geographie
        return [
            ValeurLocale(
                str(geographie.codes[rang]),
                str(geographie.noms[rang]),
                "commune",
                _ou_rien(valeurs[ordre]),
                float(habitants[ordre] / total),
            )
            for ordre in np.argsort(-habitants, kind="stable")
            for rang in (self.rangs[ordre],)
        ]

    def _details_departements(self, indicateur: Indicateur) -> list[ValeurLocale]:
        publiees = self.tables.par_id[indicateur.sources[0]].publiees
        geographie = self.tables.geographie
        codes, _ = self.socle.niveau("departement")
        appartenance = geographie.appartenance["departement"][self.rangs]
        habitants = self.tables.habitants[self.rangs]
        total = float(habitants.sum()) or 1.0
        return [
            ValeurLocale(
                str(code),
                geographie.nom("departement", str(code)),
                "departement",
                _publiee(publiees, f"departement:{code}", indicateur.publiee),
                float(habitants[appartenance == code].sum()) / total,
            )
            for code in (codes[r] for r in self.socle.croises("departement", self.rangs))
        ]

    def _details_epci(self, indicateur: Indicateur) -> list[ValeurLocale]:
        publiees = self.tables.par_id[indicateur.sources[0]].publiees
        if indicateur.publiee not in publiees:
            return []
        geographie = self.tables.geographie
        codes = geographie.appartenance["epci"][self.rangs]
        habitants = pd.Series(self.tables.habitants[self.rangs]).groupby(codes).sum()
        total = float(self.tables.habitants[self.rangs].sum()) or 1.0
        noms = geographie.epci["nom"].astype(str).to_dict()
        return [
            ValeurLocale(
                str(code),
                noms[str(code)],
                "epci",
                _publiee(publiees, f"epci:{code}", indicateur.publiee),
                float(population) / total,
            )
            for code, population in habitants.sort_values(ascending=False).items()
        ]


_NOMS_MAXIMUM: Final = 8
_ABSENTE: Final = "Valeur absente de la source ou secrète"


@dataclass(frozen=True)
class _Reference:
    """One territory to compare with, read on the prepared sums."""

    genre: GenreComparateur
    code: str
    libelle: str
    valeurs: Reels
    couvertures: Reels
    # indicators for which Mayotte is not in France
    sans_mayotte: npt.NDArray[np.bool_] | None = None

    def compare_all(self, tables: TablesIndicateurs, socle: Socle) -> _Comparateurs:
        """Return the comparator of every indicator."""
        return tuple(
            self._compare(tables, socle, indicateur, rang)
            for rang, indicateur in enumerate(socle.indicateurs)
        )

    def _compare(
        self, tables: TablesIndicateurs, socle: Socle, indicateur: Indicateur, rang: int
    ) -> Comparateur | None:
        """Return the comparator of one indicator; None when it would be meaningless."""
        if indicateur.agregation in ("N", "I"):
            return self._publie(tables, indicateur)
        hors_mayotte = self.sans_mayotte is not None and bool(self.sans_mayotte[rang])
        couverture = float(self.couvertures[rang])
        # a table of one département says nothing of the country
        est_connu = couverture >= socle.couverture_minimum
        return Comparateur(
            self.genre,
            self.code,
            f"{self.libelle} hors Mayotte" if hors_mayotte else self.libelle,
            _ou_rien(self.valeurs[rang]) if est_connu else None,
            couverture,
        )

    def _publie(self, tables: TablesIndicateurs, indicateur: Indicateur) -> Comparateur | None:
        publiees = tables.par_id[indicateur.sources[0]].publiees
        if indicateur.publiee not in publiees or self.genre in ("perimetre", "ressemblant"):
            return None
        if indicateur.agregation == "I" and self.genre == "epci":
            return None
        valeur = _publiee(publiees, f"{self.genre}:{self.code}", indicateur.publiee)
        couverture = 0.0 if valeur is None else 1.0
        return Comparateur(self.genre, self.code, self.libelle, valeur, couverture)


# one comparator per indicator of the base, None where it would be meaningless
_Comparateurs = tuple[Comparateur | None, ...]


def _references(
    tables: TablesIndicateurs,
    socle: Socle,
    rangs: Rangs,
    comparateurs: Sequence[GenreComparateur],
    autres: Sequence[AutreTerritoire],
) -> list[_Comparateurs]:
    references: list[_Comparateurs] = []
    for genre in comparateurs:
        if genre == "france":
            references.append(_recall(tables, socle, "france", 0))
        elif genre in ("departement", "region", "epci"):
            references.extend(
                _recall(tables, socle, genre, ligne) for ligne in socle.croises(genre, rangs)
            )
    for autre in autres:
        sommes = socle.sum_rangs(tables.geographie.rangs(autre.perimetre.codes))
        reference = _Reference(
            autre.genre,
            autre.code,
            autre.libelle,
            socle.compute_valeurs(sommes)[0],
            sommes.couvertures[0],
        )
        references.append(reference.compare_all(tables, socle))
    return references


def _recall(
    tables: TablesIndicateurs, socle: Socle, genre: NiveauReference, ligne: int
) -> _Comparateurs:
    """Return the comparators of a territory of the country, built at the first need of it."""
    connus = socle.memoire.get((genre, ligne))
    if connus is None:
        reference = _france(socle) if genre == "france" else _entite(tables, socle, genre, ligne)
        connus = socle.memoire[(genre, ligne)] = reference.compare_all(tables, socle)
    return connus


def _entite(
    tables: TablesIndicateurs, socle: Socle, niveau: NiveauComparateur, ligne: int
) -> _Reference:
    codes, sommes = socle.niveau(niveau)
    code = str(codes[ligne])
    return _Reference(
        niveau,
        code,
        tables.geographie.nom(niveau, code),
        socle.valeurs_niveaux[niveau][ligne],
        sommes.couvertures[ligne],
    )


def _france(socle: Socle) -> _Reference:
    return _Reference(
        "france",
        "",
        "France",
        socle.valeurs_france,
        socle.france.couvertures[0],
        socle.sans_mayotte,
    )


def compute_serie(
    tables: TablesIndicateurs, perimetre: Perimetre, depuis: int = ANNEES_POPULATION[0]
) -> dict[str, float]:
    """Return the population municipale of each year, on the communes whose series is whole.

    Parameters
    ----------
    depuis
        First of `ANNEES_POPULATION` to read: islands out of any EPCI and arrondissements, taken
        one by one, have no 2018.
    """
    rangs = tables.geographie.rangs(perimetre.codes)
    return _serie(tables, build_socle(tables), rangs, depuis)


def _serie(
    tables: TablesIndicateurs, socle: Socle, rangs: Rangs, depuis: int = ANNEES_POPULATION[0]
) -> dict[str, float]:
    premiere = ANNEES_POPULATION.index(depuis)
    annees = socle.annees[:, premiere:]
    dedans = set(rangs.tolist())
    lignes = set(rangs[np.isfinite(annees[rangs]).all(axis=1)].tolist())
    n = len(tables.habitants)
    for numero, membres in enumerate(tables.rangs_groupes):
        complet = np.isfinite(annees[n + numero]).all()
        if complet and dedans.issuperset(membres.tolist()) and not lignes >= set(membres.tolist()):
            lignes = (lignes - set(membres.tolist())) | {n + numero}
    if not lignes:
        return {}
    totaux = annees[sorted(lignes)].sum(axis=0)
    return {str(a): float(t) for a, t in zip(ANNEES_POPULATION[premiere:], totaux, strict=True)}


def _publiee(publiees: pd.DataFrame, cle: str, nom: str) -> float | None:
    return _ou_rien(publiees[nom].get(cle, np.nan))


def _ou_rien(valeur: float) -> float | None:
    return float(valeur) if np.isfinite(valeur) else None
