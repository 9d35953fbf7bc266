"""Open data of the Assurance maladie (data.ameli.fr), published by département at the finest.

Each file mixes detail with its own aggregates: « tout âge », « tout sexe », département 999 for a
région, région 99 for France. Only aggregates are read where one is wanted; nothing is ever summed
over both. « NS » is a secret: fewer than five professionals.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
import pandas as pd

from geodata.errors import ImportRefuseError
from geodata.imports.officiels.formats import Contexte, Lue, Source
from geodata.imports.officiels.tableaux import (
    Defauts,
    Tableau,
    accorder,
    check_positifs,
    to_nombres,
)
from geodata.imports.tableaux import reduce_entete
from geodata.noms import normaliser

_PRODUCTEUR: Final = "Cnam"
_SITE: Final = "https://data.ameli.fr/explore/dataset/"
_VERIFIEE: Final = "Forme non vérifiée sur un fichier publié : relisez ce qui en est compris."

# identifiers and labels of one field, as `reduce_entete` leaves them
_CHAMPS: Final[Mapping[str, tuple[str, ...]]] = {
    "annee": ("annee",),
    "region": ("region", "coderegion"),
    "departement": ("departement", "codedepartement", "dept"),
    "pathologie": ("pathoniv1",),
    "age": ("claage5", "classeage", "classedage", "libelleclasseage", "libelleclassedage"),
    "sexe": ("sexe", "libellesexe"),
    "niveau": ("niveauprioritaire",),
    "patients": ("ntop",),
    "population": ("npop",),
    "profession": ("professionsante", "professiondesante"),
    "effectif": ("effectif",),
    "densite": ("densite",),
    # the number, when the portal gives it beside the French text
    "patientele": ("patientsmedecintraitantinteger", "nombrepatientsmedecintraitant"),
}
_NOMS: Final[Mapping[str, str]] = {
    "pathologie": "patho_niv1",
    "age": "cla_age_5 ou classe_age",
    "niveau": "niveau_prioritaire",
    "patients": "ntop",
    "population": "npop",
    "profession": "profession_sante",
    "patientele": "nombre_patients_medecin_traitant",
}
_TOUT_AGE: Final = frozenset({"tsage", "tout age", "tous ages", "tous les ages"})
_TOUT_SEXE: Final = frozenset({"9", "tout sexe", "tous sexes"})
_TOUS: Final = "999"
_FRANCE: Final = "99"
_DEPARTEMENT: Final = re.compile(r"^(?:\d\d|2[AB]|97\d)$")
_ANNEE: Final = re.compile(r"(?<!\d)(20\d\d)(?!\d)")
_SEUIL_AGE: Final = 60

PATHOLOGIES: Final[Mapping[str, str]] = {
    "diabete": "diabete",
    "cancers": "cancers",
    "maladies cardioneurovasculaires": "cardio",
    "maladies cardio neurovasculaires": "cardio",
    "maladies psychiatriques": "psychiatrie",
    "maladies respiratoires chroniques": "respiratoire",
}
PROFESSIONS: Final[Mapping[str, str]] = {
    "ensemble des medecins generalistes": "generalistes",
    "ensemble des medecins specialistes hors generalistes": "specialistes",
    "infirmiers": "infirmiers",
    "masseurs kinesitherapeutes": "kinesitherapeutes",
    "ensemble des chirurgiens dentistes": "dentistes",
    "sages femmes": "sages_femmes",
}
# those who may be a médecin traitant come first
_GENERALISTES: Final = (
    "medecins generalistes hors medecins a expertise particuliere mep",
    "medecins generalistes",
    "ensemble des medecins generalistes",
)


class FormatPathologies:
    """Read the patients treated for each group of pathologies."""

    source = Source(
        cle="ameli_pathologies",
        titre="Patients pris en charge par pathologie, par département",
        producteur=_PRODUCTEUR,
        url=f"{_SITE}effectifs/",
        obtention="Bouton « Actualiser auprès de l’Assurance maladie » plus bas ; sinon, onglet "
        "« Export » du jeu « effectifs », format CSV. Filtrez d’abord l’année, la classe d’âge "
        "« tsage » et le sexe « 9 » (tous) : le jeu entier dépasse cinq millions de lignes. "
        f"{_VERIFIEE}",
        apporte="diabète, cancers, maladies cardio-neurovasculaires, psychiatriques et "
        "respiratoires : valeurs du département",
        tables=("ameli_pathologies",),
    )

    def reconnait(self, colonnes: Sequence[str]) -> bool:
        """Tell whether the header has pathologies, patients and départements."""
        return _resolve(colonnes).keys() >= {"pathologie", "patients", "population", "departement"}

    def lire(self, tableau: Tableau, contexte: Contexte) -> tuple[Lue, ...]:
        """Read the lines of all ages and both sexes, of the first level of pathologies.

        Raises
        ------
        ImportRefuseError
            With every fault.
        """
        texte, annee = _read(
            tableau,
            contexte,
            ["annee", "region", "departement", "pathologie", "age", "sexe", "niveau", "patients",
             "population"],
        )  # fmt: skip
        # a line that stands for a whole group says so among its levels: « 1 », « 1,2,3 »
        de_groupe = texte["niveau"].str.contains(r"(?<!\d)1(?!\d)")
        texte = texte[de_groupe & _est_total(texte["age"], _TOUT_AGE)]
        texte = texte[_est_total(texte["sexe"], _TOUT_SEXE)]
        groupes = texte["pathologie"].map(_trouver_pathologie)
        texte = texte.assign(colonne=groupes)[groupes != ""]
        defauts = Defauts(tableau.fichier)
        if texte.empty:
            defauts.add(
                "aucune ligne « tous âges » et « tous sexes » des pathologies attendues "
                "(classe d’âge « tsage », sexe « 9 », niveau prioritaire 1)"
            )
        texte = _situer(texte, defauts)
        nombres, _ = to_nombres(texte, ["patients", "population"], defauts)
        check_positifs(nombres, defauts)
        defauts.check()
        prevalences = texte.assign(
            valeur=100.0 * nombres["patients"] / nombres["population"].where(lambda p: p > 0)
        )
        publiees = _pivoter(prevalences, "prevalence_")
        return (
            _lue(
                "ameli_pathologies",
                "patients par pathologie",
                annee,
                publiees,
                lignes=len(texte),
                secrets=int(prevalences["valeur"].isna().sum()),
                notes=("Prévalence brute : elle dépend d’abord de l’âge des habitants.",),
            ),
        )


class FormatDemographie:
    """Read the self-employed health professionals."""

    source = Source(
        cle="ameli_demographie",
        titre="Professionnels de santé libéraux, par département",
        producteur=_PRODUCTEUR,
        url=f"{_SITE}demographie-effectifs-et-les-densites/",
        obtention="Bouton « Actualiser auprès de l’Assurance maladie » plus bas ; sinon, onglet "
        "« Export » du jeu « demographie-effectifs-et-les-densites », format CSV, en filtrant "
        f"l’année et le sexe « tout sexe ». {_VERIFIEE}",
        apporte="effectifs, densités et part des 60 ans ou plus des libéraux : valeurs du "
        "département",
        tables=("ameli_demographie",),
    )

    def reconnait(self, colonnes: Sequence[str]) -> bool:
        """Tell whether the header has professions, numbers, densities and départements."""
        return _resolve(colonnes).keys() >= {"profession", "effectif", "densite", "departement"}

    def lire(self, tableau: Tableau, contexte: Contexte) -> tuple[Lue, ...]:
        """Read numbers and densities at all ages, and the share of 60 and over by the bands.

        Raises
        ------
        ImportRefuseError
            With every fault.
        """
        texte, annee = _read(
            tableau,
            contexte,
            ["annee", "region", "departement", "profession", "age", "sexe", "effectif", "densite"],
        )
        texte = texte[_est_total(texte["sexe"], _TOUT_SEXE)]
        professions = texte["profession"].map(lambda nom: PROFESSIONS.get(normaliser(nom), ""))
        texte = texte.assign(colonne=professions)[professions != ""]
        est_total = _est_total(texte["age"], _TOUT_AGE)
        defauts = Defauts(tableau.fichier)
        if not est_total.any():
            defauts.add("aucune ligne « tout âge » et « tout sexe » des professions attendues")
        totaux = _situer(texte[est_total], defauts)
        detail = _situer(texte[~est_total], defauts, ["age"])
        nombres, _ = to_nombres(totaux, ["effectif", "densite"], defauts)
        par_age, _ = to_nombres(detail, ["effectif"], defauts)
        check_positifs(nombres, defauts)
        check_positifs(par_age, defauts)
        defauts.check()
        effectifs = _pivoter(totaux.assign(valeur=nombres["effectif"]), "effectif_")
        densites = _pivoter(totaux.assign(valeur=nombres["densite"]), "densite_")
        agees = _part_agee(detail.assign(valeur=par_age["effectif"]), effectifs)
        return (
            _lue(
                "ameli_demographie",
                "professionnels de santé libéraux",
                annee,
                pd.concat([effectifs, densites, agees], axis=1),
                lignes=len(texte),
                secrets=int(nombres.isna().sum().sum()),
                notes=("Libéraux seulement, salariés non compris.",),
            ),
        )


class FormatPatientele:
    """Read the mean number of patients of the médecins traitants."""

    source = Source(
        cle="ameli_patientele",
        titre="Patientèle « médecin traitant » des généralistes, par département",
        producteur=_PRODUCTEUR,
        url=f"{_SITE}patientele-medecintraitant-generalistes-annuelle/",
        obtention="Bouton « Actualiser auprès de l’Assurance maladie » plus bas ; sinon, onglet "
        "« Export » du jeu « patientele-medecintraitant-generalistes-annuelle » (ou "
        f"« patientele »), format CSV. {_VERIFIEE}",
        apporte="patients par médecin traitant : valeur du département",
        tables=("ameli_patientele",),
    )

    def reconnait(self, colonnes: Sequence[str]) -> bool:
        """Tell whether the header has professions, patients and départements."""
        return _resolve(colonnes).keys() >= {"profession", "patientele", "departement"}

    def lire(self, tableau: Tableau, contexte: Contexte) -> tuple[Lue, ...]:
        """Read the mean panel of general practitioners.

        Raises
        ------
        ImportRefuseError
            With every fault.
        """
        texte, annee = _read(
            tableau, contexte, ["annee", "region", "departement", "profession", "patientele"]
        )
        professions = texte["profession"].map(normaliser)
        choisie = next((nom for nom in _GENERALISTES if (professions == nom).any()), "")
        texte = texte[professions == choisie].assign(colonne="patientele")
        defauts = Defauts(tableau.fichier)
        if texte.empty:
            defauts.add("aucune ligne des médecins généralistes")
        texte = _situer(texte, defauts)
        nombres, _ = to_nombres(texte, ["patientele"], defauts)
        check_positifs(nombres, defauts)
        defauts.check()
        return (
            _lue(
                "ameli_patientele",
                "patientèle des médecins traitants",
                annee,
                _pivoter(texte.assign(valeur=nombres["patientele"]), ""),
                lignes=len(texte),
                secrets=int(nombres["patientele"].isna().sum()),
                notes=("Moyenne par médecin généraliste libéral.",),
            ),
        )


def _resolve(colonnes: Sequence[str]) -> dict[str, str]:
    """Return field → column of the file, for the fields it has."""
    reduites = {reduce_entete(colonne): colonne for colonne in reversed(colonnes)}
    return {
        champ: next(reduites[nom] for nom in noms if nom in reduites)
        for champ, noms in _CHAMPS.items()
        if any(nom in reduites for nom in noms)
    }


def _read(tableau: Tableau, contexte: Contexte, champs: Sequence[str]) -> tuple[pd.DataFrame, str]:
    """Return the fields as text, lines of the latest year only, and that year."""
    trouvees = _resolve(tableau.colonnes)
    manquants = [champ for champ in champs if champ not in trouvees]
    if manquants:
        raise ImportRefuseError(
            tableau.fichier,
            "colonnes introuvables : "
            + ", ".join(_NOMS.get(champ, champ) for champ in manquants)
            + ". Exportez le jeu avec toutes ses colonnes.",
        )
    contexte.progres(0.2, "lecture des lignes")
    texte = tableau.read([trouvees[champ] for champ in champs]).set_axis(list(champs), axis=1)
    contexte.progres(0.5, "choix de l’année et des agrégats")
    annees = texte["annee"].str.extract(_ANNEE)[0].fillna("")
    derniere = str(annees.max())
    if not derniere:
        raise ImportRefuseError(tableau.fichier, "aucune année lisible dans la colonne « annee ».")
    return texte[annees == derniere], derniere


def _est_total(textes: pd.Series[str], totaux: frozenset[str]) -> pd.Series[bool]:
    uniques = {texte: normaliser(texte.replace("_", " ")) in totaux for texte in textes.unique()}
    return textes.map(uniques).astype(bool)


def _trouver_pathologie(nom: str) -> str:
    reduit = normaliser(nom)
    return next((cle for debut, cle in PATHOLOGIES.items() if reduit.startswith(debut)), "")


def _situer(texte: pd.DataFrame, defauts: Defauts, aussi: Sequence[str] = ()) -> pd.DataFrame:
    """Add the key of the territory, and note those that have two lines for one figure."""
    departements = texte["departement"].str.upper().str.replace(r"\.0$", "", regex=True)
    departements = departements.where(departements.str.len() > 1, "0" + departements)
    regions = texte["region"].str.replace(r"\.0$", "", regex=True).str.zfill(2)
    est_agregat = departements == _TOUS
    faux = departements[~est_agregat & ~departements.str.match(_DEPARTEMENT)]
    if len(faux):
        exemples = ", ".join(f"ligne {n} « {code[:12]} »" for n, code in faux.head(3).items())
        nombre = accorder(
            len(faux), "code de département illisible", "codes de département illisibles"
        )
        defauts.add(f"{nombre} ({exemples})")
    cles = np.where(
        ~est_agregat,
        "departement:" + departements,
        np.where(regions == _FRANCE, "france:", "region:" + regions),
    )
    situees = texte.assign(cle=cles)
    doubles = situees.duplicated(["cle", "colonne", *aussi])
    if doubles.any():
        premiere = situees[doubles].iloc[0]
        nombre = accorder(int(doubles.sum()), "valeur présente", "valeurs présentes")
        defauts.add(
            f"{nombre} plusieurs fois (ligne {situees.index[doubles][0]}, {premiere['cle']})"
        )
    return situees


def _pivoter(texte: pd.DataFrame, prefixe: str) -> pd.DataFrame:
    large = texte.pivot(index="cle", columns="colonne", values="valeur").add_prefix(prefixe)
    return large.rename_axis(index=None, columns=None).astype("float64")


def _part_agee(detail: pd.DataFrame, effectifs: pd.DataFrame) -> pd.DataFrame:
    """Return the share of 60 and over, where every band is known and none straddles 60."""
    bornes = {classe: _lire_bornes(classe) for classe in detail["age"].unique()}
    if not bornes or any(b is None or b[0] < _SEUIL_AGE <= b[1] for b in bornes.values()):
        return pd.DataFrame(index=effectifs.index)
    debuts = detail["age"].map(lambda classe: (bornes[classe] or (0, 0))[0])
    somme = _sommer(detail)
    agees = _sommer(detail[debuts >= _SEUIL_AGE])
    agees = agees.reindex_like(effectifs)
    # bands under secrecy, or absent, do not add up to the total: the share is then unknown
    est_complet = (somme.reindex_like(effectifs) - effectifs).abs() < 0.5
    parts = (100.0 * agees / effectifs.where(effectifs > 0)).where(est_complet)
    return parts.rename(columns=lambda nom: nom.replace("effectif_", "part_60_"))


def _sommer(detail: pd.DataFrame) -> pd.DataFrame:
    sommes = detail.groupby(["cle", "colonne"])["valeur"].agg(lambda v: v.sum(skipna=False))
    return sommes.unstack().add_prefix("effectif_")


def _lire_bornes(classe: str) -> tuple[int, int] | None:
    nombres = [int(nombre) for nombre in re.findall(r"\d+", classe)]
    if not nombres:
        return None
    if re.search(r"moins|inf|<", classe.lower()):
        return 0, nombres[0] - 1
    return nombres[0], nombres[1] if len(nombres) > 1 else 150


def _lue(
    id_table: str,
    titre: str,
    annee: str,
    publiees: pd.DataFrame,
    *,
    lignes: int,
    secrets: int,
    notes: tuple[str, ...],
) -> Lue:
    departements = int(publiees.index.str.startswith("departement:").sum())
    return Lue(
        id=id_table,
        titre=titre,
        millesime=annee,
        libelle_millesime=annee,
        geographie_origine="",
        valeurs=pd.DataFrame(columns=publiees.columns, dtype="float64"),
        publiees=publiees.sort_index(),
        secrets=secrets,
        compte={"lignes": lignes, "departements": departements},
        notes=notes,
    )


FORMATS: Final = (FormatPathologies(), FormatDemographie(), FormatPatientele())
