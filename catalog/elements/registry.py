"""The registry of data elements: those that are shipped, and what the administrators of this
directory made of it. Each change is a version of its own and an audit event; nothing is deleted.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from catalog import audit
from catalog.audit import Event
from catalog.database import lock_logs
from catalog.errors import Conflict, Forbidden, Invalid, NotFound
from catalog.proposals import said
from catalog.tables import ElementVersion
from catalog.viewers import Role, Viewer
from catalog.words import plain
from search.tokens import title_key
from standards.codelists import codelist
from standards.data_elements import ACTIVE, RETIRED, SUBJECTS, TYPES, DataElement, core, element
from standards.problems import Problem

CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")
LONGEST_NAME, LONGEST_TEXT, MOST_SYNONYMS = 100, 1000, 50
FIELDS = (
    *("code", "name", "en", "subject", "synonyms", "zh", "means"),
    *("type", "length", "codes", "object", "status"),
)
"""Of an element as files tell it, in the order of their columns."""


_Made = TypeVar("_Made")


@dataclass(frozen=True, slots=True)
class Change:
    """One version of an element: who set it so, when, and why."""

    element: DataElement
    by: str
    note: str
    at: datetime


class Registry:
    """The elements as they stand, and the names that mean them."""

    def __init__(self, elements: Mapping[str, DataElement]) -> None:
        self.elements = dict(sorted(elements.items()))
        self._made: dict[str, Any] = {}
        self._by_key = {
            title_key(name): each
            for each in self.elements.values()
            if each.active
            for name in reversed(each.names())
        }

    def get(self, code: str) -> DataElement:
        """The element of that identifier. Raises NotFound."""
        if code not in self.elements:
            raise NotFound(f"data element {code}")
        return self.elements[code]

    def named(self, key: str) -> DataElement | None:
        """The active element that a name means, told by its key."""
        return self._by_key.get(key)

    def keys(self, wanted: DataElement) -> tuple[str, ...]:
        """The keys of the names by which an item is known to carry the element; a retired one has
        none.
        """
        return tuple(key for key, each in self._by_key.items() if each.code == wanted.code)

    def made(self, name: str, make: Callable[[Registry], _Made]) -> _Made:
        """Something that is worked out of the elements, once."""
        if name not in self._made:
            self._made[name] = make(self)
        kept: _Made = self._made[name]
        return kept

    def active(self) -> list[DataElement]:
        """Those that are to be used."""
        return [each for each in self.elements.values() if each.active]


_LAST: list[tuple[tuple[Any, ...], Registry]] = []


def registry(session: Session) -> Registry:
    """The registry as it stands; made anew only when something in it has changed."""
    stamp = session.execute(
        select(func.count(), func.max(ElementVersion.at)).select_from(ElementVersion)
    ).one()
    mark = (str(session.get_bind().engine.url), *stamp)
    for held, made in _LAST:
        if held == mark:
            return made
    made = Registry({**core(), **_own(session)})
    _LAST[:] = [(mark, made)]
    return made


def history(session: Session, code: str) -> list[Change]:
    """The versions that this directory made of an element, newest first."""
    query = select(ElementVersion).where(ElementVersion.element == code)
    rows = session.scalars(query.order_by(ElementVersion.number.desc()))
    return [Change(_made(row), row.by, row.note, row.at) for row in rows]


def put(
    session: Session, actor: Viewer, wanted: DataElement, note: str, now: datetime
) -> DataElement:
    """Add an element or change what it says. Raises Forbidden, Invalid, or Conflict where a name is
    another's.
    """
    return put_all(session, actor, [wanted], note, now)[0]


def put_all(
    session: Session, actor: Viewer, wanted: Sequence[DataElement], note: str, now: datetime
) -> list[DataElement]:
    """The same for many at once, all or none; those that say nothing new stay as they are."""
    admit(actor)
    lock_logs(session)
    held = dict(registry(session).elements)
    problems = [problem for each in wanted for problem in _problems(each)]
    if problems:
        raise Invalid(problems)
    made = []
    for each in wanted:
        before = held.get(each.code)
        if before and replace(each, version=before.version) == before:
            made.append(before)
            continue
        after = replace(each, version=before.version + 1 if before else 1)
        held[each.code] = after
        _keep(session, actor, before, after, plain(note), now)
        made.append(after)
    _unambiguous(held.values())
    return made


def retire(session: Session, actor: Viewer, code: str, note: str, now: datetime) -> DataElement:
    """Take an element out of use; what is said of it stays. Raises NotFound or Forbidden."""
    wanted = replace(registry(session).get(code), status=RETIRED)
    return put(session, actor, wanted, note, now)


def admit(actor: Viewer) -> None:
    """Go on only for an administrator of the whole directory. Raises Forbidden."""
    if not actor.may(Role.ADMINISTRATOR):
        raise Forbidden("only an administrator of the directory changes the registry of elements")


def as_row(each: DataElement) -> dict[str, Any]:
    """The element as files tell it."""
    return {
        "code": each.code,
        "name": each.name.zh,
        "en": each.name.en,
        "subject": each.subject,
        "synonyms": list(each.synonyms),
        "zh": each.definition.zh,
        "means": each.definition.en,
        "type": each.type,
        "length": each.length,
        "codes": each.codes,
        "object": each.object,
        "status": each.status,
    }


def of_row(row: Mapping[str, Any]) -> DataElement:
    """The element that a row of a file tells. Raises Invalid where it is none."""
    told = {name: row.get(name) for name in FIELDS}
    told["synonyms"] = [plain(str(each)) for each in told["synonyms"] or () if plain(str(each))]
    texts = {name: plain(str(told[name] or "")) for name in FIELDS if name not in _OTHER}
    made = element({**told, **texts, "length": _length(told)}, texts["subject"])
    return replace(made, status=texts["status"] or ACTIVE)


_OTHER = ("synonyms", "length")


def _length(told: Mapping[str, Any]) -> int | None:
    text = str(told["length"] or "").strip()
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and 0 < int(text[:9]) < 10**6 and len(text) < 8):
        raise Invalid(
            [_wrong(str(told["code"]), "length", "长度应为正整数。", "A length is a whole number.")]
        )
    return int(text)


def _problems(each: DataElement) -> Iterable[Problem]:
    """What is wrong with an element."""
    code = each.code
    if not CODE.fullmatch(code):
        yield _wrong(
            code,
            "code",
            "标识由字母、数字和 . _ - 组成，不超过40个字符。",
            "An identifier has letters, digits and . _ - up to 40.",
        )
    if not each.name.zh or not title_key(each.name.zh):
        yield _wrong(code, "name", "请填写名称。", "Give the name.")
    if any(len(name) > LONGEST_NAME for name in (*each.names(), each.name.en)):
        yield _wrong(code, "name", "名称过长。", "A name is too long.")
    if len(each.synonyms) > MOST_SYNONYMS:
        yield _wrong(code, "synonyms", "同义词过多。", "There are too many synonyms.")
    texts = (*each.definition, each.codes, each.object)
    if any(len(text) > LONGEST_TEXT for text in texts):
        yield _wrong(code, "definition", "文字过长。", "A text is too long.")
    if each.type and codelist(TYPES).get(each.type) is None:
        yield _wrong(code, "type", "没有这种数据类型。", "There is no such data type.")
    if codelist(SUBJECTS).get(each.subject) is None:
        yield _wrong(code, "subject", "请选择主题域。", "Choose a subject area.")
    if each.status not in (ACTIVE, RETIRED):
        yield _wrong(
            code, "status", "状态应为 active 或 retired。", "A status is active or retired."
        )


def _wrong(code: str, field: str, zh: str, en: str) -> Problem:
    return said(field, f"element-{field}", f"{code}：{zh}", f"{code}: {en}")


def _unambiguous(elements: Iterable[DataElement]) -> None:
    """No name means two elements. Raises Conflict."""
    bearers: dict[str, DataElement] = {}
    for each in elements:
        for name in each.names() if each.active else ():
            other = bearers.setdefault(title_key(name), each)
            if other.code != each.code:
                raise Conflict(f"{name} means {other.code} already, not {each.code}")


def _keep(
    session: Session,
    actor: Viewer,
    before: DataElement | None,
    after: DataElement,
    note: str,
    now: datetime,
) -> None:
    session.execute(
        update(ElementVersion).where(ElementVersion.element == after.code).values(latest=False)
    )
    session.add(
        ElementVersion(
            element=after.code,
            number=after.version,
            values=as_row(after),
            latest=True,
            by=actor.name,
            note=note,
            at=now,
        )
    )
    session.flush()
    was, now_is = as_row(before) if before else {}, as_row(after)
    changed = [name for name in FIELDS if was.get(name) != now_is[name]]
    told = {"element": after.code, "version": after.version, "changed": changed, "note": note}
    action = "data element changed" if before else "data element added"
    audit.append(session, actor.name, [Event(action, None, told)], now)


def _own(session: Session) -> dict[str, DataElement]:
    rows = session.scalars(select(ElementVersion).where(ElementVersion.latest))
    return {row.element: _made(row) for row in rows}


def _made(row: ElementVersion) -> DataElement:
    return replace(of_row(row.values), version=row.number)
