"""What the pages and the API of access requests share: the seal, limits, and receipts in hand."""

from __future__ import annotations

from dataclasses import dataclass, field

from flask import Flask, Response, current_app, make_response, request, session

from catalog.access import reading
from catalog.access.asking import Asking, Receipt, ask
from catalog.access.reading import AccessView
from catalog.access.sealing import Sealer
from catalog.errors import NotFound
from web.errors import too_many
from web.limits import RateLimit
from web.security import LOCAL
from web.signin import current_viewer, parts

HELD = "access"
HELD_MOST = 5


@dataclass(frozen=True, slots=True)
class AccessLimits:
    """How often one address may ask, and guess codes: of guesses only wrong ones count."""

    asks: RateLimit = field(default_factory=lambda: RateLimit(burst=10, per_minute=2))
    guesses: RateLimit = field(default_factory=lambda: RateLimit(burst=10, per_minute=4))


def set_up(app: Flask) -> None:
    """Give the app its limits."""
    app.extensions["mulu-access"] = AccessLimits()


def sealer() -> Sealer:
    """The seal of this installation."""
    return Sealer(parts().settings.identity_keys)


def send(identifier: str, asking: Asking) -> Receipt:
    """Ask for the resource of an entry, unless this address has asked too often."""
    address = request.remote_addr or ""
    wait = 0.0 if address in LOCAL else _limits().asks.wait(address)
    if wait:
        raise too_many(wait)
    now = parts().clock.now()
    with parts().database.writing() as db:
        return ask(db, current_viewer(), identifier, asking, sealer(), now)


def look_up(number: str, code: str) -> AccessView:
    """The request by its receipt. A wrong code and an unknown number are told alike, and too many
    of them from one address are not answered for a while.
    """
    limit, address = _limits().guesses, request.remote_addr or ""
    if wait := limit.wait(address):
        raise too_many(wait)
    number = number.strip().upper()
    with parts().database.reading() as db:
        found = reading.find(db, current_viewer(), number, parts().clock.now(), code)
    if not found.asking:
        raise NotFound(f"access request {number}")
    limit.give_back(address)
    return found


def code_of(number: str) -> str:
    """The code of a receipt that this browser has shown or typed in; empty if it has not."""
    return str(session.get(HELD, {}).get(number, ""))


def remember(number: str, code: str) -> None:
    """Let this browser go on with a request until it is closed or somebody signs in or out."""
    kept = {**session.get(HELD, {}), number: code}
    session[HELD] = dict(list(kept.items())[-HELD_MOST:])


def numbers() -> list[str]:
    """The requests that this browser may go on with."""
    return list(session.get(HELD, {}))


def forget() -> None:
    """Let the next person at this browser know of no request."""
    session.pop(HELD, None)


def private(page: str, status: int = 200) -> Response:
    """A page that no cache keeps."""
    answer = make_response(page, status)
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def _limits() -> AccessLimits:
    found: AccessLimits = current_app.extensions["mulu-access"]
    return found
