"""The same tests run on SQLite and on a real PostgreSQL, started once for the session."""

from __future__ import annotations

import importlib.util
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from geodata.registre import Registre

MATIN = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def serveur_postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Start a PostgreSQL from its wheel, or skip with the reason."""
    if importlib.util.find_spec("pgserver") is None:
        pytest.skip("pgserver n'est pas installé : essais PostgreSQL sautés")
    dossier = tmp_path_factory.mktemp("pg")
    with pytest.MonkeyPatch.context() as patch:
        # platformdirs warns when this is unset, and warnings are errors here
        patch.setenv("XDG_RUNTIME_DIR", str(tmp_path_factory.mktemp("xdg")))
        import pgserver

        try:
            serveur = pgserver.get_server(dossier / "donnees", cleanup_mode="stop")
        except Exception as erreur:  # noqa: BLE001 - whatever prevents a server here is a reason to skip
            pytest.skip(f"PostgreSQL ne démarre pas ici : {erreur}")
        yield serveur.get_uri()
        serveur.cleanup()


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Give the address of a new, empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'registre.sqlite3'}"
    serveur = request.getfixturevalue("serveur_postgres").replace(
        "postgresql://", "postgresql+psycopg://"
    )
    base = f"essai_{uuid.uuid4().hex[:12]}"
    engine = create_engine(serveur, isolation_level="AUTOCOMMIT")
    with engine.connect() as connexion:
        connexion.execute(text(f"CREATE DATABASE {base}"))
    engine.dispose()
    return serveur.replace("/postgres?", f"/{base}?")


@pytest.fixture
def registre(url: str) -> Iterator[Registre]:
    """Give an empty register."""
    ouvert = Registre.ouvrir(url, le=MATIN)
    yield ouvert
    ouvert.fermer()
