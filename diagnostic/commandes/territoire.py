"""`python -m diagnostic territoire`: what the rules say about a perimeter."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import replace
from datetime import date
from typing import Final

from diagnostic.commandes import perimetre
from diagnostic.commandes.affichage import write_territoire
from diagnostic.commandes.analyseur import read_date
from diagnostic.exports.projet import compare_bilan
from diagnostic.parametres import load_parametres
from diagnostic.territoire import compute_territoire
from geodata.referentiel import Referentiel

# populations, membership, areas and neighbourhood: the other sources feed other results
_SOURCES: Final = ("communes-2026", "epci-2026", "contours-2024", "liaisons")


def ajouter(sous_commandes: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the command and its options."""
    analyseur = sous_commandes.add_parser(
        "territoire",
        help="population, taille, financement et vérifications d’un périmètre",
        description="Population, taille, financement et vérifications d’un périmètre.",
    )
    perimetre.ajouter_options(analyseur)
    calcul = analyseur.add_argument_group("calcul")
    calcul.add_argument(
        "--population",
        choices=("municipale", "totale"),
        help="définition de la population (municipale par défaut, ou celle du projet)",
    )
    calcul.add_argument(
        "--le",
        metavar="AAAA-MM-JJ",
        type=read_date,
        help="jour dont les règles s’appliquent (aujourd’hui par défaut)",
    )
    calcul.add_argument("--json", action="store_true", help="résultat complet au format JSON")
    analyseur.set_defaults(executer=executer)


def executer(args: argparse.Namespace) -> int:
    """Compute the territory and print it."""
    referentiel = Referentiel.ouvrir()
    demande = perimetre.compose(args, referentiel.geographie)
    composition, ouvert = demande.composition, demande.projet
    enregistre = ouvert.projet.type_population if ouvert else "municipale"
    territoire = compute_territoire(
        referentiel.geographie,
        composition.perimetre,
        type_population=args.population or enregistre,
        # the only place where the rules meet the clock
        le=args.le or date.today(),  # noqa: DTZ011
        parametres=load_parametres(),
        codes_traduits=composition.codes_traduits,
        alertes=composition.alertes,
        sources=[source.en_dict() for source in referentiel.manifeste if source.id in _SOURCES],
    )
    if ouvert and territoire.population is not None and territoire.taille:
        changements = compare_bilan(
            ouvert, population=territoire.population, taille=territoire.taille.taille
        )
        territoire = replace(territoire, alertes=(*changements, *territoire.alertes))
    if args.json:
        json.dump(territoire.en_dict(), sys.stdout, ensure_ascii=False, indent=2)
        sys.stdout.write("\n")
    else:
        write_territoire(territoire, referentiel.geographie, sys.stdout)
    return 0
