"""`python -m diagnostic indicateurs`: the indicators of a perimeter, with their comparators."""

from __future__ import annotations

import argparse
import csv
import json
import sys
from datetime import date
from typing import Any, Final, cast

from diagnostic.commandes import perimetre
from diagnostic.commandes.analyseur import read_date
from diagnostic.indicateurs import ResultatIndicateur, TablesIndicateurs, compute_indicateurs
from diagnostic.indicateurs.calcul import COMPARATEURS
from diagnostic.indicateurs.resultats import GenreComparateur
from diagnostic.indicateurs.saisie import build_resultats_saisis
from diagnostic.territoire import build_alertes_codes
from geodata.magasin import Magasin, dossier_tables
from geodata.referentiel import Referentiel
from geodata.tables import load_tables_embarquees

_COLONNES: Final = (
    "cle", "libelle", "theme", "valeur", "unite", "numerateur", "denominateur", "millesime",
    "source", "couverture", "departement", "region", "france", "notes",
)  # fmt: skip

_GENRES: Final[tuple[GenreComparateur, ...]] = ("departement", "region", "france")


def ajouter(sous_commandes: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the command and its options."""
    analyseur = sous_commandes.add_parser(
        "indicateurs",
        help="indicateurs du diagnostic territorial, comparés",
        description="Indicateurs du diagnostic territorial de santé, avec leurs comparateurs.",
    )
    perimetre.ajouter_options(analyseur)
    calcul = analyseur.add_argument_group("calcul")
    calcul.add_argument(
        "--comparer",
        metavar="GENRES",
        type=_read_genres,
        default=COMPARATEURS,
        help="comparateurs, séparés par des virgules : departement, region, france, epci",
    )
    calcul.add_argument("--format", choices=("json", "csv"), default="json", help="json par défaut")
    calcul.add_argument(
        "--le",
        metavar="AAAA-MM-JJ",
        type=read_date,
        help="jour dont les seuils s’appliquent (aujourd’hui par défaut)",
    )
    analyseur.set_defaults(executer=executer)


def _read_genres(texte: str) -> tuple[GenreComparateur, ...]:
    genres = tuple(dict.fromkeys(genre.strip() for genre in texte.split(",") if genre.strip()))
    inconnus = [genre for genre in genres if genre not in COMPARATEURS]
    if inconnus:
        raise argparse.ArgumentTypeError(
            f"comparateur inconnu : {', '.join(inconnus)} (attendu : {', '.join(COMPARATEURS)})"
        )
    return cast("tuple[GenreComparateur, ...]", genres)


def executer(args: argparse.Namespace) -> int:
    """Compute the indicators and print them."""
    referentiel = Referentiel.ouvrir()
    demande = perimetre.compose(args, referentiel.geographie)
    importees, refus = Magasin(dossier_tables()).load_all()
    composition = demande.composition
    alertes = (*build_alertes_codes(composition.codes_traduits), *composition.alertes)
    for phrase in (*(alerte.message for alerte in alertes), *refus):
        sys.stderr.write(f"Attention : {phrase}\n")
    tables = TablesIndicateurs(
        referentiel.geographie,
        # the only place where the thresholds meet the clock
        args.le or date.today(),  # noqa: DTZ011
        (*load_tables_embarquees(referentiel), *importees),
    )
    resultats = compute_indicateurs(tables, composition.perimetre, comparateurs=args.comparer)
    saisies = demande.projet.projet.saisies if demande.projet else ()
    lignes = [_ligne(resultat) for resultat in (*resultats, *build_resultats_saisis(saisies))]
    if args.format == "csv":
        _write_csv(lignes)
    else:
        json.dump(
            {"indicateurs": lignes}, sys.stdout, ensure_ascii=False, indent=2, allow_nan=False
        )
        sys.stdout.write("\n")
    return 0


def _ligne(resultat: ResultatIndicateur) -> dict[str, Any]:
    ligne: dict[str, Any] = {
        nom: getattr(resultat, nom) for nom in _COLONNES if hasattr(resultat, nom)
    }
    for genre in _GENRES:
        # where several are crossed, the one that holds most inhabitants comes first
        premier = resultat.comparateur(genre)
        ligne[genre] = premier.valeur if premier else None
    return {
        **{nom: ligne[nom] for nom in _COLONNES},
        "notes": list(resultat.notes),
        "comparateurs": [
            {
                "genre": c.genre,
                "code": c.code,
                "libelle": c.libelle,
                "valeur": c.valeur,
                "couverture": c.couverture,
            }
            for c in resultat.comparateurs
        ],
        "details": [
            {
                "code": d.code,
                "libelle": d.libelle,
                "niveau": d.niveau,
                "valeur": d.valeur,
                "part_population": d.part_population,
            }
            for d in resultat.details
        ],
    }


def _write_csv(lignes: list[dict[str, Any]]) -> None:
    plume = csv.writer(sys.stdout, delimiter=";", lineterminator="\n")
    plume.writerow(_COLONNES)
    for ligne in lignes:
        notes = " ".join([*ligne["notes"], *_publiees(ligne["details"])])
        rangee = {**ligne, "notes": notes}
        plume.writerow(_cellule(rangee[nom]) for nom in _COLONNES)


def _publiees(details: list[dict[str, Any]]) -> list[str]:
    """Say the values of what has none for the territory, where they are published."""
    dites = [
        f"{detail['libelle']} : {'non publié' if detail['valeur'] is None else detail['valeur']}"
        for detail in details
        if detail["niveau"] != "commune"
    ]
    return [f"Valeurs publiées : {' ; '.join(dites)}."] if dites else []


def _cellule(valeur: str | float | None) -> str:
    return "" if valeur is None else str(valeur)
