"""Applies one page of records to the directory, in the transaction of its checkpoint."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from catalog import ledger, runs
from catalog.database import is_away
from catalog.ledger import Session
from catalog.proposals import Checked, Outcome, Proposal, check
from catalog.record_problems import name_of
from catalog.registration import register
from catalog.runs import RecordRow
from catalog.viewers import Viewer
from harvesters import unread
from harvesters.faults import problem
from harvesters.fetched import Fetched
from harvesters.noting import Noted, Noting
from harvesters.plan import Action
from harvesters.preparing import Preparing
from harvesters.report import Since
from harvesters.unread import Opened
from standards.decisions import bars
from standards.places import part_at, within
from standards.problems import Problem

_REGISTERED = frozenset({Action.CREATED, Action.UPDATED, Action.UNCHANGED})


@dataclass(frozen=True, slots=True)
class Applied:
    """What became of one record, with all that was said about it."""

    record: Fetched
    action: Action
    entry: str | None = None
    problems: tuple[Problem, ...] = ()
    twin: bool = False
    """Whether its key occurred before."""
    same: bool = False
    """Whether it was sent as before, so that it was not read."""

    @property
    def registered(self) -> bool:
        """Whether an entry says what the record does."""
        return self.action in _REGISTERED


@dataclass(frozen=True, slots=True)
class Applier:
    """Applies the records of one run; ``again``: a record may come in it more than once."""

    session: Session
    actor: Viewer
    preparing: Preparing
    noting: Noting
    run: int
    now: datetime
    again: bool = False

    def apply(self, records: Sequence[Fetched]) -> list[Applied]:
        """Register, mark for deletion or turn down each record; one outcome each, in order."""
        page = self._opened(records)
        records = page.records
        done = self._sifted(page)
        good = {at: record for at, record in enumerate(records) if at not in done}
        done |= self._registered(good)
        applied = [done[at] for at in range(len(records))]
        since = self.noting.keep([self._noted(each) for each in applied])
        self._keep(applied, since)
        registered = {each.record.key for each in applied if each.registered}
        sent = {key: digest for key, digest in page.sent.items() if key in registered}
        runs.keep_sent(self.session, self.preparing.source.name, sent)
        return applied

    def _opened(self, records: Sequence[Fetched]) -> Opened:
        if not self.noting.whole:
            return Opened(unread.read(records))  # somebody wants these read anew
        return unread.opened(self.session, self.preparing.source, records)

    def _noted(self, each: Applied) -> Noted:
        record = each.record
        return Noted(
            record.key,
            record.place,
            self.preparing.kind(record),
            each.action,
            each.entry,
            each.problems,
            record.places,
            each.twin,
            each.same,
        )

    def _sifted(self, page: Opened) -> dict[int, Applied]:
        """Those that are not to be registered: repeated, deleted, unreadable, or as before."""
        records = page.records
        source = self.preparing.source.name
        keys = [record.key for record in records]
        met = set() if self.again else ledger.met(self.session, source, self.run, keys)
        held = ledger.entries_of(self.session, source, keys)
        first: dict[str, Fetched] = {}
        done: dict[int, Applied] = {}
        for at, record in enumerate(records):
            if twin := _twin(record, first, met):
                done[at] = Applied(record, Action.REJECTED, problems=(twin,), twin=True)
            elif any(each.is_error for each in record.problems):
                done[at] = Applied(record, Action.REJECTED, problems=record.problems)
            else:
                first[record.key] = record
                if record.deleted:
                    done[at] = self._deleted(record, held)
                elif record.key in page.same:
                    said = page.still(record.key)
                    done[at] = Applied(record, Action.UNCHANGED, problems=said, same=True)
        return done

    def _registered(self, good: Mapping[int, Fetched]) -> dict[int, Applied]:
        proposals = {at: self.preparing.proposal(record) for at, record in good.items()}
        done = self._same(good, proposals)
        left = [at for at in good if at not in done]
        outcomes = self._outcomes([proposals[at] for at in left])
        for at, outcome in zip(left, outcomes, strict=True):
            said = (*good[at].problems, *outcome.problems)
            done[at] = Applied(good[at], _action(outcome), outcome.identifier, said)
        return done

    def _deleted(self, record: Fetched, held: Mapping[str, str]) -> Applied:
        """A deletion that the source declares: it waits for the guard like an inferred one."""
        if record.key not in held:
            return Applied(record, Action.UNCHANGED)
        return Applied(record, Action.DELETE, held[record.key])

    def _same(
        self, records: Mapping[int, Fetched], proposals: Mapping[int, Proposal]
    ) -> dict[int, Applied]:
        """Those that read as they did the last time: known by the digest, nothing is written."""
        keys = [record.key for record in records.values()]
        before = runs.known_digests(self.session, self.preparing.source.name, keys)
        done: dict[int, Applied] = {}
        for at, record in records.items():
            digest = before.get(record.key)
            checked = check(proposals[at]) if digest else None
            if isinstance(checked, Checked) and checked.validation.descriptor.digest == digest:
                said = (*record.problems, *checked.validation.problems)
                done[at] = Applied(record, Action.UNCHANGED, problems=said)
        return done

    def _outcomes(self, proposals: Sequence[Proposal]) -> list[Outcome]:
        """Register them together; if that fails, halves, down to the one record at fault."""
        if not proposals:
            return []
        try:
            with self.session.begin_nested():
                return register(self.session, self.actor, proposals, self.now)
        except Exception as error:  # the record boundary: it is kept with its error
            if is_away(error):
                raise  # no record's fault
            if len(proposals) == 1:
                told = problem("record-fault", value=f"{type(error).__name__}: {error}")
                return [Outcome(None, 0, "rejected", False, False, (told,))]
        middle = len(proposals) // 2
        return self._outcomes(proposals[:middle]) + self._outcomes(proposals[middle:])

    def _keep(self, applied: Sequence[Applied], since: Sequence[Mapping[str, Since]]) -> None:
        """Write the outcomes down; for unchanged records only that they are still there."""
        rows = [
            _row(each, first) for each, first in zip(applied, since, strict=True) if _notable(each)
        ]
        runs.record(self.session, self.run, rows)
        runs.seen(self.session, self.run, [a.record.key for a in applied if not _notable(a)])


def _twin(record: Fetched, first: Mapping[str, Fetched], met: set[str]) -> Problem | None:
    """What to say of a key that occurred before: the first record with it counts. (If the last
    did, an entry would change twice at every harvest.)"""
    if record.key in first:
        return problem("duplicate-key", value=record.key, first=first[record.key].place)
    if record.key in met:
        return problem("duplicate-key", value=record.key, first="…")
    return None


def _action(outcome: Outcome) -> Action:
    if outcome.rejected:
        return Action.REJECTED
    if outcome.created:
        return Action.CREATED
    return Action.UPDATED if outcome.changed else Action.UNCHANGED


def _notable(each: Applied) -> bool:
    return each.action is not Action.UNCHANGED


def _row(each: Applied, since: Mapping[str, Since]) -> RecordRow:
    rejected = each.action is Action.REJECTED
    kept = each.problems if rejected else [said for said in each.problems if said.value is not None]
    barred = [said for said in each.problems if bars(said)]  # a state secret leaves no text behind
    return RecordRow(
        key=each.record.key,
        place=each.record.place,
        action=each.action.value,
        entry=each.entry,
        problems=[_told(each.record, said, since) for said in barred or kept],
        raw=each.record.raw if rejected and not barred else None,
    )


def _told(record: Fetched, said: Problem, since: Mapping[str, Since]) -> dict[str, Any]:
    """A problem as it is kept: with the place of its element, and since when it is there."""
    part = part_at(record.places, said.path)
    where = {"place": within(record.place, part)} if part else {}
    first = since.get(name_of(said.rule, said.path))
    return {**said.as_dict(), **where, **(first.as_dict() if first else {})}
