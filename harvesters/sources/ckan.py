"""Harvests the packages of a CKAN portal through its action API; where it has no search, they are
read one by one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from harvesters.faults import HarvestFault, fault, problem
from harvesters.fetched import Fetched, Job, Json, Page
from harvesters.options import Option
from harvesters.sources.ckan_answers import Portal, Refused
from harvesters.sources.ckan_paging import ROWS, Taker, Walk
from harvesters.sources.taking import refused
from standards.problems import Problem, Text

_ONE_BY_ONE = 50
_MOST_POISON = 100


class Ckan:
    """The source `ckan`: the location is the portal or its API."""

    name = "ckan"
    label = Text("CKAN 接口", "CKAN action API")
    suffixes = ()
    options = (
        Option(
            "rows",
            Text("每页条数", "Rows a page"),
            kind="integer",
            default=ROWS,
            least=1,
            most=1000,
            explanation=Text("每次要多少条。", "How many packages are asked for at a time."),
        ),
        Option(
            "fq",
            Text("筛选条件", "Filter"),
            explanation=Text(
                "只采集符合条件的，例如 organization:water。",
                "Harvest only what fits, such as organization:water.",
            ),
        ),
        Option(
            "incremental",
            Text("只采集变化", "Changes only"),
            kind="choice",
            default="never",
            choices=("always", "never"),
            explanation=Text(
                "always：只采集变化；CKAN 不报告删除，删除的不会被发现。",
                "always: changes only. CKAN does not tell of deletions, so they go unnoticed.",
            ),
        ),
    )

    def pages(self, job: Job) -> Iterator[Page]:
        """The packages page by page from the checkpoint on."""
        portal = Portal.at(job.location, job.fetcher)
        kept = dict(job.checkpoint or {})
        if "list" in kept:
            yield from _one_by_one(portal, job, kept, ())
            return
        walk = Walk.over(portal, job, kept)
        try:
            first = walk.step()
        except (Refused, HarvestFault) as error:
            missing = _missing(error)
            if missing is None or kept:
                raise _as_fault(error) from error
            note = problem("ckan-search-missing", value=missing, severity="warning")
            yield from _one_by_one(portal, job, {}, (note,))
            return
        yield from _rest(walk, first)


def _rest(walk: Walk, page: Page) -> Iterator[Page]:
    try:
        while True:
            yield page
            if walk.ended:
                break
            page = walk.step()
        yield Page(facts=_facts(walk), notes=walk.notes())
        walk.prove()
    except Refused as error:
        raise _as_fault(error) from error


def _facts(walk: Walk) -> dict[str, Any]:
    """The moment that the harvest stands for, by the clock of the portal: UTC without a zone."""
    try:
        moment = datetime.fromisoformat(walk.taker.latest)
    except ValueError:
        return {}
    return {"moment": (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).isoformat()}


def _missing(error: Exception) -> str | None:
    """Why there seems to be no search at all; None where it merely failed."""
    return error.words if isinstance(error, Refused) and error.unknown else None


def _as_fault(error: Exception) -> HarvestFault:
    return error if isinstance(error, HarvestFault) else fault("ckan-refused", value=str(error))


def _one_by_one(portal: Portal, job: Job, kept: Json, notes: tuple[Problem, ...]) -> Iterator[Page]:
    """Each package of the list by itself; where one fails it is left out, and nothing is proven."""
    try:
        names = portal.names()
    except Refused as error:
        raise fault("ckan-no-api", value=error.words) from error
    digest = sha256("\n".join(names).encode("utf-8", "replace")).hexdigest()
    start, failed = int(kept.get("at", 0)), int(kept.get("failed", 0))
    if kept.get("list", digest) != digest:
        yield Page(again=True)
        start = failed = 0
    taker = Taker(portal.site, job.kind)
    for at in range(start, len(names), _ONE_BY_ONE):
        shown = [_shown(portal, taker, name) for name in names[at : at + _ONE_BY_ONE]]
        failed += sum(lost for _, lost in shown)
        records = tuple(record for record, _ in shown)
        state = {"list": digest, "at": at + len(records), "failed": failed}
        yield Page(records, state, notes=notes)
        notes = ()
        if failed > _MOST_POISON:
            raise fault("ckan-poison-many", value=str(failed))
    yield Page(notes=(*notes, *taker.notes()))
    if failed:
        raise fault("ckan-poison", value=str(failed))


def _shown(portal: Portal, taker: Taker, name: str) -> tuple[Fetched, bool]:
    """One package, and whether the server failed over it."""
    place = f"package_show?id={name}"
    try:
        return taker.taken(portal.show(name), place), False
    except Refused as error:
        return refused(place, "ckan-poison", "", value=error.words), True
