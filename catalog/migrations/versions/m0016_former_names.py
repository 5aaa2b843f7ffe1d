"""What agencies were called before."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    column = sa.Column(
        "former_names", sa.JSON(none_as_null=True), nullable=False, server_default="[]"
    )
    op.add_column("agencies", column)
