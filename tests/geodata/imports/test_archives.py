"""Archives from outside: opened within bounds, or refused with a reason."""

from __future__ import annotations

import gzip
import io
import stat
import struct
import zipfile

import pytest

from geodata.errors import ImportRefuseError
from geodata.imports.archives import Limites, open_membres


def fait_zip(fichiers: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    tampon = io.BytesIO()
    with zipfile.ZipFile(tampon, "w", compression) as archive:
        for nom, contenu in fichiers.items():
            archive.writestr(nom, contenu)
    return tampon.getvalue()


def test_a_bare_file_a_gzip_and_a_zip_give_their_content() -> None:
    assert [m.read() for m in open_membres("a.csv", b"code;x\n")] == [b"code;x\n"]
    (membre,) = open_membres("a.csv.gz", gzip.compress(b"code;x\n"))
    assert (membre.nom, membre.read()) == ("a.csv", b"code;x\n")
    membres = open_membres(
        "a.zip", fait_zip({"data.csv": b"1", "__MACOSX/._x": b"", "m.csv": b"2"})
    )
    assert [(m.nom, m.read()) for m in membres] == [("data.csv", b"1"), ("m.csv", b"2")]


def test_a_workbook_comes_back_whole() -> None:
    classeur = fait_zip({"[Content_Types].xml": b"<x/>", "xl/workbook.xml": b"<x/>"})
    (membre,) = open_membres("a.xlsx", classeur)
    assert membre.read() == classeur


@pytest.mark.parametrize(
    ("contenu", "raison"),
    [
        (b"", "vide"),
        (fait_zip({}), "vide"),
        (fait_zip({"a.csv": b"1"})[:40], "tronquée"),
        (fait_zip({"../a.csv": b"1"}), "sort de l’archive"),
        (fait_zip({"/etc/a.csv": b"1"}), "sort de l’archive"),
        (fait_zip({"C:\\a.csv": b"1"}), "sort de l’archive"),
        (fait_zip({"dedans.zip": fait_zip({"a": b"1"})}), "autre archive"),
        (fait_zip({"a.csv": b"0" * 5_000_000}), "fois plus gros"),
        (fait_zip({f"{rang}.csv": b"" for rang in range(501)}), "501 fichiers"),
    ],
    ids=["vide", "zip vide", "tronque", "remonte", "absolu", "lettre", "imbrique", "taux", "n"],
)
def test_a_dangerous_or_damaged_archive_is_refused(contenu: bytes, raison: str) -> None:
    with pytest.raises(ImportRefuseError, match=raison):
        open_membres("recu.zip", contenu)


def test_a_header_that_announces_10_gigabytes_is_refused_unopened() -> None:
    contenu = bytearray(fait_zip({"a.csv": b"code;x\n" * 1000}))
    # size fields of the local header and of the central directory, 32 bits: 3.9 Gio at most
    repertoire = contenu.index(b"PK\x01\x02")
    struct.pack_into("<I", contenu, repertoire + 24, 0xFFFFFFF0)
    with pytest.raises(ImportRefuseError, match="4,0 Gio"):
        open_membres("bombe.zip", bytes(contenu))


def test_a_zip64_header_of_10_gigabytes_is_refused_unopened() -> None:
    contenu = bytearray(fait_zip({"a.csv": b"1"}, zipfile.ZIP_STORED))
    repertoire = contenu.index(b"PK\x01\x02")
    nom_fin = repertoire + 46 + 5
    extra = struct.pack("<HHQ", 1, 8, 10 * 1024**3)
    struct.pack_into("<I", contenu, repertoire + 24, 0xFFFFFFFF)
    struct.pack_into("<H", contenu, repertoire + 30, len(extra))
    contenu[nom_fin:nom_fin] = extra
    fin = contenu.index(b"PK\x05\x06")
    struct.pack_into("<I", contenu, fin + 12, fin - repertoire)
    with pytest.raises(ImportRefuseError, match="10,0 Gio"):
        open_membres("bombe.zip", bytes(contenu))


def test_a_header_that_lies_about_the_size_is_stopped_while_reading() -> None:
    contenu = bytearray(fait_zip({"a.csv": b"0123456789" * 300}))
    repertoire = contenu.index(b"PK\x01\x02")
    struct.pack_into("<I", contenu, repertoire + 24, 10)
    (membre,) = open_membres("menteur.zip", bytes(contenu))
    with pytest.raises(ImportRefuseError):
        membre.read()


def test_a_member_named_otherwise_in_the_index_is_refused() -> None:
    contenu = fait_zip({"a.csv": b"1"}).replace(b"a.csv", b"b.csv", 1)
    (membre,) = open_membres("a.zip", contenu)
    with pytest.raises(ImportRefuseError, match="abîmé"):
        membre.read()


def test_a_gzip_is_stopped_while_reading() -> None:
    (membre,) = open_membres("a.csv.gz", gzip.compress(b"0" * 30_000_000))
    with pytest.raises(ImportRefuseError, match="dépasse"):
        membre.read()
    (membre,) = open_membres("a.csv.gz", gzip.compress(b"code;x\n" * 99)[:-12])
    with pytest.raises(ImportRefuseError, match="tronqué"):
        membre.read()


def test_the_sum_of_the_members_is_bounded() -> None:
    with pytest.raises(ImportRefuseError, match="maximum"):
        open_membres(
            "a.zip",
            fait_zip({"a": bytes(range(256)) * 4096, "b": bytes(range(256)) * 4096}),
            Limites(taille_totale=2_000_000, taux=10**9),
        )


def test_a_link_is_refused() -> None:
    tampon = io.BytesIO()
    with zipfile.ZipFile(tampon, "w") as archive:
        lien = zipfile.ZipInfo("a.csv")
        lien.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(lien, "/etc/passwd")
    with pytest.raises(ImportRefuseError, match="lien"):
        open_membres("a.zip", tampon.getvalue())
