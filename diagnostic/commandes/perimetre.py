"""Options that describe a perimeter, shared by the subcommands."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from diagnostic.composition import Composition, composer_perimetre
from diagnostic.exports.projet import ProjetOuvert, load_projet
from diagnostic.exports.texte import clean_ligne
from geodata.errors import CodeInconnuError, ImportRefuseError
from geodata.imports.codes import CodesLus, read_codes
from geodata.schema import Geographie

_LONGUEUR_SIREN: Final = 9
_LIMITE_CODES: Final = 10
_TAILLE_LUE: Final = 16 * 1024 * 1024
# a byte order mark, or blanks, before a JSON object
_BLANCS: Final = b"\xef\xbb\xbf \t\r\n"


def ajouter_options(analyseur: argparse.ArgumentParser) -> None:
    """Declare the options that describe a perimeter."""
    groupe = analyseur.add_argument_group(
        "périmètre", "Les options se cumulent ; chacune accepte plusieurs codes."
    )
    for option, aide in (
        ("--epci", "SIREN d’intercommunalités"),
        ("--ept", "SIREN d’établissements publics territoriaux du Grand Paris"),
        (
            "--commune",
            "codes INSEE de communes, actuelles ou anciennes, ou d’arrondissements municipaux",
        ),
        ("--departement", "codes de départements"),
        ("--region", "codes de régions"),
        ("--sans", "codes à retirer (commune, intercommunalité ou département)"),
    ):
        groupe.add_argument(
            option, metavar="CODE", nargs="+", action="extend", default=[], help=aide
        )
    groupe.add_argument(
        "--perimetre",
        metavar="FICHIER",
        type=Path,
        help="liste de codes au format CSV (colonne code_insee, CODGEO…) ou projet enregistré "
        "par l’application (.cpts.json)",
    )
    groupe.add_argument("--nom", default="", help="nom du territoire")


@dataclass(frozen=True)
class Demande:
    """What the options ask for; `projet` is the reopened project file, if one was given."""

    composition: Composition
    projet: ProjetOuvert | None = None


def compose(args: argparse.Namespace, geographie: Geographie) -> Demande:
    """Compose the perimeter that the options describe.

    Raises
    ------
    ImportRefuseError
        If the file of the perimeter cannot be read, or holds unknown codes.
    CodeInconnuError
        If the options hold unknown codes.
    """
    lus, projet = None, None
    codes: Sequence[str] = ()
    if args.perimetre:
        fichier, contenu = str(args.perimetre), read_contenu(args.perimetre)
        if contenu.lstrip(_BLANCS).startswith(b"{"):
            projet = load_projet(contenu, geographie=geographie, fichier=fichier)
            codes = sorted(projet.projet.perimetre.codes)
        else:
            lus = read_codes(fichier, contenu)
            codes = lus.codes
    try:
        composition = composer_perimetre(
            geographie,
            nom=clean_ligne(args.nom),
            epci=[*args.epci, *(code for code in codes if len(code) == _LONGUEUR_SIREN)],
            ept=args.ept,
            communes=[*args.commune, *(code for code in codes if len(code) != _LONGUEUR_SIREN)],
            departements=args.departement,
            regions=args.region,
            sans=args.sans,
        )
    except CodeInconnuError as erreur:
        if lus and set(erreur.codes) <= set(codes):
            raise ImportRefuseError(lus.fichier, _locate(lus, erreur.codes)) from erreur
        raise
    if projet is None:
        return Demande(composition)
    enregistre = projet.projet.perimetre
    perimetre = replace(
        composition.perimetre,
        nom=composition.perimetre.nom or enregistre.nom,
        partielles=enregistre.partielles & composition.perimetre.codes,
    )
    alertes = (*projet.alertes, *composition.alertes)
    return Demande(replace(composition, perimetre=perimetre, alertes=alertes), projet)


def read_contenu(chemin: Path) -> bytes:
    """Read a file of the disk.

    Raises
    ------
    ImportRefuseError
        If the file is not there or cannot be read.
    """
    try:
        # more than any list or project; enough for their readers to refuse what is larger
        with chemin.open("rb") as flux:
            return flux.read(_TAILLE_LUE)
    except FileNotFoundError as erreur:
        raise ImportRefuseError(str(chemin), "il est introuvable.") from erreur
    except IsADirectoryError as erreur:
        raise ImportRefuseError(str(chemin), "c’est un dossier.") from erreur
    except PermissionError as erreur:
        raise ImportRefuseError(str(chemin), "vous n’avez pas le droit de le lire.") from erreur
    except (OSError, ValueError) as erreur:
        raise ImportRefuseError(str(chemin), "sa lecture a échoué.") from erreur


def _locate(lus: CodesLus, inconnus: tuple[str, ...]) -> str:
    liste = ", ".join(f"{code} (ligne {lus.lignes[code]})" for code in inconnus[:_LIMITE_CODES])
    reste = len(inconnus) - _LIMITE_CODES
    suite = f" et {reste} de plus" if reste > 0 else ""
    accord = "code inconnu" if len(inconnus) == 1 else f"{len(inconnus)} codes inconnus"
    return f"{accord} : {liste}{suite}. Corrigez ces lignes ou retirez-les."
