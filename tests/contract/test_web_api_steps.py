"""The steps of a review by the API: administrators set them, within their scope."""

from __future__ import annotations

from tests.offices import CENTRE, WATER
from tests.websites import Website

TWO = {"agency": WATER, "risk": "high", "steps": ["agency", "centre"], "days": 10}


def test_an_administrator_sets_the_steps_and_takes_them_back(site: Website) -> None:
    assert site.put("/api/v1/review/steps", TWO, "administrator").json == TWO
    told = site.get("/api/v1/review/steps", "administrator").json
    assert told == {"routes": [TWO], "usual_days": 5}
    withheld = site.offices.submitted(disclosure="withheld")
    assert withheld.request
    asked = site.get(f"/api/v1/requests/{withheld.request}", "reviewer").json
    assert asked["steps"] == ["agency", "centre"]
    back = {**TWO, "steps": []}
    assert site.put("/api/v1/review/steps", back, "administrator").status_code == 200
    assert site.get("/api/v1/review/steps", "administrator").json["routes"] == []


def test_nobody_else_does_and_what_is_wrong_is_told(site: Website) -> None:
    for role in ("registrar", "reviewer", "auditor"):
        assert site.put("/api/v1/review/steps", TWO, role).status_code == 403
    assert site.get("/api/v1/review/steps").status_code == 401
    for wrong, status in (
        ({"agency": "310ZZ"}, 404),
        ({"risk": "none"}, 422),
        ({"steps": ["agency", "agency"]}, 422),
        ({"days": 0}, 422),
        ({"days": 10**9}, 422),
    ):
        answer = site.put(
            "/api/v1/review/steps", {**TWO, "agency": CENTRE, **wrong}, "administrator"
        )
        assert answer.status_code == status, wrong
