"""Schedules of sources, hosts that rest, what addresses said when read last, and undoing."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from catalog.columns import Moment

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

JSON = sa.JSON(none_as_null=True)


def upgrade() -> None:
    op.add_column("sources", sa.Column("due", Moment()))
    false = sa.false()
    op.add_column(
        "sources", sa.Column("paused", sa.Boolean(), nullable=False, server_default=false)
    )
    op.add_column("sources", sa.Column("retired", Moment()))
    op.add_column("runs", sa.Column("cancelled_by", sa.Text(), nullable=False, server_default=""))
    op.add_column("tombstones", sa.Column("before", JSON))
    op.create_table(
        "fetch_marks",
        sa.Column("source", sa.String(100), sa.ForeignKey("sources.name"), primary_key=True),
        sa.Column("address", sa.String(64), primary_key=True),
        sa.Column("etag", sa.Text(), nullable=False),
        sa.Column("modified", sa.Text(), nullable=False),
    )
    op.create_table(
        "hosts",
        sa.Column("name", sa.String(300), primary_key=True),
        sa.Column("faults", sa.Integer(), nullable=False),
        sa.Column("rests", sa.Integer(), nullable=False),
        sa.Column("until", Moment()),
        sa.Column("told", JSON, nullable=False),
        sa.Column("updated", Moment(), nullable=False),
    )
