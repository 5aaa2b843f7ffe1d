"""What every answer and every request must keep: headers, CSRF tokens, rates, sizes, clean text."""

from __future__ import annotations

import hmac
import secrets
import threading
from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, Response, current_app, g, request, session

from standards.problems import Text
from web.asking import is_api
from web.errors import refuse, too_many
from web.limits import RateLimit
from web.signin import current_viewer

V = TypeVar("V", bound=Callable[..., Any])
POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "manifest-src 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
FILES = frozenset({"static", "vendor.leaflet_file"})
BODY_LIMIT = 64 * 1024 * 1024
FORM_LIMIT = 4 * 1024 * 1024
WRITES_PER_MINUTE = 600
UNKNOWN_BODIES = 2
"""So many requests with a body a process reads at once from those who have not signed in; fewer
than it has threads (`web.serving.THREADS`)."""
LOCAL = frozenset({"", "127.0.0.1", "::1"})
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
TOKEN_FIELD = "csrf_token"  # noqa: S105 - the name of a form field
TOKEN_HEADER = "X-CSRF-Token"  # noqa: S105 - the name of a header


def csrf_token() -> str:
    """The token that a form of this session must send back; made when first asked for."""
    if TOKEN_FIELD not in session:
        session[TOKEN_FIELD] = secrets.token_urlsafe(24)
    return str(session[TOKEN_FIELD])


def set_up(app: Flask, requests_per_minute: int = 0) -> None:
    """Guard the whole app. ``requests_per_minute`` of 0 sets no limit on reading."""
    app.config.update(
        MAX_CONTENT_LENGTH=BODY_LIMIT,
        MAX_FORM_MEMORY_SIZE=FORM_LIMIT,
        MAX_FORM_PARTS=2_000,
        SESSION_COOKIE_NAME="mulu",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
    )
    app.extensions["mulu-write-limit"] = RateLimit(burst=120, per_minute=WRITES_PER_MINUTE)
    if requests_per_minute:
        app.extensions["mulu-read-limit"] = RateLimit(
            burst=max(30, requests_per_minute // 4), per_minute=requests_per_minute
        )
    app.extensions["mulu-unknown-bodies"] = threading.Semaphore(UNKNOWN_BODIES)
    app.teardown_request(_released)
    app.before_request(_clean)
    app.before_request(_limited)
    app.before_request(_bounded)
    app.before_request(_same_origin)
    app.after_request(_headers)
    app.context_processor(lambda: {"csrf_token": csrf_token})


def _clean() -> None:
    """No address or parameter holds a NUL: no database stores one."""
    if "\0" in request.path or "%00" in request.query_string.decode("latin-1"):
        raise refuse(400, Text("地址中有空字符。", "The address holds a NUL character."))


def _limited() -> None:
    """Readers and writers have their own limits; this machine itself may read without one."""
    name = "mulu-read-limit" if request.method in SAFE else "mulu-write-limit"
    limit: RateLimit | None = current_app.extensions.get(name)
    address = request.remote_addr or ""
    if limit is None or address in LOCAL:
        return
    wait = limit.wait(address)
    if wait:
        raise too_many(wait)


def _bounded() -> None:
    """Only somebody known sends whole files, and the unknown, who may send slowly, never keep all
    threads waiting at once. Whatever a form holds, a database must be able to.
    """
    if request.method in SAFE:
        request.max_content_length = 0
        return
    known = current_viewer().account is not None
    if not known:
        slots: threading.Semaphore = current_app.extensions["mulu-unknown-bodies"]
        if not slots.acquire(blocking=False):
            raise too_many(2)
        g.body_slot = slots
    if not (known and request.mimetype == "multipart/form-data"):
        most = request.max_content_length
        request.max_content_length = min(most or FORM_LIMIT, FORM_LIMIT)
    if known or not is_api():
        for values in request.form.listvalues():
            if any("\0" in value for value in values):
                raise refuse(400, Text("表单中有空字符。", "The form holds a NUL character."))


def _released(_error: BaseException | None) -> None:
    if slot := g.pop("body_slot", None):
        slot.release()


def _same_origin() -> None:
    """A write that a cookie authenticates carries the session's token; a bearer needs none.

    A browser sends the cookie along from any site, but only our pages know the token. A view
    marked by ``keeps_input`` is called all the same, with ``g.untrusted`` set: it must not act, but
    shows what was typed once more, so that nothing is lost with an expired session.
    """
    if request.method in SAFE or _has_bearer():
        return
    if is_api() and "account" not in session:
        return
    origin = request.headers.get("Origin")
    if origin and origin != "null" and origin.partition("://")[2] != request.host:
        raise refuse(403, Text("表单来自别的网站。", "The form comes from another site."))
    sent = request.headers.get(TOKEN_HEADER) or request.form.get(TOKEN_FIELD, "")
    known = str(session.get(TOKEN_FIELD, ""))
    g.untrusted = not known or not hmac.compare_digest(sent.encode(), known.encode())
    if g.untrusted and not getattr(_view(), "keeps_input", False):
        raise refuse(403, Text("表单已过期，请刷新页面。", "The form is too old: reload the page."))


def keeps_input(view: V) -> V:
    """Mark a view that shows a form again when ``g.untrusted`` is set, instead of acting."""
    view.keeps_input = True  # type: ignore[attr-defined]
    return view


def _view() -> object:
    return current_app.view_functions.get(request.endpoint or "")


def _has_bearer() -> bool:
    return request.headers.get("Authorization", "")[:7].lower() == "bearer "


def _headers(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if request.is_secure:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    if request.endpoint in FILES:
        return response  # the same for everybody, and told apart by what their address ends in
    if "account" in session or _has_bearer():
        response.headers["Cache-Control"] = "private, no-store"
    elif session or "lang" in request.args:  # a form's token, or a cookie that comes with it
        response.headers.setdefault("Cache-Control", "private, no-cache")
    elif request.method == "GET" and response.status_code == 200:
        response.headers.setdefault("Cache-Control", "public, max-age=0, must-revalidate")
        _tag(response)
    response.vary.update(("Cookie", "Authorization"))
    return response


def _tag(response: Response) -> None:
    """Whoever has this very page already is told so instead of being sent it again."""
    whole = response.mimetype == "text/html" and not response.is_streamed
    if whole and response.get_etag() == (None, None):
        response.add_etag()
        response.make_conditional(request)
