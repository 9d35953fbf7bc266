"""Ages: embedded in three bands, finer once the INSEE file is imported."""

from __future__ import annotations

from typing import Final

from diagnostic.indicateurs.registre import AGES, Indicateur, pour, somme
from diagnostic.indicateurs.themes.communs import effectif, rapport

_NOTE_RP: Final = (
    "Le recensement (RP) et la population municipale la plus récente n’ont pas la même date : "
    "leurs totaux peuvent différer."
)
# bands common to the communal file of every census since 2006
TRANCHES: Final = ("0014", "1529", "3044", "4559", "6074", "7589", "90p")
LIBELLES_TRANCHES: Final = (
    "0-14 ans", "15-29 ans", "30-44 ans", "45-59 ans", "60-74 ans", "75-89 ans", "90 ans ou plus",
)  # fmt: skip


def _part(cle: str, libelle: str, tranche: str, sens: int) -> Indicateur:
    return Indicateur(
        cle=cle,
        libelle=f"Part des {libelle}",
        theme=AGES,
        unite="%",
        sources=("ages",),
        agregation="R",
        calcul=rapport("ages", [tranche], ["pop"]),
        forme=pour(100),
        formule=f"Habitants de {libelle} sur l’ensemble des habitants.",
        sens=sens,
        notes=(_NOTE_RP,),
    )


INDICATEURS: Final = (
    _part("part_0_19", "0 à 19 ans", "pop_0_19", 1),
    _part("part_20_64", "20 à 64 ans", "pop_20_64", 0),
    _part("part_65_plus", "65 ans ou plus", "pop_65p", 1),
    Indicateur(
        cle="indice_vieillissement",
        libelle="Indice de vieillissement",
        theme=AGES,
        unite="pour 100 jeunes",
        sources=("ages",),
        agregation="R",
        calcul=rapport("ages", ["pop_65p"], ["pop_0_19"]),
        forme=pour(100),
        formule="Habitants de 65 ans ou plus pour 100 habitants de moins de 20 ans.",
        sens=1,
        decimales=0,
        notes=(_NOTE_RP,),
    ),
    Indicateur(
        cle="habitants_65_plus",
        libelle="Habitants de 65 ans ou plus",
        theme=AGES,
        unite="habitants",
        sources=("ages",),
        agregation="S",
        calcul=effectif("ages", ["pop_65p"]),
        forme=somme,
        formule="Somme des habitants de 65 ans ou plus.",
        decimales=0,
        notes=(_NOTE_RP,),
    ),
    Indicateur(
        cle="part_75_plus",
        libelle="Part des 75 ans ou plus",
        theme=AGES,
        unite="%",
        sources=("structure",),
        agregation="R",
        calcul=rapport("structure", ["pop_7589", "pop_90p"], ["pop"]),
        forme=pour(100),
        formule="Habitants de 75 ans ou plus sur l’ensemble des habitants.",
        sens=1,
        notes=(_NOTE_RP,),
    ),
    Indicateur(
        cle="part_90_plus",
        libelle="Part des 90 ans ou plus",
        theme=AGES,
        unite="%",
        sources=("structure",),
        agregation="R",
        calcul=rapport("structure", ["pop_90p"], ["pop"]),
        forme=pour(100),
        formule="Habitants de 90 ans ou plus sur l’ensemble des habitants.",
        sens=1,
        decimales=2,
        notes=(_NOTE_RP,),
    ),
    Indicateur(
        cle="part_0_14",
        libelle="Part des 0 à 14 ans",
        theme=AGES,
        unite="%",
        sources=("structure",),
        agregation="R",
        calcul=rapport("structure", ["pop_0014"], ["pop"]),
        forme=pour(100),
        formule="Habitants de 0 à 14 ans sur l’ensemble des habitants.",
        notes=(_NOTE_RP,),
    ),
    Indicateur(
        cle="hommes_pour_100_femmes_75_plus",
        libelle="Hommes pour 100 femmes parmi les 75 ans ou plus",
        theme=AGES,
        unite="pour 100 femmes",
        sources=("structure",),
        agregation="R",
        calcul=rapport("structure", ["h_7589", "h_90p"], ["f_7589", "f_90p"]),
        forme=pour(100),
        formule="Hommes de 75 ans ou plus pour 100 femmes de 75 ans ou plus.",
        decimales=0,
        notes=(_NOTE_RP,),
    ),
    Indicateur(
        cle="indice_grand_vieillissement",
        libelle="Indice de grand vieillissement",
        theme=AGES,
        unite="pour 100",
        sources=("ages_fins",),
        agregation="R",
        calcul=rapport("ages_fins", ["pop_80p"], ["pop_65_79"]),
        forme=pour(100),
        formule="Habitants de 80 ans ou plus pour 100 habitants de 65 à 79 ans.",
        sens=1,
        decimales=0,
        notes=(_NOTE_RP,),
    ),
    Indicateur(
        cle="population_recensee",
        libelle="Population du recensement",
        theme=AGES,
        unite="habitants",
        sources=("ages",),
        agregation="S",
        calcul=effectif("ages", ["pop"]),
        forme=somme,
        formule="Somme des habitants au sens du recensement : base des parts par âge.",
        decimales=0,
        notes=(_NOTE_RP,),
    ),
)
