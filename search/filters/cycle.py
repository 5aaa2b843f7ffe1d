"""How often the resource is updated."""

from __future__ import annotations

from search.filters.filter import coded

FILTER = coded("cycle", "更新周期", "Update cycle", "cycle", codes="update-cycles")
