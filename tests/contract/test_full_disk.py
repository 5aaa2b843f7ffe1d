"""A disk without room: what is sent is refused in words, nothing is half written, searches go on,
and once there is room everything works again by itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import text

from catalog import audit
from catalog.database import Database
from tests.offices import WATER, values
from tests.websites import furnish, website

PLENTY = 2**31


@contextmanager
def no_room(database: Database) -> Iterator[None]:
    """SQLite says "database or disk is full" for as long as its file may not grow."""
    _limit(database, 1)
    try:
        yield
    finally:
        _limit(database, PLENTY)


def _limit(database: Database, pages: int) -> None:
    with database.reading() as session:
        session.execute(text(f"PRAGMA max_page_count = {pages}"))


def proposal(number: int) -> dict[str, Any]:
    return {
        "kind": "document",
        "agency": WATER,
        "values": values(
            f"关于第{number}号泵站的通知",
            abstract="泵站的安排。" * 500,
            provider=[{"name": "上海市水务局"}],
            category=[{"scheme": "theme", "code": "ZGG00"}],
        ),
    }


def test_a_full_disk_is_told_and_survived(tmp_path: Path) -> None:
    with website(tmp_path) as site:
        furnish(site)
        database = site.parts.database
        with no_room(database):
            answers = [site.post("/api/v1/entries", proposal(n), "registrar") for n in range(20)]
            refused = [answer for answer in answers if answer.status_code == 503]
            assert refused
            assert all(answer.status_code in (201, 503) for answer in answers)
            told = refused[-1].get_json()
            assert told["type"].endswith("database-unavailable")
            assert "disk" not in told["detail"]
            assert refused[-1].headers["Retry-After"]
            assert site.get("/api/v1/search?q=防汛").get_json()["total"] == 1
        accepted = [answer for answer in answers if answer.status_code == 201]
        assert site.post("/api/v1/entries", proposal(99), "registrar").status_code == 201
        site.follow()
        found = site.get("/api/v1/search?q=“号泵站”", "reviewer").get_json()["total"]
        assert found == len(accepted) + 1
        with database.reading() as session:
            assert audit.verify(session).ok
