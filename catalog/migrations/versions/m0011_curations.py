"""Corrections of what sources say, by element; attributes that reviewers had set become such."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from catalog.columns import Moment

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

JSON = sa.JSON(none_as_null=True)
LIVE = sa.text("state IN ('standing', 'conflict')")
PIECE = 1000


def upgrade() -> None:
    op.create_table(
        "curations",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("entry", sa.String(60), sa.ForeignKey("entries.identifier"), nullable=False),
        sa.Column("path", sa.String(100), nullable=False),
        sa.Column("mode", sa.String(10), nullable=False),
        sa.Column("value", JSON),
        sa.Column("sourced", JSON),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("accepted_by", sa.Text(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("request", sa.Integer()),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("closed_by", sa.Text(), nullable=False),
        sa.Column("closed_at", Moment()),
    )
    op.create_index("ix_curations_entry", "curations", ["entry"])
    op.create_index("ix_curations_state_entry", "curations", ["state", "entry"])
    op.create_index(
        "uq_curations_live", "curations", ["entry", "path"],
        unique=True, sqlite_where=LIVE, postgresql_where=LIVE,
    )  # fmt: skip
    op.add_column("source_records", sa.Column("version", sa.Integer()))
    op.add_column("source_records", sa.Column("values", JSON))
    _take_over()
    op.execute("ALTER TABLE entries DROP COLUMN curated")  # in place: other tables refer to it


def _take_over() -> None:
    """The attributes of harvested entries that a reviewer set, over what their source said first;
    in open requests, as what these make of elements. (The roles were the elements' names.)
    """
    connection = op.get_bind()
    tables = sa.MetaData()
    tables.reflect(connection, only=["entries", "versions", "requests", "curations"])
    entries, versions, requests, curations = (
        tables.tables[name] for name in ("entries", "versions", "requests", "curations")
    )
    served, first = versions.alias("served"), versions.alias("first")
    last = ""
    while True:
        query = (
            sa.select(
                entries.c.identifier, entries.c.curated, first.c["values"], served.c.author,
                entries.c.updated,
            )
            .join(first, (first.c.entry == entries.c.identifier) & (first.c.number == 1))
            .outerjoin(
                served,
                (served.c.entry == entries.c.identifier)
                & (served.c.number == entries.c.served),
            )
            .where(entries.c.source.is_not(None), entries.c.curated.is_not(None))
            .where(entries.c.identifier > last)
            .order_by(entries.c.identifier)
            .limit(PIECE)
        )  # fmt: skip
        rows = connection.execute(query).all()
        if not rows:
            break
        last = rows[-1].identifier
        made = [each for row in rows for each in _curations(row)]
        if made:
            connection.execute(sa.insert(curations), made)
    waiting = sa.select(requests.c.id, requests.c.curated, entries.c.source).join(
        entries, entries.c.identifier == requests.c.entry
    )
    for row in connection.execute(waiting.where(requests.c.curated.is_not(None))).all():
        wanted = {path: _wanted(value) for path, value in row.curated.items()}
        kept = (wanted or None) if row.source else None
        connection.execute(sa.update(requests).where(requests.c.id == row.id).values(curated=kept))


def _wanted(value: Any) -> dict[str, Any]:
    mode = "remove" if value is None else "set"
    return {"mode": mode, "value": value, "sourced": None, "reason": "", "author": ""}


def _curations(row: Any) -> list[dict[str, Any]]:
    return [
        {
            "entry": row.identifier,
            "path": path,
            "mode": "remove" if value is None else "set",
            "value": value,
            "sourced": row.values.get(path),
            "reason": "",
            "author": row.author or "",
            "accepted_by": row.author or "",
            "at": row.updated,
            "state": "standing",
            "closed_by": "",
        }
        for path, value in row.curated.items()
        if value != row.values.get(path)
    ]
