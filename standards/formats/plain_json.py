"""JSON: the canonical values as they are, beside the record's addresses."""

from __future__ import annotations

import orjson

from standards.formats.records import Record


def write(record: Record) -> bytes:
    """The record as one JSON object; `values` is what the API takes for the same entry."""
    return orjson.dumps(
        {
            "identifier": record.identifier,
            "url": record.url,
            "kind": record.descriptor.kind,
            "agency": record.agency_name,
            "updated": record.updated,
            "values": record.descriptor.values,
        },
        option=orjson.OPT_INDENT_2 | orjson.OPT_UTC_Z,
    )
