"""Which steps a request needs and by when, by its agency and its risk; set by administrators."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from catalog import agencies, audit
from catalog.audit import Event
from catalog.database import lock_logs
from catalog.errors import Forbidden, Invalid
from catalog.proposals import said
from catalog.requests.model import RISKS, Step
from catalog.tables import ReviewSteps
from catalog.viewers import Role, Viewer
from standards import clocks, workdays
from standards.descriptor import Descriptor
from standards.summary import summarize
from standards.workdays import Deadline

MOST_DAYS = 250


@dataclass(frozen=True, slots=True)
class Route:
    """The steps in their order, and the working days that all of them together may take."""

    steps: tuple[Step, ...]
    days: int


@dataclass(frozen=True, slots=True)
class Setting:
    """A route as it was set for an agency and a risk."""

    agency: str
    risk: str
    route: Route


class Routes:
    """The routes of some agencies, read at once."""

    def __init__(self, session: Session, paths: Mapping[str, Sequence[str]]) -> None:
        self._paths = paths
        above = {code for path in paths.values() for code in path}
        rows = session.scalars(select(ReviewSteps).where(ReviewSteps.agency.in_(above)))
        self._set = {(row.agency, row.risk): _setting(row).route for row in rows}

    def of(self, agency: str, risk: str) -> Route:
        """The route for a risk: the agency's own, or that of the nearest above it."""
        for code in self._paths[agency]:
            if found := self._set.get((code, risk)):
                return found
        return Route((Step.AGENCY,), clocks.clock("filing").days)


def due(route: Route, descriptor: Descriptor | None, now: datetime) -> Deadline:
    """By when a request that is submitted now is to be decided: within the route's days and, where
    the resource is to be disclosed of the agency's own accord, within the 20 working days of Art.
    26 from its creation, as long as these are not over anyhow.
    """
    today = clocks.local_day(now)
    own = workdays.after(today, route.days)
    summary = summarize(descriptor) if descriptor else None
    created = _day(summary.written or summary.issued) if summary else None
    if summary is None or created is None or summary.disclosure != "proactive":
        return own
    lawful = clocks.due("proactive", created)
    return lawful if today <= lawful.day < own.day else own


def settings(session: Session) -> list[Setting]:
    """Everything that was set, by agency and risk."""
    rows = session.scalars(select(ReviewSteps).order_by(ReviewSteps.agency, ReviewSteps.risk))
    return [_setting(row) for row in rows]


def choose(
    session: Session,
    actor: Viewer,
    agency: str,
    risk: str,
    steps: Sequence[str],
    days: int,
    now: datetime,
) -> Setting:
    """Set the route of a risk for an agency and all below it; without steps what is set above holds
    again. Requests on their way keep theirs. Raises Forbidden, NotFound or Invalid.
    """
    path = agencies.get(session, agency).path
    if not actor.may(Role.ADMINISTRATOR, path):
        raise Forbidden("only an administrator sets the steps of a review")
    chosen = _steps(steps)
    if risk not in RISKS:
        raise Invalid([said("risk", "risk", "没有这个风险等级。", "There is no such risk.")])
    if not 1 <= days <= MOST_DAYS:
        zh, en = f"应为1至{MOST_DAYS}个工作日。", f"1 to {MOST_DAYS} working days are expected."
        raise Invalid([said("days", "days", zh, en)])
    lock_logs(session)
    session.execute(
        delete(ReviewSteps).where(ReviewSteps.agency == agency, ReviewSteps.risk == risk)
    )
    if chosen:
        session.add(ReviewSteps(agency=agency, risk=risk, steps=list(chosen), days=days))
    told = {"agency": agency, "risk": risk, "steps": list(chosen), "days": days}
    audit.append(session, actor.name, [Event("steps set", None, told)], now)
    return Setting(agency, risk, Route(chosen, days))


def _steps(given: Sequence[str]) -> tuple[Step, ...]:
    known = {each.value for each in Step}
    if len(set(given)) != len(given) or not set(given) <= known:
        zh = "审核步骤为“agency”（部门审核）、“centre”（目录中心审核），各一次。"
        raise Invalid([said("steps", "steps", zh, "Steps are agency and centre, each once.")])
    return tuple(step for step in Step if step.value in given)


def _setting(row: ReviewSteps) -> Setting:
    return Setting(row.agency, row.risk, Route(tuple(Step(each) for each in row.steps), row.days))


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
