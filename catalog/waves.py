"""Registers a batch of checked proposals with few statements, whatever their number."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from catalog import agencies, sent_before, versions
from catalog.changes import What
from catalog.curation import layer
from catalog.federation.homes import Homes, homes_of, opens
from catalog.minting import mint
from catalog.proposals import (
    NO_NODE,
    NOT_THEIRS,
    NOT_UNREVIEWED,
    UNKNOWN_AGENCY,
    UNKNOWN_SOURCE,
    Checked,
    Outcome,
    SourceKey,
    rejected,
)
from catalog.requests import decisions
from catalog.requests.decisions import Deciding
from catalog.requests.opening import Opening, Proposed
from catalog.sent_before import Known
from catalog.sources import AUTOMATIC
from catalog.versions import Authorship
from catalog.viewers import Viewer
from catalog.visibility import may_write
from catalog.words import plain
from catalog.writing import Batch, State
from standards.clocks import local_day
from standards.decisions import judge
from standards.descriptor import Descriptor
from standards.problems import Problem


def waves(waiting: dict[int, Checked]) -> Iterator[dict[int, Checked]]:
    """Batches in which no record of a source comes twice: the later one revises the earlier."""
    while waiting:
        wave: dict[int, Checked] = {}
        seen: set[SourceKey] = set()
        for place, checked in waiting.items():
            key = checked.proposal.source
            if key is None or key not in seen:
                wave[place] = checked
            if key is not None:
                seen.add(key)
        waiting = {place: each for place, each in waiting.items() if place not in wave}
        yield wave


class Moved(Exception):
    """What a batch went by is so no longer, since somebody else was quicker; nothing is written."""


@dataclass(frozen=True, slots=True)
class _New:
    """A record that makes a new entry, as far as that can be worked out by itself."""

    identifier: str
    descriptor: Descriptor
    version: dict[str, Any]


class Wave:
    """One batch: what it needs to know is asked at once, what it makes is written at once.

    ``known`` is what became of the sources' records before. What a batch asks without holding the
    logs is asked again, as far as it matters, once it holds them.
    """

    def __init__(
        self,
        session: Session,
        actor: Viewer,
        now: datetime,
        checked: Mapping[int, Checked],
        known: Mapping[SourceKey, Known],
    ) -> None:
        self._session, self._actor, self._now = session, actor, now
        self._checked, self._known = checked, known
        self._batch = Batch(actor.name, now)
        proposals = [each.proposal for each in checked.values()]
        keys = {each.source for each in proposals if each.source}
        self._sources = sent_before.sources(session, {key.source for key in keys})
        touched = {each.agency for each in proposals}
        touched |= {source.agency for source in self._sources.values()}
        touched |= {known.entry.agency for known in self._known.values()}
        self._paths = agencies.known_paths(session, touched)
        self._homes = Homes.asked(session, proposals, touched)
        self._touched = touched
        self._today = local_day(now)
        self._outcomes: dict[int, Outcome] = {}
        self._new: dict[int, _New] = {}

    def prepare(self) -> None:
        """Turn down what may not come in, give what is new its identifier and complete it. The
        longer part of the work, for which nobody else has to wait.
        """
        new: dict[int, Checked] = {}
        for place, checked in self._checked.items():
            if refusal := self._refusal(checked):
                self._outcomes[place] = rejected(refusal, *checked.validation.problems)
            elif checked.proposal.source not in self._known:
                new[place] = checked
        kept = {place: self._homes.identifier(checked.proposal) for place, checked in new.items()}
        wanted = Counter(new[place].proposal.agency for place in new if not kept[place])
        minted = mint(self._session, wanted)
        for place, checked in new.items():
            identifier = kept[place] or next(minted[checked.proposal.agency])
            descriptor = versions.completed(checked.validation.descriptor, identifier, {})
            row = self._version(checked, identifier, 1, descriptor)
            self._new[place] = _New(identifier, descriptor, row)

    def registered(self) -> dict[int, Outcome]:
        """Register all of it; what became of each, by its place. The session holds the logs.

        Raises Moved where an agency has found another home since it was asked.
        """
        session = self._session
        if homes_of(session, self._touched) != self._homes.homed:
            raise Moved
        held = {known.entry.identifier for known in self._known.values()}
        self._opening = Opening(session, self._batch, self._paths, held)
        self._live = layer.live(session, held)
        self._before = decisions.current(session, list(held))
        self._ids = decisions.numbers(session)
        for place, checked in self._checked.items():
            source = checked.proposal.source
            if place in self._new:
                self._outcomes[place] = self._create(checked, self._new[place])
            elif place not in self._outcomes and source:
                self._outcomes[place] = self._again(checked, self._known[source])
        self._batch.write(session)
        return self._outcomes

    def _refusal(self, checked: Checked) -> Problem | None:
        proposal = checked.proposal
        touched = [proposal.agency]
        if key := proposal.source:
            if key.source not in self._sources:
                return UNKNOWN_SOURCE
            touched.append(self._sources[key.source].agency)
            if known := self._known.get(key):
                touched.append(known.entry.agency)
        if proposal.agency not in self._paths:
            return UNKNOWN_AGENCY
        if not all(may_write(self._actor, self._paths[agency]) for agency in touched):
            return NOT_THEIRS
        if proposal.accept and not (self._actor.operator or self._is_automatic(checked)):
            return NOT_UNREVIEWED
        source = self._sources[key.source] if key else None
        if proposal.home and not (source and source.node):
            return NO_NODE
        agency = source.agency if source else ""
        return self._homes.refusal(checked, self._paths, agency, key in self._known)

    def _is_automatic(self, checked: Checked) -> bool:
        key = checked.proposal.source
        if key is None:
            return False
        source = self._sources[key.source]
        return source.automatic or source.node  # whose reviewers have decided

    def _create(self, checked: Checked, new: _New) -> Outcome:
        proposal, identifier, descriptor = checked.proposal, new.identifier, new.descriptor
        fields = self._placed(checked, 1, descriptor, None)
        self._batch.create(
            {
                "identifier": identifier,
                "agency": proposal.agency,
                "kind": proposal.kind,
                "revision": 1,
                "served": None,
                "pending": None,
                "served_at": None,
                "submitted_at": None,
                "remark": "",
                "source": proposal.source.source if proposal.source else None,
                "created": self._now,
                "updated": self._now,
                **fields,
            }
        )
        self._batch.version(new.version)
        if proposal.source:
            self._sent(checked, proposal.source, identifier, known=False, version=1)
        if proposal.origin:
            self._batch.came_by(identifier, proposal.origin)
        request = self._requested(identifier, proposal.agency, fields, descriptor, 1, None)
        self._tell("registered", checked, identifier, fields, descriptor, 1, request)
        return self._outcome(identifier, 1, fields["state"], checked, created=True, request=request)

    def _again(self, checked: Checked, known: Known) -> Outcome:
        """The same record once more: unchanged, withdrawn for good, or a new version."""
        entry, source = known.entry, checked.proposal.source
        assert source is not None  # noqa: S101  only records of sources are known
        same = known.record.digest == checked.validation.descriptor.digest
        if known.grave and not known.grave.by_source:
            if known.grave.merged_into and not same:  # kept to be compared with what is served
                self._sent(checked, source, entry.identifier, known=True, apart=True)
            return self._outcome(entry.identifier, entry.revision, entry.state, checked, False)
        descriptor = self._curated(checked, known)
        unchanged = not known.grave and (same or descriptor.digest == known.latest.digest)
        if not same:
            number = known.latest.number + (not unchanged)
            apart = entry.identifier in self._live or bool(self._waiting(checked, known))
            self._sent(checked, source, entry.identifier, True, number, apart)
            self._dispute(entry.identifier, checked.validation.descriptor.values)
        if checked.proposal.origin:
            self._batch.came_by(entry.identifier, checked.proposal.origin)
        if unchanged:
            return self._outcome(entry.identifier, entry.revision, entry.state, checked, False)
        return self._revise(checked, known, descriptor)

    def _dispute(self, identifier: str, values: Mapping[str, Any]) -> None:
        """Tell of corrections over which the source says something new, or no longer does."""
        rows = self._live.get(identifier, {}).values()
        states = layer.states(rows, values)
        for number, state in states.items():
            self._batch.move_curation(number, state=state)
        disputed = [row.path for row in rows if states.get(row.id) == layer.CONFLICT]
        if disputed:
            self._batch.note(identifier, "correction disputed", elements=disputed)

    def _revise(self, checked: Checked, known: Known, descriptor: Descriptor) -> Outcome:
        entry, number = known.entry, known.latest.number + 1
        fields = self._placed(checked, number, descriptor, known)
        self._batch.version(self._version(checked, entry.identifier, number, descriptor))
        moved = {"kind": descriptor.kind, "revision": entry.revision + 1, **fields}
        self._batch.move(entry.identifier, **moved)
        if known.grave:
            self._batch.raise_again(entry.identifier)
        action = "restored" if known.grave else "revised"
        request = self._requested(
            entry.identifier, entry.agency, fields, descriptor, number, entry.served
        )
        self._tell(action, checked, entry.identifier, fields, descriptor, number, request)
        return self._outcome(
            entry.identifier, entry.revision + 1, fields["state"], checked, request=request
        )

    def _placed(
        self, checked: Checked, number: int, descriptor: Descriptor, known: Known | None
    ) -> dict[str, Any]:
        """Where the new version goes: pending beside what is served, or served at once, unless the
        rules of decisions ask for more than it says. What a person proposes meanwhile still waits;
        what the source itself sent before is superseded.
        """
        accept, decided = checked.proposal.accept, checked.proposal.home is not None
        # what was decided at its home holds, though not all of why may be told to us
        if accept and (decided or not _barred(descriptor, self._today)):
            served = {"served": number, "served_at": self._now}
            if known and known.entry.pending is not None:
                if self._by_a_person(known):
                    return {**served, "state": known.entry.state}
                self._opening.supersede(known.entry.identifier)
            published = {"state": State.PUBLISHED.value, "pending": None, "submitted_at": None}
            return {**served, **published}
        submitted = checked.proposal.submit
        return {
            "state": (State.SUBMITTED if submitted else State.DRAFT).value,
            "pending": number,
            "submitted_at": self._now if submitted else None,
        }

    def _by_a_person(self, known: Known) -> bool:
        """Whether what waits corrects the source, rather than being what it sent before."""
        corrects = self._opening.curated(known.entry.identifier)
        return bool(corrects) or known.latest.author != self._actor.name

    def _requested(
        self,
        identifier: str,
        agency: str,
        fields: Mapping[str, Any],
        descriptor: Descriptor,
        number: int,
        served: int | None,
    ) -> int | None:
        """The request of a version that waits; what is served at once is decided on record."""
        author = self._actor.name
        if "served" in fields:
            by = Deciding(author, author, self._now)
            before = self._before.get(identifier, {})
            self._batch.decide(
                decisions.decided(identifier, number, descriptor, before, by, self._ids)
            )
            return None
        submit = fields["state"] == State.SUBMITTED
        proposed = Proposed(identifier, agency, number, served, descriptor, author, submit)
        return self._opening.propose(proposed)

    def _curated(self, checked: Checked, known: Known) -> Descriptor:
        """With what stands over it; while a proposal waits that this version takes the place of,
        also with what that makes of elements.
        """
        read, identifier = checked.validation.descriptor, known.entry.identifier
        wanted = self._waiting(checked, known)
        rows = self._live.get(identifier, {})
        laid = read
        if rows or wanted:
            laid = Descriptor(read.kind, layer.over(read.kind, read.values, rows, wanted))
        if checked.proposal.home and opens(read, laid):
            laid = read  # what its home has closed since is not open here by a correction
        return versions.completed(laid, identifier, known.latest.values)

    def _waiting(self, checked: Checked, known: Known) -> layer.Proposed:
        """The corrections that wait for a reviewer and go on with what the source sends."""
        return {} if checked.proposal.accept else self._opening.curated(known.entry.identifier)

    def _version(
        self, checked: Checked, identifier: str, number: int, descriptor: Descriptor
    ) -> dict[str, Any]:
        proposal = checked.proposal
        by = Authorship(self._actor.name, self._now, proposal.level, plain(proposal.note))
        return versions.row(identifier, number, descriptor, by)

    def _sent(
        self,
        checked: Checked,
        source: SourceKey,
        identifier: str,
        known: bool,
        version: int | None = None,
        apart: bool = False,
    ) -> None:
        """What the source said: the version that holds it, or its own words where none does."""
        read = checked.validation.descriptor
        row = {
            "source": source.source,
            "key": source.key,
            "entry": identifier,
            "digest": read.digest,
            "version": version,
            "values": dict(read.values) if apart else None,
        }
        self._batch.source_record(row if known else {**row, "seen": 0}, known)

    def _tell(
        self,
        action: str,
        checked: Checked,
        identifier: str,
        fields: Mapping[str, Any],
        descriptor: Descriptor,
        number: int,
        request: int | None,
    ) -> None:
        proposal, served = checked.proposal, "served" in fields
        told = {"version": number, "digest": descriptor.digest, "state": fields["state"]}
        if request is not None:
            told["request"] = request
        if proposal.source:
            told |= {"source": proposal.source.source, "key": proposal.source.key}
        if served:
            told["acceptance"] = AUTOMATIC if self._is_automatic(checked) else "operator"
        what = What.SERVED if served else What.PENDING
        self._batch.tell(identifier, what, action, **told)

    def _outcome(
        self,
        identifier: str,
        revision: int,
        state: str,
        checked: Checked,
        changed: bool = True,
        created: bool = False,
        request: int | None = None,
    ) -> Outcome:
        problems = checked.validation.problems
        return Outcome(identifier, revision, state, created, changed, problems, request)


def _barred(descriptor: Descriptor, day: date) -> bool:
    return any(each.is_error for each in judge(descriptor, day))
