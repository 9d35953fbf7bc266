"""Dwellings."""

from __future__ import annotations

from typing import Final

from diagnostic.indicateurs.registre import LOGEMENT, Indicateur, pour, somme
from diagnostic.indicateurs.themes.communs import effectif, rapport


def _part(cle: str, libelle: str, haut: str, formule: str, sens: int = 0) -> Indicateur:
    return Indicateur(
        cle=cle,
        libelle=libelle,
        theme=LOGEMENT,
        unite="%",
        sources=("logement",),
        agregation="R",
        calcul=rapport("logement", [haut], ["logements"]),
        forme=pour(100),
        formule=formule,
        sens=sens,
    )


INDICATEURS: Final = (
    Indicateur(
        cle="logements",
        libelle="Logements",
        theme=LOGEMENT,
        unite="logements",
        sources=("logement",),
        agregation="S",
        calcul=effectif("logement", ["logements"]),
        forme=somme,
        formule="Somme des logements.",
        decimales=0,
    ),
    _part(
        "part_residences_secondaires",
        "Part des résidences secondaires",
        "res_secondaires",
        "Résidences secondaires et logements occasionnels sur l’ensemble des logements. "
        "Une part élevée annonce une population de passage que la population municipale "
        "ne compte pas.",
        1,
    ),
    _part(
        "part_logements_vacants",
        "Part des logements vacants",
        "logements_vacants",
        "Logements vacants sur l’ensemble des logements.",
    ),
    _part(
        "part_appartements",
        "Part des appartements",
        "appartements",
        "Appartements sur l’ensemble des logements.",
    ),
)
