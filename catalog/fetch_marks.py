"""What the servers of a source said of their answers at its last complete harvest."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from catalog.database import put
from catalog.tables import FetchMark


def of(session: Session, source: str) -> dict[str, tuple[str, str]]:
    """The ETag and Last-Modified of the source's addresses, by their digests."""
    rows = session.scalars(select(FetchMark).where(FetchMark.source == source))
    return {row.address: (row.etag, row.modified) for row in rows}


def keep(session: Session, source: str, marks: Mapping[str, tuple[str, str]]) -> None:
    """Put these in the place of those that were."""
    session.execute(delete(FetchMark).where(FetchMark.source == source))
    put(
        session,
        FetchMark,
        [
            {"source": source, "address": address, "etag": etag, "modified": modified}
            for address, (etag, modified) in marks.items()
        ],
    )
