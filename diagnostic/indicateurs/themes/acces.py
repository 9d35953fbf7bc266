"""Access to general practitioners: localised potential accessibility (APL), zones of the ARS."""

from __future__ import annotations

from typing import Final

import numpy as np

from diagnostic.indicateurs.registre import (
    ACCES,
    Calcul,
    Colonnes,
    Indicateur,
    Reels,
    pour,
    quotient,
)

_NOTE: Final = (
    "L’APL tient compte de l’activité des médecins, de la distance et de l’âge des habitants. Elle "
    "est agrégée en pondérant par la population standardisée, comme le demande la Drees."
)

_NOTE_ZONAGE: Final = (
    "Zonage conventionnel arrêté par l’ARS : il ouvre des aides à l’installation. Les communes "
    "dont seuls des quartiers sont zonés (codes QPV et GQ) ne comptent ni en ZIP ni en ZAC."
)


def _ponderee(colonne: str) -> Calcul:
    def calcul(colonnes: Colonnes) -> tuple[Reels, Reels]:
        poids = colonnes("apl", "population_standardisee")
        return colonnes("apl", colonne) * poids, poids

    return calcul


def _sous_dense(colonnes: Colonnes) -> tuple[Reels, Reels]:
    apl = colonnes("apl", "apl")
    habitants = colonnes("apl", "population_totale")
    sous_le_seuil = np.where(apl < colonnes.seuil("apl_sous_densite"), habitants, 0.0)
    return np.where(np.isnan(apl), np.nan, sous_le_seuil), habitants


def _en_zone(colonne: str) -> Calcul:
    def calcul(colonnes: Colonnes) -> tuple[Reels, Reels]:
        habitants = colonnes("population", "habitants")
        return colonnes("zonage", colonne) * habitants, habitants

    return calcul


def _zone(cle: str, libelle: str, colonne: str, formule: str, sens: int = 0) -> Indicateur:
    return Indicateur(
        cle=cle,
        libelle=libelle,
        theme=ACCES,
        unite="%",
        sources=("zonage", "population"),
        agregation="R",
        calcul=_en_zone(colonne),
        forme=pour(100),
        formule=formule,
        sens=sens,
        notes=(_NOTE_ZONAGE,),
    )


INDICATEURS: Final = (
    Indicateur(
        cle="apl_generalistes",
        libelle="APL aux médecins généralistes",
        theme=ACCES,
        unite="consultations par an et par habitant",
        sources=("apl",),
        agregation="P",
        calcul=_ponderee("apl"),
        forme=quotient,
        formule="Moyenne des APL communales pondérée par la population standardisée.",
        sens=-1,
        decimales=2,
        notes=(_NOTE,),
    ),
    Indicateur(
        cle="apl_generalistes_65_ans",
        libelle="APL aux médecins généralistes de 65 ans ou moins",
        theme=ACCES,
        unite="consultations par an et par habitant",
        sources=("apl",),
        agregation="P",
        calcul=_ponderee("apl_65"),
        forme=quotient,
        formule="Moyenne des APL communales pondérée par la population standardisée, en ne "
        "comptant que les médecins de 65 ans ou moins.",
        sens=-1,
        decimales=2,
        notes=(_NOTE,),
    ),
    Indicateur(
        cle="part_sous_dense",
        libelle="Habitants d’une commune sous-dense en médecins généralistes",
        theme=ACCES,
        unite="%",
        sources=("apl",),
        agregation="R",
        calcul=_sous_dense,
        forme=pour(100),
        formule="Population des communes dont l’APL est sous le seuil de sous-densité, sur la "
        "population totale.",
        sens=1,
        notes=(_NOTE,),
    ),
    _zone(
        "part_zip", "Habitants d’une commune en zone d’intervention prioritaire (ZIP)", "zip",
        "Population municipale des communes entièrement en ZIP, sur la population municipale des "
        "communes dont le zonage est connu.", 1,
    ),
    _zone(
        "part_zac", "Habitants d’une commune en zone d’action complémentaire (ZAC)", "zac",
        "Population municipale des communes entièrement en ZAC, sur la population municipale des "
        "communes dont le zonage est connu.", 1,
    ),
    _zone(
        "part_zonage_partiel", "Habitants d’une commune dont un quartier seul est en ZIP ou ZAC",
        "partielle",
        "Population municipale, comptée entière, des communes zonées pour un quartier seulement, "
        "sur la population municipale des communes dont le zonage est connu.",
    ),
    _zone(
        "part_hors_zip_zac", "Habitants d’une commune hors ZIP et ZAC", "autre",
        "Population municipale des communes en zone de vigilance ou hors zonage, sur la population "
        "municipale des communes dont le zonage est connu.",
    ),
)  # fmt: skip
