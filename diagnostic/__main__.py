"""Command line: `python -m diagnostic COMMANDE …`.

Leaves with 0 on success and 2 for a bad request or file, with one French sentence on the error
output and never a traceback.
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Sequence

from diagnostic.commandes import (
    chevauchements,
    exporter,
    importer,
    indicateurs,
    maillage,
    territoire,
)
from diagnostic.commandes.analyseur import Analyseur
from diagnostic.exports.texte import clean_ligne
from geodata.errors import CptsError

_COMMANDES = (territoire, indicateurs, exporter, importer, chevauchements, maillage)
# what a shell expects after Ctrl-C
_INTERROMPU = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return the exit code."""
    _prepare_flux()
    analyseur = Analyseur(
        prog="python -m diagnostic",
        description="Le territoire d’une CPTS : population, taille, financement, vérifications.",
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
        return _refuser(str(erreur))
    except BrokenPipeError:
        # the reader left (`| head`): that is not a fault
        _fermer_sortie()
        return 0
    except OSError as erreur:
        _fermer_sortie()
        return _refuser(f"une lecture ou une écriture a échoué (erreur système {erreur.errno}).")
    except KeyboardInterrupt:
        return _INTERROMPU
    return code


def _prepare_flux() -> None:
    """Let names and thin spaces come out whatever the encoding of the terminal."""
    if sys.stdout is None:
        sys.stdout = io.StringIO()
    for flux in (sys.stdout, sys.stderr):
        if isinstance(flux, io.TextIOWrapper):
            flux.reconfigure(encoding="utf-8", errors="replace")


def _fermer_sortie() -> None:
    """Send what is left to write nowhere, so that Python does not complain when it ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _refuser(message: str) -> int:
    # a file name or a code may hold anything, and this goes to a terminal
    sys.stderr.write(f"Erreur : {clean_ligne(message)}\n")
    return 2


if __name__ == "__main__":
    sys.exit(main())
