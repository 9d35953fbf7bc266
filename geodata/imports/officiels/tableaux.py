"""Read official tables as text first, so that every fault can be named before anything is kept."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

import numpy as np
import pandas as pd

from geodata.errors import ImportRefuseError
from geodata.imports.archives import Membre

_SEPARATEURS: Final = (";", ",", "\t", "|")
_ENTETE_OCTETS: Final = 64 * 1024
_COLONNES_MAXIMUM: Final = 5_000
_DEFAUTS_MAXIMUM: Final = 8
# what the producers write where a value is secret, not available or not published
_SECRETS: Final = frozenset({"s", "c", "secret", "n/a - secret statistique"})
_ABSENTS: Final = frozenset({"", "nd", "n.d.", "nc", "ns", "na", "nan", "null", "-", "///", "..."})


@dataclass
class Defauts:
    """Gather the faults of a file, to refuse it once with all of them."""

    fichier: str
    _messages: list[str] = field(default_factory=list)

    def add(self, message: str) -> None:
        """Note one fault."""
        self._messages.append(message)

    def check(self) -> None:
        """Refuse the file if it has faults.

        Raises
        ------
        ImportRefuseError
            With every fault (the first ones when there are many).
        """
        if self._messages:
            dits = self._messages[:_DEFAUTS_MAXIMUM]
            reste = len(self._messages) - len(dits)
            suite = f" ; et {reste} autres défauts" if reste else ""
            raise ImportRefuseError(self.fichier, " ; ".join(dits) + suite + ".")


@dataclass(frozen=True)
class Tableau:
    """Hold a delimited text file, its header read, its body not yet.

    Parameters
    ----------
    fichier
        Name printed in messages.
    contenu
        Whole bytes.
    """

    fichier: str
    contenu: bytes

    @classmethod
    def open(cls, fichier: str, membre: Membre) -> Tableau:
        """Read a member of an archive."""
        nom = membre.nom if membre.nom == fichier else f"{fichier} › {membre.nom}"
        return cls(nom, membre.read())

    @cached_property
    def encodage(self) -> str:
        """UTF-8 when the beginning is valid in it, the Windows code page otherwise."""
        debut = self.contenu[:_ENTETE_OCTETS]
        try:
            debut[: debut.rfind(b"\n") + 1].decode("utf-8-sig")
        except UnicodeDecodeError:
            return "cp1252"
        return "utf-8-sig"

    @cached_property
    def _ligne_entete(self) -> str:
        return self.contenu[:_ENTETE_OCTETS].split(b"\n", 1)[0].decode(self.encodage).strip("\r\n")

    @cached_property
    def separateur(self) -> str:
        """Separator that cuts the header in most columns."""
        return max(_SEPARATEURS, key=self._ligne_entete.count)

    @cached_property
    def colonnes(self) -> tuple[str, ...]:
        """Names of the header, unquoted and stripped."""
        if b"\0" in self.contenu[:_ENTETE_OCTETS]:
            return ()
        lues = next(csv.reader([self._ligne_entete], delimiter=self.separateur), [])
        return tuple(nom.strip() for nom in lues[:_COLONNES_MAXIMUM])

    def read(self, noms: Sequence[str]) -> pd.DataFrame:
        """Return some columns as text, one row per line; the index is the line number.

        Raises
        ------
        ImportRefuseError
            If a column appears twice, a line has too many cells, or the text cannot be decoded.
        """
        doubles = sorted({nom for nom in noms if self.colonnes.count(nom) > 1})
        if doubles:
            raise ImportRefuseError(
                self.fichier, f"colonne présente plusieurs fois : {', '.join(doubles)}."
            )
        self._check_lignes()
        rangs = {self.colonnes.index(nom): nom for nom in noms}
        try:
            table = pd.read_csv(
                io.BytesIO(self.contenu),
                sep=self.separateur,
                header=None,
                skiprows=1,
                usecols=sorted(rangs),
                dtype=str,
                keep_default_na=False,
                encoding=self.encodage,
                skip_blank_lines=True,
            )
        except (pd.errors.ParserError, pd.errors.EmptyDataError, ValueError) as erreur:
            raise ImportRefuseError(self.fichier, _traduire(erreur)) from erreur
        table = table.rename(columns=rangs).fillna("")
        # the header is line 1
        table.index = pd.RangeIndex(2, len(table) + 2)
        return pd.DataFrame({nom: table[nom].str.strip() for nom in noms}, index=table.index)

    def _check_lignes(self) -> None:
        # the parser checks every line against the first one, and pads the short ones in silence
        _, _, suite = self.contenu.partition(b"\n")
        premiere = suite.split(b"\n", 1)[0]
        derniere = self.contenu.rstrip().rsplit(b"\n", 1)[-1]
        for ligne, ou in ((premiere, "première"), (derniere, "dernière")):
            texte = ligne.decode(self.encodage, errors="replace").strip("\r\n")
            cellules = len(next(csv.reader([texte], delimiter=self.separateur), []))
            if texte and cellules != len(self.colonnes):
                plus = "plus" if cellules > len(self.colonnes) else "moins"
                raise ImportRefuseError(
                    self.fichier,
                    f"sa {ou} ligne a {plus} de cellules que l'en-tête ({cellules} au lieu de "
                    f"{len(self.colonnes)}) : il est tronqué, ou mal séparé.",
                )


def _traduire(erreur: Exception) -> str:
    texte = str(erreur)
    if isinstance(erreur, pd.errors.EmptyDataError):
        return "il ne contient aucune ligne sous son en-tête."
    if isinstance(erreur, UnicodeDecodeError):
        return "son texte n'est ni en UTF-8 ni en Windows-1252."
    if "Expected" in texte and "line" in texte:
        ligne = texte.split("line")[1].split(",", maxsplit=1)[0].strip()
        return f"la ligne {ligne} a plus de cellules que l'en-tête : le séparateur est-il le bon ?"
    if "Too many columns" in texte or "out-of-bounds" in texte:
        return "ses lignes ont moins de cellules que l'en-tête : le séparateur est-il le bon ?"
    return "ses lignes ne se lisent pas comme un tableau."


def to_codes(table: pd.DataFrame, colonne: str, defauts: Defauts) -> pd.Series[str]:
    """Return INSEE codes, five characters, and note those that are not."""
    codes = table[colonne].str.upper()
    # a spreadsheet eats the zero of 01001
    codes = codes.where(codes.str.len() != 4, "0" + codes)
    faux = codes[~codes.str.fullmatch(r"\d[\dAB]\d{3}")]
    if len(faux):
        exemples = ", ".join(f"ligne {ligne} « {code} »" for ligne, code in faux.head(3).items())
        defauts.add(f"{len(faux)} codes de commune illisibles dans « {colonne} » ({exemples})")
    return codes


def check_doublons(codes: pd.Series[str], defauts: Defauts) -> None:
    """Note the codes that appear twice."""
    doubles = codes[codes.duplicated(keep=False)]
    if len(doubles):
        exemples = ", ".join(sorted(set(doubles))[:5])
        defauts.add(f"{doubles.nunique()} codes présents plusieurs fois ({exemples})")


def to_nombres(
    table: pd.DataFrame, colonnes: Sequence[str], defauts: Defauts
) -> tuple[pd.DataFrame, dict[str, int]]:
    """Return numbers, NaN where secret or missing, and the count of secret cells by column.

    Decimal commas and points are both understood; anything else that is neither a number nor a
    known mark is a fault, named with its line.
    """
    nombres: dict[str, pd.Series[float]] = {}
    secrets: dict[str, int] = {}
    for colonne in colonnes:
        texte = table[colonne]
        valeurs = pd.to_numeric(texte.str.replace(",", ".", regex=False), errors="coerce")
        douteux = texte[~np.isfinite(valeurs.to_numpy(dtype=np.float64, na_value=np.nan))]
        marques = douteux.str.lower()
        secrets[colonne] = int(marques.isin(_SECRETS).sum())
        faux = douteux[~marques.isin(_SECRETS | _ABSENTS)]
        # « 1 234,5 », with plain, no-break or narrow spaces
        serres = faux.str.replace(r"[\s\u00a0\u202f]", "", regex=True).str.replace(",", ".")
        repris = pd.to_numeric(serres, errors="coerce")
        illisibles = faux[~np.isfinite(repris.to_numpy(dtype=np.float64, na_value=np.nan))]
        if len(illisibles):
            exemples = ", ".join(
                f"ligne {ligne} « {valeur[:20]} »" for ligne, valeur in illisibles.head(3).items()
            )
            defauts.add(
                f"{len(illisibles)} cellules non numériques dans « {colonne} » ({exemples})"
            )
        finies = valeurs.astype("float64")
        finies.loc[douteux.index] = np.nan
        finies.loc[faux.index] = repris
        nombres[colonne] = finies
    return pd.DataFrame(nombres, index=table.index), secrets


def check_positifs(table: pd.DataFrame, defauts: Defauts) -> None:
    """Note the columns with negative counts."""
    for colonne in table.columns:
        negatifs = table.index[table[colonne] < 0]
        if len(negatifs):
            defauts.add(f"effectif négatif dans « {colonne} » (ligne {negatifs[0]})")
