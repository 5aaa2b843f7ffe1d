"""The agency, or one below it."""

from __future__ import annotations

from search.filters.filter import coded

FILTER = coded("agency", "部门", "Agency", "agency_path")
