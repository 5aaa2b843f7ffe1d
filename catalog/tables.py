"""The tables. Entries are known by their permanent identifier everywhere, so it is the key.

The logs (changes, audit_events) refer to entries by name only: they tell what was, whatever is.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import (
    JSON,
    Boolean,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from catalog.columns import SEQUENCE, Moment

NAMING = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Table(DeclarativeBase):
    """What all tables share."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map: ClassVar = {
        str: Text(),
        datetime: Moment(),
        dict[str, Any]: JSON(none_as_null=True),
        list[str]: JSON(none_as_null=True),
        list[Any]: JSON(none_as_null=True),
    }


class Agency(Table):
    """An organ that registers entries; ``serial`` is the last number it was given."""

    __tablename__ = "agencies"
    code: Mapped[str] = mapped_column(String(40), primary_key=True)
    name: Mapped[str] = mapped_column(index=True)
    short_names: Mapped[list[str]]
    credit_code: Mapped[str] = mapped_column(String(40), default="")
    division: Mapped[str] = mapped_column(String(20), default="")
    parent: Mapped[str | None] = mapped_column(ForeignKey("agencies.code"))
    serial: Mapped[int] = mapped_column(Integer, default=0)
    created: Mapped[datetime]


class AgencyAbove(Table):
    """Which agencies stand above which, each also above itself at distance 0."""

    __tablename__ = "agencies_above"
    agency: Mapped[str] = mapped_column(ForeignKey("agencies.code"), primary_key=True)
    above: Mapped[str] = mapped_column(ForeignKey("agencies.code"), primary_key=True, index=True)
    distance: Mapped[int] = mapped_column(Integer)


class Account(Table):
    """Somebody who signs in."""

    __tablename__ = "accounts"
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    username: Mapped[str] = mapped_column(String(100), unique=True)
    name: Mapped[str]
    password: Mapped[str]
    active: Mapped[bool] = mapped_column(Boolean, default=True)
    created: Mapped[datetime]


class AccountGrant(Table):
    """A role of an account; no agency means the whole directory."""

    __tablename__ = "grants"
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    account: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    role: Mapped[str] = mapped_column(String(20))
    agency: Mapped[str | None] = mapped_column(ForeignKey("agencies.code"))


class Token(Table):
    """A key for programs. Only its digest is kept."""

    __tablename__ = "tokens"
    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    account: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    label: Mapped[str]
    created: Mapped[datetime]
    expires: Mapped[datetime | None]
    revoked: Mapped[datetime | None]


class EndedSession(Table):
    """A session that was ended before its cookie expires, by the digest of its name."""

    __tablename__ = "ended_sessions"
    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    until: Mapped[datetime]


class Source(Table):
    """What is harvested, and the columns that a person confirmed for it."""

    __tablename__ = "sources"
    name: Mapped[str] = mapped_column(String(100), primary_key=True)
    agency: Mapped[str] = mapped_column(ForeignKey("agencies.code"), index=True)
    settings: Mapped[dict[str, Any]]
    mapping: Mapped[dict[str, Any] | None]
    created: Mapped[datetime]
    updated: Mapped[datetime]


class Entry(Table):
    """What the directory holds about one resource, and which versions are served and pending.

    ``state`` is the pending version's while there is one; ``changed`` is the latest row of the
    change log about it; ``curated`` are the attributes a reviewer set, laid over what a source
    sends next.
    """

    __tablename__ = "entries"
    identifier: Mapped[str] = mapped_column(String(60), primary_key=True)
    agency: Mapped[str] = mapped_column(ForeignKey("agencies.code"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(20))
    revision: Mapped[int] = mapped_column(Integer)
    served: Mapped[int | None] = mapped_column(Integer)
    pending: Mapped[int | None] = mapped_column(Integer)
    changed: Mapped[int] = mapped_column(SEQUENCE)
    curated: Mapped[dict[str, Any] | None]
    remark: Mapped[str] = mapped_column(default="")
    source: Mapped[str | None] = mapped_column(ForeignKey("sources.name"), index=True)
    created: Mapped[datetime]
    updated: Mapped[datetime]
    served_at: Mapped[datetime | None]
    submitted_at: Mapped[datetime | None]
    __table_args__ = (Index("ix_entries_queue", "state", "submitted_at", "identifier"),)


class Version(Table):
    """One immutable descriptor of an entry, with what the policy and the queue ask of it."""

    __tablename__ = "versions"
    entry: Mapped[str] = mapped_column(ForeignKey("entries.identifier"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(20))
    title: Mapped[str]
    audience: Mapped[str] = mapped_column(String(20))
    disclosure: Mapped[str]
    disclosure_ground: Mapped[str]
    sharing: Mapped[str]
    sharing_ground: Mapped[str]
    values: Mapped[dict[str, Any]]
    digest: Mapped[str] = mapped_column(String(64))
    level: Mapped[str] = mapped_column(String(20))
    author: Mapped[str]
    note: Mapped[str]
    created: Mapped[datetime]


class Request(Table):
    """What is asked of the reviewers about an entry, and how far it has come.

    At most one about its content and one about its leaving is open at a time. ``authors`` and
    ``confirmed_by`` are the people who may not decide on it any more; ``version`` is what is
    proposed, ``base`` what was served when it was, ``curated`` are attributes that reviewers set on
    the way, kept for good once all steps are done. The timeline is the audit log's.
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


class Saved(Table):
    """What somebody keeps for the next time: a filtered queue, a reason for returning."""

    __tablename__ = "saved"
    account: Mapped[int] = mapped_column(ForeignKey("accounts.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    name: Mapped[str] = mapped_column(String(200), primary_key=True)
    text: Mapped[str]
    created: Mapped[datetime]


class Tombstone(Table):
    """Why an entry is gone, and who may know that it was here."""

    __tablename__ = "tombstones"
    entry: Mapped[str] = mapped_column(ForeignKey("entries.identifier"), primary_key=True)
    at: Mapped[datetime]
    by: Mapped[str]
    reason: Mapped[str]
    audience: Mapped[str] = mapped_column(String(20))
    last: Mapped[int | None] = mapped_column(Integer)
    merged_into: Mapped[str | None] = mapped_column(ForeignKey("entries.identifier"))
    by_source: Mapped[bool] = mapped_column(Boolean, default=False)


class AccessCounter(Table):
    """The last number that was given to a request for access in a year."""

    __tablename__ = "access_counters"
    year: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    serial: Mapped[int] = mapped_column(Integer)


class AccessRequest(Table):
    """Somebody asks for the resource of an entry; who that is, a member of the public keeps in
    ``applicants``. ``secret`` is the digest of the code on the receipt, ``begins`` the day from
    which the agency's time runs, ``due`` its last day.
    """

    __tablename__ = "access_requests"
    number: Mapped[str] = mapped_column(String(20), primary_key=True)
    entry: Mapped[str] = mapped_column(ForeignKey("entries.identifier"), index=True)
    agency: Mapped[str] = mapped_column(ForeignKey("agencies.code"))
    title: Mapped[str]
    kind: Mapped[str] = mapped_column(String(20))
    asking_agency: Mapped[str | None] = mapped_column(ForeignKey("agencies.code"), index=True)
    asker: Mapped[str] = mapped_column(String(100), default="")
    what: Mapped[str]
    items: Mapped[list[str]]
    form: Mapped[str] = mapped_column(String(20), default="")
    receiving: Mapped[str] = mapped_column(String(20), default="")
    purpose: Mapped[str] = mapped_column(default="")
    state: Mapped[str] = mapped_column(String(20))
    received_at: Mapped[datetime]
    begins: Mapped[str] = mapped_column(String(10))
    due: Mapped[str] = mapped_column(String(10))
    provisional: Mapped[bool] = mapped_column(Boolean, default=False)
    extension: Mapped[dict[str, Any] | None]
    pauses: Mapped[list[Any]]
    correction: Mapped[dict[str, Any] | None]
    outcome: Mapped[str] = mapped_column(String(30), default="")
    ground: Mapped[str] = mapped_column(default="")
    reply: Mapped[str] = mapped_column(default="")
    granted: Mapped[list[str]]
    valid_until: Mapped[str] = mapped_column(String(10), default="")
    closed_by: Mapped[str] = mapped_column(String(100), default="")
    closed_at: Mapped[datetime | None]
    secret: Mapped[str] = mapped_column(String(64), default="")
    __table_args__ = (Index("ix_access_requests_queue", "agency", "state", "due"),)


class Applicant(Table):
    """Who asked, sealed, and from when on that is no longer kept."""

    __tablename__ = "applicants"
    number: Mapped[str] = mapped_column(ForeignKey("access_requests.number"), primary_key=True)
    sealed: Mapped[str]
    delete_after: Mapped[datetime | None] = mapped_column(index=True)


class SourceRecord(Table):
    """What a source calls its record, the digest of what it sent last, and the run that saw it."""

    __tablename__ = "source_records"
    source: Mapped[str] = mapped_column(ForeignKey("sources.name"), primary_key=True)
    key: Mapped[str] = mapped_column(String(500), primary_key=True)
    entry: Mapped[str | None] = mapped_column(ForeignKey("entries.identifier"), index=True)
    digest: Mapped[str] = mapped_column(String(64), default="")
    seen: Mapped[int] = mapped_column(Integer, default=0)


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


class Change(Table):
    """A row of the ordered log that every follower reads."""

    __tablename__ = "changes"
    seq: Mapped[int] = mapped_column(SEQUENCE, primary_key=True, autoincrement=False)
    entry: Mapped[str] = mapped_column(String(60))
    what: Mapped[str] = mapped_column(String(20))
    at: Mapped[datetime]


class AuditEvent(Table):
    """A link of the audit chain."""

    __tablename__ = "audit_events"
    seq: Mapped[int] = mapped_column(SEQUENCE, primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    actor: Mapped[str]
    action: Mapped[str] = mapped_column(String(40))
    entry: Mapped[str | None] = mapped_column(String(60), index=True)
    details: Mapped[dict[str, Any]]
    previous: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))
    __table_args__ = (Index("ix_audit_events_actor_seq", "actor", "seq"),)


class FollowerState(Table):
    """How far a follower has read, and which process may move it (a lease)."""

    __tablename__ = "followers"
    name: Mapped[str] = mapped_column(String(100), primary_key=True)
    cursor: Mapped[int] = mapped_column(SEQUENCE, default=0)
    owner: Mapped[str] = mapped_column(String(100), default="")
    until: Mapped[datetime | None]
    updated: Mapped[datetime | None]


class Run(Table):
    """One harvesting of a source."""

    __tablename__ = "runs"
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    source: Mapped[str] = mapped_column(ForeignKey("sources.name"), index=True)
    state: Mapped[str] = mapped_column(String(20), index=True)
    requested_by: Mapped[str]
    options: Mapped[dict[str, Any]]
    owner: Mapped[str] = mapped_column(String(100), default="")
    heartbeat: Mapped[datetime | None]
    checkpoint: Mapped[dict[str, Any]]
    counts: Mapped[dict[str, Any]]
    complete: Mapped[bool] = mapped_column(Boolean, default=False)
    note: Mapped[str] = mapped_column(default="")
    created: Mapped[datetime]
    started: Mapped[datetime | None]
    finished: Mapped[datetime | None]


class RunRecord(Table):
    """What became of one record in a run; a rejected one is kept raw with its problems."""

    __tablename__ = "run_records"
    run: Mapped[int] = mapped_column(ForeignKey("runs.id"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    key: Mapped[str]
    place: Mapped[str]
    action: Mapped[str] = mapped_column(String(20))
    entry: Mapped[str | None] = mapped_column(String(60))
    problems: Mapped[list[Any]]
    raw: Mapped[str | None]
    __table_args__ = (Index("ix_run_records_run_action", "run", "action"),)
