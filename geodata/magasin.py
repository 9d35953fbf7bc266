"""Tables imported or refreshed by the user, kept beside the embedded ones.

Each is a Parquet file and a small JSON card with its identity and checksum; the card is written
last, so that what has a card is whole.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

import pandas as pd

from geodata.errors import GeodataError, SchemaError
from geodata.schema import TableCommunale

VARIABLE_DOSSIER: Final = "CPTS_DOSSIER_DONNEES"
DOSSIER_PAR_DEFAUT: Final = Path(__file__).parents[1] / "donnees_locales"
_CHAMPS_TEXTE: Final = (
    "id", "titre", "producteur", "url", "licence", "millesime", "libelle_millesime",
    "geographie_origine", "etat",
)  # fmt: skip
_NOM: Final = re.compile(r"^[a-z_]{1,40}-\d{4}-(?:importee|actualisee)$")


def dossier_donnees() -> Path:
    """Return the folder of the user's data, from the environment or beside the project."""
    return Path(os.environ.get(VARIABLE_DOSSIER) or DOSSIER_PAR_DEFAUT)


def dossier_tables() -> Path:
    """Return the folder of the imported tables."""
    return dossier_donnees() / "tables"


@dataclass(frozen=True)
class Magasin:
    """Keep tables in a folder.

    Parameters
    ----------
    dossier
        Created when the first table is stored.
    """

    dossier: Path

    def store(self, table: TableCommunale) -> None:
        """Write a table; it takes the place of that of the same role, millésime and origin.

        Raises
        ------
        GeodataError
            If the folder cannot be written.
        """
        nom = _nom(table.id, table.millesime, table.etat)
        if not _NOM.match(nom):
            raise SchemaError(table.id, [f"millésime « {table.millesime} » inattendu"])
        valeurs, publiees = _parquet(table.valeurs), _parquet(table.publiees)
        fiche: dict[str, Any] = {
            **{champ: getattr(table, champ) for champ in _CHAMPS_TEXTE},
            "recupere_le": table.recupere_le.isoformat(),
            "notes": list(table.notes),
            "compte": dict(table.compte),
            "sha256_valeurs": hashlib.sha256(valeurs).hexdigest(),
            "sha256_publiees": hashlib.sha256(publiees).hexdigest(),
        }
        contenus = {
            f"{nom}.valeurs.parquet": valeurs,
            f"{nom}.publiees.parquet": publiees,
            f"{nom}.json": json.dumps(fiche, ensure_ascii=False, indent=1).encode(),
        }
        try:
            self.dossier.mkdir(parents=True, exist_ok=True)
            for fichier, contenu in contenus.items():
                _write(self.dossier / fichier, contenu)
        except OSError as erreur:
            raise GeodataError(
                f"La table n’a pas pu être rangée dans le dossier des données ({erreur.strerror}). "
                "Libérez de la place, donnez le droit d’y écrire, ou indiquez un autre dossier par "
                f"la variable {VARIABLE_DOSSIER}."
            ) from erreur

    def load_all(self) -> tuple[tuple[TableCommunale, ...], tuple[str, ...]]:
        """Return every whole table, and a French sentence for each damaged one."""
        tables, refus = [], []
        for fiche in sorted(self.dossier.glob("*.json")):
            try:
                tables.append(_load(fiche))
            except (OSError, ValueError, KeyError, TypeError):
                refus.append(
                    f"La table « {fiche.stem} » est abîmée et n’est pas utilisée : "
                    "importez à nouveau son fichier."
                )
        return tuple(tables), tuple(refus)

    def remove(self, table: TableCommunale) -> None:
        """Forget a table."""
        nom = _nom(table.id, table.millesime, table.etat)
        if _NOM.match(nom):
            for suffixe in ("json", "valeurs.parquet", "publiees.parquet"):
                (self.dossier / f"{nom}.{suffixe}").unlink(missing_ok=True)

    @property
    def empreinte(self) -> tuple[tuple[str, int], ...]:
        """Names and dates of the cards: changes when a table is stored or removed."""
        dates = []
        for fiche in sorted(self.dossier.glob("*.json")):
            # another session may remove a table meanwhile
            with suppress(OSError):
                dates.append((fiche.name, fiche.stat().st_mtime_ns))
        return tuple(dates)


def _nom(id_table: str, millesime: str, etat: str) -> str:
    return f"{id_table}-{millesime}-{etat}"


def _parquet(table: pd.DataFrame) -> bytes:
    tampon = io.BytesIO()
    table.rename_axis(index="cle").reset_index().to_parquet(tampon, index=False)
    return tampon.getvalue()


def _lire_parquet(chemin: Path, sha256: str) -> pd.DataFrame:
    contenu = chemin.read_bytes()
    if hashlib.sha256(contenu).hexdigest() != sha256:
        raise ValueError(chemin.name)
    table = pd.read_parquet(io.BytesIO(contenu)).set_index("cle")
    table.index = table.index.astype(str)
    return table.rename_axis(None)


def _load(fiche: Path) -> TableCommunale:
    lu = json.loads(fiche.read_text(encoding="utf-8"))
    base = fiche.with_suffix("")
    return TableCommunale(
        **{champ: lu[champ] for champ in _CHAMPS_TEXTE},
        recupere_le=date.fromisoformat(lu["recupere_le"]),
        valeurs=_lire_parquet(base.with_suffix(".valeurs.parquet"), lu["sha256_valeurs"]),
        publiees=_lire_parquet(base.with_suffix(".publiees.parquet"), lu["sha256_publiees"]),
        notes=tuple(lu["notes"]),
        compte=dict(lu["compte"]),
    )


def _write(chemin: Path, contenu: bytes) -> None:
    provisoire = chemin.with_name(f".{chemin.name}.{os.getpid()}")
    provisoire.write_bytes(contenu)
    provisoire.replace(chemin)
