"""From an upload to dated tables: recognise by content, read, check, move to present communes."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import Final

import pandas as pd

from geodata.errors import ImportRefuseError
from geodata.imports.archives import LIMITES, Membre, open_membres
from geodata.imports.officiels import (
    acces,
    assurance_maladie,
    equipements,
    finess,
    finess_activites,
    mouvements,
    populations,
    quartiers,
    recensement,
    revenus,
    zonage,
)
from geodata.imports.officiels.formats import (
    OCTETS_DEBUT,
    Contexte,
    FormatMembre,
    FormatTableau,
    Lue,
    Progres,
    Source,
)
from geodata.imports.officiels.passage import (
    Deplacement,
    build_immobile,
    move_to_present,
    translate_lieux,
)
from geodata.imports.officiels.tableaux import Tableau, accorder
from geodata.schema import ANNEES_POPULATION, Geographie, TableCommunale

TABLEAUX: Final[tuple[FormatTableau, ...]] = (
    # before the others: the historical series also has dwellings, the comparator activity
    *mouvements.FORMATS,
    *recensement.FORMATS,
    *revenus.FORMATS,
    equipements.FormatBpe(),
    *populations.FORMATS,
    *quartiers.FORMATS,
    *assurance_maladie.FORMATS,
)
MEMBRES: Final[tuple[FormatMembre, ...]] = (
    *acces.FORMATS,
    *finess_activites.FORMATS,
    *finess.FORMATS,
    *zonage.FORMATS,
    *quartiers.FORMATS_MEMBRE,
)
# as the screens list them: what goes together is together
SOURCES: Final[tuple[Source, ...]] = tuple(
    {
        source.cle: source
        for source in (
            lu.source
            for lu in (
                *recensement.FORMATS,
                *mouvements.FORMATS,
                *revenus.FORMATS,
                *quartiers.FORMATS,
                *quartiers.FORMATS_MEMBRE,
                equipements.FormatBpe(),
                *finess.FORMATS,
                *finess_activites.FORMATS,
                *acces.FORMATS,
                *zonage.FORMATS,
                *assurance_maladie.FORMATS,
                *populations.FORMATS,
            )
        )
    }.values()
)
_ANNEE: Final = re.compile(r"(?:19|20)\d\d")
# the feeds of FINESS+ are read as streams; a table is still held to the usual size
_LIMITES: Final = replace(
    LIMITES, taille_totale=4 * LIMITES.taille_totale, taille_membre=4 * LIMITES.taille_membre
)


@dataclass(frozen=True)
class ImportOfficiel:
    """Hold what was understood of an official file, before anything is stored.

    Parameters
    ----------
    source
        The official file it was recognised as.
    fichier
        Name given by the user.
    tables
        Tables ready to be stored, in the present geography.
    codes_perdus
        Codes of the file that belong to no present commune.
    notes
        French sentences about what happened.
    """

    source: Source
    fichier: str
    tables: tuple[TableCommunale, ...]
    codes_perdus: tuple[str, ...]
    notes: tuple[str, ...]


def analyse_fichier(
    fichier: str,
    contenu: bytes,
    geographie: Geographie,
    *,
    le: date,
    blocs: Sequence[Collection[str]] = (),
    annee_annoncee: str = "",
    connues: Mapping[str, TableCommunale] | None = None,
    progres: Progres = lambda _part, _etape: None,
) -> ImportOfficiel:
    """Read an official file, bare, zipped or gzipped.

    Parameters
    ----------
    fichier
        Name given by the user: printed in messages, never used to recognise.
    le
        Day of the import.
    blocs
        Communes that were once counted together.
    annee_annoncee
        Year said by the user, for the files that do not carry theirs.
    connues
        Tables already in use, by role.
    progres
        Called with a share (0 to 1) and what is being done.

    Raises
    ------
    ImportRefuseError
        With the reason, and every fault found; nothing is stored by this function.
    """
    if annee_annoncee and not _ANNEE.fullmatch(annee_annoncee):
        raise ImportRefuseError(
            fichier, f"« {annee_annoncee[:20]} » n’est pas une année. Attendu : 2023, par exemple."
        )
    contexte = Contexte(
        fichier, annee_annoncee, _populations(geographie), connues or {}, progres=progres
    )
    progres(0.05, "ouverture du fichier")
    source, lues = _lire(fichier, open_membres(fichier, contenu, _LIMITES), contexte)
    progres(0.8, "passage aux communes d’aujourd’hui")
    tables, perdus, notes = [], set[str](), list[str]()
    for lue in lues:
        if not _ANNEE.fullmatch(lue.millesime):
            raise ImportRefuseError(
                fichier, f"l’année de ses données est illisible (« {lue.millesime[:20]} »)."
            )
        if lue.valeurs.empty and not lue.publiees.empty:
            # published by département at the finest: no commune to move
            immobile = build_immobile(lue.valeurs)
            tables.append(_table(source, lue, immobile, geographie, le))
            notes.extend(_raconter(lue, immobile))
            continue
        deplacement = move_to_present(fichier, lue.valeurs, geographie, blocs, lue.non_additives)
        if deplacement.valeurs.empty:
            raise ImportRefuseError(fichier, "aucune de ses lignes n’est d’une commune connue.")
        tables.append(_table(source, lue, deplacement, geographie, le))
        perdus.update(deplacement.codes_perdus)
        notes.extend(_raconter(lue, deplacement))
    progres(1.0, "terminé")
    return ImportOfficiel(
        source, fichier, tuple(tables), tuple(sorted(perdus)), tuple(dict.fromkeys(notes))
    )


def _populations(geographie: Geographie) -> Mapping[str, pd.Series[float]]:
    unites = geographie.unites
    # Mayotte has one figure only, of another year than the column it sits in
    dates = unites[unites["millesime_population_municipale"] == ANNEES_POPULATION[-1]]
    return {
        str(annee): dates[f"population_municipale_{annee}"].astype("float64")
        for annee in ANNEES_POPULATION
    }


def _lire(
    fichier: str, membres: Sequence[Membre], contexte: Contexte
) -> tuple[Source, tuple[Lue, ...]]:
    """Read the largest file that is recognised; the others are only named."""
    vus: list[str] = []
    ordonnes = sorted(membres, key=lambda m: -m.taille)
    for rang, membre in enumerate(ordonnes):
        reconnu = _reconnaitre(fichier, membre)
        if isinstance(reconnu, str):
            vus.append(reconnu)
            continue
        source, lire = reconnu
        autres = ordonnes[:rang] + ordonnes[rang + 1 :]
        lues = lire(replace(contexte, voisins=tuple(autres)))
        restants = [
            f"« {autre.nom} » ({lu[0].titre})"
            for autre in ordonnes[rang + 1 :]
            if not isinstance(lu := _reconnaitre(fichier, autre), str) and lu[0] != source
        ]
        if restants:
            constat = f"Aussi dans l’archive, mais non lu : {', '.join(restants)}. Donnez-le seul."
            lues = (replace(lues[0], constats=(*lues[0].constats, constat)), *lues[1:])
        return source, lues
    vu = " ".join(f"{description}." for description in vus[:2] if description)
    raise ImportRefuseError(
        fichier,
        f"ce n’est aucun des fichiers officiels que l’application sait lire. {vu} "
        f"Fichiers lus : {', '.join(source.titre for source in SOURCES)}.",
    )


_Lire = Callable[[Contexte], tuple[Lue, ...]]


def _reconnaitre(fichier: str, membre: Membre) -> tuple[Source, _Lire] | str:
    """Return what a file is and how to read it, else what was seen in it, in French."""
    with membre.open() as flux:
        debut = flux.read(OCTETS_DEBUT)
    for format_membre in MEMBRES:
        if format_membre.reconnait(debut, membre):
            return format_membre.source, partial(format_membre.lire, membre)
    for signature, description in _AUTRES_FORMATS.items():
        if debut.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(signature):
            return description
    tableau = Tableau.open(fichier, membre)
    for format_tableau in TABLEAUX:
        if format_tableau.reconnait(tableau.colonnes):
            return format_tableau.source, partial(format_tableau.lire, tableau)
    return _decrire(tableau)


_AUTRES_FORMATS: Final = {
    b"PK": "C’est un classeur : les fichiers de l’Insee se donnent dans leur version CSV",
    b"<": "C’est une page web ou du XML : le téléchargement a pu être bloqué par un filtre",
    b"%PDF": "C’est un PDF",
    b"\x89PNG": "C’est une image",
    b"{": "C’est du JSON d’une autre forme",
    b"[": "C’est du JSON d’une autre forme",
}
_DECLARES: Final = re.compile(r"^Q2\d\d$")


def _decrire(tableau: Tableau) -> str:
    colonnes = tableau.colonnes
    if tableau.est_binaire:
        return "Il contient des octets nuls : il est abîmé, ou n’est pas du texte"
    if len(colonnes) < 2:
        return (
            f"Une seule colonne, « {''.join(colonnes)[:60]} » : le séparateur attendu est le "
            "point-virgule ou la virgule, l’en-tête en première ligne"
        )
    entete = f"En-tête lu : {', '.join(nom[:30] for nom in colonnes[:6])}"
    if {"IRIS", "COM"} <= set(colonnes):
        return (
            f"{entete}. C’est un fichier par Iris (base-ic) : prenez celui des communes (base-cc)"
        )
    if "CODGEO" in colonnes and any(map(_DECLARES.match, colonnes)):
        return (
            f"{entete}. Ce sont les revenus déclarés (DEC), avant impôts et prestations : le "
            "niveau de vie est dans le fichier du revenu disponible (DISP)"
        )
    return entete


def _table(
    source: Source, lue: Lue, deplacement: Deplacement, geographie: Geographie, le: date
) -> TableCommunale:
    valeurs = deplacement.valeurs
    if lue.finaliser:
        valeurs = lue.finaliser(valeurs)
    if lue.zero_si_absente:
        valeurs = _completer(valeurs, geographie)
    return TableCommunale(
        id=lue.id,
        titre=lue.titre,
        producteur=source.producteur,
        url=source.url,
        licence=source.licence,
        millesime=lue.millesime,
        libelle_millesime=lue.libelle_millesime,
        geographie_origine=lue.geographie_origine,
        etat="importee",
        recupere_le=le,
        valeurs=valeurs,
        publiees=lue.publiees if lue.lieux.empty else translate_lieux(lue.lieux, geographie),
        notes=lue.notes,
        compte={
            "lignes": deplacement.lignes,
            "communes": deplacement.reconnues,
            "traduites": deplacement.traduites,
            "perdues": deplacement.perdues,
            "hors_champ": deplacement.hors_champ,
            "secrets": lue.secrets,
            **lue.compte,
            **{f"sans_{nom}": int(lue.valeurs[nom].isna().sum()) for nom in lue.valeurs},
        },
    )


def _completer(valeurs: pd.DataFrame, geographie: Geographie) -> pd.DataFrame:
    departements = geographie.unites["code_departement"]
    nommees = {code for cle in valeurs.index for code in str(cle).split()}
    couverts = set(departements.reindex(sorted(nommees)).dropna())
    absentes = departements.index[departements.isin(couverts)].difference(sorted(nommees))
    zeros = pd.DataFrame(0.0, index=absentes, columns=valeurs.columns)
    return pd.concat([valeurs, zeros]).sort_index().rename_axis("codes")


def _raconter(lue: Lue, deplacement: Deplacement) -> list[str]:
    notes = list(lue.constats)
    if deplacement.traduites:
        lignes = accorder(
            deplacement.traduites,
            "ligne d’une ancienne commune ou de communes regroupées a été reportée",
            "lignes d’anciennes communes ou de communes regroupées ont été reportées",
        )
        notes.append(f"{lignes} sur les communes d’aujourd’hui.")
    if deplacement.vides:
        communes = accorder(len(deplacement.vides), "commune a fusionné", "communes ont fusionné")
        notes.append(
            f"{communes} depuis : une médiane ou un taux ne s’additionne pas, la valeur est "
            "laissée vide."
        )
    if lue.secrets:
        valeurs = accorder(
            lue.secrets,
            "valeur est sous secret statistique : elle reste vide",
            "valeurs sont sous secret statistique : elles restent vides",
        )
        notes.append(f"{valeurs}.")
    if deplacement.perdues:
        codes = accorder(deplacement.perdues, "code n’est", "codes ne sont")
        notes.append(
            f"{codes} d’aucune commune d’aujourd’hui : {', '.join(deplacement.codes_perdus[:8])}."
        )
    return notes
