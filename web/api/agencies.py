"""Agencies: the list, the tree, and one of them."""

from __future__ import annotations

from typing import Any

from flask import Response
from marshmallow import fields

from catalog import agencies
from catalog.agencies import AgencyNode, AgencyView
from web.api.resource import Resource
from web.api.shapes import LONGEST_IDENTIFIER, Shape, listed, nested, text
from web.jsonio import answer
from web.signin import parts

api = Resource("api-agencies", __name__, url_prefix="/api/v1/agencies", description="Who registers")
CODE = {
    "in": "path",
    "name": "code",
    "schema": {"type": "string", "minLength": 1, "maxLength": LONGEST_IDENTIFIER},
    "required": True,
}


class Agency(Shape):
    """An organ that registers entries."""

    code = text(description="Its prefix in identifiers")
    name = text()
    short_names = listed(text())
    credit_code = text(description="Unified social credit code (GB 32100)")
    division = text(description="Division code (GB/T 2260)")
    parent = text(allow_none=True)
    path = listed(text(), description="Its own code and those above it, nearest first")


class AgencyBranch(Agency):
    """An agency with those below it."""

    below = fields.List(fields.Nested("AgencyBranch"), required=True)


class AgencyList(Shape):
    """All agencies, by code."""

    agencies = listed(nested(Agency))


class AgencyTree(Shape):
    """All agencies, each below its parent."""

    agencies = listed(nested(AgencyBranch))


@api.get("")
@api.response(200, AgencyList)
def every() -> Response:
    """List all agencies."""
    with parts().database.reading() as db:
        found = agencies.every(db)
    return answer({"agencies": [told(agency) for agency in found]})


@api.get("/tree")
@api.response(200, AgencyTree)
def tree() -> Response:
    """The agencies as a tree."""
    with parts().database.reading() as db:
        nodes = agencies.tree(db)
    return answer({"agencies": [branch(node) for node in nodes]})


@api.get("/<code>")
@api.doc(parameters=[CODE])
@api.response(200, Agency)
def one(code: str) -> Response:
    """One agency."""
    with parts().database.reading() as db:
        agency = agencies.get(db, code)
    return answer(told(agency))


def told(agency: AgencyView) -> dict[str, Any]:
    """An agency as JSON."""
    return {
        "code": agency.code,
        "name": agency.name,
        "short_names": list(agency.short_names),
        "credit_code": agency.credit_code,
        "division": agency.division,
        "parent": agency.parent,
        "path": list(agency.path),
    }


def branch(node: AgencyNode) -> dict[str, Any]:
    """An agency with those below it."""
    return {**told(node.agency), "below": [branch(below) for below in node.below]}
