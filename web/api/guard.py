"""Doors of the API: which role an operation asks for, said to the caller and in the description."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask_smorest import Blueprint

from catalog.viewers import Role
from web.signin import requires, signed_in

SECURITY: list[dict[str, list[str]]] = [{"token": []}]


def guarded(*roles: Role) -> Callable[[Any], Any]:
    """Ask for an account, with one of the roles where any is named."""
    told = ", ".join(roles) or "any account"

    def decorate(view: Any) -> Any:
        inner = requires(*roles)(view) if roles else signed_in(view)
        return Blueprint.doc(security=SECURITY, **{"x-roles": told})(inner)

    return decorate
