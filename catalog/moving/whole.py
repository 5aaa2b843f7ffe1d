"""A whole directory from one database into another, empty one, as it stood at one moment."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import inspect, select

from catalog.database import Database
from catalog.moving import arriving, rows
from catalog.tables import Table


def copy_whole(
    old: Database, new: Database, progress: Callable[[int, int], None] | None = None
) -> None:
    """Copy every table from one snapshot; others may go on writing. Raises NotEmpty."""
    arriving.prepare(new)
    if arriving.reached(new):
        raise arriving.NotEmpty("a move to that place is under way")
    with old.reading() as session:
        known = set(inspect(session.connection()).get_table_names())
        tables = [each for each in Table.metadata.sorted_tables if each.name in known]
        total = sum(rows.count(session, table) for table in tables)
        done = 0
        for table in tables:
            stream = session.execute(select(table), execution_options={"yield_per": rows.PAGE})
            for page in stream.mappings().partitions():
                arriving.arrive(new, table, [dict(row) for row in page])
                done += len(page)
                if progress:
                    progress(done, total)
    arriving.finish(new)
