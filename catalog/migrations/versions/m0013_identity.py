"""By what entries are known again, which look like one another, and other names of theirs."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from catalog.columns import Moment

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

JSON = sa.JSON(none_as_null=True)


def upgrade() -> None:
    op.create_table(
        "identity_keys",
        sa.Column("hash", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("entry", sa.String(60), sa.ForeignKey("entries.identifier"), primary_key=True),
        sa.Column("scheme", sa.String(12), nullable=False),
    )
    op.create_index("ix_identity_keys_entry", "identity_keys", ["entry"])
    op.create_table(
        "likenesses",
        sa.Column("one", sa.String(60), sa.ForeignKey("entries.identifier"), primary_key=True),
        sa.Column("other", sa.String(60), sa.ForeignKey("entries.identifier"), primary_key=True),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("evidence", JSON, nullable=False),
        sa.Column("signature", sa.String(32), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("found", Moment(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", Moment()),
    )
    op.create_index("ix_likenesses_state_kind", "likenesses", ["state", "kind", "one", "other"])
    op.create_index("ix_likenesses_other", "likenesses", ["other"])
    op.create_table(
        "crowds",
        sa.Column("hash", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("scheme", sa.String(12), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
    )
    op.create_table(
        "aliases",
        sa.Column("value", sa.String(200), primary_key=True),
        sa.Column("entry", sa.String(60), sa.ForeignKey("entries.identifier"), nullable=False),
        sa.Column("scheme", sa.String(40), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
    )
    op.create_index("ix_aliases_entry", "aliases", ["entry"])
