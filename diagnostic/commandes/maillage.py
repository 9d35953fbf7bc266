"""`python -m diagnostic maillage`: coverage of a zone and its white zones."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

from diagnostic.commandes.analyseur import read_date
from diagnostic.commandes.importer import today
from diagnostic.commandes.registre import (
    build_index_actif,
    build_lecteur,
    open_registre,
    read_territoires,
)
from diagnostic.maillage import Couverture, ZoneBlanche, compute_couverture, compute_zones_blanches
from diagnostic.parametres import Parametres, load_parametres
from diagnostic.perimetre import compacter
from diagnostic.redaction import accorder, format_nombre
from diagnostic.taille import compute_taille
from geodata.errors import CodeInconnuError
from geodata.referentiel import Referentiel
from geodata.schema import Geographie


def ajouter(sous_commandes: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the command and its options."""
    analyseur = sous_commandes.add_parser(
        "maillage",
        help="couverture d’une région ou d’un département, zones blanches",
        description="Population couverte par les CPTS d’une zone (France entière par défaut), et "
        "morceaux que nulle CPTS ne couvre. Sans --contre, les CPTS sont celles du registre, qui "
        "n’en connaît qu’une partie.",
    )
    choix = analyseur.add_mutually_exclusive_group()
    choix.add_argument("--region", metavar="CODE")
    choix.add_argument("--departement", metavar="CODE")
    choix.add_argument("--epci", metavar="CODE")
    analyseur.add_argument(
        "--contre", metavar="FICHIER", type=Path, help="territoires connus, au lieu du registre"
    )
    analyseur.add_argument(
        "--le", metavar="AAAA-MM-JJ", type=read_date, help="jour considéré (aujourd’hui par défaut)"
    )
    analyseur.add_argument("--json", action="store_true", help="résultat au format JSON")
    analyseur.set_defaults(executer=executer)


def executer(args: argparse.Namespace) -> int:
    """Compute the coverage and print it."""
    referentiel = Referentiel.ouvrir()
    geographie = referentiel.geographie
    codes = _select_zone(args, geographie)
    le = args.le or today()
    parametres = load_parametres()
    if args.contre:
        connus = read_territoires(build_lecteur(referentiel), [args.contre], le)
    else:
        connus = open_registre(referentiel).territoires()
    index = build_index_actif(referentiel, connus, parametres, le)
    couverture = compute_couverture(index, codes, poids=parametres.poids_statut(le).poids)
    zones = compute_zones_blanches(index, codes, taille=build_taille(parametres, le))
    if args.json:
        json.dump(
            build_json(couverture, zones, geographie), sys.stdout, ensure_ascii=False, indent=2
        )
        sys.stdout.write("\n")
    else:
        _write(couverture, zones, geographie)
    return 0


def build_taille(parametres: Parametres, le: date) -> Callable[[int], int]:
    """Return the function that gives the size of a population on a given day."""
    bareme = parametres.taille(le)
    return lambda habitants: compute_taille(habitants, bareme).taille


def _select_zone(args: argparse.Namespace, geographie: Geographie) -> frozenset[str]:
    for niveau in ("region", "departement", "epci"):
        code = getattr(args, niveau)
        if code is not None:
            membres = geographie.membres(niveau, code.upper())
            if not membres:
                raise CodeInconnuError([code])
            return membres
    return frozenset(geographie.position)


def build_json(
    couverture: Couverture, zones: tuple[ZoneBlanche, ...], geographie: Geographie
) -> dict[str, object]:
    """Return the stable JSON shape of a coverage."""
    return {
        "population_totale": couverture.population_totale,
        "couverte_nette": couverture.couverte_nette,
        "couverte_brute": couverture.couverte_brute,
        "non_couverte": couverture.non_couverte,
        "incertaine": couverture.incertaine,
        "reste_partiel": couverture.reste_partiel,
        "taux": None if couverture.taux is None else round(couverture.taux, 6),
        "nombre_cpts": couverture.nombre_cpts,
        "par_statut": dict(couverture.par_statut),
        "zones_blanches": [
            {
                "communes": list(compacter(geographie, frozenset(zone.codes))),
                "population": zone.population,
                "surface_km2": round(zone.surface_km2, 2),
                "taille": zone.taille,
                "voisins": [
                    {
                        "nom": voisin.nom,
                        "population_avant": voisin.population_avant,
                        "population_apres": voisin.population_apres,
                        "taille_avant": voisin.taille_avant,
                        "taille_apres": voisin.taille_apres,
                    }
                    for voisin in zone.voisins
                ],
            }
            for zone in zones
        ],
    }


def _write(couverture: Couverture, zones: tuple[ZoneBlanche, ...], geographie: Geographie) -> None:
    taux = "–" if couverture.taux is None else f"{format_nombre(100 * couverture.taux, 1)}\u202f%"
    sys.stdout.write(
        f"Population couverte : {format_nombre(couverture.couverte_nette)} sur "
        f"{format_nombre(couverture.population_totale)} ({taux}), "
        f"{format_nombre(couverture.couverte_brute)} en comptant chaque CPTS.\n"
        f"{accorder(len(zones), 'zone blanche', 'zones blanches')}, "
        f"{format_nombre(couverture.non_couverte)} habitants.\n"
    )
    for zone in zones:
        voisins = ", ".join(voisin.nom for voisin in zone.voisins) or "aucune CPTS connue"
        communes = accorder(len(compacter(geographie, frozenset(zone.codes))), "commune")
        sys.stdout.write(
            f"  {communes}, {format_nombre(zone.population)} habitants ; voisines : {voisins}\n"
        )
