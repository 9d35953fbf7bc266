"""Professionals and facilities: INSEE BPE and FINESS+."""

from __future__ import annotations

from typing import Final

from diagnostic.indicateurs.registre import OFFRE, Colonnes, Indicateur, Reels, pour, somme
from diagnostic.indicateurs.themes.communs import effectif, par_habitant, total

_POPULATION: Final = ("population", "habitants")
_NOTE_BPE: Final = (
    "La BPE compte des lieux d’exercice dans la commune : ni du temps de travail, ni une "
    "accessibilité. Elle ne liste que ce qui existe : une commune absente y compte zéro."
)
_NOTE_FINESS: Final = (
    "Établissements ouverts au répertoire Finess, à l’adresse de leur site ; le flux des "
    "structures ne donne pas le nombre de places. Celles des EHPAD sont dans le flux des "
    "activités (page « Données »)."
)
_NOTE_PLACES: Final = (
    "Places installées au répertoire Finess : hébergement permanent ou temporaire et unités "
    "renforcées ; ni accueil de jour, ni pôles d’activités (PASA). Un EHPAD dont la capacité n’est "
    "pas dite rend inconnues les places de sa commune."
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
    ("laboratoires", "laboratoires", "Laboratoires d’analyses médicales"),
)
_STRUCTURES_BPE: Final = (
    ("maisons_sante", "maisons_sante_bpe", "Maisons de santé (BPE)"),
    ("centres_sante", "centres_sante_bpe", "Centres de santé (BPE)"),
    ("urgences", "urgences_bpe", "Services d’urgences (BPE)"),
    ("maternites", "maternites_bpe", "Maternités (BPE)"),
    ("court_sejour", "court_sejour_bpe", "Établissements de santé de court séjour (BPE)"),
    ("moyen_sejour", "moyen_sejour_bpe", "Établissements de santé de moyen séjour (BPE)"),
    ("psychiatrie", "psychiatrie_bpe", "Établissements psychiatriques (BPE)"),
    ("dialyse", "dialyse_bpe", "Lieux de dialyse (BPE)"),
    ("hebergement_personnes_agees", "hebergement_pa_bpe", "Hébergement de personnes âgées (BPE)"),
    ("soins_domicile_pa", "soins_domicile_bpe", "Soins à domicile de personnes âgées (BPE)"),
)
# the same, then which categories of the register are counted
_STRUCTURES_FINESS: Final = (
    ("maisons_sante", "maisons_sante", "Maisons de santé (Finess)", "catégorie 603"),
    ("centres_sante", "centres_sante", "Centres de santé (Finess)", "catégorie 124"),
    ("ehpad", "ehpad", "EHPAD (Finess)", "catégorie 500"),
    (
        "ehpa", "ehpa", "Autres hébergements de personnes âgées, EHPA (Finess)",
        "catégories 501 et 502 ; ni EHPAD, ni résidences autonomie",
    ),
    (
        "hopitaux", "hopitaux", "Établissements hospitaliers (Finess)",
        "catégories des hôpitaux et cliniques : court séjour, soins de suite, psychiatrie, longue "
        "durée ; un site est compté par adresse",
    ),
    (
        "ssiad", "ssiad", "Services de soins à domicile (Finess)",
        "catégories 354 (SSIAD) et 209 (SPASAD)",
    ),
    (
        "handicap", "handicap", "Établissements et services pour le handicap (Finess)",
        "IME, Sessad, MAS, FAM, EAM et Esat seulement",
    ),
)  # fmt: skip


def _nombre(
    table: str, colonne: str, cle: str, libelle: str, note: str, precision: str = ""
) -> Indicateur:
    return Indicateur(
        cle=cle,
        libelle=libelle,
        theme=OFFRE,
        unite="structures",
        sources=(table,),
        agregation="S",
        calcul=effectif(table, [colonne]),
        forme=somme,
        formule=f"Somme sur les communes{precision and f' ({precision})'}.",
        decimales=0,
        notes=(note,),
    )


def _densite(colonne: str, cle: str, libelle: str) -> Indicateur:
    return Indicateur(
        cle=f"densite_{cle}",
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


def _places_par_aine(colonnes: Colonnes) -> tuple[Reels, Reels]:
    return (
        colonnes("finess_places", "places"),
        total(colonnes, "structure", ["pop_7589", "pop_90p"]),
    )


INDICATEURS: Final = (
    *(_densite(*ligne) for ligne in _PROFESSIONNELS),
    *(_nombre("bpe", *ligne, _NOTE_BPE) for ligne in _STRUCTURES_BPE),
    *(
        _nombre("finess", colonne, cle, libelle, _NOTE_FINESS, precision)
        for colonne, cle, libelle, precision in _STRUCTURES_FINESS
    ),
    Indicateur(
        cle="places_ehpad",
        libelle="Places d’hébergement en EHPAD",
        theme=OFFRE,
        unite="places",
        sources=("finess_places",),
        agregation="S",
        calcul=effectif("finess_places", ["places"]),
        forme=somme,
        formule="Somme des places installées des EHPAD des communes, accueil de jour non compris.",
        decimales=0,
        notes=(_NOTE_PLACES,),
    ),
    Indicateur(
        cle="taux_places_ehpad",
        libelle="Places d’EHPAD pour 100 habitants de 75 ans ou plus",
        theme=OFFRE,
        unite="pour 100 habitants de 75 ans ou plus",
        sources=("finess_places", "structure"),
        agregation="R",
        calcul=_places_par_aine,
        forme=pour(100),
        formule="Places installées en EHPAD, accueil de jour non compris, sur habitants de 75 ans "
        "ou plus (recensement).",
        sens=-1,
        notes=(_NOTE_PLACES,),
    ),
)
