"""What lies here: a division, a box, or so near to a point; on a map and in words alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from search.query import BadQuery
from search.spatial import SIDES
from web import searching
from web.errors import Refused
from web.language import current_language
from web.pages import pictures
from web.pages.facets import chips, facets
from web.pages.searching import served
from web.signin import current_viewer

pages = Blueprint("places", __name__)
PLACES = frozenset({"division", "bbox", "within", "near"})
FACETS = ("division",)
BOXES = ("bbox", "within")
POINT = ("longitude", "latitude", "kilometres")
FIELDS = {"near": POINT} | dict.fromkeys(BOXES, (*SIDES, "relation"))
METRES = 1000


@dataclass(frozen=True, slots=True)
class Asked:
    """The fields of the form as they were filled in, and the parameters that they amount to."""

    fields: Mapping[str, str]
    whole: bool
    args: MultiDict[str, str]

    @classmethod
    def of(cls, given: MultiDict[str, str]) -> Asked:
        """The four sides and the point as filters; or the filters of an address as such fields."""
        args = MultiDict(given.items(multi=True))
        fields = {name: args.get(name, "").strip() for name in (*SIDES, *POINT)}
        whole = args.get("relation") == "within" or "within" in args
        name = BOXES[whole]
        if any(fields[side] for side in SIDES):
            args[name] = ",".join(fields[side] for side in SIDES)
        elif args.get(name):
            fields |= dict(zip(SIDES, [*args[name].split(","), "", "", ""], strict=False))
        if any(fields[part] for part in POINT[:2]):
            args["near"] = ",".join([fields["longitude"], fields["latitude"], _metres(fields)])
        elif args.get("near"):
            fields |= dict(zip(POINT, _point(args["near"]), strict=False))
        return cls(fields, whole, args)


def _metres(fields: Mapping[str, str]) -> str:
    try:
        return f"{float(fields['kilometres']) * METRES:g}"
    except ValueError:
        return fields["kilometres"]


def _point(near: str) -> list[str]:
    parts = [*near.split(","), "", ""]
    try:
        return [*parts[:2], f"{float(parts[2]) / METRES:g}"]
    except ValueError:
        return parts


@pages.get("/map")
def map_page() -> ResponseReturnValue:
    """What lies somewhere. The map, the list of divisions and the numbers ask the same."""
    asked = Asked.of(request.args)
    args = asked.args
    if not args.get("q", "").strip():
        args["sort"] = "issued"
    trouble, found, wanted = None, None, None
    try:
        wanted = replace(searching.read(args, current_viewer(), FACETS), visibility=served())
        told = wanted.filters.keys() & PLACES or wanted.text
        found = searching.search(wanted).found if told else None
    except (Refused, BadQuery) as refused:
        trouble = refused
    language = current_language()
    return render_template(
        "map.html",
        found=found,
        trouble=trouble,
        near=trouble is not None and _is_of_point(trouble),
        asked=asked,
        districts=pictures.districts(language),
        view=pictures.view(),
        chosen=set(args.getlist("division")),
        facets=facets(found.facets, FACETS, found.total) if found else [],
        chips=chips(wanted.filters, language, fields=FIELDS) if wanted else [],
        q=args.get("q", ""),
    ), (422 if trouble else 200)


def _is_of_point(trouble: Exception) -> bool:
    return isinstance(trouble, BadQuery) and trouble.field == "near"
