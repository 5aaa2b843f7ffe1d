"""Whether a document is still in force."""

from __future__ import annotations

from search.filters.filter import coded

FILTER = coded("validity", "效力状态", "Validity", "validity", codes="validity")
