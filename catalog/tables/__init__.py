"""The tables, by what they are about. Entries are known by their permanent identifier everywhere,
so it is the key.
"""

from __future__ import annotations

from catalog.tables.access import AccessCounter, AccessRequest, Applicant
from catalog.tables.base import Table
from catalog.tables.curating import Curation
from catalog.tables.elements import (
    Claim,
    DepartedNumber,
    DuplicateException,
    ElementVersion,
    EntryItem,
    ItemLink,
    RelationKey,
)
from catalog.tables.endpoints import EndpointRow, EndpointUse, Notice
from catalog.tables.entries import Entry, Tombstone, Version
from catalog.tables.exposures import ExposedTheme, Exposure
from catalog.tables.federation import Node, Origin, OwnName, Peer
from catalog.tables.harvesting import FetchMark, Host, Run, RunRecord, Source, SourceRecord
from catalog.tables.identity import Alias, Crowd, IdentityKey, Likeness
from catalog.tables.logs import AuditEvent, Change, FollowerState, RefusedCard
from catalog.tables.people import (
    Account,
    AccountGrant,
    Agency,
    AgencyAbove,
    EndedSession,
    Saved,
    Token,
)
from catalog.tables.reporting import RecordProblems, ReportShare
from catalog.tables.reviewing import (
    BulkReview,
    ConsistencyRun,
    Decision,
    Delegation,
    FindingEntry,
    FindingRow,
    Request,
    ReviewSteps,
)

__all__ = [
    "AccessCounter",
    "AccessRequest",
    "Account",
    "AccountGrant",
    "Agency",
    "AgencyAbove",
    "Alias",
    "Applicant",
    "AuditEvent",
    "BulkReview",
    "Change",
    "Claim",
    "ConsistencyRun",
    "Crowd",
    "Curation",
    "Decision",
    "Delegation",
    "DepartedNumber",
    "DuplicateException",
    "ElementVersion",
    "EndedSession",
    "EndpointRow",
    "EndpointUse",
    "Entry",
    "EntryItem",
    "ExposedTheme",
    "Exposure",
    "FetchMark",
    "FindingEntry",
    "FindingRow",
    "FollowerState",
    "Host",
    "IdentityKey",
    "ItemLink",
    "Likeness",
    "Node",
    "Notice",
    "Origin",
    "OwnName",
    "Peer",
    "RecordProblems",
    "RefusedCard",
    "RelationKey",
    "ReportShare",
    "Request",
    "ReviewSteps",
    "Run",
    "RunRecord",
    "Saved",
    "Source",
    "SourceRecord",
    "Table",
    "Token",
    "Tombstone",
    "Version",
]
