"""Command line: `python -m diagnostic COMMANDE …`.

Leaves with 0 on success and 2 for a bad request or file, with one French sentence on the error
output and never a traceback.
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Sequence

from diagnostic.commandes import territoire
from diagnostic.commandes.analyseur import Analyseur
from geodata.errors import CptsError

_COMMANDES = (territoire,)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return the exit code."""
    # names and thin spaces must come out whatever the encoding of the terminal
    for flux in (sys.stdout, sys.stderr):
        if isinstance(flux, io.TextIOWrapper):
            flux.reconfigure(encoding="utf-8")
    analyseur = Analyseur(
        prog="python -m diagnostic",
        description="Le territoire d'une CPTS : population, taille, financement, vérifications.",
    )
    sous_commandes = analyseur.add_subparsers(
        title="commandes", metavar="COMMANDE", required=True, parser_class=Analyseur
    )
    for commande in _COMMANDES:
        commande.ajouter(sous_commandes)
    args = analyseur.parse_args(arguments)
    try:
        code: int = args.executer(args)
        sys.stdout.flush()
    except CptsError as erreur:
        sys.stderr.write("Erreur : " + " ".join(str(erreur).split("\n")) + "\n")
        return 2
    except BrokenPipeError:
        # the reader left (`| head`): nothing to say, and nothing more to flush at exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return 130
    return code


if __name__ == "__main__":
    sys.exit(main())
