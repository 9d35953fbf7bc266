"""Tables of the register, as the migrations leave them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
)

METADATA: Final = MetaData()


class Moment(TypeDecorator[datetime]):
    """A moment, always in UTC: SQLite forgets the time zone it is given."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: Any) -> datetime | None:  # noqa: ANN401
        """Write UTC."""
        return value.astimezone(UTC) if value else None

    def process_result_value(self, value: datetime | None, _dialect: Any) -> datetime | None:  # noqa: ANN401
        """Read UTC."""
        if value is None:
            return None
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)


TERRITOIRE: Final = Table(
    "territoire",
    METADATA,
    Column("identifiant", String(80), primary_key=True),
    Column("nom", Text, nullable=False),
    Column("nom_cherche", Text, nullable=False),  # without accents nor case
    Column("statut", String(20), nullable=False),
    Column("finess", String(9), unique=True),
    Column("statut_le", Date),
    Column("valide_du", Date),
    Column("valide_au", Date),
    Column("source", Text, nullable=False),
    Column("source_url", Text, nullable=False),
    Column("source_le", Date),
    Column("millesime", String(4), nullable=False),
    Column("departements", Text, nullable=False),  # " 35 53 ", so that a LIKE finds one exactly
    Column("nombre_unites", Integer, nullable=False),
    Column("version", Integer, nullable=False),
    Column("est_retire", Boolean, nullable=False),
    Column("modifie_le", Moment, nullable=False),
    CheckConstraint("version >= 1", name="version_positive"),
    CheckConstraint(
        "valide_au IS NULL OR valide_du IS NULL OR valide_du <= valide_au", name="periode"
    ),
    Index("territoire_par_nom", "nom_cherche"),
)

UNITE: Final = Table(
    "unite",
    METADATA,
    Column(
        "identifiant",
        String(80),
        ForeignKey("territoire.identifiant", ondelete="CASCADE"),
        primary_key=True,
    ),
    Column("code", String(5), primary_key=True),
    Column("statut", String(10), nullable=False),
    Column("part", Float),
    Column("commentaire", Text, nullable=False),
    CheckConstraint("statut IN ('entier', 'partiel', 'limitrophe')", name="statut_unite"),
    CheckConstraint("part IS NULL OR (part > 0 AND part < 1 AND statut = 'partiel')", name="part"),
    Index("unite_par_code", "code"),
)

VERSION: Final = Table(
    "version",
    METADATA,
    Column("identifiant", String(80), ForeignKey("territoire.identifiant"), primary_key=True),
    Column("numero", Integer, primary_key=True),
    Column("le", Moment, nullable=False),
    Column("auteur", Text, nullable=False),
    Column("action", String(20), nullable=False),
    Column("motif", Text, nullable=False),
    Column("contenu", JSON, nullable=False),
)

DECISION: Final = Table(
    "decision",
    METADATA,
    Column("numero", Integer, primary_key=True, autoincrement=True),
    Column("a", String(80), ForeignKey("territoire.identifiant"), nullable=False),
    Column("b", String(80), ForeignKey("territoire.identifiant"), nullable=False),
    Column("option", String(40), nullable=False),
    Column("attributions", JSON, nullable=False),
    Column("motif", Text, nullable=False),
    Column("auteur", Text, nullable=False),
    Column("le", Moment, nullable=False),
    CheckConstraint("a <> b", name="deux_territoires"),
)

COMPLETUDE: Final = Table(
    "completude",
    METADATA,
    Column("niveau", String(12), primary_key=True),
    Column("code", String(9), primary_key=True),
    Column("est_complet", Boolean, nullable=False),
    Column("source", Text, nullable=False),
    Column("auteur", Text, nullable=False),
    Column("le", Moment, nullable=False),
)

# counters: `revision` grows at each write (it keys the caches), `amorce` says the seed was laid
ETAT: Final = Table(
    "etat",
    METADATA,
    Column("cle", String(20), primary_key=True),
    Column("valeur", Integer, nullable=False),
)
