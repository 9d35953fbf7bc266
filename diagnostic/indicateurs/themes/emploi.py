"""Activity, unemployment in the sense of the census, diplomas."""

from __future__ import annotations

from typing import Final

from diagnostic.indicateurs.registre import EMPLOI, Indicateur, pour
from diagnostic.indicateurs.themes.communs import rapport


def _part(
    cle: str,
    libelle: str,
    table: str,
    haut: list[str],
    bas: list[str],
    formule: str,
    sens: int,
    notes: tuple[str, ...] = (),
) -> Indicateur:
    return Indicateur(
        cle=cle,
        libelle=libelle,
        theme=EMPLOI,
        unite="%",
        sources=(table,),
        agregation="R",
        calcul=rapport(table, haut, bas),
        forme=pour(100),
        formule=formule,
        sens=sens,
        notes=notes,
    )


# column of the table, then the words for it
_CATEGORIES: Final = (
    ("agriculteurs", "agriculteurs exploitants"),
    ("artisans", "artisans, commerçants et chefs d’entreprise"),
    ("cadres", "cadres et professions intellectuelles supérieures"),
    ("intermediaires", "professions intermédiaires"),
    ("employes", "employés"),
    ("ouvriers", "ouvriers"),
)

INDICATEURS: Final = (
    _part(
        "taux_chomage_recensement", "Chômage au sens du recensement (15-64 ans)", "emploi",
        ["chomeurs"], ["actifs"], "Chômeurs de 15 à 64 ans sur actifs de 15 à 64 ans.", 1,
        ("Chômage déclaré au recensement : plus élevé que le taux de chômage du BIT.",),
    ),
    _part(
        "taux_activite", "Taux d’activité (15-64 ans)", "emploi",
        ["actifs"], ["pop_15_64"], "Actifs de 15 à 64 ans sur population de 15 à 64 ans.", -1,
    ),
    _part(
        "part_retraites", "Part des retraités parmi les 15 ans ou plus", "categories",
        ["retraites"], ["pop_15p"], "Retraités sur population de 15 ans ou plus.", 1,
    ),
    *(
        _part(
            f"part_{colonne}", f"Part des {nom} parmi les 15 ans ou plus", "categories",
            [colonne], ["pop_15p"],
            f"{nom[0].upper()}{nom[1:]}, en emploi ou au chômage, sur population de 15 ans ou "
            "plus.", 0,
        )
        for colonne, nom in _CATEGORIES
    ),
    _part(
        "part_ouvriers_employes", "Part des ouvriers et employés parmi les 15 ans ou plus",
        "categories", ["employes", "ouvriers"], ["pop_15p"],
        "Employés et ouvriers sur population de 15 ans ou plus.", 0,
    ),
    _part(
        "part_sans_diplome", "Sans diplôme ou certificat d’études au plus", "diplomes",
        ["sans_diplome"], ["non_scolarises"],
        "Non scolarisés de 15 ans ou plus sans diplôme, ou avec un CEP au plus, sur les non "
        "scolarisés de 15 ans ou plus.", 1,
    ),
    _part(
        "part_diplomes_superieur", "Diplômés du supérieur", "diplomes",
        ["superieur"], ["non_scolarises"],
        "Non scolarisés de 15 ans ou plus diplômés du supérieur, sur les non scolarisés de "
        "15 ans ou plus.", 0,
    ),
)  # fmt: skip
