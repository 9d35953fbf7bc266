"""Points to look at: the widest gaps with the département or the région, said without judging."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from diagnostic.indicateurs.calcul import build_socle
from diagnostic.indicateurs.resultats import Comparateur, GenreComparateur, ResultatIndicateur
from diagnostic.indicateurs.tables import TablesIndicateurs
from diagnostic.redaction import enumerer, format_nombre

NOMBRE: Final = 5
_PAR_THEME: Final = 2
_INSECABLE: Final = "\u00a0"
_GENRES: Final[tuple[GenreComparateur, ...]] = ("departement", "region")
_LIEUX: Final = {"departement": "le département", "region": "la région"}
_COMPLEMENTS: Final = {"departement": "du département", "region": "de la région"}


@dataclass(frozen=True)
class PointAttention:
    """Hold one gap worth a sentence.

    Parameters
    ----------
    phrase
        French sentence for the user to edit.
    raison
        Why it was picked.
    ecart
        Gap in standard deviations of comparable EPCI, signed.
    est_vigilance
        The gap is on the side that usually deserves attention (`sens` of the indicator).
    """

    cle: str
    phrase: str
    raison: str
    ecart: float
    est_vigilance: bool


@dataclass(frozen=True)
class _Candidat:
    ecart: float
    reference: Comparateur
    references: Sequence[Comparateur]
    resultat: ResultatIndicateur

    @property
    def est_vigilance(self) -> bool:
        return self.ecart * self.resultat.sens > 0

    @property
    def ordre(self) -> tuple[bool, float]:
        return (not self.est_vigilance, -abs(self.ecart))


def compute_points_attention(
    tables: TablesIndicateurs,
    resultats: Sequence[ResultatIndicateur],
    combien: int = NOMBRE,
) -> tuple[PointAttention, ...]:
    """Pick the indicators that stand out, the widest standardised gap first.

    Parameters
    ----------
    resultats
        Results with their comparators, as `compute_indicateurs` gives them.

    Notes
    -----
    Only shares and ratios whose reading has a direction are compared, on the département that
    holds most of the territory and on its région; the wider of the two gaps counts. Gaps on the
    side that usually deserves attention come before the others, whatever their width: few
    doctors before many. Two points at most come from one theme. A poorly covered figure is not
    picked.
    """
    minimum = tables.seuil("attention_ecart_minimum")
    candidats = (_candidat(tables, resultat) for resultat in resultats)
    retenus = [c for c in candidats if c is not None and abs(c.ecart) >= minimum]
    par_theme: Counter[str] = Counter()
    points: list[PointAttention] = []
    for candidat in sorted(retenus, key=lambda c: c.ordre):
        theme = candidat.resultat.theme
        if par_theme[theme] < _PAR_THEME and len(points) < combien:
            par_theme[theme] += 1
            points.append(_point(candidat))
    return tuple(points)


def can_compare(tables: TablesIndicateurs, resultats: Sequence[ResultatIndicateur]) -> bool:
    """Tell whether any indicator could have stood out: without one, silence means nothing."""
    return any(_candidat(tables, resultat) is not None for resultat in resultats)


def _candidat(tables: TablesIndicateurs, resultat: ResultatIndicateur) -> _Candidat | None:
    """Return the gap of an indicator that counts, None when it cannot be compared."""
    socle = build_socle(tables)
    if (
        resultat.cle not in socle.rang
        or resultat.agregation not in ("R", "P")
        or resultat.sens == 0
        or resultat.valeur is None
        or resultat.couverture < tables.seuil("couverture_minimum")
    ):
        return None
    ecart_type = float(socle.ecarts_types[socle.rang[resultat.cle]])
    if not (np.isfinite(ecart_type) and ecart_type > 0):
        return None
    references = _references(resultat)
    candidats = [
        _Candidat(
            (resultat.valeur - (reference.valeur or 0.0)) / ecart_type,
            reference,
            references,
            resultat,
        )
        for reference in references
    ]
    return min(candidats, key=lambda c: c.ordre, default=None)


def _references(resultat: ResultatIndicateur) -> list[Comparateur]:
    """Return the département then the région, where they can be compared."""
    return [
        reference
        for genre in _GENRES
        if (reference := resultat.comparateur(genre)) is not None and reference.valeur is not None
    ]


def _point(candidat: _Candidat) -> PointAttention:
    resultat, ecart = candidat.resultat, candidat.ecart
    return PointAttention(
        cle=resultat.cle,
        phrase=(
            f"{resultat.libelle}{_INSECABLE}: {_ecrire(resultat.valeur or 0.0, resultat)}"
            f"{_INSECABLE}{resultat.unite}, contre {enumerer(_dire_references(candidat))}."
        ),
        raison=(
            f"{_dire_ecart(candidat)}, mesuré sur les intercommunalités de taille comparable. "
            f"{_dire_sens(candidat)} {resultat.source}."
        ),
        ecart=ecart,
        est_vigilance=candidat.est_vigilance,
    )


def _dire_references(candidat: _Candidat) -> list[str]:
    resultat = candidat.resultat
    ici = _ecrire(resultat.valeur or 0.0, resultat)
    unite = f"{_INSECABLE}%" if resultat.unite == "%" else ""
    # a territory that is the whole département is told apart from its région only; overseas,
    # the région is the département
    return list(
        {
            reference.libelle: f"{valeur}{unite} dans {_LIEUX[reference.genre]} "
            f"({reference.libelle})"
            for reference in reversed(candidat.references)
            if (valeur := _ecrire(reference.valeur or 0.0, resultat)) != ici
        }.values()
    )[::-1]


def _dire_sens(candidat: _Candidat) -> str:
    cote = "forte" if candidat.resultat.sens > 0 else "faible"
    suite = (
        f"{_INSECABLE}: c’est le cas ici" if candidat.est_vigilance else " ; ici, c’est l’inverse"
    )
    return f"D’ordinaire, c’est une valeur plus {cote} qui appelle l’attention{suite}."


def _dire_ecart(candidat: _Candidat) -> str:
    nombre = round(abs(candidat.ecart), 1)
    return (
        f"Écart de {format_nombre(nombre, 1)} {'écart-type' if nombre < 2 else 'écarts-types'} "
        f"{'au-dessus' if candidat.ecart > 0 else 'en dessous'} "
        f"{_COMPLEMENTS[candidat.reference.genre]}"
    )


def _ecrire(valeur: float, resultat: ResultatIndicateur) -> str:
    return format_nombre(valeur, resultat.decimales).replace("-", "−")
