"""Same class, other decision.

A class is one matter: entries of the same agency, the same kind, the same genre and the same
classes of theme, whose titles are of one series, that is equal once years, dates, numbers and
ordinals (第3期, （第2批）) are taken out, names of places of one level count as one, and width,
case, script and signs do not matter (standards/series.py). A title of which fewer than four
characters are left belongs to no series.

Within a class the disclosure decisions differ where two entries have different values; the
sharing decisions likewise. What is undetermined is not decided and differs from nothing. An entry
that is treated more strictly than the most open one of its class is explained, and left out, when
its decision gives both a ground and a reason of its own (理由): whoever restricts has to say why
this one is unlike the others (Art. 5). What the ground asks for anyway (a third party's answer, a
note on discretion) is no such reason.

One finding for each class and axis. Its entries are those with the rarest value (all, where two
are as rare); some with the other values stand beside them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from sqlalchemy.orm import Session

from catalog.consistency.finding import MOST, Finding, Rule, found
from catalog.consistency.scratch import Scratch, digest
from catalog.consistency.served import UNDETERMINED, Served
from standards.codelists import codelist
from standards.decision_rules import paths_of
from standards.problems import Text
from standards.profile import profile
from standards.series import matter

NAME = "class-differs"
AXES = {
    "disclosure": ("proactive", "on-request", "withheld"),
    "sharing": ("unconditional", "conditional", "not-shared"),
}
"""The values of each axis, the most open first."""


def notes(entry: Served, scratch: Scratch) -> None:
    """Put down to which class an entry belongs and what was decided."""
    series = matter(entry.title)
    if not series:
        return
    summary = entry.summary
    key = digest(
        entry.agency, summary.kind, summary.genre, ",".join(sorted(summary.themes)), series
    )
    for axis, value in (("disclosure", summary.disclosure), ("sharing", summary.sharing)):
        if value != UNDETERMINED:
            explained = bool(entry.said(axis, "ground") and entry.said(axis, "reason").strip())
            scratch.put(
                "classes", entry.identifier, axis, key, value, explained, summary.title[:80]
            )


def compares(_session: Session, scratch: Scratch) -> Iterator[Finding]:
    """The classes whose entries were decided on differently."""
    query = (
        "SELECT axis, class FROM classes GROUP BY axis, class"
        " HAVING count(DISTINCT value) > 1 ORDER BY axis, class"
    )
    for axis, key in list(scratch.ask(query)):
        rows = list(
            scratch.ask(
                "SELECT entry, value, explained, title FROM classes"
                " WHERE axis = ? AND class = ? ORDER BY entry",
                (axis, key),
            )
        )
        if finding := _differing(axis, key, rows):
            yield finding


def _differing(axis: str, key: bytes, rows: list[tuple[str, str, int, str]]) -> Finding | None:
    order = AXES[axis]
    freest = min((value for _, value, _, _ in rows), key=order.index)
    left = [row for row in rows if row[1] == freest or not row[2]]
    counts = Counter(value for _, value, _, _ in left)
    if len(counts) < 2:
        return None
    rarest = min(counts.values())
    odd = tuple(entry for entry, value, *_ in left if counts[value] == rarest)
    others = tuple(entry for entry, value, *_ in left if counts[value] != rarest)
    return found(
        NAME,
        f"{axis}\x00{key.hex()}",
        odd,
        others[:MOST],
        title=left[0][3],
        axis=_label(axis),
        values=_counted(axis, counts),
    )


def _label(axis: str) -> Text:
    return profile("document").element(paths_of(axis)["value"]).label


def _counted(axis: str, counts: Counter[str]) -> Text:
    listed = codelist(axis)
    named = [(listed.get(value), counts[value]) for value in AXES[axis] if counts[value]]
    return Text(
        "、".join(f"{code.label.zh}{n}条" for code, n in named if code),
        ", ".join(f"{n} {code.label.en.lower()}" for code, n in named if code),
    )


RULE = Rule(NAME, notes=notes, compares=compares)
