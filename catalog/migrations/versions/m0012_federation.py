"""Nodes: what this one is called, whom it follows and asks along, and whence entries came."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from catalog.columns import SEQUENCE, Moment

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

JSON = sa.JSON(none_as_null=True)


def upgrade() -> None:
    op.add_column("agencies", sa.Column("home", sa.String(100)))
    op.create_table(
        "own_names",
        sa.Column("name", sa.String(300), primary_key=True),
        sa.Column("since", Moment(), nullable=False),
    )
    op.create_table(
        "origins",
        sa.Column("entry", sa.String(60), sa.ForeignKey("entries.identifier"), primary_key=True),
        sa.Column("position", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("node", sa.String(300), nullable=False),
        sa.Column("identifier", sa.String(500), nullable=False),
    )
    op.create_index("ix_origins_node_identifier", "origins", ["node", "identifier"])
    op.create_table(
        "nodes",
        sa.Column("source", sa.String(100), sa.ForeignKey("sources.name"), primary_key=True),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("tier", sa.String(20), nullable=False),
        sa.Column("pinned", sa.String(60), nullable=False),
        sa.Column("key", sa.String(60), nullable=False),
        sa.Column("following_key", sa.String(60), nullable=False),
        sa.Column("turn", SEQUENCE, nullable=False),
        sa.Column("head", SEQUENCE, nullable=False),
        sa.Column("contact", Moment()),
        sa.Column("level", Moment()),
        sa.Column("tried", Moment()),
        sa.Column("fault", JSON),
        sa.Column("lost", sa.Integer(), nullable=False),
        sa.Column("alarm", JSON),
    )
    op.create_table(
        "peers",
        sa.Column("name", sa.String(60), primary_key=True),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("private", sa.Boolean(), nullable=False),
        sa.Column("created", Moment(), nullable=False),
    )
