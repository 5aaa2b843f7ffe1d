"""Requests, decisions, review steps, deputies; what waited before becomes a request, what was
decided before a decision."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from catalog.columns import Moment
from catalog.migrations.triggers import refuse_updates

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

JSON = sa.JSON(none_as_null=True)


def upgrade() -> None:
    _requests()
    _decisions()
    _arrangements()
    refuse_updates("decisions")
    _take_over()


def _requests() -> None:
    op.create_table(
        "requests",
        sa.Column("id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("entry", sa.String(60), sa.ForeignKey("entries.identifier"), nullable=False),
        sa.Column("agency", sa.String(40), sa.ForeignKey("agencies.code"), nullable=False),
        sa.Column("what", sa.String(20), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("steps", JSON, nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("risk", sa.Integer(), nullable=False),
        sa.Column("proposed_by", sa.Text(), nullable=False),
        sa.Column("authors", JSON, nullable=False),
        sa.Column("confirmed_by", JSON, nullable=False),
        sa.Column("assignee", sa.String(100), nullable=False),
        sa.Column("assigned_at", Moment()),
        sa.Column("version", sa.Integer()),
        sa.Column("base", sa.Integer()),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("merge_into", sa.String(60), sa.ForeignKey("entries.identifier")),
        sa.Column("finding", sa.String(60), nullable=False),
        sa.Column("curated", JSON),
        sa.Column("due", sa.String(10), nullable=False),
        sa.Column("provisional", sa.Boolean(), nullable=False),
        sa.Column("escalated", sa.Boolean(), nullable=False),
        sa.Column("created", Moment(), nullable=False),
        sa.Column("updated", Moment(), nullable=False),
        sa.Column("submitted_at", Moment()),
        sa.Column("closed_at", Moment()),
    )
    op.create_index("ix_requests_entry", "requests", ["entry"])
    op.create_index("ix_requests_agency", "requests", ["agency"])
    op.create_index("ix_requests_assignee", "requests", ["assignee"])
    op.create_index("ix_requests_queue", "requests", ["state", "risk", "due", "id"])


def _decisions() -> None:
    op.create_table(
        "decisions",
        sa.Column("id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("entry", sa.String(60), sa.ForeignKey("entries.identifier"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("axis", sa.String(20), nullable=False),
        sa.Column("part", sa.Text(), nullable=False),
        sa.Column("value", sa.String(40), nullable=False),
        sa.Column("ground", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("condition", sa.Text(), nullable=False),
        sa.Column("audience", sa.Text(), nullable=False),
        sa.Column("evidence", JSON, nullable=False),
        sa.Column("proposed_by", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=False),
        sa.Column("decided_at", Moment(), nullable=False),
        sa.Column("valid_from", sa.String(10), nullable=False),
        sa.Column("review_by", sa.String(10), nullable=False),
        sa.Column("supersedes", sa.Integer()),
        sa.Column("request", sa.Integer()),
    )
    op.create_index("ix_decisions_entry", "decisions", ["entry"])
    op.create_index("ix_decisions_supersedes", "decisions", ["supersedes"])


def _arrangements() -> None:
    op.create_table(
        "review_steps",
        sa.Column("agency", sa.String(40), sa.ForeignKey("agencies.code"), primary_key=True),
        sa.Column("risk", sa.String(20), primary_key=True),
        sa.Column("steps", JSON, nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
    )
    op.create_table(
        "delegations",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("absent", sa.String(100), nullable=False),
        sa.Column("deputy", sa.String(100), nullable=False),
        sa.Column("begins", sa.String(10), nullable=False),
        sa.Column("ends", sa.String(10), nullable=False),
        sa.Column("created", Moment(), nullable=False),
    )
    op.create_index("ix_delegations_absent", "delegations", ["absent"])
    op.create_index("ix_delegations_deputy", "delegations", ["deputy"])
    op.create_table(
        "bulk_reviews",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("reviewer", sa.String(100), nullable=False),
        sa.Column("requests", JSON, nullable=False),
        sa.Column("sample", JSON, nullable=False),
        sa.Column("opened", JSON, nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("created", Moment(), nullable=False),
    )
    op.create_index("ix_bulk_reviews_reviewer", "bulk_reviews", ["reviewer"])
    op.create_table(
        "saved",
        sa.Column("account", sa.Integer(), sa.ForeignKey("accounts.id"), primary_key=True),
        sa.Column("kind", sa.String(20), primary_key=True),
        sa.Column("name", sa.String(200), primary_key=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("created", Moment(), nullable=False),
    )


_SHANGHAI = {
    "sqlite": ("date(e.served_at, '+8 hours')", "date(e.served_at, '+8 hours', '+1 year')"),
    "postgresql": (
        "CAST(CAST(e.served_at AT TIME ZONE 'Asia/Shanghai' AS DATE) AS TEXT)",
        "CAST(CAST(e.served_at AT TIME ZONE 'Asia/Shanghai' + INTERVAL '1 year' AS DATE) AS TEXT)",
    ),
}
"""The day on which an entry was served, and by when what is withheld is to be looked at again (Art.
18: within a year)."""


def _take_over() -> None:
    """Directories that were filled before there were requests and decisions."""
    postgres = op.get_bind().dialect.name == "postgresql"
    nothing, no_evidence = ("'[]'::json", "'{}'::json") if postgres else ("'[]'", "'{}'")
    steps = nothing.replace("[]", '["agency"]')
    day, year_later = _SHANGHAI["postgresql" if postgres else "sqlite"]
    op.execute(
        f"""
        INSERT INTO requests (id, entry, agency, what, state, steps, step, risk, proposed_by,
            authors, confirmed_by, assignee, version, base, reason, finding, due, provisional,
            escalated, created, updated, submitted_at)
        SELECT row_number() OVER (ORDER BY e.identifier), e.identifier, e.agency,
            CASE WHEN e.served IS NULL THEN 'file' ELSE 'modify' END, e.state, {steps}, 0, 1,
            v.author, {nothing}, {nothing}, '', e.pending, e.served, e.remark, '', '', false, false,
            v.created, e.updated, e.submitted_at
        FROM entries e JOIN versions v ON v.entry = e.identifier AND v.number = e.pending
        """  # noqa: S608  the words are ours
    )
    for axis, start in (("disclosure", 0), ("sharing", 1)):
        op.execute(
            f"""
            INSERT INTO decisions (id, entry, version, axis, part, value, ground, reason,
                "condition", audience, evidence, proposed_by, decided_by, decided_at, valid_from,
                review_by)
            SELECT 2 * row_number() OVER (ORDER BY e.identifier) - {start}, e.identifier,
                v.number, '{axis}', '', v.{axis}, v.{axis}_ground, '', '', '', {no_evidence},
                v.author, '', e.served_at, {day},
                CASE WHEN v.{axis} = 'withheld' THEN {year_later} ELSE '' END
            FROM entries e JOIN versions v ON v.entry = e.identifier AND v.number = e.served
            WHERE v.{axis} <> 'undetermined'
            """  # noqa: S608  the words are ours
        )
