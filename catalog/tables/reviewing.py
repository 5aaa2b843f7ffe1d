"""Requests, decisions, and how reviews are arranged; what the consistency audit found."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from catalog.tables.base import Table


class Request(Table):
    """What is asked of the reviewers about an entry, and how far it has come.

    At most one about its content and one about its leaving is open at a time. ``authors`` and
    ``confirmed_by`` are the people who may not decide on it any more; ``version`` is what is
    proposed, ``base`` what was served when it was, ``curated`` what it makes of elements of a
    harvested entry (`catalog.curation`), kept for good once all steps are done. The timeline is
    the audit log's.
    """

    __tablename__ = "requests"
    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    entry: Mapped[str] = mapped_column(ForeignKey("entries.identifier"), index=True)
    agency: Mapped[str] = mapped_column(ForeignKey("agencies.code"), index=True)
    what: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(20))
    steps: Mapped[list[str]]
    step: Mapped[int] = mapped_column(Integer, default=0)
    risk: Mapped[int] = mapped_column(Integer, default=0)
    proposed_by: Mapped[str]
    authors: Mapped[list[str]]
    confirmed_by: Mapped[list[str]]
    assignee: Mapped[str] = mapped_column(String(100), default="", index=True)
    assigned_at: Mapped[datetime | None]
    version: Mapped[int | None] = mapped_column(Integer)
    base: Mapped[int | None] = mapped_column(Integer)
    reason: Mapped[str] = mapped_column(default="")
    merge_into: Mapped[str | None] = mapped_column(ForeignKey("entries.identifier"))
    finding: Mapped[str] = mapped_column(String(60), default="")
    curated: Mapped[dict[str, Any] | None]
    due: Mapped[str] = mapped_column(String(10), default="")
    provisional: Mapped[bool] = mapped_column(Boolean, default=False)
    escalated: Mapped[bool] = mapped_column(Boolean, default=False)
    created: Mapped[datetime]
    updated: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    __table_args__ = (Index("ix_requests_queue", "state", "risk", "due", "id"),)


class Decision(Table):
    """What was decided about an entry on one axis (disclosure, sharing, visibility), or about one
    part of it; never changed, superseded by a later one.
    """

    __tablename__ = "decisions"
    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    entry: Mapped[str] = mapped_column(ForeignKey("entries.identifier"), index=True)
    version: Mapped[int] = mapped_column(Integer)
    axis: Mapped[str] = mapped_column(String(20))
    part: Mapped[str] = mapped_column(default="")
    value: Mapped[str] = mapped_column(String(40))
    ground: Mapped[str] = mapped_column(default="")
    reason: Mapped[str] = mapped_column(default="")
    condition: Mapped[str] = mapped_column(default="")
    audience: Mapped[str] = mapped_column(default="")
    evidence: Mapped[dict[str, Any]]
    proposed_by: Mapped[str]
    decided_by: Mapped[str]
    decided_at: Mapped[datetime]
    valid_from: Mapped[str] = mapped_column(String(10))
    review_by: Mapped[str] = mapped_column(String(10), default="")
    supersedes: Mapped[int | None] = mapped_column(Integer, index=True)
    request: Mapped[int | None] = mapped_column(Integer)


class ReviewSteps(Table):
    """Who has to say yes to a request of this risk in an agency and all below it, and within how
    many working days.
    """

    __tablename__ = "review_steps"
    agency: Mapped[str] = mapped_column(ForeignKey("agencies.code"), primary_key=True)
    risk: Mapped[str] = mapped_column(String(20), primary_key=True)
    steps: Mapped[list[str]]
    days: Mapped[int] = mapped_column(Integer)


class Delegation(Table):
    """Somebody reviews for somebody else who is away, from one day to another."""

    __tablename__ = "delegations"
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    absent: Mapped[str] = mapped_column(String(100), index=True)
    deputy: Mapped[str] = mapped_column(String(100), index=True)
    begins: Mapped[str] = mapped_column(String(10))
    ends: Mapped[str] = mapped_column(String(10))
    created: Mapped[datetime]


class BulkReview(Table):
    """A selection of requests to be decided at once, after its drawn sample was opened."""

    __tablename__ = "bulk_reviews"
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    reviewer: Mapped[str] = mapped_column(String(100), index=True)
    requests: Mapped[list[Any]]
    sample: Mapped[list[Any]]
    opened: Mapped[list[Any]]
    state: Mapped[str] = mapped_column(String(20))
    created: Mapped[datetime]


class ConsistencyRun(Table):
    """One run of the consistency audit, asked for or daily. ``counts`` are its findings by rule,
    ``late`` what was disclosed proactively too late, by agency.
    """

    __tablename__ = "consistency_runs"
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    asked_by: Mapped[str] = mapped_column(String(100))
    asked_at: Mapped[datetime]
    finished: Mapped[datetime | None] = mapped_column(index=True)
    entries: Mapped[int] = mapped_column(Integer, default=0)
    counts: Mapped[dict[str, Any]]
    late: Mapped[dict[str, Any]]


class FindingRow(Table):
    """A contradiction between decisions, from when it was first found until it is settled.

    ``told`` is what it says in both languages, ``run`` the last that found it; its entries are in
    ``finding_entries``.
    """

    __tablename__ = "findings"
    key: Mapped[str] = mapped_column(String(60), primary_key=True)
    rule: Mapped[str] = mapped_column(String(30))
    told: Mapped[dict[str, Any]]
    run: Mapped[int] = mapped_column(Integer)
    found: Mapped[datetime]
    settled: Mapped[datetime | None]
    __table_args__ = (Index("ix_findings_open", "settled", "rule", "key"),)


class FindingEntry(Table):
    """An entry of a finding; one that only stands beside those to be decided anew is ``beside``.
    ``request`` is what was asked because of it.
    """

    __tablename__ = "finding_entries"
    finding: Mapped[str] = mapped_column(ForeignKey("findings.key"), primary_key=True)
    entry: Mapped[str] = mapped_column(ForeignKey("entries.identifier"), primary_key=True)
    place: Mapped[int] = mapped_column(Integer)
    beside: Mapped[bool] = mapped_column(Boolean, default=False)
    request: Mapped[int | None] = mapped_column(Integer)
    __table_args__ = (Index("ix_finding_entries_entry", "entry"),)
