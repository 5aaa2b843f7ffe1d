"""How each record of a source was sent, so that what came as before need not be read again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    column = sa.Column("sent", sa.String(32), nullable=False, server_default="")
    op.add_column("source_records", column)
