"""Served or pending, for those who may see both."""

from __future__ import annotations

from search.filters.filter import coded

FILTER = coded("stage", "版本", "Version", "stage")
