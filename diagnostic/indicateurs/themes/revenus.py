"""Incomes: medians and poverty rates are published where they are, and never averaged."""

from __future__ import annotations

from typing import Final

from diagnostic.indicateurs.registre import (
    REVENUS,
    Colonnes,
    Indicateur,
    Reels,
    pour,
    somme,
)
from diagnostic.indicateurs.themes.communs import effectif, par_habitant
from geodata.schema import ANNEES_POPULATION

_NOTE: Final = (
    "Une médiane ou un taux de pauvreté ne s’additionne pas : il n’existe pas de valeur pour un "
    "périmètre libre. Les valeurs publiées par commune ou intercommunalité sont listées, avec la "
    "part de la population qu’elles concernent."
)
_NOTE_RUPTURE: Final = (
    "Filosofi 2023 (« Filosofi 2 ») n’est pas comparable aux millésimes 2012 à 2021."
)
_NOTE_RSA: Final = "Effectifs arrondis au multiple de 5 par la Cnaf ; les plus petits sont absents."
_NOTE_QPV: Final = (
    "Quartiers prioritaires de la politique de la ville en vigueur depuis 2024. Un quartier à "
    "cheval sur deux communes n’est pas réparti entre elles."
)
_NOTE_BASE_QPV: Final = (
    "La population municipale est celle de la même année que les quartiers ; à défaut, de l’année "
    f"connue la plus proche, de {ANNEES_POPULATION[0]} à {ANNEES_POPULATION[-1]}."
)


def _en_quartier(colonnes: Colonnes) -> tuple[Reels, Reels]:
    voulue = int(colonnes.millesime("qpv_population"))
    annee = min(ANNEES_POPULATION, key=lambda connue: abs(connue - voulue))
    return (
        colonnes("qpv_population", "population_qpv"),
        colonnes("population", f"population_municipale_{annee}"),
    )


def _locale(
    cle: str, libelle: str, unite: str, colonne: str, sens: int, decimales: int
) -> Indicateur:
    return Indicateur(
        cle=cle,
        libelle=libelle,
        theme=REVENUS,
        unite=unite,
        sources=("filosofi",),
        agregation="N",
        calcul=effectif("filosofi", [colonne]),
        forme=somme,
        formule="Valeur publiée par l’Insee, non agrégée.",
        sens=sens,
        decimales=decimales,
        notes=(_NOTE, _NOTE_RUPTURE),
        publiee=colonne,
    )


INDICATEURS: Final = (
    _locale("niveau_vie_median", "Niveau de vie médian", "€ par an", "niveau_vie_median", -1, 0),
    _locale("taux_pauvrete", "Taux de pauvreté à 60 %", "%", "taux_pauvrete", 1, 0),
    _locale("rapport_interdecile", "Rapport interdécile D9/D1", "", "rapport_interdecile", 1, 1),
    Indicateur(
        cle="foyers_rsa",
        libelle="Foyers allocataires du RSA",
        theme=REVENUS,
        unite="pour 1 000 habitants",
        sources=("rsa", "population"),
        agregation="R",
        calcul=par_habitant("rsa", ["foyers_rsa"], ("population", "habitants")),
        forme=pour(1000),
        formule="Foyers allocataires du RSA pour 1 000 habitants (population municipale).",
        sens=1,
        notes=(_NOTE_RSA,),
    ),
    Indicateur(
        cle="part_qpv",
        libelle="Habitants d’un quartier prioritaire (QPV)",
        theme=REVENUS,
        unite="%",
        sources=("qpv_population", "population"),
        agregation="R",
        calcul=_en_quartier,
        forme=pour(100),
        formule="Population municipale des quartiers prioritaires sur population municipale.",
        sens=1,
        notes=(_NOTE_QPV, _NOTE_BASE_QPV),
    ),
    Indicateur(
        cle="habitants_qpv",
        libelle="Nombre d’habitants en quartier prioritaire (QPV)",
        theme=REVENUS,
        unite="habitants",
        sources=("qpv_population",),
        agregation="S",
        calcul=effectif("qpv_population", ["population_qpv"]),
        forme=somme,
        formule="Somme des populations municipales des quartiers prioritaires.",
        decimales=0,
        notes=(_NOTE_QPV,),
    ),
)
