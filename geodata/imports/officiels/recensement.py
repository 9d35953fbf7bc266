"""Communal files of the INSEE census: structure, households, activity, diplomas, dwellings.

Their columns carry the vintage (`P22_POP`, `C21_FAM`), and a file holds three of them: the newest
is read. Only the newest is in the announced geography of all columns.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import pandas as pd

from geodata.errors import ImportRefuseError
from geodata.imports.officiels.formats import Contexte, Lue, Source
from geodata.imports.officiels.tableaux import (
    Defauts,
    Tableau,
    check_doublons,
    check_positifs,
    to_codes,
    to_nombres,
)

# main (P) or complementary (C) exploitation, then the vintage
_PREFIXE: Final = re.compile(r"^([PC])(\d\d)_")
_TRANCHES: Final = ("0014", "1529", "3044", "4559", "6074", "7589", "90P")
# INSEE publishes census N in the communes of N + 3
DECALAGE_GEOGRAPHIE: Final = 3


@dataclass(frozen=True, eq=False)
class Role:
    """Say which columns make one table.

    Parameters
    ----------
    sommes
        Column of the table → columns of the file to add (without the vintage); several spellings
        of one column, which changed over the years, are separated by "|". « P_ACT1564 » names the
        exploitation, where both publish the column: the two never meet in one ratio.
    """

    id: str
    titre: str
    sommes: Mapping[str, tuple[str, ...]]
    finaliser: Callable[[pd.DataFrame], pd.DataFrame] | None = None


@dataclass(frozen=True)
class FormatRecensement:
    """Read one communal file of the census.

    Parameters
    ----------
    signature
        Columns (without prefix) that only this file has together.
    roles
        Tables it feeds; one whose columns are absent from this vintage is left out.
    """

    source: Source
    signature: tuple[str, ...]
    roles: tuple[Role, ...]

    def reconnait(self, colonnes: Sequence[str]) -> bool:
        """Tell whether the header has the code of the commune and the signature."""
        noms = {_PREFIXE.sub("", colonne) for colonne in colonnes if _PREFIXE.match(colonne)}
        return "CODGEO" in colonnes and noms.issuperset(self.signature)

    def lire(self, tableau: Tableau, contexte: Contexte) -> tuple[Lue, ...]:
        """Read the newest vintage of the file.

        Raises
        ------
        ImportRefuseError
            With every fault.
        """
        annee = _derniere_annee(tableau, self.signature)
        disponibles = _nommer(tableau.colonnes, annee)
        principal = self.roles[0]
        manquantes = [
            f"P{annee}_{nom.removeprefix('P_')}"
            for noms in principal.sommes.values()
            for nom in noms
            if not set(nom.split("|")) & set(disponibles)
        ]
        if manquantes:
            raise ImportRefuseError(
                tableau.fichier,
                f"colonnes manquantes : {', '.join(manquantes[:8])}. Est-ce bien le fichier "
                f"« {self.source.titre} » ?",
            )
        roles = {role: _resoudre(role, disponibles) for role in self.roles}
        besoin = sorted({c for cs in roles.values() for liste in cs.values() for c in liste})
        contexte.progres(0.2, "lecture des lignes")
        texte = tableau.read(["CODGEO", *besoin])
        contexte.progres(0.5, "conversion des nombres")
        defauts = Defauts(tableau.fichier)
        codes = to_codes(texte, "CODGEO", defauts)
        check_doublons(codes, defauts)
        nombres, secrets = to_nombres(texte, besoin, defauts)
        check_positifs(nombres, defauts)
        defauts.check()
        nombres.index = pd.Index(codes)
        millesime = f"20{annee}"
        return tuple(
            Lue(
                id=role.id,
                titre=role.titre,
                millesime=millesime,
                libelle_millesime=f"RP {millesime}",
                geographie_origine=str(int(millesime) + DECALAGE_GEOGRAPHIE),
                valeurs=pd.DataFrame(
                    {nom: nombres[liste].sum(axis=1, skipna=False) for nom, liste in cs.items()}
                ),
                secrets=sum(secrets.values()),
                finaliser=role.finaliser,
            )
            for role, cs in roles.items()
            if cs
        )


def _nommer(colonnes: Sequence[str], annee: str) -> dict[str, str]:
    """Return name → column of a vintage: with its exploitation, and without (main one first)."""
    nommees: dict[str, str] = {}
    # « P22_ACT1564 » is before « C22_ACT1564 »: of two homonyms, the bare name is the main one
    for colonne in sorted(colonnes, key=lambda nom: not nom.startswith("P")):
        lu = _PREFIXE.match(colonne)
        if lu and lu[2] == annee:
            nom = _PREFIXE.sub("", colonne)
            nommees[f"{lu[1]}_{nom}"] = colonne
            nommees.setdefault(nom, colonne)
    return nommees


def _derniere_annee(tableau: Tableau, signature: Sequence[str]) -> str:
    annees = {
        lu[2]
        for colonne in tableau.colonnes
        if (lu := _PREFIXE.match(colonne)) and _PREFIXE.sub("", colonne) in signature
    }
    # « P11 » and « P99 »: the century turns at 70
    return max(annees, key=lambda annee: int(annee) + (100 if int(annee) < 70 else 0))


def _resoudre(role: Role, disponibles: Mapping[str, str]) -> dict[str, list[str]]:
    resolues: dict[str, list[str]] = {}
    for nom, attendues in role.sommes.items():
        colonnes = [
            next((disponibles[o] for o in orthographes.split("|") if o in disponibles), "")
            for orthographes in attendues
        ]
        if "" in colonnes:
            return {}
        resolues[nom] = colonnes
    return resolues


def _sans_voiture(table: pd.DataFrame) -> pd.DataFrame:
    return table.assign(menages_sans_voiture=table["menages"] - table["menages_avec_voiture"])


_STRUCTURE: Final[Mapping[str, tuple[str, ...]]] = {
    "pop": ("POP",),
    **{f"pop_{tranche.lower()}": (f"POP{tranche}",) for tranche in _TRANCHES},
    **{f"h_{tranche.lower()}": (f"H{tranche}",) for tranche in _TRANCHES},
    **{f"f_{tranche.lower()}": (f"F{tranche}",) for tranche in _TRANCHES},
}

# workers of 15 and over: place of work (main exploitation), means of transport (complementary)
_TRAJETS: Final = (
    Role(
        "lieux_travail",
        "recensement, lieu de travail des actifs occupés",
        # « ACTOCC15P » is in both exploitations: here or elsewhere is of the main one only
        {
            "actifs_occupes": ("ACTOCC15P_ILT1", "ACTOCC15P_ILT2P"),
            "dans_commune": ("ACTOCC15P_ILT1",),
        },
    ),
    Role(
        "trajets",
        "recensement, trajets domicile-travail",
        {
            # the base of the shares: the same exploitation as the means of transport
            "actifs_occupes": (
                "ACTOCC15P_PAS", "ACTOCC15P_MAR", "ACTOCC15P_VELO", "ACTOCC15P_2ROUESMOT",
                "ACTOCC15P_VOIT", "ACTOCC15P_TCOM",
            ),
            "voiture": ("ACTOCC15P_VOIT",),
            "transports_communs": ("ACTOCC15P_TCOM",),
            "marche_velo": ("ACTOCC15P_MAR", "ACTOCC15P_VELO"),
        },
    ),
)  # fmt: skip

FORMATS: Final = (
    FormatRecensement(
        Source(
            cle="rp_structure",
            titre="Évolution et structure de la population (communes)",
            producteur="Insee",
            url="https://www.insee.fr/fr/statistiques/8581696",
            obtention="Page « Évolution et structure de la population », fichier "
            "« base-cc-evol-struct-pop-AAAA_csv.zip », à donner tel quel.",
            apporte="75 ans ou plus, 90 ans ou plus, pyramide des âges, retraités et catégories "
            "socioprofessionnelles",
            tables=("structure", "ages", "categories"),
        ),
        ("POP", "POP0014", "POP7589"),
        (
            Role("structure", "recensement, structure de la population", _STRUCTURE),
            Role(
                "ages",
                "recensement, structure de la population",
                {
                    "pop": ("POP",),
                    "pop_0_19": ("H0019", "F0019"),
                    "pop_20_64": ("H2064", "F2064"),
                    "pop_65p": ("H65P", "F65P"),
                },
            ),
            Role(
                "categories",
                "recensement, catégories socioprofessionnelles",
                {
                    "pop_15p": ("C_POP15P",),
                    "agriculteurs": ("POP15P_STAT_GSEC11_21|POP15P_CS1",),
                    "artisans": ("POP15P_STAT_GSEC12_22|POP15P_CS2",),
                    "cadres": ("POP15P_STAT_GSEC13_23|POP15P_CS3",),
                    "intermediaires": ("POP15P_STAT_GSEC14_24|POP15P_CS4",),
                    "employes": ("POP15P_STAT_GSEC15_25|POP15P_CS5",),
                    "ouvriers": ("POP15P_STAT_GSEC16_26|POP15P_CS6",),
                    "retraites": ("POP15P_STAT_GSEC32|POP15P_CS7",),
                },
            ),
        ),
    ),
    FormatRecensement(
        Source(
            cle="rp_menages",
            titre="Couples, familles, ménages (communes)",
            producteur="Insee",
            url="https://www.insee.fr/fr/statistiques",
            obtention="Cherchez « Couples – Familles – Ménages », base des communes, fichier "
            "« base-cc-coupl-fam-men-AAAA_csv.zip », à donner tel quel.",
            apporte="taille des ménages, personnes seules, 65 à 79 ans et 80 ans ou plus vivant "
            "seuls, familles monoparentales, indice de grand vieillissement",
            tables=("menages", "seuls", "ages_fins"),
        ),
        ("MEN", "MENPSEUL", "FAMMONO"),
        (
            Role(
                "menages",
                "recensement, couples, familles, ménages",
                {
                    "menages": ("MEN",),
                    "menages_une_personne": ("MENPSEUL",),
                    "population_menages": ("PMEN",),
                    "pop_80p": ("POP80P",),
                    "pop_80p_seule": ("POP80P_PSEUL",),
                    "familles_monoparentales": ("FAMMONO",),
                    "couples_avec_enfants": ("COUPAENF",),
                },
            ),
            # 55 to 79 in the IRIS files: 65 to 79 is only in the communal one
            Role(
                "seuls",
                "recensement, personnes de 65 ans ou plus vivant seules",
                {
                    "pop_65_79": ("POP6579",),
                    "pop_65_79_seule": ("POP6579_PSEUL",),
                    "pop_80p": ("POP80P",),
                    "pop_80p_seule": ("POP80P_PSEUL",),
                },
            ),
            Role(
                "ages_fins",
                "recensement, âges fins",
                {"pop_65_79": ("POP6579",), "pop_80p": ("POP80P",)},
            ),
        ),
    ),
    FormatRecensement(
        Source(
            cle="rp_emploi",
            titre="Emploi, population active (communes)",
            producteur="Insee",
            url="https://www.insee.fr/fr/statistiques/8581444",
            obtention="Page « Emploi – Population active », fichier "
            "« base-cc-emploi-pop-active-AAAA_csv.zip », à donner tel quel.",
            apporte="chômage au sens du recensement, taux d’activité ; trajets domicile-travail "
            "quand le millésime les porte",
            tables=("emploi", "lieux_travail", "trajets"),
        ),
        ("POP1564", "ACT1564", "CHOM1564"),
        (
            Role(
                "emploi",
                "recensement, emploi et population active",
                {
                    "pop_15_64": ("P_POP1564",),
                    "actifs": ("P_ACT1564",),
                    "chomeurs": ("P_CHOM1564",),
                },
            ),
            *_TRAJETS,
        ),
    ),
    FormatRecensement(
        Source(
            cle="rp_trajets",
            titre="Caractéristiques de l’emploi (communes)",
            producteur="Insee",
            url="https://www.insee.fr/fr/statistiques",
            obtention="Cherchez « Caractéristiques de l’emploi », base des communes, fichier "
            "« base-cc-caract-emploi-AAAA_csv.zip », à donner tel quel. Le fichier « Activité des "
            "résidents » porte les mêmes colonnes : une ligne par commune est attendue, non par "
            "Iris.",
            apporte="actifs travaillant dans leur commune, trajets domicile-travail en voiture, "
            "en transports en commun, à pied ou à vélo",
            tables=("lieux_travail", "trajets"),
        ),
        ("ACTOCC15P_ILT1", "ACTOCC15P_ILT2P"),
        _TRAJETS,
    ),
    FormatRecensement(
        Source(
            cle="rp_diplomes",
            titre="Diplômes, formation (communes)",
            producteur="Insee",
            url="https://www.insee.fr/fr/statistiques",
            obtention="Cherchez « Diplômes – Formation », base des communes, fichier "
            "« base-cc-diplomes-formation-AAAA_csv.zip », à donner tel quel.",
            apporte="part des habitants sans diplôme, diplômés du supérieur",
            tables=("diplomes",),
        ),
        ("NSCOL15P", "NSCOL15P_DIPLMIN"),
        (
            Role(
                "diplomes",
                "recensement, diplômes et formation",
                {
                    "non_scolarises": ("NSCOL15P",),
                    "sans_diplome": ("NSCOL15P_DIPLMIN",),
                    "superieur": ("NSCOL15P_SUP2", "NSCOL15P_SUP34", "NSCOL15P_SUP5"),
                },
            ),
        ),
    ),
    FormatRecensement(
        Source(
            cle="rp_logement",
            titre="Logement (communes)",
            producteur="Insee",
            url="https://www.insee.fr/fr/statistiques/8581474",
            obtention="Page « Logement », fichier « base-cc-logement-AAAA_csv.zip », à donner "
            "tel quel.",
            apporte="logements d’un millésime plus récent, ménages sans voiture",
            tables=("logement", "voitures"),
        ),
        ("LOG", "RP", "LOGVAC"),
        (
            Role(
                "logement",
                "recensement, logement",
                {
                    "logements": ("LOG",),
                    "res_secondaires": ("RSECOCC",),
                    "logements_vacants": ("LOGVAC",),
                    "appartements": ("APPART",),
                },
            ),
            Role(
                "voitures",
                "recensement, équipement automobile",
                {"menages": ("RP",), "menages_avec_voiture": ("RP_VOIT1P",)},
                _sans_voiture,
            ),
        ),
    ),
)
