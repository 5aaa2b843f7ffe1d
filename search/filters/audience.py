"""Who may know of the record, for those who may see all."""

from __future__ import annotations

from search.filters.filter import coded

FILTER = coded("audience", "可见范围", "Audience", "audience")
