"""What an acceptance does: the next step, or the effect that was asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy.orm import Session

from catalog import versions
from catalog.changes import What
from catalog.curation.accepting import Beneath
from catalog.curation.layer import Proposed as Curated
from catalog.errors import Forbidden, Invalid, WrongState
from catalog.federation.homes import beyond
from catalog.forwarding import forwarding_problems
from catalog.proposals import Outcome, said
from catalog.requests import decisions
from catalog.requests.decisions import Deciding
from catalog.requests.holding import Held
from catalog.requests.model import LEAVING, RISKS, Purpose, RequestState, Step
from catalog.requests.rights import unbarred
from catalog.requests.routes import Routes
from catalog.tables import Version
from catalog.versions import Authorship
from catalog.viewers import Viewer
from catalog.withdrawal import bury
from catalog.writing import Batch, State, claim, held_version, latest_number
from standards.clocks import local_day
from standards.decisions import judge, risk
from standards.descriptor import Descriptor
from standards.profile import Level
from standards.validation import validate

ATTRIBUTES = ("disclosure", "sharing", "visibility", "redactions")
"""What a reviewer sets, by its role in the profile."""


class Acceptance:
    """One yes to a held request, collected into a batch."""

    def __init__(
        self, session: Session, batch: Batch, held: Held, ids: Iterator[int], behalf: str
    ) -> None:
        self._session, self._batch, self._held = session, batch, held
        self._ids = ids
        self._behalf = behalf

    def apply(self, actor: Viewer, attributes: Mapping[str, Any] | None) -> Outcome:
        """Raises Invalid where the rules of decisions are broken, Forbidden, or WrongState."""
        if self._held.row.what in LEAVING:
            return self._leave(actor)
        return self._serve(attributes or {})

    def _serve(self, attributes: Mapping[str, Any]) -> Outcome:
        held = self._held
        if held.row.version is None or held.entry.pending is None:
            raise WrongState(held.name, held.row.state)
        version = held_version(self._session, held.entry.identifier, held.entry.pending)
        descriptor = versions.descriptor_of(version)
        if attributes:
            descriptor = self._with_attributes(version, attributes)
        under = Beneath.of(self._session, held, version, descriptor, self._batch.actor)
        last = held.row.step + 1 >= len(held.row.steps)
        if last and (laid := under.laid()) is not None:
            descriptor = self._checked(version, laid)
        number = self._written(version, descriptor)
        problems = judge(descriptor, local_day(self._batch.now))
        problems += forwarding_problems(self._session, descriptor)
        if under.said:
            home = Descriptor(version.kind, under.said.values)
            problems += beyond(self._session, held.entry, home, descriptor)
        if any(each.is_error for each in problems):
            raise Invalid(problems)
        steps = held.row.steps if number == version.number else self._steps(descriptor)
        told: dict[str, Any] = {"version": number, "attributes": dict(attributes)}
        if held.row.step + 1 < len(steps):
            return self._next_step(steps, version, number, descriptor, under.wanted, told)
        under.keep(self._batch)
        return self._serve_now(version, number, descriptor, told)

    def _serve_now(
        self,
        version: Version,
        number: int,
        descriptor: Descriptor,
        told: dict[str, Any],
    ) -> Outcome:
        held, identifier = self._held, self._held.entry.identifier
        by = Deciding(
            proposed_by=version.author,
            decided_by=self._batch.actor,
            now=self._batch.now,
            request=held.row.id,
            anew=held.row.what == Purpose.ATTRIBUTES,
        )
        before = decisions.current(self._session, [identifier]).get(identifier, {})
        rows = decisions.decided(identifier, number, descriptor, before, by, self._ids)
        self._batch.decide(rows)
        self._batch.move(
            identifier,
            kind=descriptor.kind,
            state=State.PUBLISHED.value,
            served=number,
            pending=None,
            served_at=self._batch.now,
            submitted_at=None,
            remark="",
            revision=held.entry.revision + 1,
        )
        self._move_request(RequestState.ACCEPTED, version=number, closed_at=self._batch.now)
        self._tell(What.SERVED, "accepted", **told, decisions=[row["id"] for row in rows])
        return self._outcome(State.PUBLISHED)

    def _next_step(
        self,
        steps: list[str],
        version: Version,
        number: int,
        descriptor: Descriptor,
        curated: Curated,
        told: dict[str, Any],
    ) -> Outcome:
        held = self._held
        wrote = [self._batch.actor] if number != version.number else []
        self._move_request(
            RequestState.SUBMITTED,
            authors=list(dict.fromkeys([*held.row.authors, *wrote])),
            curated=dict(curated) or None,
            version=number,
            steps=steps,
            step=held.row.step + 1,
            risk=RISKS.index(risk(descriptor)),
            confirmed_by=[*held.row.confirmed_by, self._batch.actor],
        )
        self._batch.move(
            held.entry.identifier,
            pending=number,
            revision=held.entry.revision + 1,
        )
        self._tell(What.PENDING, "confirmed", **told)
        return self._outcome(State(held.entry.state))

    def _leave(self, actor: Viewer) -> Outcome:
        held = self._held
        row, entry = held.row, held.entry
        if entry.state == State.WITHDRAWN:
            raise WrongState(entry.identifier, entry.state)
        if row.what == Purpose.MERGE:
            self._may_merge(actor)
        if row.step + 1 < len(row.steps):
            confirmed = [*row.confirmed_by, self._batch.actor]
            self._move_request(RequestState.SUBMITTED, step=row.step + 1, confirmed_by=confirmed)
            self._batch.move(entry.identifier, revision=entry.revision + 1)
            self._tell(What.PENDING, "confirmed")
            return self._outcome(State(entry.state))
        self._move_request(RequestState.ACCEPTED, closed_at=self._batch.now)
        merged = row.what == Purpose.MERGE
        bury(
            self._session,
            self._batch,
            entry,
            What.MERGED if merged else What.WITHDRAWN,
            reason=row.reason,
            merged_into=row.merge_into,
            request=row.id,
            on_behalf_of=self._behalf,
        )
        return self._outcome(State.WITHDRAWN)

    def _may_merge(self, actor: Viewer) -> None:
        into = self._held.row.merge_into or ""
        other, path = claim(self._session, actor, into, None)
        if not (actor.operator or unbarred(actor, self._held.row, path, path)):
            raise Forbidden("only a reviewer of both agencies merges their entries")
        if other.served is None:
            raise WrongState(into, other.state)

    def _steps(self, descriptor: Descriptor) -> list[str]:
        """The steps so far, then the others that were set or that the reviewer's own attributes
        call for.
        """
        row, path = self._held.row, self._held.path
        agency = self._held.entry.agency
        now = Routes(self._session, {agency: path}).of(agency, risk(descriptor)).steps
        done = row.steps[: row.step + 1]
        wanted = {*row.steps, *(each.value for each in now)}.difference(done)
        return [*done, *(step.value for step in Step if step.value in wanted)]

    def _with_attributes(self, version: Version, attributes: Mapping[str, Any]) -> Descriptor:
        """What is proposed, with the reviewer's attributes."""
        if unknown := attributes.keys() - set(ATTRIBUTES):
            zh = "审核时只能设定公开属性、共享属性、可见范围和遮蔽。"
            en = "A review sets disclosure, sharing, visibility and redactions only."
            raise Invalid([said(sorted(unknown)[0], "attributes", zh, en)])
        laid = versions.with_attributes(version.kind, version.values, attributes)
        return self._checked(version, laid)

    def _checked(self, version: Version, values: Mapping[str, Any]) -> Descriptor:
        """The values in the place of the version's. Raises Invalid."""
        validation = validate(version.kind, values, Level(version.level))
        if not validation.ok:
            raise Invalid(validation.problems)
        entry = self._held.entry.identifier
        return versions.completed(validation.descriptor, entry, version.values)

    def _written(self, version: Version, descriptor: Descriptor) -> int:
        """The number of the version that holds the descriptor: the proposed one, or a new one by
        the reviewer.
        """
        if descriptor.digest == version.digest:
            return version.number
        entry = self._held.entry.identifier
        number = latest_number(self._session, entry) + 1
        level = Level(version.level)
        by = Authorship(self._batch.actor, self._batch.now, level, version.note)
        self._batch.version(versions.row(entry, number, descriptor, by))
        return number

    def _move_request(self, state: RequestState, **fields: Any) -> None:
        self._batch.move_request(
            self._held.row.id,
            state=state.value,
            assignee="",
            assigned_at=None,
            escalated=False,
            **fields,
        )

    def _tell(self, what: What, action: str, **details: Any) -> None:
        told = {"request": self._held.row.id, **details}
        if self._behalf:
            told["on_behalf_of"] = self._behalf
        self._batch.tell(self._held.entry.identifier, what, action, **told)

    def _outcome(self, state: State) -> Outcome:
        entry = self._held.entry
        return Outcome(
            entry.identifier, entry.revision + 1, state.value, False, True, (), self._held.row.id
        )
