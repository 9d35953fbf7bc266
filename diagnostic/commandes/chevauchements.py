"""`python -m diagnostic chevauchements`: who claims what, twice."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from diagnostic.chevauchement import Chevauchement
from diagnostic.commandes.analyseur import read_date
from diagnostic.commandes.importer import today
from diagnostic.commandes.registre import (
    build_index_actif,
    build_lecteur,
    open_registre,
    read_territoires,
)
from diagnostic.parametres import load_parametres
from diagnostic.perimetre import compacter
from diagnostic.redaction import accorder, format_nombre
from geodata.referentiel import Referentiel
from geodata.schema import Geographie


def ajouter(sous_commandes: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the command and its options."""
    analyseur = sous_commandes.add_parser(
        "chevauchements",
        help="territoires qui revendiquent les mêmes communes",
        description="Compare un périmètre aux territoires connus, ou tous les territoires entre "
        "eux. Sans --contre, les territoires connus sont ceux du registre.",
    )
    choix = analyseur.add_mutually_exclusive_group()
    choix.add_argument("--perimetre", metavar="FICHIER", type=Path, help="périmètre à comparer")
    choix.add_argument("--tous", action="store_true", help="toutes les paires (par défaut)")
    analyseur.add_argument(
        "--contre", metavar="FICHIER", type=Path, help="territoires connus, au lieu du registre"
    )
    analyseur.add_argument(
        "--le", metavar="AAAA-MM-JJ", type=read_date, help="jour considéré (aujourd’hui par défaut)"
    )
    analyseur.add_argument("--json", action="store_true", help="résultat au format JSON")
    analyseur.set_defaults(executer=executer)


def executer(args: argparse.Namespace) -> int:
    """Cross the territories and print the pairs, most people concerned first."""
    referentiel = Referentiel.ouvrir()
    lecteur = build_lecteur(referentiel)
    le = args.le or today()
    if args.contre:
        connus = read_territoires(lecteur, [args.contre], le)
    else:
        connus = open_registre(referentiel).territoires()
    index = build_index_actif(referentiel, connus, load_parametres(), le)
    if args.perimetre:
        esquisses = read_territoires(lecteur, [args.perimetre], le, prefixe="esquisse")
        paires = [paire for esquisse in esquisses for paire in index.contre(esquisse)]
    else:
        paires = list(index.toutes_les_paires().chevauchements())
    if args.json:
        contenu = {
            "territoires_compares": len(index.territoires),
            "paires": [build_json(paire, referentiel.geographie) for paire in paires],
        }
        json.dump(contenu, sys.stdout, ensure_ascii=False, indent=2)
        sys.stdout.write("\n")
    else:
        _write(paires, len(index.territoires))
    return 0


def build_json(paire: Chevauchement, geographie: Geographie) -> dict[str, object]:
    """Return the stable JSON shape of a pair."""
    return {
        "a": paire.a,
        "b": paire.b,
        "nature": paire.nature,
        "communes": list(compacter(geographie, frozenset(paire.codes + paire.codes_partiels))),
        "communes_partielles": list(paire.codes_partiels),
        "communes_limitrophes": list(paire.codes_limitrophes),
        "population": paire.population,
        "population_max": paire.population_max,
        "surface_km2": round(paire.surface_km2, 2),
        "part_a": round(paire.part_a, 4),
        "part_b": round(paire.part_b, 4),
        "incertain": paire.incertain,
        "statut_a": paire.statut_a,
        "statut_b": paire.statut_b,
    }


def _write(paires: list[Chevauchement], nombre: int) -> None:
    sys.stdout.write(f"{accorder(nombre, 'territoire connu', 'territoires connus')}\n")
    if not paires:
        sys.stdout.write("Aucun chevauchement entre eux.\n")
    for paire in paires:
        communes = accorder(len(paire.codes + paire.codes_partiels), "commune")
        habitants = format_nombre(paire.population)
        doute = (
            f" (jusqu’à {format_nombre(paire.population_max)})"
            if paire.population_max > paire.population
            else ""
        )
        sys.stdout.write(
            f"{paire.a} / {paire.b} : {paire.nature.replace('_', ' ')}, {communes}, "
            f"{habitants} habitants{doute}\n"
        )
