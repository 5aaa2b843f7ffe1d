"""The relations of an entry in words, both ways."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _

from catalog.elements import relating
from catalog.elements.relating import Backward, Forward
from catalog.entries import EntryView
from standards.profile import KINDS
from standards.relations import inverse
from standards.summary import summarize
from web import seeing
from web.pages.words import short_name_of, told
from web.signin import current_viewer, parts


@dataclass(frozen=True, slots=True)
class Line:
    """The other entry, or what is said where it is not here; ``gone`` when it has left."""

    text: str
    identifier: str = ""
    agency: str = ""
    said: str = ""
    gone: datetime | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """The entries in one kind of relation: what it is called, how many, and some of them."""

    heading: str
    count: int
    lines: tuple[Line, ...]


def of(view: EntryView) -> list[Group]:
    """What the entry says of others, then what others say of it, as far as the reader may see."""
    with parts().database.reading() as db:
        forward = relating.forward(db, current_viewer(), view)
        backward = relating.backward(db, current_viewer(), view)
    named = [each.entries for each in forward] + [each.entries for each in backward]
    seeing.listed(view for some in named for view in some if view.served)
    return [*_forward(forward), *map(_backward, backward)]


def _forward(found: list[Forward]) -> list[Group]:
    by_type: dict[str, list[Line]] = {}
    for each in found:
        by_type.setdefault(each.relation.type, []).extend(_lines(each))
    return [
        Group(short_name_of("relation-types", type_), len(lines), tuple(lines))
        for type_, lines in by_type.items()
    ]


def _lines(each: Forward) -> list[Line]:
    said = each.relation.said
    if not each.entries:
        return [Line(said, gone=each.gone.since if each.gone else None)]
    return [_line(view, said) for view in each.entries]


def _backward(found: Backward) -> Group:
    kinds = {each.kind for each in found.entries}
    name = told(inverse(found.type))
    if len(kinds) == 1 and kinds != {KINDS[0]}:
        name = _("%(relation)s的数据资源", relation=name)
    return Group(name, found.count, tuple(_line(each) for each in found.entries))


def _line(view: EntryView, said: str = "") -> Line:
    title = summarize(view.shown.descriptor).title
    shown = "" if said in (title, view.identifier) else said
    return Line(title, view.identifier, view.agency.name, shown)
