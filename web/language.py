"""Which of the two languages a reader gets: asked for, chosen before, or the browser's."""

from __future__ import annotations

from typing import Literal

from flask import Flask, Response, current_app, g, has_request_context, request
from flask_babel import Babel

from standards.problems import Text

Language = Literal["zh", "en"]
COOKIE = "lang"
LOCALES: dict[Language, str] = {"zh": "zh_Hans", "en": "en"}
YEAR = 365 * 86_400


def current_language() -> Language:
    """``?lang=``, else the cookie, else ``Accept-Language``; Chinese when nothing says English."""
    if not has_request_context():
        return "zh"
    if "language" not in g:
        g.language = _choose()
    return "en" if g.language == "en" else "zh"


def say(zh: str, en: str) -> str:
    """The wording in the reader's language."""
    return Text(zh, en).in_language(current_language())


def set_up(app: Flask) -> None:
    """Give the app its languages: Babel's locale, and a cookie once ``?lang=`` was used."""
    app.config["BABEL_DEFAULT_LOCALE"] = LOCALES["zh"]
    Babel(app, locale_selector=lambda: LOCALES[current_language()])
    app.after_request(_remember)
    app.context_processor(lambda: {"language": current_language()})


def _choose() -> Language:
    asked = _known(request.args.get("lang")) or _known(request.cookies.get(COOKIE))
    if asked:
        return asked
    best = request.accept_languages.best_match(["zh-CN", "zh-Hans", "zh", "en", "en-US", "en-GB"])
    return "en" if best and best.startswith("en") else "zh"


def _known(value: str | None) -> Language | None:
    return {"zh": "zh", "en": "en"}.get(value or "")  # type: ignore[return-value]


def _remember(response: Response) -> Response:
    """Only a reader who chose gets the cookie, so that other answers stay cacheable by all."""
    asked = _known(request.args.get("lang"))
    if asked and not request.path.startswith("/api/"):
        secure = current_app.session_interface.get_cookie_secure(current_app)
        response.set_cookie(
            COOKIE, asked, max_age=YEAR, samesite="Lax", httponly=True, secure=secure
        )
    response.vary.add("Accept-Language")
    return response
