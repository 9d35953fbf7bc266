"""Read official tables as text first, so that every fault can be named before anything is kept."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv

from geodata.errors import ImportRefuseError
from geodata.imports.archives import LIMITES, Membre

_SEPARATEURS: Final = (";", ",", "\t", "|")
_ENTETE_OCTETS: Final = 64 * 1024
_COLONNES_MAXIMUM: Final = 5_000
_DEFAUTS_MAXIMUM: Final = 8
# what the producers write where a value is secret, not available or not published
_SECRETS: Final = frozenset({"s", "c", "secret", "n/a - secret statistique"})
_ABSENTS: Final = frozenset({
    "", "nd", "n.d.", "nc", "ns", "so", "na", "nan", "null", "-", "///", "...",
})  # fmt: skip


def accorder(nombre: int, singulier: str, pluriel: str) -> str:
    """Return a number and its noun, which agree."""
    return f"{nombre} {singulier if nombre < 2 else pluriel}"


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
            suite = f" ; et {accorder(reste, 'autre défaut', 'autres défauts')}" if reste else ""
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
        borne = replace(membre, maximum=min(membre.maximum, LIMITES.taille_membre))
        return cls(nom, _normaliser(borne.read()))

    @cached_property
    def _debut(self) -> bytes:
        return self.contenu[:_ENTETE_OCTETS]

    @cached_property
    def encodage(self) -> str:
        """UTF-8 when the beginning is valid in it, the Windows code page otherwise."""
        debut = self._debut
        try:
            debut[: debut.rfind(b"\n") + 1].decode("utf-8-sig")
        except UnicodeDecodeError:
            return "cp1252"
        return "utf-8-sig"

    @cached_property
    def _ligne_entete(self) -> str:
        # the Windows code page leaves five bytes without a character
        return self._debut.split(b"\n", 1)[0].decode(self.encodage, errors="replace").strip("\r\n")

    @cached_property
    def separateur(self) -> str:
        """Separator that cuts the header in most columns."""
        return max(_SEPARATEURS, key=self._ligne_entete.count)

    @cached_property
    def colonnes(self) -> tuple[str, ...]:
        """Names of the header, unquoted and stripped; none when this is not text.

        Raises
        ------
        ImportRefuseError
            If the header is endless.
        """
        if self.est_binaire:
            return ()
        try:
            lues = next(csv.reader([self._ligne_entete], delimiter=self.separateur), [])
        except csv.Error:
            return ()
        est_sans_fin = len(self.contenu) > _ENTETE_OCTETS and b"\n" not in self._debut
        if len(lues) > _COLONNES_MAXIMUM or est_sans_fin:
            raise ImportRefuseError(
                self.fichier,
                f"son en-tête a plus de {_COLONNES_MAXIMUM} colonnes, ou n’a pas de fin de ligne : "
                "ce n’est pas un fichier par commune.",
            )
        return tuple(nom.strip() for nom in lues)

    @property
    def est_binaire(self) -> bool:
        """True when the beginning holds a NUL byte: no text has any."""
        return b"\0" in self._debut

    def read(self, noms: Sequence[str]) -> pd.DataFrame:
        """Return some columns as text, one row per line; the index is the line number.

        Raises
        ------
        ImportRefuseError
            If a column is absent or appears twice, a line has too many cells, or the text cannot
            be decoded.
        """
        absentes = [nom for nom in noms if nom not in self.colonnes]
        if absentes:
            raise ImportRefuseError(self.fichier, f"colonnes manquantes : {', '.join(absentes)}.")
        doubles = sorted({nom for nom in noms if self.colonnes.count(nom) > 1})
        if doubles:
            raise ImportRefuseError(
                self.fichier, f"colonne présente plusieurs fois : {', '.join(doubles)}."
            )
        rangs = {f"c{self.colonnes.index(nom)}": nom for nom in noms}
        try:
            lue = self._parse(list(rangs))
        except (pa.ArrowInvalid, UnicodeDecodeError) as erreur:
            raise ImportRefuseError(self.fichier, _traduire(str(erreur))) from erreur
        if not lue.num_rows:
            raise ImportRefuseError(self.fichier, "il ne contient aucune ligne sous son en-tête.")
        colonnes = {nom: lue.column(rang).to_pandas() for rang, nom in rangs.items()}
        table = pd.DataFrame({nom: colonnes[nom].str.strip() for nom in noms})
        # the header is line 1
        table.index = pd.RangeIndex(2, len(table) + 2)
        return table

    def _parse(self, voulues: list[str], *, en_parallele: bool = True) -> pa.Table:
        tous = [f"c{rang}" for rang in range(len(self.colonnes))]
        _, _, corps = self.contenu.partition(b"\n")
        if not corps.strip():
            return pa.table({rang: pa.array([], pa.string()) for rang in voulues})
        try:
            return pacsv.read_csv(
                pa.BufferReader(corps),
                read_options=pacsv.ReadOptions(
                    column_names=tous,
                    encoding="utf8" if self.encodage == "utf-8-sig" else self.encodage,
                    use_threads=en_parallele,
                    block_size=8 * 1024 * 1024,
                ),
                parse_options=pacsv.ParseOptions(delimiter=self.separateur),
                convert_options=pacsv.ConvertOptions(
                    include_columns=voulues,
                    column_types=dict.fromkeys(voulues, pa.string()),
                    strings_can_be_null=False,
                ),
            )
        except pa.ArrowInvalid:
            if not en_parallele:
                raise
            # alone, the reader counts its lines and can name the faulty one
            return self._parse(voulues, en_parallele=False)


def _normaliser(contenu: bytes) -> bytes:
    """Return UTF-8 for the UTF-16 of spreadsheets, and line feeds for lone carriage returns."""
    if contenu.startswith((b"\xff\xfe", b"\xfe\xff")):
        contenu = contenu.decode("utf-16", errors="replace").encode()
    if b"\n" not in contenu[:_ENTETE_OCTETS]:
        contenu = contenu.replace(b"\r", b"\n")
    return contenu


_LIGNE_FAUTIVE: Final = re.compile(r"Row #(\d+): Expected (\d+) columns, got (\d+)")


def _traduire(texte: str) -> str:
    lu = _LIGNE_FAUTIVE.search(texte)
    if lu:
        ligne, attendu, trouve = int(lu[1]) + 1, int(lu[2]), int(lu[3])
        plus = "plus" if trouve > attendu else "moins"
        return (
            f"la ligne {ligne} a {plus} de cellules que l’en-tête ({trouve} au lieu de {attendu}) "
            ": le fichier est tronqué, ou mal séparé."
        )
    if "UTF8" in texte or "utf-8" in texte or "decode" in texte:
        return "son texte n’est ni en UTF-8 ni en Windows-1252."
    return "ses lignes ne se lisent pas comme un tableau."


def to_codes(table: pd.DataFrame, colonne: str, defauts: Defauts) -> pd.Series[str]:
    """Return INSEE codes, five characters, and note those that are not."""
    codes = table[colonne].str.upper()
    # a spreadsheet eats the zero of 01001
    codes = codes.where(~codes.str.fullmatch(r"\d{4}"), "0" + codes)
    faux = codes[~codes.str.fullmatch(r"\d[\dAB]\d{3}")]
    if len(faux):
        exemples = ", ".join(f"ligne {ligne} « {code} »" for ligne, code in faux.head(3).items())
        nombre = accorder(len(faux), "code de commune illisible", "codes de commune illisibles")
        defauts.add(f"{nombre} dans « {colonne} » ({exemples})")
    return codes


def check_doublons(codes: pd.Series[str], defauts: Defauts) -> None:
    """Note the codes that appear twice."""
    doubles = codes[codes.duplicated(keep=False)]
    if len(doubles):
        exemples = ", ".join(
            f"{code} : lignes {' et '.join(map(str, lignes[:2]))}"
            for code, lignes in list(doubles.groupby(doubles).groups.items())[:3]
        )
        nombre = accorder(doubles.nunique(), "code présent", "codes présents")
        defauts.add(f"{nombre} plusieurs fois ({exemples})")


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
        nets = _cast(texte)
        if nets is not None:
            nombres[colonne], secrets[colonne] = nets, 0
            continue
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
            nombre = accorder(len(illisibles), "cellule non numérique", "cellules non numériques")
            defauts.add(f"{nombre} dans « {colonne} » ({exemples})")
        finies = valeurs.astype("float64")
        finies.loc[douteux.index] = np.nan
        finies.loc[faux.index] = repris
        nombres[colonne] = finies
    return pd.DataFrame(nombres, index=table.index), secrets


def _cast(texte: pd.Series[str]) -> pd.Series[float] | None:
    """Return the numbers of a column that holds nothing else; None when it does."""
    points = pc.replace_substring(pa.array(texte, pa.string()), ",", ".")
    try:
        valeurs = pc.cast(points, pa.float64()).to_numpy(zero_copy_only=False)
    except pa.ArrowInvalid:
        return None
    return pd.Series(valeurs, index=texte.index) if np.isfinite(valeurs).all() else None


def check_positifs(table: pd.DataFrame, defauts: Defauts) -> None:
    """Note the columns with negative counts."""
    for colonne in table.columns:
        negatifs = table.index[table[colonne] < 0]
        if len(negatifs):
            defauts.add(f"effectif négatif dans « {colonne} » (ligne {negatifs[0]})")
