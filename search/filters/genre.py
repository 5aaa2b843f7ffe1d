"""The genre of a document."""

from __future__ import annotations

from search.filters.filter import coded

FILTER = coded("genre", "公文种类", "Genre", "genre", codes="genres")
