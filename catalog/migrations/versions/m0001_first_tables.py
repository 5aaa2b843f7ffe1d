"""The first tables, and the triggers that keep versions and the audit log as they were written."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from catalog.columns import SEQUENCE, Moment
from catalog.migrations.triggers import refuse_updates

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

JSON = sa.JSON(none_as_null=True)
FIXED = ("versions", "audit_events", "changes")


def upgrade() -> None:
    _agencies_and_accounts()
    _sources()
    _entries()
    _logs()
    for table in FIXED:
        refuse_updates(table)


def _agencies_and_accounts() -> None:
    op.create_table(
        "agencies",
        sa.Column("code", sa.String(40), primary_key=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("short_names", JSON, nullable=False),
        sa.Column("credit_code", sa.String(40), nullable=False),
        sa.Column("division", sa.String(20), nullable=False),
        sa.Column("parent", sa.String(40), sa.ForeignKey("agencies.code")),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column("created", Moment(), nullable=False),
    )
    op.create_index("ix_agencies_name", "agencies", ["name"])
    op.create_table(
        "agencies_above",
        sa.Column("agency", sa.String(40), sa.ForeignKey("agencies.code"), primary_key=True),
        sa.Column("above", sa.String(40), sa.ForeignKey("agencies.code"), primary_key=True),
        sa.Column("distance", sa.Integer(), nullable=False),
    )
    op.create_index("ix_agencies_above_above", "agencies_above", ["above"])
    op.create_table(
        "accounts",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("username", sa.String(100), nullable=False, unique=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("password", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created", Moment(), nullable=False),
    )
    op.create_table(
        "grants",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("account", sa.Integer(), sa.ForeignKey("accounts.id"), nullable=False),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("agency", sa.String(40), sa.ForeignKey("agencies.code")),
    )
    op.create_index("ix_grants_account", "grants", ["account"])
    op.create_table(
        "tokens",
        sa.Column("digest", sa.String(64), primary_key=True),
        sa.Column("account", sa.Integer(), sa.ForeignKey("accounts.id"), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("created", Moment(), nullable=False),
        sa.Column("expires", Moment()),
        sa.Column("revoked", Moment()),
    )
    op.create_index("ix_tokens_account", "tokens", ["account"])


def _sources() -> None:
    op.create_table(
        "sources",
        sa.Column("name", sa.String(100), primary_key=True),
        sa.Column("agency", sa.String(40), sa.ForeignKey("agencies.code"), nullable=False),
        sa.Column("settings", JSON, nullable=False),
        sa.Column("mapping", JSON),
        sa.Column("created", Moment(), nullable=False),
        sa.Column("updated", Moment(), nullable=False),
    )
    op.create_index("ix_sources_agency", "sources", ["agency"])
    op.create_table(
        "runs",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("source", sa.String(100), sa.ForeignKey("sources.name"), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("requested_by", sa.Text(), nullable=False),
        sa.Column("options", JSON, nullable=False),
        sa.Column("owner", sa.String(100), nullable=False),
        sa.Column("heartbeat", Moment()),
        sa.Column("checkpoint", JSON, nullable=False),
        sa.Column("counts", JSON, nullable=False),
        sa.Column("complete", sa.Boolean(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("created", Moment(), nullable=False),
        sa.Column("started", Moment()),
        sa.Column("finished", Moment()),
    )
    op.create_index("ix_runs_source", "runs", ["source"])
    op.create_index("ix_runs_state", "runs", ["state"])
    op.create_table(
        "run_records",
        sa.Column("run", sa.Integer(), sa.ForeignKey("runs.id"), primary_key=True),
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("action", sa.String(20), nullable=False),
        sa.Column("entry", sa.String(60)),
        sa.Column("problems", JSON, nullable=False),
        sa.Column("raw", sa.Text()),
    )
    op.create_index("ix_run_records_run_action", "run_records", ["run", "action"])


def _entries() -> None:
    op.create_table(
        "entries",
        sa.Column("identifier", sa.String(60), primary_key=True),
        sa.Column("agency", sa.String(40), sa.ForeignKey("agencies.code"), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("served", sa.Integer()),
        sa.Column("pending", sa.Integer()),
        sa.Column("changed", SEQUENCE, nullable=False),
        sa.Column("curated", JSON),
        sa.Column("remark", sa.Text(), nullable=False),
        sa.Column("source", sa.String(100), sa.ForeignKey("sources.name")),
        sa.Column("created", Moment(), nullable=False),
        sa.Column("updated", Moment(), nullable=False),
        sa.Column("served_at", Moment()),
        sa.Column("submitted_at", Moment()),
    )
    op.create_index("ix_entries_agency", "entries", ["agency"])
    op.create_index("ix_entries_queue", "entries", ["state", "submitted_at", "identifier"])
    op.create_index("ix_entries_source", "entries", ["source"])
    op.create_table(
        "versions",
        sa.Column("entry", sa.String(60), sa.ForeignKey("entries.identifier"), primary_key=True),
        sa.Column("number", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("audience", sa.String(20), nullable=False),
        sa.Column("disclosure", sa.Text(), nullable=False),
        sa.Column("disclosure_ground", sa.Text(), nullable=False),
        sa.Column("sharing", sa.Text(), nullable=False),
        sa.Column("sharing_ground", sa.Text(), nullable=False),
        sa.Column("values", JSON, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("level", sa.String(20), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("created", Moment(), nullable=False),
    )
    op.create_table(
        "tombstones",
        sa.Column("entry", sa.String(60), sa.ForeignKey("entries.identifier"), primary_key=True),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("audience", sa.String(20), nullable=False),
        sa.Column("last", sa.Integer()),
        sa.Column("merged_into", sa.String(60), sa.ForeignKey("entries.identifier")),
        sa.Column("by_source", sa.Boolean(), nullable=False),
    )
    op.create_table(
        "source_records",
        sa.Column("source", sa.String(100), sa.ForeignKey("sources.name"), primary_key=True),
        sa.Column("key", sa.String(500), primary_key=True),
        sa.Column("entry", sa.String(60), sa.ForeignKey("entries.identifier")),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("seen", sa.Integer(), nullable=False),
    )
    op.create_index("ix_source_records_entry", "source_records", ["entry"])


def _logs() -> None:
    op.create_table(
        "changes",
        sa.Column("seq", SEQUENCE, primary_key=True, autoincrement=False),
        sa.Column("entry", sa.String(60), nullable=False),
        sa.Column("what", sa.String(20), nullable=False),
        sa.Column("at", Moment(), nullable=False),
    )
    op.create_table(
        "audit_events",
        sa.Column("seq", SEQUENCE, primary_key=True, autoincrement=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("action", sa.String(40), nullable=False),
        sa.Column("entry", sa.String(60)),
        sa.Column("details", JSON, nullable=False),
        sa.Column("previous", sa.String(64), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
    )
    op.create_index("ix_audit_events_entry", "audit_events", ["entry"])
    op.create_table(
        "followers",
        sa.Column("name", sa.String(100), primary_key=True),
        sa.Column("cursor", SEQUENCE, nullable=False),
        sa.Column("owner", sa.String(100), nullable=False),
        sa.Column("until", Moment()),
        sa.Column("updated", Moment()),
    )
