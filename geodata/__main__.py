"""Command line of the reference data: `python -m geodata verifier [--dossier D]`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from geodata.errors import CptsError
from geodata.referentiel import DOSSIER_DONNEES, Referentiel
from geodata.schema import COLONNES, validate_table
from geodata.verification import check_fichiers, list_controles
from geodata.verification_contours import CONTOURS, check_contours


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return the exit status."""
    lecteur = argparse.ArgumentParser(prog="python -m geodata")
    commandes = lecteur.add_subparsers(dest="commande", required=True)
    verifier = commandes.add_parser(
        "verifier", help="compare les tables embarquées au manifeste et aux chiffres publiés"
    )
    verifier.add_argument("--dossier", type=Path, default=DOSSIER_DONNEES)
    options = lecteur.parse_args(arguments)
    try:
        return verify(options.dossier)
    except CptsError as erreur:
        print(erreur, file=sys.stderr)
        return 2


def verify(dossier: Path) -> int:
    """Print every comparison; return 0 when all agree, 1 otherwise."""
    referentiel = Referentiel.ouvrir(dossier)
    controles = check_fichiers(dossier, referentiel.description)
    tables = {nom: validate_table(nom, referentiel.table(nom)) for nom in COLONNES}
    controles += list_controles(tables)
    surfaces = referentiel.geographie.unites["surface_km2"]
    couches = {niveau: referentiel.contours(niveau) for niveau in CONTOURS}
    controles += check_contours(couches, surfaces)
    for controle in controles:
        if controle.est_bon:
            print(f"bon    {controle.libelle} : {controle.trouve}")
        else:
            print(f"ÉCART  {controle.libelle} : attendu {controle.attendu}, {controle.trouve}")
    ecarts = sum(not controle.est_bon for controle in controles)
    print(f"{len(controles)} contrôles, {ecarts} écart{'s' if ecarts > 1 else ''}")
    return 1 if ecarts else 0


if __name__ == "__main__":
    sys.exit(main())
