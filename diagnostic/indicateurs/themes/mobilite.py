"""Households without a car, and how people go to work."""

from __future__ import annotations

from typing import Final

from diagnostic.indicateurs.registre import MOBILITE, Indicateur, pour
from diagnostic.indicateurs.themes.communs import rapport

_NOTE: Final = (
    "Actifs de 15 ans ou plus ayant un emploi, au lieu où ils habitent. Le moyen de transport est "
    "le principal déclaré au recensement."
)


def _trajet(cle: str, libelle: str, table: str, haut: str, formule: str) -> Indicateur:
    return Indicateur(
        cle=cle,
        libelle=libelle,
        theme=MOBILITE,
        unite="%",
        sources=(table,),
        agregation="R",
        calcul=rapport(table, [haut], ["actifs_occupes"]),
        forme=pour(100),
        formule=formule,
        notes=(_NOTE,),
    )


INDICATEURS: Final = (
    Indicateur(
        cle="part_menages_sans_voiture",
        libelle="Ménages sans voiture",
        theme=MOBILITE,
        unite="%",
        sources=("voitures",),
        agregation="R",
        calcul=rapport("voitures", ["menages_sans_voiture"], ["menages"]),
        forme=pour(100),
        formule="Résidences principales sans voiture sur l’ensemble des résidences principales.",
        sens=1,
    ),
    _trajet(
        "part_travail_dans_commune", "Actifs travaillant dans leur commune", "lieux_travail",
        "dans_commune",
        "Actifs occupés qui travaillent dans leur commune de résidence, sur les actifs occupés.",
    ),
    _trajet(
        "part_trajets_voiture", "Actifs allant au travail en voiture", "trajets", "voiture",
        "Actifs occupés qui vont travailler surtout en voiture, camion ou fourgonnette, sur les "
        "actifs occupés.",
    ),
    _trajet(
        "part_trajets_transports_communs", "Actifs allant au travail en transports en commun",
        "trajets", "transports_communs",
        "Actifs occupés qui vont travailler surtout en transports en commun, sur les actifs "
        "occupés.",
    ),
    _trajet(
        "part_trajets_marche_velo", "Actifs allant au travail à pied ou à vélo", "trajets",
        "marche_velo",
        "Actifs occupés qui vont travailler surtout à pied ou à vélo, sur les actifs occupés.",
    ),
)  # fmt: skip
