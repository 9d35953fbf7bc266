"""State of health: prevalences published by département, never turned into those of a territory."""

from __future__ import annotations

from typing import Final

from diagnostic.indicateurs.registre import SANTE, Indicateur, somme
from diagnostic.indicateurs.themes.communs import NOTE_HERITAGE, SUFFIXE_DEPARTEMENT, herite

_TABLE: Final = "ameli_pathologies"
_PATHOLOGIES: Final = (
    ("diabete", "diabète"),
    ("cancers", "cancer"),
    ("cardio", "maladie cardio-neurovasculaire"),
    ("psychiatrie", "maladie psychiatrique"),
    ("respiratoire", "maladie respiratoire chronique"),
)


def _prevalence(colonne: str, nom: str) -> Indicateur:
    return Indicateur(
        cle=f"prevalence_{colonne}",
        libelle=f"Patients pris en charge pour {nom}{SUFFIXE_DEPARTEMENT}",
        theme=SANTE,
        unite="%",
        sources=(_TABLE,),
        agregation="I",
        calcul=herite(_TABLE, f"prevalence_{colonne}"),
        forme=somme,
        formule="Patients pris en charge sur population de la cartographie des pathologies, tous "
        "âges, dans le département.",
        sens=1,
        notes=(NOTE_HERITAGE,),
        publiee=f"prevalence_{colonne}",
    )


INDICATEURS: Final = tuple(_prevalence(*ligne) for ligne in _PATHOLOGIES)
