"""Encode a drawing into a short link, and read such a link back; `carte/lien.js` is its twin.

Version 1 is `1.` followed by base64url (without padding) of: the sorted unit codes, as growing
numbers written by their differences; the same for the codes held in part; the CRC-32 of all of
it. A code is numbered `rank of its département * 1000 + its three last characters`, which depends
on no table: a link made in 2026 can be read, and translated, in 2030.
"""

from __future__ import annotations

import base64
import binascii
import re
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from geodata.errors import CptsError

VERSION: Final = "1"
TAILLE_MAXIMALE: Final = 60_000  # characters; the whole of France needs 31 000
_METROPOLE: Final = tuple(f"{n:02}" for n in range(1, 96) if n != 20)
DEPARTEMENTS: Final = (*_METROPOLE, "2A", "2B", "971", "972", "973", "974", "976")
_RANG: Final = {code: rang for rang, code in enumerate(DEPARTEMENTS)}
_MARQUE_SUITE: Final = 0  # a difference is never 0: followed by a count of differences of 1


class LienInvalideError(CptsError):
    """A link that is damaged, forged or of an unknown version."""

    def __init__(self, raison: str) -> None:
        super().__init__(
            f"Ce lien ne peut pas être lu ({raison}). Vérifiez qu’il a été copié en entier ; "
            "rien n’a été modifié."
        )


@dataclass(frozen=True)
class LienLu:
    """Codes carried by a link; well formed, not yet checked against any table."""

    codes: tuple[str, ...]
    partielles: tuple[str, ...] = ()


def encode_lien(codes: Iterable[str], partielles: Iterable[str] = ()) -> str:
    """Write codes of unités as the shortest text a web address can carry."""
    corps = bytes((*_write_numeros(codes), *_write_numeros(partielles)))
    controle = zlib.crc32(corps).to_bytes(4, "big")
    return f"{VERSION}." + base64.urlsafe_b64encode(corps + controle).decode().rstrip("=")


def decode_lien(texte: str) -> LienLu:
    """Read a link back.

    Raises
    ------
    LienInvalideError
        For anything that `encode_lien` did not write.
    """
    if len(texte) > TAILLE_MAXIMALE:
        raise LienInvalideError("il est trop long")
    version, point, corps = texte.partition(".")
    if not point or not re.fullmatch(r"[A-Za-z0-9_-]+", corps):
        raise LienInvalideError("il est incomplet ou contient des caractères inattendus")
    if version != VERSION:
        raise LienInvalideError("il vient d’une autre version de l’application")
    try:
        octets = base64.urlsafe_b64decode(corps + "=" * (-len(corps) % 4))
    except binascii.Error:
        raise LienInvalideError("il est tronqué") from None
    if len(octets) < 4 or zlib.crc32(octets[:-4]) != int.from_bytes(octets[-4:], "big"):
        raise LienInvalideError("il est tronqué ou modifié")
    try:
        lecture = _read_varints(octets[:-4])
        codes, partielles = _read_codes(lecture), _read_codes(lecture)
    except (StopIteration, IndexError):
        raise LienInvalideError("il est tronqué ou modifié") from None
    return LienLu(codes, partielles)


def _numero(code: str) -> int:
    departement = code[:3] if code.startswith("97") else code[:2]
    return _RANG[departement] * 1000 + int(code[-3:] if len(departement) == 2 else code[-2:])


def _code(numero: int) -> str:
    departement = DEPARTEMENTS[numero // 1000]
    chiffres = 5 - len(departement)
    return departement + f"{numero % 1000:0{chiffres}}"


def _write_numeros(codes: Iterable[str]) -> Iterator[int]:
    numeros = sorted({_numero(code) for code in codes})
    yield from _varint(len(numeros))
    precedent, suite = -1, 0
    for numero in numeros:
        ecart = numero - precedent
        precedent = numero
        if ecart == 1:
            suite += 1
            continue
        yield from _write_suite(suite)
        suite = 0
        yield from _varint(ecart)
    yield from _write_suite(suite)


def _write_suite(longueur: int) -> Iterator[int]:
    if longueur <= 2:
        yield from (1,) * longueur
    else:
        yield _MARQUE_SUITE
        yield from _varint(longueur)


def _varint(nombre: int) -> Iterator[int]:
    while nombre > 127:
        yield nombre & 127 | 128
        nombre >>= 7
    yield nombre


def _read_varints(octets: bytes) -> Iterator[int]:
    nombre, decalage = 0, 0
    for octet in octets:
        nombre |= (octet & 127) << decalage
        decalage += 7
        if octet < 128:
            yield nombre
            nombre, decalage = 0, 0


def _read_codes(lecture: Iterator[int]) -> tuple[str, ...]:
    attendus = next(lecture)
    if attendus > len(DEPARTEMENTS) * 1000:
        raise IndexError
    codes: list[str] = []
    numero = -1
    while len(codes) < attendus:
        ecart = next(lecture)
        pas = [ecart] if ecart != _MARQUE_SUITE else [1] * min(next(lecture), attendus)
        for un_pas in pas:
            numero += un_pas
            codes.append(_code(numero))
    return tuple(codes)
