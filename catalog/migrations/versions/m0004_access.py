"""Requests for access to a resource; who asks is kept in a table of its own."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from catalog.columns import Moment

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

JSON = sa.JSON(none_as_null=True)


def upgrade() -> None:
    op.create_table(
        "access_counters",
        sa.Column("year", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("serial", sa.Integer(), nullable=False),
    )
    op.create_table(
        "access_requests",
        sa.Column("number", sa.String(20), primary_key=True),
        sa.Column("entry", sa.String(60), sa.ForeignKey("entries.identifier"), nullable=False),
        sa.Column("agency", sa.String(40), sa.ForeignKey("agencies.code"), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("asking_agency", sa.String(40), sa.ForeignKey("agencies.code")),
        sa.Column("asker", sa.String(100), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("items", JSON, nullable=False),
        sa.Column("form", sa.String(20), nullable=False),
        sa.Column("receiving", sa.String(20), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("received_at", Moment(), nullable=False),
        sa.Column("begins", sa.String(10), nullable=False),
        sa.Column("due", sa.String(10), nullable=False),
        sa.Column("provisional", sa.Boolean(), nullable=False),
        sa.Column("extension", JSON),
        sa.Column("pauses", JSON, nullable=False),
        sa.Column("correction", JSON),
        sa.Column("outcome", sa.String(30), nullable=False),
        sa.Column("ground", sa.Text(), nullable=False),
        sa.Column("reply", sa.Text(), nullable=False),
        sa.Column("granted", JSON, nullable=False),
        sa.Column("valid_until", sa.String(10), nullable=False),
        sa.Column("closed_by", sa.String(100), nullable=False),
        sa.Column("closed_at", Moment()),
        sa.Column("secret", sa.String(64), nullable=False),
    )
    op.create_index("ix_access_requests_entry", "access_requests", ["entry"])
    op.create_index("ix_access_requests_asking_agency", "access_requests", ["asking_agency"])
    op.create_index("ix_access_requests_queue", "access_requests", ["agency", "state", "due"])
    op.create_table(
        "applicants",
        sa.Column(
            "number", sa.String(20), sa.ForeignKey("access_requests.number"), primary_key=True
        ),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("delete_after", Moment()),
    )
    op.create_index("ix_applicants_delete_after", "applicants", ["delete_after"])
