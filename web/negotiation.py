"""An entry's address: its page, or any of its formats, by Accept or by a suffix."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, request
from werkzeug.datastructures import MIMEAccept

from catalog.entries import EntryView
from catalog.errors import NotFound
from standards.formats import FORMATS
from standards.formats.records import Format, Record
from standards.problems import Text
from web import seeing
from web.errors import refuse
from web.pages.entry import show
from web.signin import current_viewer, parts

pages = Blueprint("entries", __name__)
HTML = "text/html"
ALSO = {"text/xml": "application/xml", "text/json": "application/json"}
"""Media types that mean another one."""


@pages.get("/entries/<name>")
def entry(name: str) -> Response:
    """The entry in the form asked for. An unknown suffix is not found; an unknown Accept is 406."""
    identifier, _, suffix = name.partition(".")
    view = seeing.look_up(identifier)
    chosen = by_suffix(suffix) if suffix else by_accept(request.accept_mimetypes)
    seeing.shown(view, form=f".{bare(chosen)}" if chosen and not suffix else "")
    answered = (
        make_response(show(view, current_viewer())) if chosen is None else written(view, chosen)
    )
    answered.headers["Link"] = links(view.identifier)
    answered.vary.add("Accept")
    return answered


def by_suffix(suffix: str) -> Format | None:
    """The format with the suffix; None for the page itself."""
    if suffix == "html":
        return None
    for each in FORMATS:
        if bare(each) == suffix:
            return each
    raise NotFound(suffix)


def by_accept(accepted: MIMEAccept) -> Format | None:
    """The format that the client likes best; None for the page."""
    if not accepted:
        return None
    offered = {each.media_type: each for each in reversed(FORMATS)}
    best = accepted.best_match([HTML, *offered, *ALSO])
    if best == HTML:
        return None
    if best is None or ALSO.get(best, best) not in offered:
        raise _none_of(["text/html", *offered])
    return offered[ALSO.get(best, best)]


def written(view: EntryView, chosen: Format) -> Response:
    """The entry in a format, which a client that has it need not fetch again."""
    base = (parts().settings.base_url or request.url_root).rstrip("/")
    answered = Response(chosen.write(record(view, base)), content_type=content_type(chosen))
    answered.set_etag(f"{view.revision}-{view.shown.descriptor.digest[:16]}-{chosen.name}")
    answered.last_modified = view.updated
    answered.make_conditional(request)
    return answered


def record(view: EntryView, base: str) -> Record:
    """The entry as formats write it."""
    return Record(
        identifier=view.identifier,
        url=f"{base}/entries/{view.identifier}",
        descriptor=view.shown.descriptor,
        agency_name=view.agency.name,
        updated=view.updated,
        catalog_url=f"{base}/catalog",
    )


def links(identifier: str) -> str:
    """Where the other forms are, for the Link header (RFC 8288)."""
    return ", ".join(
        f'</entries/{identifier}.{bare(each)}>; rel="alternate"; type="{each.media_type}"'
        for each in FORMATS
    )


def bare(chosen: Format) -> str:
    """The suffix without its first dot."""
    return chosen.suffix.lstrip(".")


def content_type(chosen: Format) -> str:
    """The media type, with the encoding where one must be told."""
    return (
        chosen.media_type if "json" in chosen.media_type else f"{chosen.media_type}; charset=utf-8"
    )


def _none_of(offered: list[str]) -> Exception:
    listed = ", ".join(offered)
    return refuse(
        406, Text(f"可选的格式：{listed}", f"Offered: {listed}"), members={"offered": offered}
    )
