"""Receipts: a number without gaps in its year, and the code by which its holder is known."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from datetime import date

from sqlalchemy import update
from sqlalchemy.orm import Session

from catalog.tables import AccessCounter

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Nothing that is read for something else, since people copy the code from paper."""
LENGTH, GROUP = 12, 4
LONGEST = 40
_BETWEEN = re.compile(r"[\s\-–—]+")


def mint(session: Session, day: date) -> str:
    """The next number of the year; whoever mints holds the lock of the logs."""
    query = (
        update(AccessCounter)
        .where(AccessCounter.year == day.year)
        .values(serial=AccessCounter.serial + 1)
        .returning(AccessCounter.serial)
        .execution_options(synchronize_session=False)
    )
    serial = session.scalar(query)
    if serial is None:
        serial = 1
        session.add(AccessCounter(year=day.year, serial=serial))
    return f"YS{day.year:04d}-{serial:06d}"


def code() -> str:
    """A new code: 59 bits that cannot be guessed, in groups that can be copied."""
    text = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
    return "-".join(text[at : at + GROUP] for at in range(0, LENGTH, GROUP))


def digest(number: str, given: str) -> str:
    """What is kept of a code, however it was typed."""
    text = _BETWEEN.sub("", given[:LONGEST]).upper()
    return hashlib.sha256(f"{number}:{text}".encode("utf-8", "replace")).hexdigest()


def fits(number: str, given: str, kept: str) -> bool:
    """Whether the code is the one on the receipt; takes as long for any other."""
    return hmac.compare_digest(digest(number, given), kept)
