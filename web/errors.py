"""Every error told once: a problem document (RFC 9457) for programs, a page for people."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import structlog
from flask import Flask, Response, make_response, redirect, render_template, request
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as AnyResponse

from catalog.access.sealing import Unreadable
from catalog.errors import (
    Conflict,
    Forbidden,
    Gone,
    Invalid,
    Moved,
    NotFound,
    Stale,
    Unavailable,
    WrongState,
)
from search.engine import EngineUnavailable
from search.query import BadQuery
from standards.problems import Problem, Text
from web.asking import wants_page
from web.jsonio import answer
from web.language import current_language

PROBLEM = "application/problem+json"
RETRY_SECONDS = 5
log = structlog.get_logger("mulu.web")

NOTHING = Text("", "")


@dataclass(frozen=True, slots=True)
class Trouble:
    """What went wrong, before it is known whether a program or a person asked."""

    status: int
    slug: str
    title: Text
    detail: Text = NOTHING
    problems: Sequence[Problem] = ()
    members: Mapping[str, Any] = field(default_factory=dict)
    """Extension members of the problem document, e.g. the current revision."""
    headers: Mapping[str, str] = field(default_factory=dict)

    def document(self, language: str) -> dict[str, Any]:
        """The problem document, its texts in one language."""
        return {
            "type": f"/api/v1/#problem-{self.slug}",
            "title": self.title.in_language(language),
            "status": self.status,
            "detail": self.detail.in_language(language),
            "errors": [told(problem, language) for problem in self.problems],
            **self.members,
        }


TITLES: dict[int, tuple[str, Text]] = {
    400: ("bad-request", Text("请求无法理解", "The request cannot be understood")),
    401: ("sign-in", Text("请先登录", "Sign in first")),
    403: ("forbidden", Text("无权进行此操作", "This is not allowed")),
    404: ("not-found", Text("没有找到", "Nothing is here")),
    405: ("method", Text("此地址不支持该方法", "This address does not take that method")),
    406: ("not-acceptable", Text("没有所要的格式", "None of the formats asked for is offered")),
    408: ("timeout", Text("请求超时", "The request took too long")),
    409: ("stale", Text("条目已被他人修改", "The entry has changed meanwhile")),
    410: ("gone", Text("条目已撤销", "The entry was withdrawn")),
    411: ("length-required", Text("缺少内容长度", "The length of the content is missing")),
    412: ("precondition", Text("前提条件不成立", "A precondition does not hold")),
    413: ("too-large", Text("提交的内容太大", "What was sent is too large")),
    414: ("long-address", Text("地址太长", "The address is too long")),
    415: ("media-type", Text("不支持的内容类型", "This type of content is not read here")),
    416: ("range", Text("请求的范围不存在", "The range asked for does not exist")),
    422: ("invalid", Text("内容不符合规则", "The content breaks rules")),
    428: ("if-match", Text("缺少修订号", "The revision is missing")),
    429: ("too-many", Text("请求太频繁", "Too many requests")),
    500: ("internal", Text("系统出错", "Something broke on our side")),
    503: ("unavailable", Text("检索服务暂不可用", "Search is out of reach for a moment")),
}

SCHEMA_ZH = {
    "Missing data": "缺少此项",
    "Unknown field": "没有这一项",
    "Must be one of": "不是可选的值",
    "Not a valid": "类型不对",
    "Field may not be null": "不能为空",
    "Longer than": "太长",
    "Shorter than": "太短",
    "Length must be": "长度不符",
    "Must be greater": "超出范围",
    "Invalid value": "取值无效",
}
QUERY_ZH = {
    "bbox": "应为“西,南,东,北”四个经纬度",
    "within": "应为“西,南,东,北”四个经纬度",
    "near": "应为“经度,纬度,米”三个数",
    "cursor": "不是本次检索给出的游标",
    **dict.fromkeys(
        ("issued_from", "issued_to", "written_from", "written_to", "submitted_before"),
        "应为日期，如 2009、2009-03 或 2009-03-31",
    ),
}


class Refused(Exception):
    """A trouble that the web itself finds, e.g. a parameter that is not a number."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble.title.en)
        self.trouble = trouble


def refuse(status: int, detail: Text, **more: Any) -> Refused:
    """The exception to raise for a status of the table, with its detail."""
    slug, title = TITLES[status]
    return Refused(Trouble(status, slug, title, detail, **more))


def wrong(path: str, message: Text, rule: str = "parameter", value: str | None = None) -> Refused:
    """422 for one named parameter or field."""
    problem = Problem(path, rule, "", "error", message, None, value)
    return refuse(422, Text(f"{path}：{message.zh}", f"{path}: {message.en}"), problems=(problem,))


def too_many(wait: float) -> Refused:
    """429 with the seconds to wait."""
    seconds = max(1, round(wait))
    detail = Text(f"请 {seconds} 秒后再试。", f"Wait {seconds} seconds.")
    return refuse(429, detail, headers={"Retry-After": str(seconds)})


def told(problem: Problem, language: str) -> dict[str, Any]:
    """A problem as it is answered: its texts in the reader's language."""
    return {
        "path": problem.path,
        "rule": problem.rule,
        "clause": problem.clause,
        "severity": problem.severity,
        "message": problem.message.in_language(language),
        "suggestion": problem.suggestion.in_language(language) if problem.suggestion else None,
    }


def _not_found(error: NotFound) -> Trouble:
    detail = Text("没有此条目，或您无权查看。", "There is no such entry, or it is not open to you.")
    return Trouble(404, *TITLES[404], detail)


def _gone(error: Gone) -> Trouble:
    since = error.since.date().isoformat()
    detail = Text(f"{since} 撤销：{error.reason}", f"Withdrawn on {since}: {error.reason}")
    return Trouble(410, *TITLES[410], detail, members={"since": since, "reason": error.reason})


def _forbidden(error: Forbidden) -> Trouble:
    detail = Text(
        "您的账号在此部门没有所需的角色。", "Your account lacks the role for this in this agency."
    )
    return Trouble(403, *TITLES[403], error.told or detail)


def _stale(error: Stale) -> Trouble:
    detail = Text(
        f"当前修订号为 {error.current}，您所改的内容没有丢失，请比较后再提交。",
        f"It is at revision {error.current} now; nothing of yours is lost: compare and send again.",
    )
    members = {"current": error.current, "sent": request.get_json(silent=True)}
    return Trouble(409, *TITLES[409], detail, members=members)


def _wrong_state(error: WrongState) -> Trouble:
    detail = Text("条目的当前状态不允许此操作。", "The entry's state does not allow this step.")
    title = Text("状态不允许此操作", "The state does not allow this")
    return Trouble(409, "state", title, error.told or detail)


def _conflict(error: Conflict) -> Trouble:
    return Trouble(409, "taken", Text("已被占用", "This is taken"), Text(str(error), str(error)))


def _unreadable(error: Unreadable) -> Trouble:
    log.error("sealed under another key", reason=str(error))
    title = Text("申请人信息无法解密", "Who asked cannot be read")
    detail = Text(
        "密钥已经更换：请系统管理员把原来的密钥加到 MULU_IDENTITY_KEY 里。",
        "The key was changed: let the operator add the old one to MULU_IDENTITY_KEY.",
    )
    return Trouble(409, "sealed", title, detail)


def _invalid(error: Invalid) -> Trouble:
    count = sum(problem.severity == "error" for problem in error.problems)
    detail = Text(f"有 {count} 处错误需要改正。", f"{count} things need to be put right.")
    return Trouble(422, *TITLES[422], detail, problems=tuple(error.problems))


def _bad_query(error: BadQuery) -> Trouble:
    message = Text(QUERY_ZH.get(error.field, "取值无效"), error.reason)
    detail = Text(f"参数 {error.field}：{message.zh}", f"{error.field}: {message.en}")
    problem = Problem(error.field, "query", "", "error", message)
    return Trouble(422, *TITLES[422], detail, problems=(problem,))


def _unavailable(error: EngineUnavailable) -> Trouble:
    detail = Text("请稍后再试。登记的内容不受影响。", "Try again soon. Nothing registered is lost.")
    headers = {"Retry-After": str(RETRY_SECONDS)}
    return Trouble(503, *TITLES[503], detail, headers=headers)


def _no_database(error: Unavailable) -> Trouble:
    """Told to the operator in the log; people are told that nothing was half written."""
    log.error("database unavailable", reason=str(error))
    title = Text("数据库暂时无法使用", "The database cannot be used for a moment")
    detail = Text(
        "这次的内容没有保存，请保留页面，稍后再试。",
        "What was sent was not kept. Keep this page and try again soon.",
    )
    headers = {"Retry-After": str(RETRY_SECONDS)}
    return Trouble(503, "database-unavailable", title, detail, headers=headers)


def _http(error: HTTPException) -> Trouble:
    status = error.code or 500
    slug, title = TITLES.get(status, ("http", Text(error.name, error.name)))
    data: Mapping[str, Any] = getattr(error, "data", None) or {}
    problems = tuple(_fields(data.get("messages", {})))
    text = "" if status >= 500 else (error.description or "")
    detail = Text("请求的内容不符合接口说明。" if problems else title.zh, text)
    kept = {"Retry-After", "Allow", "WWW-Authenticate"}
    headers = {name: value for name, value in error.get_headers() if name in kept}
    return Trouble(status, slug, title, detail, problems, headers=headers)


def _fields(messages: Any, path: str = "") -> Iterator[Problem]:
    """What marshmallow says, flattened to one problem for each field."""
    if isinstance(messages, Mapping):
        for key, inner in messages.items():
            step = "" if path == "" and key in ("json", "query", "form", "files") else str(key)
            yield from _fields(inner, f"{path}.{step}".strip(".") if step else path)
    else:
        for message in messages if isinstance(messages, list) else [messages]:
            text = str(message)
            zh = next((zh for en, zh in SCHEMA_ZH.items() if text.startswith(en)), text)
            yield Problem(path, "schema", "", "error", Text(zh, text))


TOLD: tuple[tuple[type[Exception], Callable[[Any], Trouble]], ...] = (
    (NotFound, _not_found),
    (Gone, _gone),
    (Forbidden, _forbidden),
    (Stale, _stale),
    (WrongState, _wrong_state),
    (Conflict, _conflict),
    (Invalid, _invalid),
    (Unreadable, _unreadable),
    (BadQuery, _bad_query),
    (EngineUnavailable, _unavailable),
    (Unavailable, _no_database),
    (HTTPException, _http),
    (Refused, lambda error: error.trouble),
)


def set_up(app: Flask) -> None:
    """Map every error to its answer; what nobody foresaw is logged and told as 500."""
    app.register_error_handler(Moved, _moved)
    for kind, tell in TOLD:
        app.register_error_handler(kind, _answering(tell))
    app.register_error_handler(500, _unforeseen)


def response(trouble: Trouble) -> Response:
    """The answer in the form that was asked for."""
    language = current_language()
    if wants_page():
        problem = trouble.document(language)
        page = render_template("errors/error.html", problem=problem, trouble=trouble)
        answered = make_response(page, trouble.status)
    else:
        answered = answer(trouble.document(language), trouble.status, PROBLEM)
    answered.headers.update(trouble.headers)
    answered.headers["Cache-Control"] = "no-store"
    answered.headers["Content-Language"] = language
    return answered


def told_http(error: HTTPException) -> Response:
    """The answer to an error of HTTP itself."""
    return response(_http(error))


def _answering(tell: Callable[[Any], Trouble]) -> Callable[[Exception], Response]:
    return lambda error: response(tell(error))


def _moved(error: Moved) -> AnyResponse:
    """A merged entry's address leads to the one that took its place, in the form asked for."""
    return redirect(request.path.replace(error.identifier, error.to, 1), 301)


def _unforeseen(error: Exception) -> Response:
    cause = getattr(error, "original_exception", None) or error
    log.error("unforeseen", path=request.path, error=repr(cause), exc_info=cause)
    return response(Trouble(500, *TITLES[500]))
