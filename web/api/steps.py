"""The steps of a review: who has to say yes, by agency and risk."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response
from marshmallow import fields, validate

from catalog import agencies
from catalog.requests import routes
from catalog.requests.model import RISKS
from catalog.requests.model import Step as ReviewStep
from catalog.requests.routes import MOST_DAYS, Setting
from catalog.viewers import Role
from standards.clocks import clock
from web.api.guard import guarded
from web.api.resource import Resource
from web.api.shapes import Shape, code, line, listed, nested, number, text
from web.jsonio import answer
from web.signin import current_viewer, parts

api = Resource(
    "api-steps", __name__, url_prefix="/api/v1/review/steps", description="Who has to say yes"
)
STEPS = tuple(each.value for each in ReviewStep)


class RouteAnswer(Shape):
    """What a request of this risk needs in an agency and all below it."""

    agency = text()
    risk = code(*RISKS)
    steps = listed(code(*STEPS))
    days = number(description="Working days for all steps together")


class Routes(Shape):
    """What was set within your scope, and the working days of what was not."""

    routes = listed(nested(RouteAnswer))
    usual_days = number()


class Chosen(Shape):
    """A route to be set; without steps what is set above the agency holds again."""

    agency = line(1, 40)
    risk = code(*RISKS)
    steps = fields.List(code(*STEPS), required=True, validate=validate.Length(max=len(STEPS)))
    days = fields.Integer(strict=True, required=True, validate=validate.Range(min=1, max=MOST_DAYS))


@api.get("")
@guarded(Role.ADMINISTRATOR)
@api.response(200, Routes)
def settings() -> Response:
    """List what is set. Where nothing is, one yes of any reviewer of the agency is enough."""
    viewer = current_viewer()
    with parts().database.reading() as db:
        found = routes.settings(db)
        paths = agencies.known_paths(db, {each.agency for each in found})
    mine = [each for each in found if viewer.may(Role.ADMINISTRATOR, paths[each.agency])]
    told = {"routes": [route_view(each) for each in mine], "usual_days": clock("filing").days}
    return answer(told)


@api.put("")
@guarded(Role.ADMINISTRATOR)
@api.arguments(Chosen)
@api.response(200, RouteAnswer)
def choose(body: Mapping[str, Any]) -> Response:
    """Set the route of a risk for an agency. Requests on their way keep theirs."""
    chosen = (body["agency"], body["risk"], body["steps"], body["days"])
    with parts().database.writing() as db:
        setting = routes.choose(db, current_viewer(), *chosen, parts().clock.now())
    return answer(route_view(setting))


def route_view(setting: Setting) -> dict[str, Any]:
    """A route as it was set."""
    return {
        "agency": setting.agency,
        "risk": setting.risk,
        "steps": [each.value for each in setting.route.steps],
        "days": setting.route.days,
    }
