"""Lists for spreadsheets and programs: CSV of communes and of indicators, JSON of everything."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Final, Literal, get_args

from diagnostic.exports.texte import clean_ligne, neutralise_formule
from diagnostic.indicateurs import ResultatIndicateur
from diagnostic.indicateurs.resultats import GenreComparateur
from diagnostic.rapport import AVERTISSEMENT, Diagnostic

Dialecte = Literal["excel", "simple"]
Valeur = str | float | None
Reference = tuple[GenreComparateur, str, str]

_GENRES: Final = get_args(GenreComparateur)

ENTETES_COMMUNES = (
    "code_insee",
    "commune",
    "code_epci",
    "epci",
    "code_departement",
    "departement",
    "population",
    "type_population",
    "millesime_population",
    "surface_km2",
    "densite_hab_km2",
    "statut_commune",
    "millesime_geographie",
    "cpts",
)
ENTETES_INDICATEURS = (
    "cle",
    "libelle",
    "theme",
    "valeur",
    "unite",
    "numerateur",
    "denominateur",
    "millesime",
    "source",
    "geographie",
    "couverture",
)


def export_csv_communes(diagnostic: Diagnostic, *, dialecte: Dialecte = "excel") -> bytes:
    """Write one row per commune.

    `excel` is what a French Excel opens by a double click (UTF-8 with BOM, semicolons, decimal
    commas); `simple` is what programs expect (UTF-8, commas, decimal points).
    """
    territoire = diagnostic.territoire
    return write_csv(
        ENTETES_COMMUNES,
        (
            (
                ligne.code,
                ligne.nom,
                ligne.code_epci,
                ligne.nom_epci,
                ligne.code_departement,
                ligne.nom_departement,
                ligne.population,
                territoire.type_population,
                str(territoire.millesime_population),
                round(ligne.surface_km2, 4),
                None if ligne.densite is None else round(ligne.densite, 2),
                "partiel" if ligne.est_partielle else "entier",
                diagnostic.millesime_geographie,
                diagnostic.nom,
            )
            for ligne in diagnostic.communes
        ),
        dialecte,
    )


def export_csv_indicateurs(diagnostic: Diagnostic, *, dialecte: Dialecte = "excel") -> bytes:
    """Write one row per indicator and one column per reference; the unknown stays empty."""
    references = list_references(diagnostic)
    return write_csv(
        (*ENTETES_INDICATEURS, *(_entete(reference) for reference in references), "notes"),
        (
            (
                indicateur.cle,
                indicateur.libelle,
                indicateur.theme,
                indicateur.valeur,
                indicateur.unite,
                indicateur.numerateur,
                indicateur.denominateur,
                indicateur.millesime,
                indicateur.source,
                indicateur.geographie,
                indicateur.couverture,
                *valeurs_comparateurs(indicateur, references),
                " ".join(indicateur.notes),
            )
            for indicateur in diagnostic.indicateurs
        ),
        dialecte,
    )


def export_json(diagnostic: Diagnostic) -> bytes:
    """Write everything, for programs."""
    territoire = diagnostic.territoire.en_dict()
    contenu = {
        "format": "cpts-territoires/diagnostic",
        "version": 1,
        "etabli_le": diagnostic.le.isoformat(),
        "avertissement": AVERTISSEMENT,
        "nom": diagnostic.nom,
        "territoire": {**territoire, "nom": diagnostic.nom},
        "communes": [
            {**asdict(ligne), "densite_hab_km2": ligne.densite} for ligne in diagnostic.communes
        ],
        "indicateurs": [asdict(indicateur) for indicateur in diagnostic.indicateurs],
        "chevauchements": [
            {
                **asdict(chevauchement),
                "a": clean_ligne(chevauchement.a),
                "b": clean_ligne(chevauchement.b),
            }
            for chevauchement in diagnostic.chevauchements
        ],
        "registre": diagnostic.registre,
        "valeurs_saisies": [
            {**asdict(saisie), "libelle": diagnostic.libelles_saisies.get(saisie.cle, saisie.cle)}
            for saisie in diagnostic.saisies
        ],
        "points_attention": list(diagnostic.points_attention),
        "notes": dict(diagnostic.notes),
        "sources": [asdict(source) for source in diagnostic.sources],
    }
    return (
        json.dumps(contenu, ensure_ascii=False, indent=1, default=str, allow_nan=False) + "\n"
    ).encode()


def list_references(diagnostic: Diagnostic) -> tuple[Reference, ...]:
    """List what the indicators are compared with: départements, régions, France, then the rest."""
    references = {
        (comparateur.genre, comparateur.code, comparateur.libelle)
        for indicateur in diagnostic.indicateurs
        for comparateur in indicateur.comparateurs
    }
    return tuple(sorted(references, key=lambda reference: (_GENRES.index(reference[0]), reference)))


def valeurs_comparateurs(
    indicateur: ResultatIndicateur, references: Sequence[Reference]
) -> list[float | None]:
    """Return the value of an indicator in each reference, None where it has none."""
    valeurs = {
        (comparateur.genre, comparateur.code, comparateur.libelle): comparateur.valeur
        for comparateur in indicateur.comparateurs
    }
    return [valeurs.get(reference) for reference in references]


def _entete(reference: Reference) -> str:
    genre, code, libelle = reference
    return f"{genre}_{code}" if code else genre if genre == "france" else f"{genre} {libelle}"


def write_csv(
    entetes: Sequence[str], lignes: Iterable[Sequence[Valeur]], dialecte: Dialecte
) -> bytes:
    """Write any table as CSV; formulas in texts become text."""
    tampon = io.StringIO(newline="")
    separateur = ";" if dialecte == "excel" else ","
    graveur = csv.writer(tampon, delimiter=separateur, lineterminator="\r\n")
    graveur.writerow(entetes)
    graveur.writerows([_cellule(valeur, dialecte) for valeur in ligne] for ligne in lignes)
    encodage = "utf-8-sig" if dialecte == "excel" else "utf-8"
    return tampon.getvalue().encode(encodage)


def _cellule(valeur: Valeur, dialecte: Dialecte) -> str:
    if isinstance(valeur, str):
        return neutralise_formule(clean_ligne(valeur))
    if valeur is None or math.isnan(valeur):
        return ""
    texte = str(int(valeur)) if float(valeur).is_integer() else repr(float(valeur))
    return texte.replace(".", ",") if dialecte == "excel" else texte
