"""Permanent identifiers: minted once from each agency's counter, in blocks, never given again."""

from __future__ import annotations

from sqlalchemy import update
from sqlalchemy.orm import Session

from catalog.errors import NotFound
from catalog.tables import Agency


def mint(session: Session, agency: str, count: int) -> list[str]:
    """The next identifiers of an agency. A counter that is rolled back gave nothing away."""
    last = session.scalar(
        update(Agency)
        .where(Agency.code == agency)
        .values(serial=Agency.serial + count)
        .returning(Agency.serial)
        .execution_options(synchronize_session=False)
    )
    if last is None:
        raise NotFound(f"agency {agency}")
    return [f"{agency}-{serial:06d}" for serial in range(last - count + 1, last + 1)]
