"""Points to look at: the widest gaps with the département or the région, said without judging."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from diagnostic.indicateurs.calcul import build_socle
from diagnostic.indicateurs.resultats import Comparateur, ResultatIndicateur
from diagnostic.indicateurs.tables import TablesIndicateurs
from diagnostic.redaction import format_nombre

NOMBRE: Final = 5
_PAR_THEME: Final = 2
_INSECABLE: Final = "\u00a0"
_PREPOSITIONS: Final = {"departement": "le département", "region": "la région"}


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
    """

    cle: str
    phrase: str
    raison: str
    ecart: float


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
    Only shares and ratios are compared, on the département that holds most of the territory, or
    on its région. Two points at most come from one theme. A poorly covered figure is not picked.
    """
    socle = build_socle(tables)
    couverture = tables.seuil("couverture_minimum")
    candidats = []
    for resultat in resultats:
        reference = resultat.comparateur("departement") or resultat.comparateur("region")
        if (
            resultat.cle not in socle.rang
            or resultat.agregation not in ("R", "P")
            or resultat.sens == 0
            or resultat.valeur is None
            or resultat.couverture < couverture
            or reference is None
            or reference.valeur is None
        ):
            continue
        ecart_type = socle.ecarts_types[socle.rang[resultat.cle]]
        if np.isfinite(ecart_type) and ecart_type > 0:
            ecart = (resultat.valeur - reference.valeur) / float(ecart_type)
            candidats.append((ecart, resultat, reference))
    candidats.sort(key=lambda candidat: -abs(candidat[0]))
    par_theme: Counter[str] = Counter()
    points: list[PointAttention] = []
    for ecart, resultat, reference in candidats:
        if abs(ecart) < tables.seuil("attention_ecart_minimum") or len(points) >= combien:
            break
        if par_theme[resultat.theme] < _PAR_THEME:
            par_theme[resultat.theme] += 1
            points.append(_point(ecart, resultat, reference))
    return tuple(points)


def _point(ecart: float, resultat: ResultatIndicateur, reference: Comparateur) -> PointAttention:
    ici, la_bas = resultat.valeur or 0.0, reference.valeur or 0.0
    decimales = resultat.decimales
    return PointAttention(
        cle=resultat.cle,
        phrase=(
            f"{resultat.libelle}{_INSECABLE}: {_ecrire(ici, decimales)}{_INSECABLE}"
            f"{resultat.unite}, contre {_ecrire(la_bas, decimales)}{_INSECABLE}{resultat.unite} "
            f"dans {_PREPOSITIONS[reference.genre]} ({reference.libelle})."
        ),
        raison=(
            f"Écart de {_ecrire(abs(ecart), 1)} "
            f"{'écart-type' if round(abs(ecart), 1) < 2 else 'écarts-types'} "
            f"{'au-dessus' if ecart > 0 else 'en dessous'}, mesuré sur les intercommunalités de "
            f"taille comparable. {resultat.source}."
        ),
        ecart=ecart,
    )


def _ecrire(valeur: float, decimales: int) -> str:
    return format_nombre(valeur, decimales).replace("-", "−")
