"""The theme, or one below it, of either classification."""

from __future__ import annotations

from search.filters.filter import coded

FILTER = coded("topic", "主题", "Topic", "themes")
