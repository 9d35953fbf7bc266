"""Figures typed in from REZONE CPTS, which has no file to give: fields, checks, results."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from diagnostic.indicateurs.registre import REZONE
from diagnostic.indicateurs.resultats import Comparateur, ResultatIndicateur, ValeurSaisie
from diagnostic.redaction import format_nombre

NOTE: Final = (
    "Valeur relevée à la main dans REZONE CPTS, qui masque les communes où exercent moins de six "
    "professionnels : elle peut ne pas couvrir tout le territoire."
)
_OUVERTURE_REZONE: Final = date(2019, 1, 1)
_LIBELLES_PERIMETRE: Final = {
    "territoire": "Territoire",
    "departement": "Département",
    "region": "Région",
    "france": "France",
}
_ORDRE: Final = ("departement", "region", "france")


@dataclass(frozen=True)
class ChampSaisie:
    """Describe one figure one may type in.

    Parameters
    ----------
    groupe
        Block of REZONE it is read in.
    mini, maxi
        Bounds of a plausible value, included.
    sens
        As for an indicator.
    libre
        True when the user must name the figure in the comment.
    """

    cle: str
    libelle: str
    groupe: str
    unite: str
    mini: float
    maxi: float
    decimales: int = 1
    sens: int = 0
    libre: bool = False


def _pour_cent(cle: str, libelle: str, groupe: str, sens: int = 0) -> ChampSaisie:
    return ChampSaisie(cle, libelle, groupe, "%", 0.0, 100.0, 1, sens)


_PATIENTELE: Final = "Population"
_ACCES: Final = "Accès aux soins"
_PREVENTION: Final = "Prévention"

CHAMPS: Final = (
    _pour_cent("taux_ald", "Bénéficiaires exonérés au titre d’une ALD", _PATIENTELE, 1),
    _pour_cent("taux_c2s", "Bénéficiaires de la complémentaire santé solidaire", _PATIENTELE, 1),
    _pour_cent("taux_ame", "Bénéficiaires de l’aide médicale de l’État", _PATIENTELE, 1),
    _pour_cent("part_moins_17_ans", "Part des moins de 17 ans", _PATIENTELE),
    _pour_cent(
        "sans_medecin_traitant", "Patients de 17 ans ou plus sans médecin traitant", _ACCES, 1
    ),
    ChampSaisie(
        "ald_sans_medecin_traitant", "Patients en ALD sans médecin traitant", _ACCES,
        "patients", 0.0, 1_000_000.0, 0, 1,
    ),
    _pour_cent(
        "urgences_sans_hospitalisation", "Passages aux urgences sans hospitalisation", _ACCES, 1
    ),
    _pour_cent("generalistes_60_plus", "Médecins généralistes de 60 ans ou plus", _ACCES, 1),
    ChampSaisie(
        "patientele_moyenne", "Patientèle médecin traitant moyenne", _ACCES,
        "patients par médecin", 0.0, 5_000.0, 0,
    ),
    _pour_cent("depistage_sein", "Dépistage du cancer du sein", _PREVENTION, -1),
    _pour_cent("depistage_colorectal", "Dépistage du cancer colorectal", _PREVENTION, -1),
    _pour_cent("depistage_col", "Dépistage du cancer du col de l’utérus", _PREVENTION, -1),
    _pour_cent(
        "vaccination_grippe", "Vaccination contre la grippe (65 ans ou plus)", _PREVENTION, -1
    ),
    _pour_cent("polymedication", "Polymédication (65 ans ou plus)", _PREVENTION, 1),
    *(
        ChampSaisie(
            f"prevention_libre_{rang}", f"Autre indicateur de prévention n° {rang}",
            _PREVENTION, "%", 0.0, 100.0, 1, 0, libre=True,
        )
        for rang in range(1, 11)
    ),
)  # fmt: skip
PAR_CLE: Final = {champ.cle: champ for champ in CHAMPS}


def validate_saisie(saisie: ValeurSaisie, le: date) -> tuple[str, ...]:
    """Return every fault of a typed value, as French sentences; none when it can be kept.

    Parameters
    ----------
    le
        Today: a reading cannot be of a later day.
    """
    champ = PAR_CLE.get(saisie.cle)
    if champ is None:
        return (f"Le champ « {saisie.cle} » n’existe pas.",)
    fautes = []
    if not champ.mini <= saisie.valeur <= champ.maxi:
        fautes.append(
            f"{champ.libelle} : {_ecrire(saisie.valeur)} n’est pas entre {_ecrire(champ.mini)} et "
            f"{_ecrire(champ.maxi)} {champ.unite}."
        )
    if champ.decimales == 0 and not float(saisie.valeur).is_integer():
        fautes.append(f"{champ.libelle} : un nombre entier est attendu.")
    if saisie.le > le:
        fautes.append(f"{champ.libelle} : la date du relevé est dans l’avenir.")
    if saisie.le < _OUVERTURE_REZONE:
        fautes.append(f"{champ.libelle} : REZONE CPTS n’existait pas à cette date.")
    if champ.libre and not saisie.commentaire.strip():
        fautes.append(f"{champ.libelle} : recopiez son libellé dans le commentaire.")
    if saisie.perimetre_saisi not in _LIBELLES_PERIMETRE:
        fautes.append(f"{champ.libelle} : périmètre « {saisie.perimetre_saisi} » inconnu.")
    return tuple(fautes)


def _ecrire(valeur: float) -> str:
    return format_nombre(valeur, 3).rstrip("0").rstrip(",").replace("-", "−")


def build_resultats_saisis(saisies: Iterable[ValeurSaisie]) -> tuple[ResultatIndicateur, ...]:
    """Turn typed values into results, always marked as typed, in the order of the fields."""
    par_cle: dict[str, list[ValeurSaisie]] = {}
    for saisie in saisies:
        par_cle.setdefault(saisie.cle, []).append(saisie)
    return tuple(_resultat(champ, par_cle[champ.cle]) for champ in CHAMPS if champ.cle in par_cle)


def _resultat(champ: ChampSaisie, saisies: Sequence[ValeurSaisie]) -> ResultatIndicateur:
    ici = next((s for s in saisies if s.perimetre_saisi == "territoire"), None)
    premiere = ici or saisies[0]
    ailleurs = {s.perimetre_saisi: s.valeur for s in saisies if s.perimetre_saisi != "territoire"}
    # a spreadsheet would take « =… » for a formula
    libelle = premiere.commentaire.lstrip("=+-@ \t").strip() if champ.libre else champ.libelle
    return ResultatIndicateur(
        cle=champ.cle,
        libelle=libelle,
        theme=REZONE,
        valeur=ici.valeur if ici else None,
        unite=champ.unite,
        numerateur=None,
        denominateur=None,
        millesime=f"{premiere.le:%d/%m/%Y}",
        source=f"REZONE CPTS (Assurance maladie), saisi, relevé du {premiere.le:%d/%m/%Y}",
        geographie="périmètre choisi dans REZONE",
        couverture=1.0 if ici else 0.0,
        comparateurs=tuple(
            Comparateur(genre, "", _LIBELLES_PERIMETRE[genre], ailleurs[genre])
            for genre in _ORDRE
            if genre in ailleurs
        ),
        notes=(NOTE,),
        decimales=champ.decimales,
        formule="Valeur lue dans REZONE CPTS.",
        agregation="I",
        etat="saisie",
        sens=champ.sens,
    )
