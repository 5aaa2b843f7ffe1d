"""Whether the resource may be shared with agencies."""

from __future__ import annotations

from search.filters.filter import coded

FILTER = coded("sharing", "共享属性", "Sharing", "sharing", codes="sharing")
