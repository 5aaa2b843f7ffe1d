"""Findings of the consistency audit, and its runs."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from catalog.columns import Moment

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

JSON = sa.JSON(none_as_null=True)


def upgrade() -> None:
    op.create_table(
        "consistency_runs",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("asked_by", sa.String(100), nullable=False),
        sa.Column("asked_at", Moment(), nullable=False),
        sa.Column("finished", Moment()),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("counts", JSON, nullable=False),
        sa.Column("late", JSON, nullable=False),
    )
    op.create_index("ix_consistency_runs_finished", "consistency_runs", ["finished"])
    op.create_table(
        "findings",
        sa.Column("key", sa.String(60), primary_key=True),
        sa.Column("rule", sa.String(30), nullable=False),
        sa.Column("told", JSON, nullable=False),
        sa.Column("run", sa.Integer(), nullable=False),
        sa.Column("found", Moment(), nullable=False),
        sa.Column("settled", Moment()),
    )
    op.create_index("ix_findings_open", "findings", ["settled", "rule", "key"])
    op.create_table(
        "finding_entries",
        sa.Column("finding", sa.String(60), sa.ForeignKey("findings.key"), primary_key=True),
        sa.Column("entry", sa.String(60), sa.ForeignKey("entries.identifier"), primary_key=True),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("beside", sa.Boolean(), nullable=False),
        sa.Column("request", sa.Integer()),
    )
    op.create_index("ix_finding_entries_entry", "finding_entries", ["entry"])
