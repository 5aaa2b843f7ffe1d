"""A resource of the API: a blueprint whose bodies are read as strictly as the rest of the house."""

from __future__ import annotations

from typing import Any

from flask import Request, current_app
from flask_smorest import Blueprint
from marshmallow import Schema
from webargs.flaskparser import FlaskParser

from standards.problems import Text
from web.errors import refuse


class StrictParser(FlaskParser):
    """Reads bodies through the app's JSON; 415 for another type and 400 for what is no JSON."""

    def load_json(self, req: Request, schema: Schema) -> Any:
        if not req.is_json:
            raise refuse(415, Text("请发送 application/json。", "Send application/json."))
        try:
            return current_app.json.loads(req.get_data(cache=True))
        except ValueError as error:
            detail = Text("内容不是有效的 JSON。", f"The body is no JSON: {error}")
            raise refuse(400, detail) from None


class Resource(Blueprint):
    """One part of the API."""

    ARGUMENTS_PARSER = StrictParser()
