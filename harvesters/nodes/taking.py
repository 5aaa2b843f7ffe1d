"""Takes one answer of a node into the directory: records, departures and how far the node was read
are one transaction, so that whoever is killed goes on where it was."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from catalog import agencies, runs
from catalog.database import Database, lock_logs
from catalog.federation import nodes, territory
from catalog.federation.keys import PublicKey
from catalog.federation.leaving import Departure, leave
from catalog.federation.nodes import NodeView
from catalog.ledger import Session
from catalog.runs import RecordRow, RunState
from catalog.sources import SourceView
from catalog.viewers import Viewer
from harvesters import guard
from harvesters.applying import Applied, Applier
from harvesters.faults import problem
from harvesters.nodes.reading import Changes
from harvesters.noting import Noting
from harvesters.plan import Action
from harvesters.preparing import Preparing
from harvesters.standing import Phase, Standing
from standards.clocks import local_day
from standards.problems import Problem

CREATE = "create_agencies"
"""The option that lets a node create the agencies below that of its source."""


@dataclass(frozen=True, slots=True)
class Taker:
    """Takes in what the node of one source says."""

    database: Database
    source: SourceView
    actor: Viewer

    def take(
        self,
        node: NodeView,
        said: Changes,
        key: PublicKey,
        now: datetime,
        notes: Sequence[Problem] = (),
    ) -> NodeView:
        """Take in an answer; how the node stands then."""
        with self.database.writing() as session:
            lock_logs(session)
            self._learn(session, said, now)
            taken = replace(
                standing_after(node, said, key, now), turn=max(said.last, node.turn), fault=None
            )
            if said.changes or notes:
                taken = replace(taken, alarm=self._apply(session, said, now, notes) or node.alarm)
            if taken.turn == taken.head:
                taken = replace(taken, level=now)
            nodes.keep(session, taken)
        return taken

    def _learn(self, session: Session, said: Changes, now: datetime) -> None:
        create = bool(self.source.settings.options.get(CREATE))
        name, top = self.source.name, self.source.agency
        territory.learn(session, name, top, said.agencies, now, create=create)

    def _apply(
        self, session: Session, said: Changes, now: datetime, notes: Sequence[Problem]
    ) -> dict[str, object] | None:
        """Register, hide, and keep the account of the day; the alarm, if too much went."""
        run = nodes.run_of_day(session, self.source.name, self.actor.name, now)
        standing = Standing.from_dict(runs.get(session, run).checkpoint)
        standing.phase, standing.complete = Phase.ENDING, True
        standing.facts |= {"incremental": True, "node": said.node, "turn": said.last}
        standing.note(notes)
        preparing = Preparing(self.source, partial(agencies.match, session))
        records = [each.record for each in said.changes if each.record]
        day, at = local_day(now).isoformat(), standing.fetched
        noting = Noting(session, self.source.name, run, day, at, standing.news, whole=False)
        applier = Applier(session, self.actor, preparing, noting, run, now, again=True)
        applied = applier.apply(records)
        departures = [each.departure for each in said.changes if each.departure]
        gone = leave(session, self.actor, self.source.name, departures, now)
        hidden = leave(session, self.actor, self.source.name, _barred(applied), now)
        left = [
            RecordRow(key, said.node, Action.DELETED.value, entry)
            for key, entry in {**gone, **hidden}.items()
        ]
        runs.record(session, run, left)
        standing.fetched += len(said.changes)
        for each in applied:
            standing.count(each.action)
            standing.remark(each.problems)
        standing.count(Action.DELETED, len(gone))
        standing.count(Action.UNCHANGED, len(departures) - len(gone))
        for code, number in preparing.unknown.items():
            standing.miss_agency(code, number)
        alarm = self._alarm(session, standing) if left else None
        standing.note([alarm] if alarm else [])
        runs.checkpoint(session, run, standing.as_dict(), now)
        runs.close(session, run, RunState.DONE, dict(standing.counts), True, now)
        return {**alarm.as_dict(), "at": now.isoformat()} if alarm else None

    def _alarm(self, session: Session, standing: Standing) -> Problem | None:
        """More than the source's limit left within a day: nothing waits for a person, since what
        its home withholds must go at once, but one is told."""
        lost = standing.counts[Action.DELETED]
        live = runs.living(session, self.source.name) + lost
        limit = self.source.settings.deletion_limit
        if lost <= guard.allowance(limit, live):
            return None
        share = f"{limit:.0%}"
        return problem(
            "node-lost-many", value=str(lost), severity="warning", live=live, limit=share
        )


def standing_after(node: NodeView, said: Changes, key: PublicKey, now: datetime) -> NodeView:
    """How a node stands after an answer, but for what it brought."""
    following = said.following.text if said.following else ""
    return replace(
        node,
        name=said.node,
        tier=said.tier,
        key=key.text,
        following_key=following,
        head=said.head,
        contact=now,
    )


def _barred(applied: Sequence[Applied]) -> list[Departure]:
    """What is turned down now is not shown as it was before either: its home may have closed it."""
    rejected = (each for each in applied if each.action is Action.REJECTED)
    return [Departure(each.record.key, silent=True) for each in rejected]
