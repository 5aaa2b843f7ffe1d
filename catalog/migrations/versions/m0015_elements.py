"""Data elements, the items that carry them, who answers for them; relations between entries."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from catalog.columns import Moment

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

JSON = sa.JSON(none_as_null=True)


def upgrade() -> None:
    op.create_table(
        "data_element_versions",
        sa.Column("element", sa.String(40), primary_key=True),
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("values", JSON, nullable=False),
        sa.Column("latest", sa.Boolean(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
    )
    _only_one("data_element_versions", "uq_data_element_versions_latest", ["element"], "latest")
    op.create_table(
        "entry_items",
        sa.Column("entry", sa.String(60), sa.ForeignKey("entries.identifier"), primary_key=True),
        sa.Column("key", sa.String(24), primary_key=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("family", sa.String(10), nullable=False),
        sa.Column("declared", sa.String(40), nullable=False),
        sa.Column("agency", sa.String(40), sa.ForeignKey("agencies.code"), nullable=False),
        sa.Column("open", sa.Boolean(), nullable=False),
    )
    columns = ["key", "agency", "family", "declared", "entry"]
    op.create_index("ix_entry_items_key", "entry_items", columns)
    op.create_index("ix_entry_items_declared", "entry_items", ["declared", "entry"])
    op.create_table(
        "item_links",
        sa.Column("element", sa.String(40), primary_key=True),
        sa.Column("agency", sa.String(40), sa.ForeignKey("agencies.code"), primary_key=True),
        sa.Column("key", sa.String(24), primary_key=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
    )
    _only_one("item_links", "uq_item_links_confirmed", ["agency", "key"], "state = 'confirmed'")
    op.create_table(
        "authority_claims",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("element", sa.String(40), nullable=False),
        sa.Column("division", sa.String(20), nullable=False),
        sa.Column("agency", sa.String(40), sa.ForeignKey("agencies.code"), nullable=False),
        sa.Column("entry", sa.String(60), sa.ForeignKey("entries.identifier"), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=False),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("decided_at", Moment()),
    )
    op.create_index("ix_authority_claims_entry", "authority_claims", ["entry"])
    op.create_index("ix_authority_claims_element_state", "authority_claims", ["element", "state"])
    op.create_index("ix_authority_claims_state", "authority_claims", ["state", "id"])
    scope = ["element", "division"]
    _only_one("authority_claims", "uq_authority_claims_accepted", scope, "state = 'accepted'")
    op.create_table(
        "duplicate_exceptions",
        sa.Column("element", sa.String(40), primary_key=True),
        sa.Column("agency", sa.String(40), sa.ForeignKey("agencies.code"), primary_key=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
    )
    op.create_table(
        "relation_keys",
        sa.Column("hash", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("entry", sa.String(60), sa.ForeignKey("entries.identifier"), primary_key=True),
        sa.Column("type", sa.String(20), primary_key=True),
        sa.Column("open", sa.Boolean(), nullable=False),
    )
    op.create_index("ix_relation_keys_entry", "relation_keys", ["entry"])
    op.create_table(
        "departed_numbers",
        sa.Column("hash", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("entry", sa.String(60), sa.ForeignKey("entries.identifier"), primary_key=True),
    )
    op.create_index("ix_departed_numbers_entry", "departed_numbers", ["entry"])


def _only_one(table: str, name: str, columns: list[str], where: str) -> None:
    """At most one row with equal columns where the condition holds."""
    told = sa.text(where)
    op.create_index(name, table, columns, unique=True, sqlite_where=told, postgresql_where=told)
