"""Permanent identifiers: minted once from each agency's counter, in blocks, never given again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sqlalchemy import case, update
from sqlalchemy.orm import Session

from catalog.database import holds_logs, lock_counters
from catalog.errors import NotFound
from catalog.tables import Agency


def mint(session: Session, wanted: Mapping[str, int]) -> dict[str, Iterator[str]]:
    """The next identifiers of each agency, as many as are wanted, of all agencies at once.

    A writer that does not hold the logs yet mints in a transaction of its own, so that others of
    the agency need not wait for its end; if it is undone, its numbers stay unused. Raises NotFound.
    """
    if not wanted:
        return {}
    if holds_logs(session):
        return _minted(session, wanted)
    with Session(session.get_bind()) as apart, apart.begin():
        return _minted(apart, wanted)


def _minted(session: Session, wanted: Mapping[str, int]) -> dict[str, Iterator[str]]:
    lock_counters(session)
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
