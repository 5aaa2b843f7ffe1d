"""What a run deletes: worked out when the fetch is complete, guarded, and done page by page. What
only changed its key is no deletion: its entry takes the new key."""

from __future__ import annotations

from datetime import datetime

from catalog import ledger, record_problems, renaming, runs, withdrawal
from catalog.ledger import Session
from catalog.runs import RecordRow
from catalog.sources import SourceView
from catalog.viewers import Viewer
from harvesters import guard
from harvesters import renaming as recognising
from harvesters.faults import problem
from harvesters.guard import Fetch
from harvesters.options import value
from harvesters.plan import Action
from harvesters.standing import Phase, Standing

PAGE = 200
PARTIAL = "partial"
"""The option of a source whose files are only ever a part of it."""
REASON = "采集源已不再提供这条记录。The source no longer provides this record."
RENAMED = "采集源更换了这条记录的标识。The source gave this record another identifier."


def judge_run(session: Session, source: SourceView, run: int, standing: Standing) -> None:
    """Note what is missing, weigh it, and let it be deleted, wait for a person, or stay."""
    part = standing.incremental or bool(value(source.settings.options, PARTIAL))
    if guard.infers(standing.complete, part):
        _note_missing(session, source.name, run, standing)
        standing.news.leave(record_problems.drop_unseen(session, source.name, run))
    if standing.complete:
        _note_renames(session, source.name, run, standing)
    deletions = standing.counts[Action.DELETE]
    verdict = guard.judge(
        Fetch(
            fetched=standing.fetched,
            live=runs.living(session, source.name) - standing.counts[Action.CREATED],
            deletions=deletions,
            complete=standing.complete,
            incremental=part,
            undone=ledger.undone(session, source.name, run) if deletions else 0,
        ),
        source.settings.deletion_limit,
    )
    standing.note(verdict.notes)
    if not verdict.delete:
        left = Action.WAITING if standing.complete else Action.KEPT
        ledger.turn(session, run, Action.DELETE, left)
        standing.turn(Action.DELETE, left)
    standing.phase = Phase.DELETING


def delete_page(
    session: Session,
    actor: Viewer,
    source: SourceView,
    run: int,
    standing: Standing,
    now: datetime,
) -> bool:
    """Carry out the next renames and deletions; False when none is left."""
    renamed = _rename_page(session, actor, source.name, run, standing, now)
    return renamed or _delete_page(session, actor, source.name, run, standing, now)


def _rename_page(
    session: Session, actor: Viewer, source: str, run: int, standing: Standing, now: datetime
) -> bool:
    rows = runs.records(session, run, Action.RENAME, size=PAGE)
    names = {row.key: row.place for _, row in rows}
    done = renaming.take_over(session, actor, source, names, RENAMED, now) if names else {}
    outcomes: dict[int, str] = {}
    entries: dict[int, str] = {}
    for number, row in rows:
        pair = done.get(row.key)
        outcomes[number] = Action.RENAMED if pair else Action.KEPT
        entries[number] = pair.entry if pair else row.entry or ""
        new = int(row.raw or 0)
        if pair and new:
            action = Action.UPDATED if pair.changed else Action.UNCHANGED
            outcomes[new], entries[new] = action, pair.entry
            standing.count(Action.CREATED, -1)
            standing.count(action)
        standing.count(Action.RENAME, -1)
        standing.count(Action(outcomes[number]))
    renaming.settle(session, run, outcomes, entries)
    return bool(rows)


def _delete_page(
    session: Session, actor: Viewer, source: str, run: int, standing: Standing, now: datetime
) -> bool:
    rows = runs.records(session, run, Action.DELETE, size=PAGE)
    keys = list(dict.fromkeys(row.key for _, row in rows))
    outcomes = dict(
        zip(keys, withdrawal.retire(session, actor, source, keys, REASON, now), strict=True)
    )
    settled: dict[int, Action] = {}
    for number, row in rows:
        outcome = outcomes[row.key]
        kept = Action.REJECTED if outcome.rejected else Action.UNCHANGED
        settled[number] = Action.DELETED if outcome.changed else kept
    ledger.settle(session, run, {number: action.value for number, action in settled.items()})
    for action in settled.values():
        standing.count(Action.DELETE, -1)
        standing.count(action)
    return bool(rows)


def _note_missing(session: Session, source: str, run: int, standing: Standing) -> None:
    """A row for each record that was there before and was not met in this run."""
    for gone in ledger.missing(session, source, run):
        rows = [RecordRow(key, "", Action.DELETE, entry) for key, entry in gone]
        runs.record(session, run, rows)
        standing.missing += len(rows)
    standing.count(Action.DELETE, standing.missing)


def _note_renames(session: Session, source: str, run: int, standing: Standing) -> None:
    """What changed its key alone is renamed; where it may be something else, a person decides."""
    if not standing.counts[Action.DELETE]:
        return
    likely, missing = 0, standing.counts[Action.DELETE]
    for pairs in recognising.found(session, source, run, missing):
        likely += len(pairs.likely)
        for found, action in ((pairs.certain, Action.RENAME), (pairs.likely, Action.WAITING)):
            renaming.pair(session, run, found, action)
            standing.count(Action.DELETE, -len(found))
            standing.count(action, len(found))
    if likely:
        standing.note([problem("renames-likely", value=str(likely), severity="warning")])
