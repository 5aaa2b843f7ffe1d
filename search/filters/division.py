"""The division that the resource is about, or one below it."""

from __future__ import annotations

from search.filters.filter import coded

FILTER = coded("division", "行政区划", "Division", "divisions", codes="divisions")
