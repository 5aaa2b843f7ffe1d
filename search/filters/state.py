"""The state of a pending version, for reviewers."""

from __future__ import annotations

from search.filters.filter import coded

FILTER = coded("state", "状态", "State", "state")
