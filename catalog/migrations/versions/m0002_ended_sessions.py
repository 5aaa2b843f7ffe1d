"""Sessions that were ended before their time, so that a copied cookie is worth nothing after."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from catalog.columns import Moment

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "ended_sessions",
        sa.Column("digest", sa.String(64), primary_key=True),
        sa.Column("until", Moment(), nullable=False),
    )
