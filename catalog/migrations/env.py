"""Runs the steps in the transaction of the connection that `Database.migrate` gives."""

from __future__ import annotations

from alembic import context

from catalog.tables import Table

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Table.metadata,
    transactional_ddl=True,
    render_as_batch=True,
)
context.run_migrations()
