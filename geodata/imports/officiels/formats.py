"""What an official file is: how it is recognised, what is read in it, how to obtain it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol

import pandas as pd

from geodata.imports.archives import Membre
from geodata.imports.officiels.tableaux import Tableau
from geodata.schema import TableCommunale

# how much of a file is enough to recognise it
OCTETS_DEBUT: Final = 4096


@dataclass(frozen=True)
class Lue:
    """Hold one table read in a file, still in the geography of its source.

    Parameters
    ----------
    id
        Role of the table among those the indicators use.
    titre, millesime, libelle_millesime, geographie_origine
        As in `TableCommunale`.
    valeurs
        Index: code of the commune in the geography of the source; float columns.
    publiees
        Values at other levels, index `niveau:code`.
    lieux
        Places of the file (index `genre:code`), with the communes they lie in (column `communes`,
        codes of the source separated by a space): kept among the published values.
    non_additives
        Columns that cannot be summed.
    secrets
        Cells under statistical secrecy.
    compte
        Other counts to show the user.
    notes
        French sentences every figure of the table carries.
    constats
        French sentences about this file only, shown before it is stored.
    zero_si_absente
        True for a directory, which only lists what exists: a commune it does not name has none,
        provided its département is in the file.
    finaliser
        Last computation, once the figures were moved.
    """

    id: str
    titre: str
    millesime: str
    libelle_millesime: str
    geographie_origine: str
    valeurs: pd.DataFrame
    publiees: pd.DataFrame = field(default_factory=pd.DataFrame)
    lieux: pd.DataFrame = field(default_factory=pd.DataFrame)
    non_additives: tuple[str, ...] = ()
    secrets: int = 0
    compte: Mapping[str, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    constats: tuple[str, ...] = ()
    zero_si_absente: bool = False
    finaliser: Callable[[pd.DataFrame], pd.DataFrame] | None = None


@dataclass(frozen=True)
class Source:
    """Describe an official file for the screens.

    Parameters
    ----------
    cle
        Stable identifier.
    titre, producteur, licence
        As printed.
    url
        Page where the file is found.
    obtention
        French sentences: which link to click, which file to give.
    apporte
        French words: what becomes available once it is loaded.
    tables
        Roles of the tables it feeds.
    """

    cle: str
    titre: str
    producteur: str
    url: str
    obtention: str
    apporte: str
    tables: tuple[str, ...]
    licence: str = "Licence Ouverte 2.0"


Progres = Callable[[float, str], None]


@dataclass(frozen=True)
class Contexte:
    """Hold what a reader may need besides the file.

    Parameters
    ----------
    fichier
        Name given by the user, for messages.
    annee_annoncee
        Year said by the user, for files that do not carry theirs.
    populations
        Population municipale of each year by commune, to recognise a year by its figures.
    connues
        Tables already in use by role, for a file that only makes sense beside another.
    voisins
        The other files of the archive.
    progres
        Called with a share (0 to 1) and what is being done.
    """

    fichier: str
    annee_annoncee: str = ""
    populations: Mapping[str, pd.Series[float]] = field(default_factory=dict)
    connues: Mapping[str, TableCommunale] = field(default_factory=dict)
    voisins: Sequence[Membre] = ()
    progres: Progres = lambda _part, _etape: None


class FormatTableau(Protocol):
    """Read one kind of delimited text."""

    @property
    def source(self) -> Source:
        """Describe the file."""
        ...

    def reconnait(self, colonnes: Sequence[str]) -> bool:
        """Tell whether a header is that of this file."""
        ...

    def lire(self, tableau: Tableau, contexte: Contexte) -> tuple[Lue, ...]:
        """Read the file, or refuse it with all its faults."""
        ...


class FormatMembre(Protocol):
    """Read one kind of file that is not delimited text (workbook, JSON)."""

    @property
    def source(self) -> Source:
        """Describe the file."""
        ...

    def reconnait(self, debut: bytes, membre: Membre, /) -> bool:
        """Tell whether a file is of this kind by its first bytes."""
        ...

    def lire(self, membre: Membre, contexte: Contexte) -> tuple[Lue, ...]:
        """Read the file, or refuse it with all its faults."""
        ...
