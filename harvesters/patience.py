"""How long to wait before a request is tried again: as the server asks, else longer each time."""

from __future__ import annotations

import math
import secrets
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

_JITTER = 0.25
"""By this share a pause is longer or shorter, so that many clients do not come back at once."""
_DRAWS = secrets.SystemRandom()
"""Draws of its own: those of ``random`` would move a sequence that somebody else has seeded."""


def backoff(first: float, attempt: int) -> float:
    """The pause after so many attempts without success."""
    spread = _DRAWS.uniform(1 - _JITTER, 1 + _JITTER)
    return float(first * 2 ** (attempt - 1) * spread)


def asked_for(header: str | None, now: datetime | None = None) -> float | None:
    """Seconds from a Retry-After header, given as a number or a date; None if it says nothing."""
    text = (header or "").strip()
    if text.isascii() and text.isdigit():
        seconds = float(text[:12])
        return seconds if math.isfinite(seconds) else None
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (aware - (now or datetime.now(UTC))).total_seconds())
