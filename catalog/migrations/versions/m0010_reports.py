"""Problems of a source's records as they stand, and the addresses at which others read of them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from catalog.columns import Moment

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

JSON = sa.JSON(none_as_null=True)


def upgrade() -> None:
    op.create_table(
        "record_problems",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("source", sa.String(100), sa.ForeignKey("sources.name"), nullable=False),
        sa.Column("key", sa.String(500), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("entry", sa.String(60)),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("rejected", sa.Boolean(), nullable=False),
        sa.Column("seen", sa.Integer(), nullable=False),
        sa.Column("blocks", sa.Integer(), nullable=False),
        sa.Column("obligations", sa.Integer(), nullable=False),
        sa.Column("improvements", sa.Integer(), nullable=False),
        sa.Column("problems", JSON, nullable=False),
        sa.UniqueConstraint("source", "key", name="uq_record_problems_source_key"),
    )
    op.create_index("ix_record_problems_order", "record_problems", ["source", "position", "id"])
    op.create_table(
        "report_shares",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("source", sa.String(100), sa.ForeignKey("sources.name"), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("made_by", sa.String(100), nullable=False),
        sa.Column("made", Moment(), nullable=False),
        sa.Column("expires", Moment(), nullable=False),
        sa.Column("revoked", Moment()),
        sa.UniqueConstraint("digest", name="uq_report_shares_digest"),
    )
    op.create_index("ix_report_shares_source", "report_shares", ["source"])
