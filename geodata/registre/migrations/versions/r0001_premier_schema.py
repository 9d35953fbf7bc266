"""First schema of the register."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "r0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "territoire",
        sa.Column("identifiant", sa.String(80), primary_key=True),
        sa.Column("nom", sa.Text, nullable=False),
        sa.Column("nom_cherche", sa.Text, nullable=False),
        sa.Column("statut", sa.String(20), nullable=False),
        sa.Column("finess", sa.String(9), unique=True),
        sa.Column("statut_le", sa.Date),
        sa.Column("valide_du", sa.Date),
        sa.Column("valide_au", sa.Date),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("source_url", sa.Text, nullable=False),
        sa.Column("source_le", sa.Date),
        sa.Column("millesime", sa.String(4), nullable=False),
        sa.Column("departements", sa.Text, nullable=False),
        sa.Column("nombre_unites", sa.Integer, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("est_retire", sa.Boolean, nullable=False),
        sa.Column("modifie_le", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("version >= 1", name="version_positive"),
        sa.CheckConstraint(
            "valide_au IS NULL OR valide_du IS NULL OR valide_du <= valide_au", name="periode"
        ),
    )
    op.create_index("territoire_par_nom", "territoire", ["nom_cherche"])
    op.create_table(
        "unite",
        sa.Column(
            "identifiant",
            sa.String(80),
            sa.ForeignKey("territoire.identifiant", ondelete="CASCADE"),
            primary_key=True,
        ),
        sa.Column("code", sa.String(5), primary_key=True),
        sa.Column("statut", sa.String(10), nullable=False),
        sa.Column("part", sa.Float),
        sa.Column("commentaire", sa.Text, nullable=False),
        sa.CheckConstraint("statut IN ('entier', 'partiel', 'limitrophe')", name="statut_unite"),
        sa.CheckConstraint(
            "part IS NULL OR (part > 0 AND part < 1 AND statut = 'partiel')", name="part"
        ),
    )
    op.create_index("unite_par_code", "unite", ["code"])
    op.create_table(
        "version",
        sa.Column(
            "identifiant",
            sa.String(80),
            sa.ForeignKey("territoire.identifiant"),
            primary_key=True,
        ),
        sa.Column("numero", sa.Integer, primary_key=True),
        sa.Column("le", sa.DateTime(timezone=True), nullable=False),
        sa.Column("auteur", sa.Text, nullable=False),
        sa.Column("action", sa.String(20), nullable=False),
        sa.Column("motif", sa.Text, nullable=False),
        sa.Column("contenu", sa.JSON, nullable=False),
    )
    op.create_table(
        "decision",
        sa.Column("numero", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("a", sa.String(80), sa.ForeignKey("territoire.identifiant"), nullable=False),
        sa.Column("b", sa.String(80), sa.ForeignKey("territoire.identifiant"), nullable=False),
        sa.Column("option", sa.String(40), nullable=False),
        sa.Column("attributions", sa.JSON, nullable=False),
        sa.Column("motif", sa.Text, nullable=False),
        sa.Column("auteur", sa.Text, nullable=False),
        sa.Column("le", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("a <> b", name="deux_territoires"),
    )
    op.create_table(
        "completude",
        sa.Column("niveau", sa.String(12), primary_key=True),
        sa.Column("code", sa.String(9), primary_key=True),
        sa.Column("est_complet", sa.Boolean, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("auteur", sa.Text, nullable=False),
        sa.Column("le", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "etat",
        sa.Column("cle", sa.String(20), primary_key=True),
        sa.Column("valeur", sa.Integer, nullable=False),
    )
