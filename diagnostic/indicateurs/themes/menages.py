"""Households and families, from the INSEE file « couples, familles, ménages »."""

from __future__ import annotations

from typing import Final

from diagnostic.indicateurs.registre import MENAGES, Forme, Indicateur, pour, quotient
from diagnostic.indicateurs.themes.communs import rapport

_NOTE_SEULS: Final = (
    "L’Insee publie par commune les 65 à 79 ans et les 80 ans ou plus : la part des 75 ans ou plus "
    "vivant seuls, que citent des diagnostics, ne se calcule pas."
)


def _ligne(
    cle: str,
    libelle: str,
    unite: str,
    haut: list[str],
    bas: list[str],
    formule: str,
    *,
    forme: Forme,
    sens: int = 1,
    decimales: int = 1,
    table: str = "menages",
    notes: tuple[str, ...] = (),
) -> Indicateur:
    return Indicateur(
        cle=cle,
        libelle=libelle,
        theme=MENAGES,
        unite=unite,
        sources=(table,),
        agregation="R",
        calcul=rapport(table, haut, bas),
        forme=forme,
        formule=formule,
        sens=sens,
        decimales=decimales,
        notes=notes,
    )


INDICATEURS: Final = (
    _ligne(
        "taille_menages", "Taille moyenne des ménages", "personnes par ménage",
        ["population_menages"], ["menages"],
        "Population des ménages sur nombre de ménages.",
        forme=quotient, sens=0, decimales=2,
    ),
    _ligne(
        "part_menages_une_personne", "Ménages d’une seule personne", "%",
        ["menages_une_personne"], ["menages"],
        "Ménages d’une personne sur l’ensemble des ménages.",
        forme=pour(100),
    ),
    _ligne(
        "part_80_plus_seuls", "80 ans ou plus vivant seuls", "%",
        ["pop_80p_seule"], ["pop_80p"],
        "Personnes de 80 ans ou plus vivant seules sur les personnes de 80 ans ou plus.",
        forme=pour(100), notes=(_NOTE_SEULS,),
    ),
    _ligne(
        "part_65_79_seuls", "65 à 79 ans vivant seuls", "%",
        ["pop_65_79_seule"], ["pop_65_79"],
        "Personnes de 65 à 79 ans vivant seules sur les personnes de 65 à 79 ans.",
        forme=pour(100), sens=0, table="seuls", notes=(_NOTE_SEULS,),
    ),
    _ligne(
        "part_65_plus_seuls", "65 ans ou plus vivant seuls", "%",
        ["pop_65_79_seule", "pop_80p_seule"], ["pop_65_79", "pop_80p"],
        "Personnes de 65 ans ou plus vivant seules sur les personnes de 65 ans ou plus.",
        forme=pour(100), table="seuls", notes=(_NOTE_SEULS,),
    ),
    _ligne(
        "part_familles_monoparentales", "Familles monoparentales", "%",
        ["familles_monoparentales"], ["familles_monoparentales", "couples_avec_enfants"],
        "Familles monoparentales sur les familles avec enfants (monoparentales et couples).",
        forme=pour(100),
    ),
)  # fmt: skip
