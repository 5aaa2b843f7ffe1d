"""Registers a batch of checked proposals with few statements, whatever their number."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from catalog import agencies, sent_before, versions
from catalog.changes import What
from catalog.curation import layer
from catalog.federation.homes import Homes, opens
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


class Wave:
    """One batch: what it needs to know is asked at once, what it makes is written at once."""

    def __init__(
        self, session: Session, actor: Viewer, now: datetime, checked: Mapping[int, Checked]
    ) -> None:
        self._session, self._actor, self._now = session, actor, now
        self._checked = checked
        self._batch = Batch(actor.name, now)
        proposals = [each.proposal for each in checked.values()]
        keys = {each.source for each in proposals if each.source}
        self._sources = sent_before.sources(session, {key.source for key in keys})
        self._known = sent_before.known(session, keys)
        touched = {each.agency for each in proposals}
        touched |= {source.agency for source in self._sources.values()}
        touched |= {known.entry.agency for known in self._known.values()}
        self._paths = agencies.known_paths(session, touched)
        self._homes = Homes.asked(session, proposals, touched)
        held = {known.entry.identifier for known in self._known.values()}
        self._opening = Opening(session, self._batch, self._paths, held)
        self._live = layer.live(session, held)
        self._before = decisions.current(session, list(held))
        self._ids = decisions.numbers(session)
        self._today = local_day(now)

    def registered(self) -> dict[int, Outcome]:
        """Register all of it; what became of each, by its place."""
        outcomes: dict[int, Outcome] = {}
        new: dict[int, Checked] = {}
        for place, checked in self._checked.items():
            refusal = self._refusal(checked)
            known = self._known.get(checked.proposal.source) if checked.proposal.source else None
            if refusal:
                outcomes[place] = rejected(refusal, *checked.validation.problems)
            elif known:
                outcomes[place] = self._again(checked, known)
            else:
                new[place] = checked
        kept = {place: self._homes.identifier(checked.proposal) for place, checked in new.items()}
        wanted = Counter(new[place].proposal.agency for place in new if not kept[place])
        identifiers = mint(self._session, wanted)
        for place, checked in new.items():
            identifier = kept[place] or next(identifiers[checked.proposal.agency])
            outcomes[place] = self._create(checked, identifier)
        self._batch.write(self._session)
        return outcomes

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

    def _create(self, checked: Checked, identifier: str) -> Outcome:
        proposal = checked.proposal
        descriptor = versions.completed(checked.validation.descriptor, identifier, {})
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
        self._version(checked, identifier, 1, descriptor)
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
        self._version(checked, entry.identifier, number, descriptor)
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
    ) -> None:
        proposal = checked.proposal
        by = Authorship(self._actor.name, self._now, proposal.level, plain(proposal.note))
        self._batch.version(versions.row(identifier, number, descriptor, by))

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
