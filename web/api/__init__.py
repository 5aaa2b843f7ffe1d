"""The API under /api/v1: one module a resource, each a blueprint, described by OpenAPI."""

from __future__ import annotations

from flask import Flask


def register_api(app: Flask) -> None:
    """Put every resource under /api/v1 and write down what each takes and answers."""
