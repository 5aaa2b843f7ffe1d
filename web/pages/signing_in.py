"""Signing in and out. A form that was sent without a session comes back after it, nothing lost."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import wraps
from typing import ParamSpec

from flask import Blueprint, g, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from catalog.sample import ACCOUNTS
from web.errors import Refused
from web.pages.address import local
from web.security import TOKEN_FIELD, keeps_input
from web.signin import is_signed_in, parts, sign_in, sign_out

P = ParamSpec("P")
pages = Blueprint("signin", __name__)
USERNAME, PASSWORD = "sign-in-username", "sign-in-password"
OWN_FIELDS = frozenset({USERNAME, PASSWORD, TOKEN_FIELD, "act"})


@pages.get("/sign-in")
def form() -> ResponseReturnValue:
    """The form; in a demonstration with an account of each role."""
    return _form(local(request.args.get("next", "")))


@pages.post("/sign-in")
def enter() -> ResponseReturnValue:
    """Begin a session and go on to where the person wanted to be."""
    target = local(request.form.get("next", ""))
    try:
        sign_in(request.form.get(USERNAME, "").strip(), request.form.get(PASSWORD, ""))
    except Refused as refused:
        return _form(target, refused=refused)
    return redirect(target, 303)


@pages.post("/sign-out")
def out() -> ResponseReturnValue:
    """End the session."""
    sign_out()
    return redirect("/", 303)


def keeping(view: Callable[P, ResponseReturnValue]) -> Callable[P, ResponseReturnValue]:
    """For a view that takes a long form: without a session, or with a token of an older one,
    nothing is written and nothing is lost. The person signs in where they are, with what they
    typed held in the page, and finds the form as they left it (``g.untrusted`` is then set).
    """

    @keeps_input
    @wraps(view)
    def kept(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
        if is_signed_in():
            return view(*args, **kwargs)
        if request.method != "POST":
            return redirect(f"/sign-in?next={request.path}", 303)
        forged, g.untrusted = g.untrusted, True
        if forged or PASSWORD not in request.form:
            return _form(request.path, held=_held())
        try:
            sign_in(request.form.get(USERNAME, "").strip(), request.form[PASSWORD])
        except Refused as refused:
            return _form(request.path, held=_held(), refused=refused)
        return view(*args, **kwargs)

    return kept


def _held() -> list[tuple[str, str]]:
    """What was typed, to be sent again together with the name and the password."""
    return [(n, v) for n, v in request.form.items(multi=True) if n not in OWN_FIELDS]


def _form(
    target: str, held: Iterable[tuple[str, str]] | None = None, refused: Refused | None = None
) -> ResponseReturnValue:
    page = render_template(
        "sign-in.html",
        target=target,
        held=list(held) if held is not None else None,
        trouble=refused.trouble if refused else None,
        username=request.form.get(USERNAME, ""),
        trial=ACCOUNTS if parts().settings.demo else (),
    )
    status = refused.trouble.status if refused else 200
    answer = make_response(page, status)
    answer.headers["Cache-Control"] = "no-store"
    if refused:
        answer.headers.update(refused.trouble.headers)
    return answer
