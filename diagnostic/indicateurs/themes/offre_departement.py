"""Self-employed professionals as the Assurance maladie publishes them: by département only."""

from __future__ import annotations

from typing import Final

from diagnostic.indicateurs.registre import OFFRE, Indicateur, somme
from diagnostic.indicateurs.themes.communs import NOTE_HERITAGE, SUFFIXE_DEPARTEMENT, herite

_DEMOGRAPHIE: Final = "ameli_demographie"
_NOTE: Final = (
    "Professionnels libéraux ayant facturé dans l’année ; sous cinq professionnels, l’Assurance "
    "maladie écrit « NS » et la valeur reste vide."
)
# column of the table, then the words for it, alone and after « de »
_PROFESSIONS: Final = (
    ("generalistes", "médecins généralistes libéraux", "de "),
    ("specialistes", "médecins spécialistes libéraux", "de "),
    ("infirmiers", "infirmiers libéraux", "d'"),
    ("kinesitherapeutes", "masseurs-kinésithérapeutes libéraux", "de "),
    ("dentistes", "chirurgiens-dentistes libéraux", "de "),
    ("sages_femmes", "sages-femmes libérales", "de "),
)


def _herite(
    cle: str,
    libelle: str,
    unite: str,
    colonne: str,
    formule: str,
    *,
    table: str = _DEMOGRAPHIE,
    sens: int = 0,
    decimales: int = 1,
) -> Indicateur:
    return Indicateur(
        cle=cle,
        libelle=f"{libelle}{SUFFIXE_DEPARTEMENT}",
        theme=OFFRE,
        unite=unite,
        sources=(table,),
        agregation="I",
        calcul=herite(table, colonne),
        forme=somme,
        formule=formule,
        sens=sens,
        decimales=decimales,
        notes=(NOTE_HERITAGE, _NOTE),
        publiee=colonne,
    )


def _de_profession(colonne: str, nom: str, de: str) -> tuple[Indicateur, ...]:
    return (
        _herite(
            f"departement_densite_{colonne}",
            f"Densité {de}{nom}",
            "pour 100 000 habitants",
            f"densite_{colonne}",
            "Densité publiée pour le département.",
            sens=-1,
        ),
        _herite(
            f"departement_effectif_{colonne}",
            f"Nombre {de}{nom}",
            "professionnels",
            f"effectif_{colonne}",
            "Effectif publié pour le département.",
            decimales=0,
        ),
        _herite(
            f"departement_part_60_{colonne}",
            f"Part des {nom} de 60 ans ou plus",
            "%",
            f"part_60_{colonne}",
            "Effectif des tranches de 60 ans ou plus, sur l’effectif de tout âge ; vide si une "
            "tranche est sous secret ou coupe 60 ans.",
            sens=1,
        ),
    )


INDICATEURS: Final = (
    *(indicateur for ligne in _PROFESSIONS for indicateur in _de_profession(*ligne)),
    _herite(
        "departement_patientele",
        "Patients par médecin traitant",
        "patients",
        "patientele",
        "Nombre moyen de patients ayant choisi comme médecin traitant un même généraliste.",
        table="ameli_patientele",
        sens=1,
        decimales=0,
    ),
)
