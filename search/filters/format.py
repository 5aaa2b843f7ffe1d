"""The format of the resource."""

from __future__ import annotations

from search.filters.filter import coded

FILTER = coded("format", "格式", "Format", "formats", codes="formats")
