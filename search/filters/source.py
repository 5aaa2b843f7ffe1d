"""The source that an entry was harvested from."""

from __future__ import annotations

from search.filters.filter import coded

FILTER = coded("source", "采集源", "Source", "source")
