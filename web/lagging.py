"""Which requests may be answered from the database's copy: reading ones of the public, unless the
same person has just written something and would look for it.
"""

from __future__ import annotations

import time

from flask import Flask, Response, request, session

from catalog.replicas import MAY_LAG
from web.security import SAFE

WROTE = "wrote"
REMEMBERED = 10
"""Seconds for which somebody without an account is shown what they wrote."""


def set_up(app: Flask) -> None:
    """Decide at the beginning of each request; forget at its end, since threads are used again."""
    app.before_request(_begin)
    app.after_request(_remember)
    app.teardown_request(_end)


def _end(_error: BaseException | None) -> None:
    MAY_LAG.set(False)


def _begin() -> None:
    known = "account" in session or request.authorization is not None
    wrote = int(session.get(WROTE, 0)) + REMEMBERED > time.time()
    MAY_LAG.set(request.method in SAFE and not known and not wrote)


def _remember(response: Response) -> Response:
    if request.method not in SAFE and session and "account" not in session:
        session[WROTE] = int(time.time())
    return response
