"""Run the migrations on the connection that the register has opened."""

from __future__ import annotations

from alembic import context

from geodata.registre.tables import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    transactional_ddl=True,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
