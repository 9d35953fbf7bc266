"""Archives whose bytes depend on their contents only."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from datetime import date


def build_zip(fichiers: Mapping[str, bytes], le: date) -> bytes:
    """Zip files in the order given, all dated from the same day."""
    tampon = io.BytesIO()
    with zipfile.ZipFile(tampon, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for nom, contenu in fichiers.items():
            archive.writestr(_entree(nom, le), contenu)
    return tampon.getvalue()


def rebuild_zip(contenu: bytes, le: date) -> bytes:
    """Rewrite an archive made by a library (DOCX) with fixed times and the same order."""
    with zipfile.ZipFile(io.BytesIO(contenu)) as archive:
        return build_zip({nom: archive.read(nom) for nom in archive.namelist()}, le)


def _entree(nom: str, le: date) -> zipfile.ZipInfo:
    # MS-DOS times start in 1980
    entree = zipfile.ZipInfo(nom, (max(le.year, 1980), le.month, le.day, 0, 0, 0))
    entree.compress_type = zipfile.ZIP_DEFLATED
    entree.create_system = 3
    entree.external_attr = 0o644 << 16
    return entree
