"""Endpoints as probes find them, the entries that lead to them, and notices to their owners."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from catalog.columns import Moment

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

JSON = sa.JSON(none_as_null=True)


def upgrade() -> None:
    op.create_table(
        "endpoints",
        sa.Column("key", sa.String(64), primary_key=True),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("protocol", sa.String(100), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("problem", JSON),
        sa.Column("since", Moment()),
        sa.Column("checked", Moment()),
        sa.Column("due", Moment()),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("certificate_until", Moment()),
        sa.Column("description", sa.String(64), nullable=False),
        sa.Column("candidate", sa.String(64), nullable=False),
        sa.Column("described", Moment()),
    )
    op.create_index("ix_endpoints_due", "endpoints", ["due"])
    op.create_index("ix_endpoints_state", "endpoints", ["state", "key"])
    op.create_table(
        "endpoint_uses",
        sa.Column("entry", sa.String(60), sa.ForeignKey("entries.identifier"), primary_key=True),
        sa.Column("endpoint", sa.String(64), sa.ForeignKey("endpoints.key"), nullable=False),
    )
    op.create_index("ix_endpoint_uses_endpoint", "endpoint_uses", ["endpoint"])
    op.create_table(
        "notices",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("agency", sa.String(40), sa.ForeignKey("agencies.code"), nullable=False),
        sa.Column("what", sa.String(40), nullable=False),
        sa.Column("subject", sa.String(64), nullable=False),
        sa.Column("details", JSON, nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("read_by", sa.Text()),
        sa.Column("read_at", Moment()),
    )
    op.create_index("ix_notices_agency_read", "notices", ["agency", "read_at", "id"])
