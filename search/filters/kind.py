"""Document or non-document."""

from __future__ import annotations

from search.filters.filter import coded

FILTER = coded("kind", "资源类别", "Kind", "kind")
