"""Every error the application raises on purpose.

CptsError
├── GeodataError
│   ├── SourceIndisponibleError   a live source does not answer
│   ├── SourceModifieeError       a source answers, but not in the format we know
│   ├── SchemaError               a table does not have the expected shape
│   ├── CodeInconnuError          codes that exist in no millésime
│   ├── MillesimeError            geographies of two years that must not be mixed
│   ├── CrsError                  coordinates in another system than the one announced
│   ├── ImportRefuseError         a user's file is refused, with its reason
│   └── RegistreError             the register of CPTS cannot be read or written
│       └── ConflitVersionError   somebody else changed the territory meanwhile
└── DiagnosticError (diagnostic.errors)

Messages are French sentences for the person at the screen: they name the file, the line or
the code at fault, and what to do about it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime


class CptsError(Exception):
    """Base of all errors whose message may be shown to the user as it is."""


class GeodataError(CptsError):
    """Base of the errors about data."""


class SourceIndisponibleError(GeodataError):
    """A live source does not answer."""

    def __init__(self, source: str, url: str, raison: str) -> None:
        super().__init__(
            f"La source « {source} » n’a pas répondu ({raison}) : {url}. "
            "Les données déjà présentes restent utilisées, avec leur date."
        )
        self.source = source
        self.url = url


class SourceModifieeError(GeodataError):
    """A source answers in a format that is not the documented one."""


class SchemaError(GeodataError):
    """A table does not have the expected columns, types or volumes; lists every fault."""

    def __init__(self, table: str, defauts: Iterable[str]) -> None:
        self.table = table
        self.defauts = tuple(defauts)
        super().__init__(f"Table « {table} » invalide : " + " ; ".join(self.defauts) + ".")


class CodeInconnuError(GeodataError):
    """Codes that no millésime of the geography knows; lists them all.

    Parameters
    ----------
    codes
        Every unknown code.
    precisions
        Full French sentences added to the message: what some of these codes are instead.
    """

    def __init__(self, codes: Iterable[str], precisions: Iterable[str] = ()) -> None:
        self.codes = tuple(codes)
        accord = "Code inconnu" if len(self.codes) == 1 else "Codes inconnus"
        message = (
            f"{accord} : {', '.join(self.codes)}. Attendu : un code INSEE de commune ou "
            "d’arrondissement municipal (35238, 2A004, 75113), ou un SIREN d’EPCI."
        )
        super().__init__(" ".join([message, *precisions]))


class MillesimeError(GeodataError):
    """Two geographies of different years that must not be mixed."""


class CrsError(GeodataError):
    """Coordinates in another reference system than the one announced."""


class ImportRefuseError(GeodataError):
    """A user's file is refused; nothing of it was kept."""

    def __init__(self, fichier: str, raison: str) -> None:
        self.fichier = fichier
        self.raison = raison
        super().__init__(f"Fichier « {fichier} » refusé : {raison}")


class RegistreError(GeodataError):
    """The register of CPTS cannot be read or written."""


class ConflitVersionError(RegistreError):
    """Somebody else changed the territory since it was read; nothing was overwritten."""

    def __init__(self, nom: str, lue: int, actuelle: int, auteur: str, le: datetime) -> None:
        self.lue = lue
        self.actuelle = actuelle
        qui = f" par {auteur}" if auteur else ""
        super().__init__(
            f"« {nom} » a été modifié{qui} le {le:%d/%m/%Y à %H:%M} (version {actuelle}, vous "
            f"aviez lu la version {lue}). Rien n’a été écrasé : relisez la fiche, puis reprenez "
            "vos changements."
        )
