"""What a run deletes: worked out when the fetch is complete, guarded, and done page by page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from catalog import ledger, record_problems, runs, withdrawal
from catalog.errors import CatalogError
from catalog.ledger import Session
from catalog.runs import RecordRow
from catalog.sources import SourceView
from catalog.viewers import Viewer
from harvesters import guard
from harvesters.guard import Fetch
from harvesters.plan import Action, renames
from harvesters.standing import Phase, Standing

PAGE = 200
PARTIAL = "partial"
"""The option of a source whose files are only ever a part of it."""
REASON = "采集源已不再提供这条记录。The source no longer provides this record."
RENAMED = "采集源更换了这条记录的标识。The source gave this record another identifier."


def judge_run(session: Session, source: SourceView, run: int, standing: Standing) -> None:
    """Note what is missing, weigh it, and either let it be deleted or let it wait."""
    part = standing.incremental or bool(source.settings.options.get(PARTIAL))
    if guard.infers(standing.complete, part):
        _note_missing(session, source.name, run, standing)
        record_problems.drop_unseen(session, source.name, run)
    deletions = standing.counts[Action.DELETE]
    live = runs.living(session, source.name) - standing.counts[Action.CREATED]
    limit = source.settings.deletion_limit
    many = deletions > guard.allowance(limit, live)
    verdict = guard.judge(
        Fetch(
            fetched=standing.fetched,
            live=live,
            deletions=deletions,
            complete=standing.complete,
            incremental=part,
            renames=len(_renamed(session, run)) if many else 0,
        ),
        limit,
    )
    standing.note(verdict.notes)
    standing.phase = Phase.DELETING if verdict.delete else Phase.ENDING
    if not verdict.delete:
        ledger.turn(session, run, Action.DELETE, Action.WAITING)
        standing.turn(Action.DELETE, Action.WAITING)


def delete_page(
    session: Session,
    actor: Viewer,
    source: SourceView,
    run: int,
    standing: Standing,
    now: datetime,
    merging: bool,
) -> bool:
    """Delete the next records; False when none is left. With `merging`, an entry whose record
    reappeared under another key leads to the new entry."""
    rows = runs.records(session, run, Action.DELETE, size=PAGE)
    if not rows:
        return False
    pairs = _renamed(session, run) if merging else {}
    settled: dict[int, str] = {}
    plain: dict[int, str] = {}
    for number, row in rows:
        if row.key in pairs and _merged(session, actor, pairs[row.key], now):
            settled[number] = Action.RENAMED
        else:
            plain[number] = row.key
    outcomes = withdrawal.retire(session, actor, source.name, list(plain.values()), REASON, now)
    by_key = dict(zip(dict.fromkeys(plain.values()), outcomes, strict=True))
    for number, key in plain.items():
        outcome = by_key[key]
        kept = Action.REJECTED if outcome.rejected else Action.UNCHANGED
        settled[number] = Action.DELETED if outcome.changed else kept
    ledger.settle(session, run, settled)
    for action in settled.values():
        standing.count(Action.DELETE, -1)
        standing.count(Action(action))
    return True


def _note_missing(session: Session, source: str, run: int, standing: Standing) -> None:
    """A row for each record that was there before and was not met in this run."""
    declared = {row.key for row in _all(session, run, Action.DELETE)}
    missing = [key for key in runs.gone(session, source, run) if key not in declared]
    held = ledger.entries_of(session, source, missing)
    rows = [RecordRow(key, "", Action.DELETE, held.get(key)) for key in missing]
    runs.record(session, run, rows)
    standing.missing = len(missing)
    standing.count(Action.DELETE, len(missing))


def _all(session: Session, run: int, action: Action) -> Iterable[RecordRow]:
    after = 0
    while rows := runs.records(session, run, action, after):
        yield from (row for _, row in rows)
        after = rows[-1][0]


def _renamed(session: Session, run: int) -> Mapping[str, tuple[str, str]]:
    """By old key: the entry that vanished and the one that looks like it."""
    old = {key: (entry, title) for key, entry, title in _titles(session, run, Action.DELETE)}
    new = {key: (entry, title) for key, entry, title in _titles(session, run, Action.CREATED)}
    pairs = renames(
        ((key, title) for key, (_, title) in old.items()),
        ((key, title) for key, (_, title) in new.items()),
    )
    return {before: (old[before][0], new[after][0]) for before, after in pairs.items()}


def _titles(session: Session, run: int, action: Action) -> Iterable[tuple[str, str, str]]:
    return ledger.titles(session, run, action)


def _merged(session: Session, actor: Viewer, pair: tuple[str, str], now: datetime) -> bool:
    """Let the old entry lead to the new one; not where that one is not served yet."""
    old, new = pair
    try:
        with session.begin_nested():
            withdrawal.lead(session, actor, old, new, RENAMED, now)
    except CatalogError:
        return False
    return True
