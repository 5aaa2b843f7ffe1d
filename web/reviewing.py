"""Which requests are asked for, read from an address: for the desk, its API and what is saved."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from werkzeug.datastructures import MultiDict

from catalog.requests.model import RISKS, WITH_REVIEWERS, Purpose, RequestState
from catalog.requests.reading import QueueFilters
from catalog.viewers import Viewer
from search.filters.dates import bound
from standards import workdays
from standards.clocks import CHINA, clock, local_day
from standards.problems import Text
from web.errors import wrong
from web.searching import CURSOR_LONGEST, LONGEST, MOST, SIZE, number, one

OVERDUE, SOON = "overdue", "soon"
ME, NOBODY = "me", "nobody"
"""Words for who has a request in hand, besides user names."""
CODES = {
    "purpose": tuple(each.value for each in Purpose),
    "risk": RISKS,
    "state": tuple(each.value for each in RequestState),
    "due": (OVERDUE, SOON),
}
"""Parameters that take one of some words."""
FREE = ("kind", "agency", "disclosure", "sharing", "ground", "source", "assignee")
"""Parameters that take a code of the directory."""
PARAMETERS = ("q", *CODES, *FREE, "submitted_before")


@dataclass(frozen=True, slots=True)
class Asked:
    """A page of the queue that somebody asks for."""

    filters: QueueFilters
    size: int = SIZE
    cursor: str | None = None


def read(args: MultiDict[str, str], viewer: Viewer, now: datetime, size: int = SIZE) -> Asked:
    """What the parameters ask for; one that cannot be read is told by name (422)."""
    given = {name: one(args, name, longest=LONGEST) for name in PARAMETERS}
    for name, codes in CODES.items():
        if given[name] and given[name] not in codes:
            listed = ", ".join(codes)
            raise wrong(name, Text(f"应为其中之一：{listed}", f"is one of {listed}"))
    if args.get("submitted_before") and not given["submitted_before"]:
        raise wrong("submitted_before", Text("不是日期", "is no day"))
    cursor = one(args, "cursor", longest=CURSOR_LONGEST) or None
    return Asked(_filters(given, viewer, now), number(args, "size", size, 1, MOST), cursor)


def warned_by(now: datetime) -> str:
    """The last day of those for which a due date is near."""
    return workdays.after(local_day(now), clock("warning").days).day.isoformat()


def _filters(given: dict[str, str], viewer: Viewer, now: datetime) -> QueueFilters:
    states = (RequestState(given["state"]),) if given["state"] else WITH_REVIEWERS
    assignee = given["assignee"]
    return QueueFilters(
        states=states,
        purpose=given["purpose"],
        risk=given["risk"],
        kind=given["kind"],
        agency=given["agency"],
        disclosure=given["disclosure"],
        sharing=given["sharing"],
        ground=given["ground"],
        source=given["source"],
        assignee={ME: viewer.name, NOBODY: ""}.get(assignee, assignee),
        unassigned=assignee == NOBODY,
        words=given["q"],
        overdue_on=local_day(now).isoformat() if given["due"] == OVERDUE else "",
        due_by=warned_by(now) if given["due"] == SOON else "",
        submitted_before=_end_of(given["submitted_before"]),
    )


def _end_of(text: str) -> datetime | None:
    """The moment at which the day, month or year is over; none for what never is."""
    if not text:
        return None
    year, month, day = ([*map(int, bound("submitted_before", text, upper=False).split("-")), 0, 0])[
        :3
    ]
    if year == date.max.year:
        return None
    if day:
        over = date(year, month, day) + timedelta(days=1)
    else:
        over = date(year + month // 12, month % 12 + 1, 1) if month else date(year + 1, 1, 1)
    return datetime.combine(over, time.min, CHINA)
