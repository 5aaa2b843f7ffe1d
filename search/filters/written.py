"""When the document was written (成文日期)."""

from __future__ import annotations

from search.filters.dates import between

FILTER = between("written", "成文日期", "Written")
