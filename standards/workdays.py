"""Working days by the State Council's calendar, with its make-up weekends.

Where a period of the Regulation on Open Government Information (政府信息公开条例) is so many
working days (Art. 26: 20 for proactive disclosure, Art. 33: 20 and 20 more for an answer, Art. 32:
15 for a third party, Art. 30: 7 for asking to correct a request), the day on which it begins, such
as the day of receipt of Art. 31, is not counted; the day after it is the first that may count, and
the period ends with its last working day.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import accumulate

import chinese_calendar

_HOLIDAYS: Mapping[date, str] = chinese_calendar.holidays
_MAKE_UP: Mapping[date, str] = chinese_calendar.workdays
_PUBLISHED = range(min(_HOLIDAYS).year, max(_HOLIDAYS).year + 1)

# What the calendar changes in Monday to Friday: holidays within the week, working weekends.
_CHANGES = {day: -1 for day in _HOLIDAYS if day.weekday() < 5} | {
    day: 1 for day in _MAKE_UP if day.weekday() >= 5
}
_CHANGED = sorted(day.toordinal() for day in _CHANGES)
_SUMS = (0, *accumulate(_CHANGES[date.fromordinal(ordinal)] for ordinal in _CHANGED))
_ORDINALS = range(date.min.toordinal(), date.max.toordinal() + 1)


@dataclass(frozen=True, slots=True)
class Deadline:
    """The last day of a period; provisional while a year on the way has no published calendar."""

    day: date
    provisional: bool


def is_published(year: int) -> bool:
    """Whether the holidays of a year are known; in others Monday to Friday is assumed."""
    return year in _PUBLISHED


def is_workday(day: date) -> bool:
    """Whether people work on the day: neither a holiday nor a weekend without make-up work."""
    ordinal = day.toordinal()
    return _counted(ordinal) > _counted(ordinal - 1)


@lru_cache(maxsize=8192)
def after(day: date, days: int) -> Deadline:
    """The so many-th working day after a day, which itself does not count (Arts. 26, 30 to 33).

    No days are the day itself; less than none is the working day that lies as many before it. What
    would lie beyond the year 9999 or before the year 1 is the last or the first day there is.
    """
    if not days:
        return Deadline(day, not is_published(day.year))
    wanted = _counted(day.toordinal()) + days
    place = bisect_left(_ORDINALS, wanted, key=_counted)
    found = date.fromordinal(_ORDINALS[min(place, len(_ORDINALS) - 1)])
    first, last = sorted((found, day))
    begun = date.fromordinal(min(first.toordinal() + 1, _ORDINALS[-1]))
    return Deadline(found, not (is_published(begun.year) and is_published(last.year)))


def between(start: date, end: date) -> int:
    """The working days after the start, up to and including the end; negative if the end is first.

    ``between(day, after(day, n).day) == n``, and ``between(a, b) == -between(b, a)``.
    """
    return _counted(end.toordinal()) - _counted(start.toordinal())


def _counted(ordinal: int) -> int:
    """The working days from the first of all days, a Monday, up to and including this one."""
    weeks, days = divmod(ordinal, 7)
    return weeks * 5 + min(days, 5) + _SUMS[bisect_right(_CHANGED, ordinal)]
