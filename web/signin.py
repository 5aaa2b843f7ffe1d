"""Who is asking: the session's cookie or a bearer token, and the doors that ask for a role."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import wraps
from typing import ParamSpec, TypeVar

from flask import Flask, current_app, g, redirect, request, session, url_for
from flask.sessions import SecureCookieSessionInterface
from flask.typing import ResponseReturnValue

from catalog import accounts
from catalog.standing_in import with_absent
from catalog.viewers import PUBLIC, Role, Viewer
from standards.problems import Text
from web.asking import is_api
from web.errors import Refused, refuse, too_many
from web.limits import RateLimit
from web.parts import Parts

P = ParamSpec("P")
R = TypeVar("R", bound=ResponseReturnValue)
ACCOUNT, NAME = "account", "name"
LIFETIME = 12 * 3600
FAILED = Text("用户名或密码不正确。", "The user name or the password is not right.")


class Cookies(SecureCookieSessionInterface):
    """The session's cookie: never over plain http once it was given over https."""

    def get_cookie_secure(self, app: Flask) -> bool:
        """Whether the cookie of this answer goes over https alone."""
        return bool(app.config["SESSION_COOKIE_SECURE"]) or request.is_secure


@dataclass(frozen=True, slots=True)
class SignInLimits:
    """How often one may guess. Only failures count, so that many may sign in from one address; and
    a name is limited where it is guessed from first, so that its owner elsewhere is not shut out.
    """

    here: RateLimit = field(default_factory=lambda: RateLimit(burst=8, per_minute=4))
    names: RateLimit = field(default_factory=lambda: RateLimit(burst=60, per_minute=20))
    addresses: RateLimit = field(default_factory=lambda: RateLimit(burst=60, per_minute=20))

    def wait(self, name: str, address: str) -> float:
        """Count an attempt; the seconds to wait before it may be made. One that is refused near
        the attacker counts nowhere else.
        """
        return (
            self.here.wait(f"{name}@{address}")
            or self.addresses.wait(address)
            or self.names.wait(name)
        )

    def forgive(self, name: str, address: str) -> None:
        """The attempt was right after all."""
        self.here.forget(f"{name}@{address}")
        self.addresses.give_back(address)
        self.names.give_back(name)


def parts() -> Parts:
    """The parts of the app that answers now."""
    found: Parts = current_app.extensions["mulu"]
    return found


def set_up(app: Flask, base_url: str) -> None:
    """Cookies go over https alone when the directory is served so; templates know the viewer."""
    app.session_interface = Cookies()
    app.config["SESSION_COOKIE_SECURE"] = base_url.startswith("https://")
    app.config["PERMANENT_SESSION_LIFETIME"] = LIFETIME
    app.config["SESSION_REFRESH_EACH_REQUEST"] = False  # a copied cookie does not live on by use
    app.extensions["mulu-signin"] = SignInLimits()
    app.context_processor(lambda: {"viewer": current_viewer()})


def current_viewer() -> Viewer:
    """The viewer of this request, looked up once; the public needs no look-up."""
    if "viewer" not in g:
        g.viewer = _bearer() or _cookie() or PUBLIC
    viewer: Viewer = g.viewer
    return viewer


def is_signed_in() -> bool:
    """Whether an account asks."""
    return current_viewer().account is not None


def sign_in(username: str, password: str) -> Viewer:
    """Check and begin a session. Every failure has one message, which betrays no account."""
    limits: SignInLimits = current_app.extensions["mulu-signin"]
    name, address = username.casefold()[:100], request.remote_addr or ""
    if wait := limits.wait(name, address):
        raise too_many(wait)
    with parts().database.reading() as db:
        viewer = accounts.authenticate(db, username, password)
    if viewer is None:
        raise refuse(401, FAILED)
    limits.forgive(name, address)
    session.clear()  # a new session, so that a planted one is worth nothing
    session[ACCOUNT], session[NAME] = viewer.account, secrets.token_urlsafe(24)
    session.permanent = True
    g.viewer = viewer
    return viewer


def sign_out() -> None:
    """End the session, also for who copied its cookie."""
    if name := session.get(NAME):
        now = parts().clock.now()
        with parts().database.writing() as db:
            accounts.end_session(db, name, now, now + timedelta(seconds=LIFETIME))
    _forget()


def _forget() -> None:
    session.clear()
    g.viewer = PUBLIC


def signed_in(view: Callable[P, R]) -> Callable[P, R | ResponseReturnValue]:
    """Only for accounts: a program gets 401, a person the sign-in page and then this one."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R | ResponseReturnValue:
        if is_signed_in():
            return view(*args, **kwargs)
        if is_api():
            raise _unauthorised(Text("此操作需要登录或令牌。", "This needs a session or a token."))
        return redirect(url_for("signin.form", next=request.full_path.rstrip("?")))

    return guarded


def demand(*roles: Role) -> None:
    """Go on only for an account with one of the roles in the whole directory, e.g. by a token."""
    viewer = current_viewer()
    if viewer.account is None:
        raise _unauthorised(Text("此操作需要登录或令牌。", "This needs a session or a token."))
    if not any(viewer.may(role) for role in roles):
        raise lacking(roles)


def lacking(roles: Iterable[Role]) -> Refused:
    """403, naming the roles that would do."""
    names = ", ".join(roles)
    return refuse(403, Text(f"需要角色：{names}", f"This needs a role: {names}"))


def requires(*roles: Role) -> Callable[[Callable[P, R]], Callable[P, R | ResponseReturnValue]]:
    """Only for accounts that hold one of the roles somewhere; the catalog checks the agency."""

    def decorate(view: Callable[P, R]) -> Callable[P, R | ResponseReturnValue]:
        @signed_in
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> R | ResponseReturnValue:
            if not any(current_viewer().holds(role) for role in roles):
                raise lacking(roles)
            return view(*args, **kwargs)

        return guarded

    return decorate


def _bearer() -> Viewer | None:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if not scheme:
        return None
    found = None
    if scheme.lower() == "bearer" and token.strip():
        with parts().database.reading() as db:
            now = parts().clock.now()
            found = accounts.viewer_of_token(db, token.strip(), now)
            found = with_absent(db, found, now) if found else None
    if found is None:
        raise _unauthorised(Text("令牌无效或已过期。", "The token is unknown or has expired."))
    return found


def _cookie() -> Viewer | None:
    """The account behind the session, read anew so that a lost role is lost at once."""
    account, name = session.get(ACCOUNT), session.get(NAME)
    if account is None:
        return None
    with parts().database.reading() as db:
        ended = name is None or accounts.is_ended(db, name)
        found = None if ended else accounts.viewer_of_account(db, account)
        found = with_absent(db, found, parts().clock.now()) if found else None
    if found is None:
        _forget()
    return found


def _unauthorised(detail: Text) -> Refused:
    return refuse(401, detail, headers={"WWW-Authenticate": 'Bearer realm="Mulu"'})
