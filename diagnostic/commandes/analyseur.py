"""A command line that speaks French, in its help and in its errors."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterable
from datetime import date
from typing import Final, NoReturn

# messages of argparse, which are English whatever the language of the machine
_TRADUCTIONS: Final = tuple(
    (re.compile(motif), traduction)
    for motif, traduction in (
        (r"unrecognized arguments: (.*)", r"argument non reconnu : \1"),
        (r"the following arguments are required: (.*)", r"il manque : \1"),
        (r"argument (.*?): invalid choice: '(.*?)' \(choose from (.*)\)",
         r"\1 : « \2 » n’est pas proposé. Choix : \3"),
        (r"argument (.*?): expected one argument", r"\1 : une valeur est attendue"),
        (r"argument (.*?): expected at least one argument",
         r"\1 : au moins une valeur est attendue"),
        (r"argument (.*?): expected (\d+) arguments?", r"\1 : \2 valeurs sont attendues"),
        (r"argument (.*?): not allowed with argument (.*)", r"\1 ne va pas avec \2"),
        (r"argument (.*?): ignored explicit argument '(.*)'",
         r"\1 ne prend pas de valeur (« \2 »)"),
        (r"argument (.*?): invalid \w+ value: '(.*)'", r"\1 : « \2 » n’est pas valable"),
        (r"one of the arguments (.*) is required", r"il faut l’une de ces options : \1"),
        (r"argument (.*?): (.*)", r"\1 : \2"),
    )
)  # fmt: skip


class _Presentation(argparse.HelpFormatter):
    """Help page with French headings."""

    def add_usage(
        self,
        usage: str | None,
        actions: Iterable[argparse.Action],
        groups: Iterable[argparse._MutuallyExclusiveGroup],
        prefix: str | None = None,
    ) -> None:
        super().add_usage(usage, actions, groups, "Usage : " if prefix is None else prefix)

    def start_section(self, heading: str | None) -> None:
        super().start_section("arguments" if heading == "positional arguments" else heading)


class Analyseur(argparse.ArgumentParser):
    """Parser whose every word shown is French."""

    def __init__(self, **options: object) -> None:
        options = {"formatter_class": _Presentation, **options, "add_help": False}
        super().__init__(allow_abbrev=False, **options)  # type: ignore[arg-type]
        self.add_argument("-h", "--aide", "--help", action="help", help="affiche cette aide")

    def error(self, message: str) -> NoReturn:
        """Print one French sentence and leave with code 2."""
        for motif, traduction in _TRADUCTIONS:
            if motif.fullmatch(message):
                message = motif.sub(traduction, message)
                break
        sys.stderr.write(f"Erreur : {message}. Aide : {self.prog} --aide\n")
        sys.exit(2)


def read_date(texte: str) -> date:
    """Read an ISO day given as an option."""
    try:
        return date.fromisoformat(texte)
    except ValueError as erreur:
        raise argparse.ArgumentTypeError(
            f"« {texte} » n’est pas une date. Attendu : AAAA-MM-JJ, par exemple 2026-01-31"
        ) from erreur
