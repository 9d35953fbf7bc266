"""Professionals and facilities: INSEE BPE and FINESS+."""

from __future__ import annotations

from typing import Final

from diagnostic.indicateurs.registre import OFFRE, Indicateur, pour, somme
from diagnostic.indicateurs.themes.communs import effectif, par_habitant

_POPULATION: Final = ("population", "habitants")
_NOTE_BPE: Final = (
    "La BPE compte des lieux d'exercice dans la commune : ni du temps de travail, ni une "
    "accessibilité. Elle ne liste que ce qui existe : une commune absente y compte zéro."
)
_NOTE_FINESS: Final = (
    "Établissements ouverts au répertoire Finess, à l'adresse de leur site ; le flux des "
    "structures ne donne pas le nombre de places."
)
# (column of the BPE table, key, label); the codes of each column are in the parser
_PROFESSIONNELS: Final = (
    ("generalistes", "medecins_generalistes", "Médecins généralistes"),
    ("infirmiers", "infirmiers", "Infirmiers"),
    ("kinesitherapeutes", "kinesitherapeutes", "Masseurs-kinésithérapeutes"),
    ("dentistes", "dentistes", "Chirurgiens-dentistes"),
    ("sages_femmes", "sages_femmes", "Sages-femmes"),
    ("orthophonistes", "orthophonistes", "Orthophonistes"),
    ("pedicures", "pedicures", "Pédicures-podologues"),
    ("cardiologues", "cardiologues", "Cardiologues"),
    ("dermatologues", "dermatologues", "Dermatologues"),
    ("ophtalmologues", "ophtalmologues", "Ophtalmologues"),
    ("pediatres", "pediatres", "Pédiatres"),
    ("psychiatres", "psychiatres", "Psychiatres"),
    ("gynecologues", "gynecologues", "Gynécologues"),
    ("radiologues", "radiologues", "Radiologues"),
    ("pharmacies", "pharmacies", "Pharmacies"),
    ("laboratoires", "laboratoires", "Laboratoires d'analyses médicales"),
)
_STRUCTURES_BPE: Final = (
    ("maisons_sante", "maisons_sante_bpe", "Maisons de santé (BPE)"),
    ("centres_sante", "centres_sante_bpe", "Centres de santé (BPE)"),
    ("urgences", "urgences_bpe", "Services d'urgences (BPE)"),
    ("maternites", "maternites_bpe", "Maternités (BPE)"),
    ("hebergement_personnes_agees", "hebergement_pa_bpe", "Hébergement de personnes âgées (BPE)"),
    ("soins_domicile_pa", "soins_domicile_bpe", "Soins à domicile de personnes âgées (BPE)"),
)
_STRUCTURES_FINESS: Final = (
    ("maisons_sante", "maisons_sante", "Maisons de santé (Finess)"),
    ("centres_sante", "centres_sante", "Centres de santé (Finess)"),
    ("ehpad", "ehpad", "EHPAD (Finess)"),
    ("hopitaux", "hopitaux", "Établissements hospitaliers (Finess)"),
    ("ssiad", "ssiad", "Services de soins à domicile (Finess)"),
    ("handicap", "handicap", "Établissements et services pour le handicap (Finess)"),
)


def _nombre(table: str, colonne: str, cle: str, libelle: str, note: str) -> Indicateur:
    return Indicateur(
        cle=cle,
        version=1,
        libelle=libelle,
        theme=OFFRE,
        unite="structures",
        sources=(table,),
        agregation="S",
        calcul=effectif(table, [colonne]),
        forme=somme,
        formule="Somme sur les communes.",
        decimales=0,
        notes=(note,),
    )


def _densite(colonne: str, cle: str, libelle: str) -> Indicateur:
    return Indicateur(
        cle=f"densite_{cle}",
        version=1,
        libelle=libelle,
        theme=OFFRE,
        unite="pour 100 000 habitants",
        sources=("bpe", "population"),
        agregation="R",
        calcul=par_habitant("bpe", [colonne], _POPULATION),
        forme=pour(100_000),
        formule=f"{libelle} pour 100 000 habitants (population municipale).",
        sens=-1,
        notes=(_NOTE_BPE,),
    )


INDICATEURS: Final = (
    *(_densite(*ligne) for ligne in _PROFESSIONNELS),
    *(_nombre("bpe", *ligne, _NOTE_BPE) for ligne in _STRUCTURES_BPE),
    *(_nombre("finess", *ligne, _NOTE_FINESS) for ligne in _STRUCTURES_FINESS),
)
