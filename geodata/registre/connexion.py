"""Open the database of the register: settings, migrations, and failures said in French."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, OperationalError

from geodata.errors import RegistreError
from geodata.magasin import VARIABLE_DOSSIER, dossier_donnees

VARIABLE_URL: Final = "CPTS_REGISTRE_URL"
_MIGRATIONS: Final = Path(__file__).resolve().parent / "migrations"
_VERROU_POSTGRES: Final = 7_062_026  # any number, the same for every process that migrates

# what the drivers say, in English, and what it means for the person at the screen
_PANNES: Final[Mapping[str, str]] = {
    "readonly": "il est en lecture seule. Donnez le droit d’écrire dans son dossier, ou indiquez "
    f"un autre dossier par la variable {VARIABLE_DOSSIER}. Rien n’a été enregistré",
    "read-only": "il est en lecture seule. Rien n’a été enregistré",
    "disk is full": "le disque est plein. Libérez de la place puis recommencez : "
    "rien n’a été enregistré, le registre est intact",
    "no space left": "le disque est plein. Libérez de la place puis recommencez : "
    "rien n’a été enregistré, le registre est intact",
    "disk i/o error": "le disque est plein ou ne répond plus. Libérez de la place puis "
    "recommencez : rien n’a été enregistré, le registre est intact",
    "locked": "un autre programme est en train d’y écrire. Réessayez dans quelques instants : "
    "rien n’a été enregistré",
    "unable to open": "il n’a pas pu être ouvert. Vérifiez que son dossier existe et que "
    f"l’application peut y écrire, ou indiquez un autre dossier par {VARIABLE_DOSSIER}",
    "not a database": "ce fichier n’est pas un registre. Il n’a pas été touché : déplacez-le",
    "malformed": "le fichier est abîmé. Il n’a pas été touché : reprenez votre dernière copie",
    "connection refused": "le serveur PostgreSQL ne répond pas. Vérifiez son adresse "
    f"({VARIABLE_URL}) et qu’il est démarré",
    "no such file or directory": "le serveur PostgreSQL ne répond pas. Vérifiez son adresse "
    f"({VARIABLE_URL}) et qu’il est démarré",
    "password authentication": "le serveur PostgreSQL refuse le mot de passe",
}


def resolve_url(url: str | None, dossier: Path | None) -> URL:
    """Return the address of the register: the one given, else the environment's, else a file."""
    adresse = url or (None if dossier else os.environ.get(VARIABLE_URL))
    if adresse is None:
        return URL.create(
            "sqlite", database=str((dossier or dossier_donnees()) / "registre.sqlite3")
        )
    try:
        lue = make_url(adresse)
    except ArgumentError as erreur:
        raise RegistreError(
            f"L’adresse du registre ({VARIABLE_URL}) est illisible. Attendu : "
            "postgresql://utilisateur:motdepasse@serveur/base."
        ) from erreur
    if lue.drivername in ("postgresql", "postgres"):
        return lue.set(drivername="postgresql+psycopg")
    return lue


def open_engine(url: URL) -> Engine:
    """Open the database and bring its schema up to date.

    Raises
    ------
    RegistreError
        When it cannot be opened, or was written by a newer version of the application.
    """
    if url.get_backend_name() == "sqlite" and url.database:
        try:
            Path(url.database).parent.mkdir(parents=True, exist_ok=True)
        except OSError as erreur:
            raise RegistreError(
                f"Le dossier du registre ne peut pas être créé : {Path(url.database).parent}. "
                f"Indiquez-en un autre par la variable {VARIABLE_DOSSIER}."
            ) from erreur
    try:
        est_sqlite = url.get_backend_name() == "sqlite"
        engine = create_engine(
            url,
            pool_pre_ping=not est_sqlite,
            # a page waits for the register: a silent server must be found out soon
            connect_args={} if est_sqlite else {"connect_timeout": 5},
        )
    except (NoSuchModuleError, ImportError) as erreur:
        raise RegistreError(
            f"Le registre ne sait pas parler à « {url.drivername} ». "
            "Bases admises : SQLite et PostgreSQL."
        ) from erreur
    if est_sqlite:
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    try:
        with translate_failures(url):
            _migrate(engine, url)
    except RegistreError:
        engine.dispose()
        raise
    return engine


def _prepare_sqlite(connexion: Any, _record: object) -> None:  # noqa: ANN401 - DBAPI connection
    # sqlite3 would open transactions by itself, too late for BEGIN IMMEDIATE
    connexion.isolation_level = None
    curseur = connexion.cursor()
    curseur.execute("PRAGMA busy_timeout = 5000")
    curseur.execute("PRAGMA foreign_keys = ON")
    curseur.execute("PRAGMA journal_mode = WAL")
    curseur.execute("PRAGMA synchronous = FULL")
    curseur.close()


def _begin_sqlite(connexion: Connection) -> None:
    # a writer takes its lock at once: two writers queue instead of failing half-way
    ecrit = connexion.get_execution_options().get("ecriture", False)
    connexion.exec_driver_sql("BEGIN IMMEDIATE" if ecrit else "BEGIN")


def _migrate(engine: Engine, url: URL) -> None:
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    scripts = ScriptDirectory.from_config(config)
    with engine.connect() as connexion:
        if set(MigrationContext.configure(connexion).get_current_heads()) == set(
            scripts.get_heads()
        ):
            return
    with engine.connect().execution_options(ecriture=True) as connexion, connexion.begin():
        if url.get_backend_name() == "postgresql":
            connexion.execute(text("SELECT pg_advisory_xact_lock(:cle)"), {"cle": _VERROU_POSTGRES})
        presentes = MigrationContext.configure(connexion).get_current_heads()
        connues = {script.revision for script in scripts.walk_revisions()}
        if inconnues := set(presentes) - connues:
            raise RegistreError(
                f"Le registre {_name(url)} a été écrit par une version plus récente de "
                f"l’application (schéma {', '.join(sorted(inconnues))}). Mettez l’application à "
                "jour ; le registre n’a pas été touché."
            )
        config.attributes["connection"] = connexion
        command.upgrade(config, "head")


@contextmanager
def translate_failures(url: URL) -> Iterator[None]:
    """Turn the failures of the database into sentences.

    Raises
    ------
    RegistreError
        In place of any error of the driver.
    """
    try:
        yield
    except DBAPIError as erreur:
        brut = str(erreur.orig).lower()
        cause = next((phrase for motif, phrase in _PANNES.items() if motif in brut), None)
        if cause is None:
            genre = "ne répond pas" if isinstance(erreur, OperationalError) else "refuse l’écriture"
            cause = f"la base {genre} ({type(erreur.orig).__name__}). Rien n’a été enregistré"
        raise RegistreError(f"Registre {_name(url)} : {cause}.") from erreur


def _name(url: URL) -> str:
    """Name the register without its password."""
    if url.get_backend_name() == "sqlite":
        return f"« {Path(url.database or '').name} »"
    return f"« {url.host or 'local'}/{url.database} »"
