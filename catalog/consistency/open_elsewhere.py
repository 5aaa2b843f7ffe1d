"""Withheld here, but open elsewhere.

Two entries are about one resource, whatever agency, source or node they came from, when they have
the same document number, index number, resource identifier or resource code (however brackets,
digits and script are written); or when they are of one kind and have the same whole title (width,
case, script and signs do not matter) and a provider in common, unless numbers of one sort or
their dates of writing differ, since a yearly notice may bear the same title every year.

Found is, of entries that are served:
- an entry whose disclosure is withheld, with those about the same resource that are disclosed,
  proactively or on request: one finding for each withheld entry;
- an entry that is disclosed but for withheld parts, with those about the same resource that are
  disclosed and show such a part;
- an entry that is withheld and was disclosed by an earlier decision, where the decision that
  stands tells neither a reason (理由; why circumstances changed, Art. 18) nor the third party's
  answer or the public interest (Art. 15). A note on discretion, which every such ground asks for,
  does not say why something is closed again.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from catalog.consistency.finding import MOST, Finding, Rule, found
from catalog.consistency.scratch import Scratch, digest
from catalog.consistency.served import OPEN, WITHHELD, Made, Served, decided_on
from catalog.identity.facts import MINTED, key_of_number
from catalog.tables import Entry, Version
from standards.codelists import codelist
from standards.consistency import data
from standards.descriptor import Descriptor
from standards.likeness import bare
from standards.problems import Text
from standards.redactions import shown_by

NAME = "open-elsewhere"
EXPLAINING = ("third_party", "public_interest")
WHOLE, PART = 1, 2
"""What is withheld of an entry: all of it, or parts."""


def notes(entry: Served, scratch: Scratch) -> None:
    """Put down by what it would be known again, and whether it was open once."""
    summary = entry.summary
    is_open = summary.disclosure in OPEN
    withheld = WHOLE if summary.disclosure == WITHHELD else 0
    withheld = PART if is_open and summary.redactions else withheld
    if not (is_open or withheld):
        return
    numbers = {
        each.scheme: (key_of_number(each.scheme, each.text), each.text)
        for each in summary.numbers
        if each.scheme in data().same_numbers
    }
    for scheme, (key, text) in numbers.items():
        known = digest(scheme, key)
        scratch.put("numbered", entry.identifier, known, text, is_open, withheld)
    keys = orjson.dumps({scheme: key for scheme, (key, _) in numbers.items()})
    title = bare(entry.title)
    for provider in set(entry.providers) if title else ():
        known = digest(summary.kind, title, provider)
        written = summary.written
        scratch.put("titled", entry.identifier, known, keys, written, is_open, withheld)
    if withheld == WHOLE and (before := _open_before(entry)):
        day = decided_on(before).isoformat()
        scratch.put("closed", entry.identifier, day, before.value)


def compares(session: Session, scratch: Scratch) -> Iterator[Finding]:
    """What is withheld with what is open, one finding for each that is withheld."""
    rows = scratch.ask(
        "SELECT * FROM ("
        " SELECT w.entry, o.entry, w.withheld, w.number, '', '', '', '' FROM numbered w"
        " JOIN numbered o ON o.key = w.key AND o.entry <> w.entry AND o.open WHERE w.withheld"
        " UNION ALL"
        " SELECT w.entry, o.entry, w.withheld, '', w.numbers, o.numbers, w.written, o.written"
        " FROM titled w JOIN titled o ON o.key = w.key AND o.entry <> w.entry AND o.open"
        " WHERE w.withheld"
        " UNION ALL SELECT entry, '', 1, '', '', '', day, value FROM closed"
        ") ORDER BY 1, 4 DESC, 2"
    )
    for entry, pairs in groupby(rows, key=lambda row: str(row[0])):
        if finding := _finding(session, entry, list(pairs)):
            yield finding


def _finding(session: Session, entry: str, pairs: list[tuple[str, ...]]) -> Finding | None:
    told: dict[str, Text] = {}
    """By the other entry; under an empty name that it was open itself."""
    for _, other, withheld, number, mine, theirs, written, then in pairs:
        if other in told or (not number and other and _apart(mine, theirs, written, then)):
            continue
        if not other:
            told[""] = _earlier(written, then)
        elif int(withheld) == PART:
            if part := _part_shown(session, entry, other):
                told[other] = part
        else:
            told[other] = _how("number" if number else "title", entry=other, number=number)
    if not told:
        return None
    others = [name for name in told if name][:MOST]
    said = [told[name] for name in (*others, "") if name in told]
    how = Text("".join(each.zh for each in said), " ".join(each.en for each in said))
    return found(NAME, entry, (entry, *others), how=how)


def _apart(mine: str, theirs: str, written: str, then: str) -> bool:
    """Whether entries of one title are about different resources after all."""
    if written and then and written != then:
        return True
    ours, others = orjson.loads(mine), orjson.loads(theirs)
    return any(ours[each] != others[each] for each in ours.keys() & others.keys() - MINTED)


def _part_shown(session: Session, entry: str, other: str) -> Text | None:
    ours, theirs = _descriptor(session, entry), _descriptor(session, other)
    shown = shown_by(ours, theirs)
    if not shown:
        return None
    label = codelist("redactable-parts").get(shown[0].part)
    part = shown[0].item or (label.label if label else shown[0].part)
    return _how("part", entry=other, part=part)


def _descriptor(session: Session, entry: str) -> Descriptor:
    query = (
        select(Version.kind, Version.values)
        .join(Entry, (Entry.identifier == Version.entry) & (Entry.served == Version.number))
        .where(Entry.identifier == entry)
    )
    return Descriptor(*session.execute(query).one())


def _earlier(day: str, value: str) -> Text:
    code = codelist("disclosure").get(value)
    return _how("earlier", day=day, value=code.label if code else value)


def _how(name: str, **words: Text | str) -> Text:
    template = data().elsewhere[name]
    zh = {key: word.zh if isinstance(word, Text) else word for key, word in words.items()}
    en = {key: word.en if isinstance(word, Text) else word for key, word in words.items()}
    return Text(template.zh.format_map(zh), template.en.format_map(en))


def _open_before(entry: Served) -> Made | None:
    """The last decision to disclose it, where the one that stands does not say why it is closed."""
    made = [each for each in entry.made if each.axis == "disclosure" and not each.part]
    stands = made[-1] if made else None
    if stands is None or stands.value != WITHHELD or stands.reason.strip():
        return None
    if any(stands.evidence.get(name) for name in EXPLAINING):
        return None
    return next((each for each in reversed(made) if each.value in OPEN), None)


RULE = Rule(NAME, notes=notes, compares=compares)
