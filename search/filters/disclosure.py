"""Whether the resource may be disclosed to the public."""

from __future__ import annotations

from search.filters.filter import coded

FILTER = coded("disclosure", "公开属性", "Disclosure", "disclosure", codes="disclosure")
