"""Entries and versions as JSON, for the API and for the JSON form of an entry's page."""

from __future__ import annotations

from typing import Any

from catalog.entries import EntryView, VersionView
from standards.summary import summarize


def entry_view(view: EntryView) -> dict[str, Any]:
    """An entry as far as its viewer may see it."""
    return {
        "identifier": view.identifier,
        "kind": view.kind,
        "title": summarize(view.shown.descriptor).title,
        "agency": {"code": view.agency.code, "name": view.agency.name},
        "state": view.state,
        "audience": view.audience.value,
        "revision": view.revision,
        "created": view.created.isoformat(),
        "updated": view.updated.isoformat(),
        "submitted": view.submitted_at.isoformat() if view.submitted_at else None,
        "remark": view.remark,
        "source": view.source,
        "url": f"/entries/{view.identifier}",
        "served": version_view(view.served) if view.served else None,
        "pending": version_view(view.pending) if view.pending else None,
    }


def version_view(version: VersionView) -> dict[str, Any]:
    """A version with its descriptor."""
    return {
        "number": version.number,
        "audience": version.audience.value,
        "level": version.level,
        "author": version.author,
        "note": version.note,
        "created": version.created.isoformat(),
        "descriptor": version.descriptor.values,
    }
