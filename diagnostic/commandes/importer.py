"""`python -m diagnostic importer`: read perimeters, audit them, save them if asked."""

from __future__ import annotations

import argparse
import json
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np

from diagnostic.commandes.registre import build_lecteur, open_registre, read_fichiers
from diagnostic.perimetre import compacter
from diagnostic.redaction import accorder, format_nombre
from geodata.errors import ImportRefuseError
from geodata.imports.enregistrement import save_rapport
from geodata.imports.rapport import RapportImport, TerritoireLu
from geodata.referentiel import Referentiel
from geodata.schema import Geographie


def ajouter(sous_commandes: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Declare the command and its options."""
    analyseur = sous_commandes.add_parser(
        "importer",
        help="lire des listes ou des polygones de CPTS, les vérifier, les enregistrer",
        description="Lit des périmètres de CPTS (CSV, XLSX, ODS, GeoJSON, GeoPackage, Shapefile "
        "en zip, KML), dit ce qui est compris et ce qui est douteux. Rien n’est enregistré sans "
        "--enregistrer.",
    )
    analyseur.add_argument("fichiers", metavar="FICHIER", nargs="+", type=Path)
    analyseur.add_argument(
        "--enregistrer", action="store_true", help="ajoute les territoires au registre"
    )
    analyseur.add_argument(
        "--sans-les-bloquants",
        action="store_true",
        help="enregistre malgré des lignes bloquantes, qui sont laissées de côté",
    )
    analyseur.add_argument("--auteur", default="", help="qui enregistre, gardé dans l’historique")
    analyseur.add_argument("--motif", default="", help="pourquoi, gardé dans l’historique")
    analyseur.add_argument("--json", action="store_true", help="rapport au format JSON")
    analyseur.set_defaults(executer=executer)


def executer(args: argparse.Namespace) -> int:
    """Read, audit, and save when asked."""
    referentiel = Referentiel.ouvrir()
    registre = open_registre(referentiel) if args.enregistrer else None
    connus = {} if registre is None else {t.identifiant: t.nom for t in registre.territoires()}
    rapport = build_lecteur(referentiel, connus).read(read_fichiers(args.fichiers))
    bloquants = [anomalie for anomalie in rapport.anomalies if anomalie.gravite == "bloquant"]
    refuse = bool(registre and bloquants and not args.sans_les_bloquants)
    enregistres = 0
    if registre is not None and not refuse:
        enregistres = save_rapport(
            registre, rapport, auteur=args.auteur, motif=args.motif, le=datetime.now(tz=UTC)
        )
    _write(args, rapport, referentiel.geographie, enregistres)
    if refuse:
        raise ImportRefuseError(
            ", ".join(chemin.name for chemin in args.fichiers),
            f"{accorder(len(bloquants), 'anomalie bloquante', 'anomalies bloquantes')}, rien n’a "
            "été enregistré. Corrigez le fichier, ou ajoutez --sans-les-bloquants.",
        )
    return 0


def build_json(rapport: RapportImport, geographie: Geographie) -> dict[str, object]:
    """Return the stable JSON shape of an import."""
    return {
        "territoires": [
            {
                "nom": lu.nom,
                "codes": list(compacter(geographie, lu.codes)),
                "partielles": [u.code for u in lu.unites if u.statut == "partiel"],
                "limitrophes": [u.code for u in lu.unites if u.statut == "limitrophe"],
                "population": _count(geographie, lu),
                "statut": lu.statut,
                "finess": lu.finess,
            }
            for lu in rapport.territoires
        ],
        "anomalies": [
            {
                "type": anomalie.type,
                "gravite": anomalie.gravite,
                "message": anomalie.message,
                "ligne": anomalie.ligne,
                "codes": list(anomalie.codes),
                "fichier": anomalie.fichier,
                "territoire": anomalie.territoire,
                "propositions": [candidat.code for candidat in anomalie.candidats],
            }
            for anomalie in rapport.anomalies
        ],
    }


def _count(geographie: Geographie, lu: TerritoireLu) -> int:
    return int(np.nansum(geographie.population()[geographie.rangs(lu.codes)]))


def _write(
    args: argparse.Namespace, rapport: RapportImport, geographie: Geographie, enregistres: int
) -> None:
    if args.json:
        contenu = {**build_json(rapport, geographie), "enregistres": enregistres}
        json.dump(contenu, sys.stdout, ensure_ascii=False, indent=2)
        sys.stdout.write("\n")
        return
    for lu in rapport.territoires:
        communes = accorder(len(compacter(geographie, lu.codes)), "commune")
        habitants = format_nombre(_count(geographie, lu))
        sys.stdout.write(f"{lu.nom} : {communes}, {habitants} habitants\n")
    for anomalie in rapport.anomalies:
        sys.stdout.write(f"[{anomalie.gravite}] {anomalie.message}\n")
    if args.enregistrer:
        sys.stdout.write(
            f"{accorder(enregistres, 'territoire enregistré', 'territoires enregistrés')}\n"
        )


def today() -> date:
    """Return the day of the command: the only place where these commands meet the clock."""
    return datetime.now(tz=UTC).date()
