"""Inhabitants, growth, density: from the populations municipales, always there."""

from __future__ import annotations

from typing import Final

import numpy as np

from diagnostic.indicateurs.registre import (
    POPULATION,
    Calcul,
    Colonnes,
    Indicateur,
    Reels,
    croissance_annuelle,
    pour,
    quotient,
    somme,
)
from diagnostic.indicateurs.themes.communs import effectif, rapport
from geodata.schema import ANNEES_POPULATION

_DEBUT: Final = ANNEES_POPULATION[0]
_FIN: Final = ANNEES_POPULATION[-1]
_BORNES_TAILLE: Final = (2_000, 10_000)
_NOTE_SOLDES: Final = (
    "Le solde migratoire est obtenu par différence : il porte aussi les écarts entre deux "
    "recensements. La période n’est pas celle de l’évolution annuelle moyenne."
)


def colonne(annee: int) -> str:
    """Return the name of the population municipale of a year."""
    return f"population_municipale_{annee}"


def _habitants(colonnes: Colonnes) -> tuple[Reels, None]:
    return colonnes("population", colonne(_FIN)), None


def _evolution(colonnes: Colonnes) -> tuple[Reels, Reels]:
    return colonnes("population", colonne(_FIN)), colonnes("population", colonne(_DEBUT))


def _variation(colonnes: Colonnes) -> tuple[Reels, None]:
    fin, debut = _evolution(colonnes)
    return fin - debut, None


def _densite(colonnes: Colonnes) -> tuple[Reels, Reels]:
    return colonnes("population", colonne(_FIN)), colonnes("population", "surface_km2")


def _surface(colonnes: Colonnes) -> tuple[Reels, None]:
    return colonnes("population", "surface_km2"), None


def _dans_communes(mini: float, maxi: float) -> Calcul:
    def calcul(colonnes: Colonnes) -> tuple[Reels, Reels]:
        habitants = colonnes("population", colonne(_FIN))
        taille = colonnes("population", "habitants_commune")
        compte = np.where((taille >= mini) & (taille < maxi), habitants, 0.0)
        return np.where(np.isnan(habitants), np.nan, compte), habitants

    return calcul


INDICATEURS: Final = (
    Indicateur(
        cle="population_municipale",
        libelle="Population municipale",
        theme=POPULATION,
        unite="habitants",
        sources=("population",),
        agregation="S",
        calcul=_habitants,
        forme=somme,
        formule="Somme des populations municipales des communes.",
        decimales=0,
    ),
    Indicateur(
        cle="evolution_population",
        libelle=f"Évolution annuelle moyenne {_DEBUT}-{_FIN}",
        theme=POPULATION,
        unite="% par an",
        sources=("population",),
        agregation="R",
        calcul=_evolution,
        forme=croissance_annuelle(_FIN - _DEBUT),
        formule=(
            f"Taux constant qui mène de la population municipale {_DEBUT} à celle de {_FIN}, "
            "sommées sur les communes."
        ),
        decimales=2,
        periode=f"{_DEBUT}-{_FIN}",
    ),
    Indicateur(
        cle="variation_population",
        libelle=f"Habitants gagnés ou perdus {_DEBUT}-{_FIN}",
        theme=POPULATION,
        unite="habitants",
        sources=("population",),
        agregation="S",
        calcul=_variation,
        forme=somme,
        formule=f"Population municipale {_FIN} moins population municipale {_DEBUT}.",
        decimales=0,
        periode=f"{_DEBUT}-{_FIN}",
    ),
    *(
        Indicateur(
            cle=f"solde_{nom}",
            libelle=f"Évolution annuelle due au solde {nom}",
            theme=POPULATION,
            unite="% par an",
            sources=("mouvements",),
            agregation="R",
            calcul=rapport("mouvements", [f"solde_{nom}"], ["pop_debut"]),
            forme=pour(100),
            formule=f"{formule}, en moyenne par an, sur la population du premier recensement.",
            decimales=2,
            notes=(_NOTE_SOLDES,),
        )
        for nom, formule in (
            ("naturel", "Naissances moins décès entre deux recensements"),
            ("migratoire", "Évolution de la population moins le solde naturel"),
        )
    ),
    Indicateur(
        cle="surface",
        libelle="Superficie",
        theme=POPULATION,
        unite="km²",
        sources=("population",),
        agregation="S",
        calcul=_surface,
        forme=somme,
        formule="Somme des superficies calculées sur les contours, en projection équivalente.",
        decimales=0,
    ),
    Indicateur(
        cle="densite",
        libelle="Densité",
        theme=POPULATION,
        unite="hab./km²",
        sources=("population",),
        agregation="R",
        calcul=_densite,
        forme=quotient,
        formule="Population municipale rapportée à la superficie.",
        decimales=1,
    ),
    Indicateur(
        cle="part_petites_communes",
        libelle="Habitants d’une commune de moins de 2 000 habitants",
        theme=POPULATION,
        unite="%",
        sources=("population",),
        agregation="R",
        calcul=_dans_communes(0, _BORNES_TAILLE[0]),
        forme=pour(100),
        formule="Population des communes de moins de 2 000 habitants sur population municipale.",
    ),
    Indicateur(
        cle="part_grandes_communes",
        libelle="Habitants d’une commune de 10 000 habitants ou plus",
        theme=POPULATION,
        unite="%",
        sources=("population",),
        agregation="R",
        calcul=_dans_communes(_BORNES_TAILLE[1], np.inf),
        forme=pour(100),
        formule="Population des communes de 10 000 habitants ou plus sur population municipale.",
    ),
    Indicateur(
        cle="population_totale",
        libelle="Population totale",
        theme=POPULATION,
        unite="habitants",
        sources=("populations_reference",),
        agregation="S",
        calcul=effectif("populations_reference", ["ptot"]),
        forme=somme,
        formule="Somme des populations totales (municipale et comptée à part).",
        decimales=0,
    ),
    Indicateur(
        cle="part_comptee_a_part",
        libelle="Part de la population comptée à part",
        theme=POPULATION,
        unite="%",
        sources=("populations_reference",),
        agregation="R",
        calcul=rapport("populations_reference", ["pcap"], ["ptot"]),
        forme=pour(100),
        formule="Population comptée à part (étudiants, résidents d’établissements) sur population "
        "totale.",
    ),
)
