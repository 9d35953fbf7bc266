"""Open zip and gzip files given by users without ever trusting what they announce."""

from __future__ import annotations

import gzip
import io
import stat
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import IO, Final, cast

from geodata.errors import ImportRefuseError

_MIO: Final = 1024 * 1024
_SIGNATURE_ZIP: Final = (b"PK\x03\x04", b"PK\x05\x06")
_SIGNATURE_GZIP: Final = b"\x1f\x8b"
_EXTENSIONS_ARCHIVE: Final = frozenset(
    {".zip", ".gz", ".tgz", ".tar", ".7z", ".rar", ".bz2", ".xz", ".zst"}
)
_FAUTES: Final = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError)
_SYSTEMES: Final = ("__MACOSX/", ".DS_Store", "Thumbs.db")


@dataclass(frozen=True)
class Limites:
    """Bound what an archive may hold once decompressed.

    Parameters
    ----------
    taille_totale, taille_membre
        Bytes once decompressed.
    membres
        Number of files.
    taux
        Decompressed bytes for one compressed byte; checked above one mebibyte, where a large
        ratio can hurt.
    """

    taille_totale: int = 1024 * _MIO
    taille_membre: int = 1024 * _MIO
    membres: int = 500
    taux: int = 250


LIMITES: Final = Limites()


@dataclass(frozen=True)
class Membre:
    """Hold one file of an archive, or the bare file itself, not yet decompressed.

    Parameters
    ----------
    nom
        Relative name, checked: no folder climbing, no absolute path.
    taille
        Bytes announced; the real count is enforced while reading.
    ouvrir
        Opens the decompressor.
    archive
        Name of the upload, for messages.
    maximum
        Bytes allowed out of the decompressor.
    """

    nom: str
    taille: int
    ouvrir: Callable[[], IO[bytes]]
    archive: str
    maximum: int

    def open(self) -> IO[bytes]:
        """Return a stream that stops with an error at the allowed size.

        Raises
        ------
        ImportRefuseError
            If the archive says one thing of the file in its index and another before it.
        """
        try:
            source = self.ouvrir()
        except _FAUTES as erreur:
            raise _abime(self) from erreur
        return cast("IO[bytes]", io.BufferedReader(_FluxBorne(self, source), 256 * 1024))

    def read(self) -> bytes:
        """Return the whole content.

        Raises
        ------
        ImportRefuseError
            If the content is truncated, corrupt or larger than allowed.
        """
        with self.open() as flux:
            return flux.read()


def _abime(membre: Membre) -> ImportRefuseError:
    return ImportRefuseError(
        membre.archive,
        f"« {membre.nom} » est tronqué ou abîmé. Téléchargez le fichier à nouveau.",
    )


class _FluxBorne(io.RawIOBase):
    """Count what comes out of a decompressor, and stop in time."""

    def __init__(self, membre: Membre, source: IO[bytes]) -> None:
        self._membre = membre
        self._source = source
        self._lus = 0

    def readable(self) -> bool:
        return True

    def readinto(self, tampon: bytearray) -> int:  # type: ignore[override]
        try:
            morceau = self._source.read(len(tampon))
        except _FAUTES as erreur:
            raise _abime(self._membre) from erreur
        self._lus += len(morceau)
        if self._lus > self._membre.maximum:
            raise ImportRefuseError(
                self._membre.archive,
                f"« {self._membre.nom} » dépasse {_mebioctets(self._membre.maximum)} "
                "une fois décompressé.",
            )
        tampon[: len(morceau)] = morceau
        return len(morceau)

    def close(self) -> None:
        self._source.close()
        super().close()


def open_membres(fichier: str, contenu: bytes, limites: Limites = LIMITES) -> tuple[Membre, ...]:
    """Return the files held by an upload: those of a zip, that of a gzip, or the upload itself.

    Spreadsheets (xlsx, ods), which are zip files inside, come back whole, once their inside
    passed the same checks.

    Parameters
    ----------
    fichier
        Name given by the user, only used in messages.
    contenu
        Bytes received.

    Raises
    ------
    ImportRefuseError
        If the archive is corrupt, encrypted, nested, too large, or its names climb folders.
    """
    if not contenu:
        raise ImportRefuseError(fichier, "il est vide.")
    if contenu.startswith(_SIGNATURE_ZIP):
        return _membres_zip(fichier, contenu, limites)
    if contenu.startswith(_SIGNATURE_GZIP):
        return (_membre_gzip(fichier, contenu, limites),)
    return (_membre_nu(fichier, contenu, limites),)


def _membre_nu(fichier: str, contenu: bytes, limites: Limites) -> Membre:
    if len(contenu) > limites.taille_membre:
        raise ImportRefuseError(fichier, f"il dépasse {_mebioctets(limites.taille_membre)}.")
    return Membre(
        fichier, len(contenu), lambda: io.BytesIO(contenu), fichier, limites.taille_membre
    )


def _membre_gzip(fichier: str, contenu: bytes, limites: Limites) -> Membre:
    maximum = min(limites.taille_membre, max(_MIO, limites.taux * len(contenu)))
    nom = PurePosixPath(fichier).name.removesuffix(".gz")
    return Membre(
        nom,
        len(contenu),
        lambda: cast("IO[bytes]", gzip.GzipFile(fileobj=io.BytesIO(contenu))),
        fichier,
        maximum,
    )


def _membres_zip(fichier: str, contenu: bytes, limites: Limites) -> tuple[Membre, ...]:
    try:
        archive = zipfile.ZipFile(io.BytesIO(contenu))
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as erreur:
        raise ImportRefuseError(
            fichier, "l’archive est tronquée ou abîmée. Téléchargez-la à nouveau."
        ) from erreur
    infos = [info for info in archive.infolist() if not info.is_dir()]
    _check_zip(fichier, infos, limites)
    noms = {info.filename for info in infos}
    if "[Content_Types].xml" in noms or "META-INF/manifest.xml" in noms:
        return (_membre_nu(fichier, contenu, limites),)
    utiles = [info for info in infos if not any(s in info.filename for s in _SYSTEMES)]
    imbriques = [
        info.filename
        for info in utiles
        if PurePosixPath(info.filename).suffix.lower() in _EXTENSIONS_ARCHIVE
    ]
    if imbriques:
        raise ImportRefuseError(
            fichier,
            f"il contient une autre archive (« {imbriques[0]} »). "
            "Ouvrez-la et donnez le fichier qu’elle renferme.",
        )
    if not utiles:
        raise ImportRefuseError(fichier, "l’archive est vide.")
    return tuple(_membre_zip(fichier, archive, info, limites) for info in utiles)


def _membre_zip(
    fichier: str, archive: zipfile.ZipFile, info: zipfile.ZipInfo, limites: Limites
) -> Membre:
    # a header may lie about the size: the stream is bounded by what was checked, not by trust
    maximum = min(info.file_size, limites.taille_membre)
    return Membre(info.filename, info.file_size, lambda: archive.open(info), fichier, maximum)


def _check_zip(fichier: str, infos: list[zipfile.ZipInfo], limites: Limites) -> None:
    if len(infos) > limites.membres:
        raise ImportRefuseError(
            fichier, f"l’archive contient {len(infos)} fichiers ; le maximum est {limites.membres}."
        )
    for info in infos:
        _check_membre(fichier, info, limites)
    total = sum(info.file_size for info in infos)
    if total > limites.taille_totale:
        raise ImportRefuseError(
            fichier,
            f"l’archive annonce {_mebioctets(total)} une fois décompressée ; "
            f"le maximum est {_mebioctets(limites.taille_totale)}.",
        )


def _check_membre(fichier: str, info: zipfile.ZipInfo, limites: Limites) -> None:
    nom = info.filename
    chemin = PurePosixPath(nom)
    if chemin.is_absolute() or ".." in chemin.parts or "\\" in nom or ":" in nom or "\0" in nom:
        raise ImportRefuseError(
            fichier, f"le nom « {nom!a} » sort de l’archive ; elle n’a pas été ouverte."
        )
    if stat.S_ISLNK(info.external_attr >> 16):
        raise ImportRefuseError(fichier, f"« {nom} » est un lien, pas un fichier.")
    if info.flag_bits & 0x1:
        raise ImportRefuseError(fichier, "l’archive est protégée par un mot de passe.")
    if info.file_size > limites.taille_membre:
        raise ImportRefuseError(
            fichier,
            f"« {nom} » annonce {_mebioctets(info.file_size)} une fois décompressé ; "
            f"le maximum est {_mebioctets(limites.taille_membre)}.",
        )
    if info.file_size > _MIO and info.file_size > limites.taux * max(1, info.compress_size):
        raise ImportRefuseError(
            fichier,
            f"« {nom} » serait {info.file_size // max(1, info.compress_size)} fois plus gros une "
            "fois décompressé, ce qui n’est pas le cas d’un fichier de données.",
        )


def _mebioctets(octets: int) -> str:
    if octets >= 1024 * _MIO:
        return f"{octets / (1024 * _MIO):.1f}".replace(".", ",") + " Gio"
    return f"{max(1, round(octets / _MIO))} Mio"
