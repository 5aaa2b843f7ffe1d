"""Permanent identifiers: minted once from each agency's counter, in blocks, never given again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sqlalchemy import case, update
from sqlalchemy.orm import Session

from catalog.errors import NotFound
from catalog.tables import Agency


def mint(session: Session, wanted: Mapping[str, int]) -> dict[str, Iterator[str]]:
    """The next identifiers of each agency, as many as are wanted, of all agencies at once.

    A counter that is rolled back gave nothing away.
    """
    if not wanted:
        return {}
    rows = session.execute(
        update(Agency)
        .where(Agency.code.in_(wanted))
        .values(serial=Agency.serial + case(dict(wanted), value=Agency.code))
        .returning(Agency.code, Agency.serial)
        .execution_options(synchronize_session=False)
    )
    last = {row.code: row.serial for row in rows}
    for agency in wanted:
        if agency not in last:
            raise NotFound(f"agency {agency}")
    return {agency: _block(agency, last[agency], count) for agency, count in wanted.items()}


def _block(agency: str, last: int, count: int) -> Iterator[str]:
    return (f"{agency}-{serial:06d}" for serial in range(last - count + 1, last + 1))
