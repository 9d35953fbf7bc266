"""The register survives what happens to real machines, and says what happened."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import textwrap
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from geodata.errors import RegistreError
from geodata.registre import Registre
from geodata.schema import TerritoireCpts, UniteCpts

MATIN = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
RACINE = Path(__file__).resolve().parents[3]
ENTETE = """
import resource, sys, time
from datetime import UTC, datetime
from pathlib import Path
from geodata.errors import RegistreError
from geodata.registre import Registre
from geodata.schema import TerritoireCpts, UniteCpts
MATIN = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
def fiche(cle, unites=200):
    return TerritoireCpts(cle, cle, tuple(UniteCpts(f"{n:05d}", commentaire="x" * 200)
                                          for n in range(unites)))
"""


def lancer(script: str, *arguments: str, **options: object) -> subprocess.Popen[str]:
    return subprocess.Popen(  # type: ignore[call-overload, no-any-return]
        [sys.executable, "-c", ENTETE + textwrap.dedent(script), *arguments],
        cwd=RACINE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **options,
    )


@pytest.fixture
def garni(tmp_path: Path) -> Path:
    """Give the folder of a register that holds one territory."""
    registre = Registre.ouvrir(dossier=tmp_path, le=MATIN)
    registre.enregistrer(TerritoireCpts("a", "A", (UniteCpts("35001"),)), version=None, le=MATIN)
    registre.fermer()
    return tmp_path


def noms(dossier: Path) -> list[str]:
    registre = Registre.ouvrir(dossier=dossier, le=MATIN)
    lignes, _ = registre.lister(limite=1_000)
    registre.fermer()
    return [ligne.nom for ligne in lignes]


def test_a_kill_in_the_middle_of_a_save_leaves_nothing_half_written(garni: Path) -> None:
    processus = lancer(
        """
        registre = Registre.ouvrir(dossier=Path(sys.argv[1]), le=MATIN)
        def suite():
            for rang in range(400):
                if rang == 200:
                    print("au milieu", flush=True)
                    time.sleep(60)
                yield fiche(f"t{rang}"), None
        registre.enregistrer_lot(suite(), le=MATIN)
        """,
        str(garni),
    )
    assert processus.stdout is not None
    assert processus.stdout.readline().strip() == "au milieu"
    processus.send_signal(signal.SIGKILL)
    processus.communicate()
    assert noms(garni) == ["A"]
    with sqlite3.connect(garni / "registre.sqlite3") as base:
        assert base.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert base.execute("SELECT count(*) FROM unite").fetchone() == (1,)
    base.close()


def test_a_full_disk_is_said_and_the_register_stays_whole(garni: Path) -> None:
    processus = lancer(
        """
        registre = Registre.ouvrir(dossier=Path(sys.argv[1]), le=MATIN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))
        try:
            registre.enregistrer_lot(((fiche(f"t{n}"), None) for n in range(400)), le=MATIN)
        except RegistreError as erreur:
            print(erreur)
        """,
        str(garni),
    )
    sortie, erreurs = processus.communicate(timeout=60)
    assert "le disque est plein" in sortie, erreurs
    assert "rien n’a été enregistré" in sortie
    assert noms(garni) == ["A"]


def test_a_read_only_folder_is_said(garni: Path) -> None:
    for fichier in garni.iterdir():
        fichier.chmod(0o444)
    garni.chmod(0o555)
    for parent in garni.parents:
        if parent.stat().st_uid == os.geteuid() and parent != Path("/"):
            parent.chmod(parent.stat().st_mode | 0o055)
    # root writes anywhere: it becomes nobody, once everything is imported
    processus = lancer(
        """
        import os, tempfile
        Registre.ouvrir(dossier=Path(tempfile.mkdtemp()), le=MATIN).fermer()
        if os.geteuid() == 0:
            os.setgid(65534)
            os.setuid(65534)
        try:
            registre = Registre.ouvrir(dossier=Path(sys.argv[1]), le=MATIN)
            registre.enregistrer(fiche("b"), version=None, le=MATIN)
        except RegistreError as erreur:
            print(erreur)
        """,
        str(garni),
    )
    sortie, erreurs = processus.communicate(timeout=60)
    garni.chmod(0o755)
    for fichier in garni.iterdir():
        fichier.chmod(0o644)
    assert "lecture seule" in sortie or "n’a pas pu être ouvert" in sortie, erreurs
    assert noms(garni) == ["A"]


def test_a_folder_that_cannot_exist_is_said(tmp_path: Path) -> None:
    (tmp_path / "fichier").write_text("je ne suis pas un dossier")
    with pytest.raises(RegistreError, match="dossier du registre ne peut pas être créé"):
        Registre.ouvrir(dossier=tmp_path / "fichier" / "dossier", le=MATIN)


def test_a_file_that_is_not_a_register_is_left_alone(tmp_path: Path) -> None:
    fichier = tmp_path / "registre.sqlite3"
    fichier.write_bytes(b"Bonjour, je suis un autre fichier. " * 100)
    with pytest.raises(RegistreError, match="n’est pas un registre"):
        Registre.ouvrir(dossier=tmp_path, le=MATIN)
    assert fichier.read_bytes().startswith(b"Bonjour")


def test_two_processes_can_open_a_new_register_together(tmp_path: Path) -> None:
    script = "Registre.ouvrir(dossier=Path(sys.argv[1]), amorce=[fiche('a', 3)], le=MATIN)"
    processus = [lancer(script, str(tmp_path)) for _ in range(3)]
    for un in processus:
        _, erreurs = un.communicate(timeout=90)
        assert un.returncode == 0, erreurs
    assert noms(tmp_path) == ["a"]


def test_a_writer_that_lasts_makes_the_other_wait_then_say_so(garni: Path) -> None:
    verrou = sqlite3.connect(garni / "registre.sqlite3", isolation_level=None)
    registre = Registre.ouvrir(dossier=garni, le=MATIN)
    verrou.execute("BEGIN IMMEDIATE")
    debut = time.monotonic()
    with pytest.raises(RegistreError, match="un autre programme est en train d’y écrire"):
        registre.enregistrer(TerritoireCpts("b", "B", ()), version=None, le=MATIN)
    assert time.monotonic() - debut >= 4
    verrou.execute("ROLLBACK")
    verrou.close()
    assert registre.enregistrer(TerritoireCpts("b", "B", ()), version=None, le=MATIN) == 1
    registre.fermer()


def test_a_silent_server_is_named_without_its_password() -> None:
    with pytest.raises(RegistreError, match="PostgreSQL ne répond pas") as trouve:
        Registre.ouvrir("postgresql://moi:secret@127.0.0.1:9/base", le=MATIN)
    assert "secret" not in str(trouve.value)


def test_an_unreadable_address_is_said() -> None:
    with pytest.raises(RegistreError, match="adresse du registre"):
        Registre.ouvrir("pas une adresse", le=MATIN)
