"""When the resource was issued."""

from __future__ import annotations

from search.filters.dates import between

FILTER = between("issued", "发布日期", "Issued")
