"""JSON in and out through orjson; strict about what it reads: no NaN, lone surrogate or NUL."""

from __future__ import annotations

from typing import Any

import orjson
from flask import Response
from flask.json.provider import JSONProvider

JSON = "application/json"


class StrictJson(JSONProvider):
    """Flask's JSON provider; a ValueError on reading becomes 400."""

    def dumps(self, obj: Any, **kwargs: Any) -> str:
        return orjson.dumps(obj, option=orjson.OPT_NON_STR_KEYS).decode()

    def loads(self, s: str | bytes, **kwargs: Any) -> Any:
        data = orjson.loads(s)
        if (b"\\u0000" if isinstance(s, bytes) else "\\u0000") in s and _has_nul(data):  # type: ignore[operator]
            raise ValueError("a text holds a NUL character")
        return data

    def response(self, *args: Any, **kwargs: Any) -> Response:
        return answer(self._prepare_response_obj(args, kwargs))


def answer(data: Any, status: int = 200, media_type: str = JSON) -> Response:
    """A response with this as its JSON body; dataclasses need no schema to be written."""
    return Response(orjson.dumps(data), status=status, mimetype=media_type)


def _has_nul(data: Any) -> bool:
    """Depth is bounded by the parser, so plain recursion is safe."""
    if isinstance(data, str):
        return "\0" in data
    if isinstance(data, dict):
        return any("\0" in key or _has_nul(value) for key, value in data.items())
    return isinstance(data, list) and any(map(_has_nul, data))
