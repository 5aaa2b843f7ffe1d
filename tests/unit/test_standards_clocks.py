"""Working days and clocks: hand-computed due dates, provisional years, pauses, and what holds."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from standards.clocks import clock, clocks, due, local_day
from standards.workdays import Deadline, after, between, is_published, is_workday

DAYS = st.dates()
KNOWN = st.dates(date(2004, 1, 1), date(2026, 9, 1))


@pytest.mark.parametrize(
    ("start", "days", "end"),
    [
        # 2024 Spring Festival: off 10-17 February (Sat-Sat), work on Sun 4 and Sun 18 February; the
        # eve, Fri 9, is a working day.
        # From Fri 2: Sun 4 is 1, Mon 5-Fri 9 are 2-6, Sun 18 is 7, 19-23 are 8-12, 26 February-
        # 1 March are 13-17, Mon 4-Wed 6 March are 18-20.
        ("2024-02-02", 20, "2024-03-06"),
        # From Thu 8: Fri 9 is 1, Sun 18 is 2, Mon 19, Tue 20, Wed 21 are 3-5.
        ("2024-02-08", 5, "2024-02-21"),
        # From Fri 9, and as well from within the holiday: Sun 18 is 1, 19-23 are 2-6, Mon 26 is 7.
        ("2024-02-09", 7, "2024-02-26"),
        ("2024-02-13", 7, "2024-02-26"),
        # 2024 National Day: off 1-7 October (Tue-Mon), work on Sun 29 September and Sat 12 October.
        # From Fri 27 September: Sun 29 is 1, Mon 30 is 2, Tue 8-Fri 11 October are 3-6, Sat 12 is
        # 7, 14-18 are 8-12, 21-25 are 13-17, Mon 28-Wed 30 are 18-20.
        ("2024-09-27", 20, "2024-10-30"),
        # From Mon 30 September: 8-12 October are 1-5, 14-18 are 6-10, 21-25 are 11-15.
        ("2024-09-30", 15, "2024-10-25"),
        # 2025 Spring Festival: off 28 January-4 February (Tue-Tue), work on Sun 26 January and
        # Sat 8 February.
        # From Fri 24 January: Sun 26 is 1, Mon 27 is 2, Wed 5-Sat 8 February are 3-6, 10-14 are
        # 7-11, 17-21 are 12-16, Mon 24-Thu 27 are 17-20.
        ("2025-01-24", 20, "2025-02-27"),
        # From Mon 27 January: 5-8 February are 1-4, Mon 10-Wed 12 are 5-7.
        ("2025-01-27", 7, "2025-02-12"),
        # 2025 National Day and Mid-autumn: off 1-8 October (Wed-Wed), work on Sun 28 September and
        # Sat 11 October.
        # From Fri 26 September: Sun 28-Tue 30 are 1-3, Thu 9-Sat 11 October are 4-6, 13-17 are
        # 7-11, 20-24 are 12-16, Mon 27-Thu 30 are 17-20.
        ("2025-09-26", 20, "2025-10-30"),
        # From Mon 29 September: Tue 30 is 1, Thu 9-Sat 11 October are 2-4, Mon 13 is 5.
        ("2025-09-29", 5, "2025-10-13"),
        # 2026 Spring Festival: off 15-23 February (Sun-Mon), work on Sat 14 and Sat 28 February.
        # From Fri 13: Sat 14 is 1, Tue 24-Sat 28 are 2-6, 2-6 March are 7-11, 9-13 are 12-16,
        # Mon 16-Thu 19 are 17-20.
        ("2026-02-13", 20, "2026-03-19"),
        # From Sat 14: Tue 24-Sat 28 are 1-5, 2-6 March are 6-10, 9-13 are 11-15.
        ("2026-02-14", 15, "2026-03-13"),
        # 2026 Mid-autumn: off 25-27 September (Fri-Sun). National Day: off 1-7 October (Thu-Wed),
        # work on Sun 20 September and Sat 10 October.
        # From Fri 18 September: Sun 20 is 1, Mon 21-Thu 24 are 2-5, Mon 28-Wed 30 are 6-8, Thu 8-
        # Sat 10 October are 9-11, 12-16 are 12-16, Mon 19-Thu 22 are 17-20.
        ("2026-09-18", 20, "2026-10-22"),
        # From Wed 30 September: Thu 8-Sat 10 October are 1-3, Mon 12-Thu 15 are 4-7.
        ("2026-09-30", 7, "2026-10-15"),
        # The last three working days of the last published year.
        ("2026-12-28", 3, "2026-12-31"),
    ],
)
def test_due_dates_agree_with_those_computed_by_hand(start: str, days: int, end: str) -> None:
    first, last = date.fromisoformat(start), date.fromisoformat(end)
    assert after(first, days) == Deadline(last, provisional=False)
    assert between(first, last) == days
    assert is_workday(last)


def test_the_make_up_weekends_and_the_holidays_of_a_year() -> None:
    year = [date(2025, 1, 1) + timedelta(days) for days in range(365)]
    unusual = [day for day in year if is_workday(day) != (day.weekday() < 5)]
    working = [f"{day:%m-%d}" for day in unusual if is_workday(day)]
    assert working == ["01-26", "02-08", "04-27", "09-28", "10-11"]
    assert f"{unusual[0]:%m-%d}" == "01-01"
    # 365 days, 104 of them weekends, 5 of which are worked, and 18 holidays from Monday to Friday:
    # 1 January; 28-31 January, 3 and 4 February; 4 April; 1, 2 and 5 May; 2 June; 1-3, 6-8 October.
    assert sum(map(is_workday, year)) == 365 - 104 + 5 - 18


def test_a_year_without_a_published_calendar_is_provisional() -> None:
    # 16-18 December are 1-3, 21-25 are 4-8, 28-31 are 9-12, Fri 1 January 2027 is taken for 13,
    # 4-8 are 14-18, Mon 11 and Tue 12 are 19 and 20.
    assert after(date(2026, 12, 15), 20) == Deadline(date(2027, 1, 12), provisional=True)
    assert after(date(2026, 12, 31), 1) == Deadline(date(2027, 1, 1), provisional=True)
    assert after(date(2003, 12, 31), 1) == Deadline(date(2004, 1, 2), provisional=False)
    assert after(date(2003, 12, 30), 2).provisional
    assert is_published(2004)
    assert is_published(2026)
    assert not is_published(2003)
    assert not is_published(2030)


def test_before_a_due_date() -> None:
    # Wed 30 October 2024 is due: three working days before it is Fri 25.
    assert after(date(2024, 10, 30), -3) == Deadline(date(2024, 10, 25), provisional=False)
    # Wed 9 October 2024: Tue 8 is one before it, Mon 30 September two, Sun 29 three.
    assert after(date(2024, 10, 9), -3).day == date(2024, 9, 29)


@given(DAYS, st.integers(-4_000_000, 4_000_000))
def test_after_and_between_agree(day: date, days: int) -> None:
    end = after(day, days).day
    counted = between(day, end)
    if date.min < end < date.max:
        assert counted == days
        assert is_workday(end) or not days
    else:
        assert abs(counted) <= abs(days)
    assert between(end, day) == -counted


@given(KNOWN, st.integers(1, 60), st.integers(0, 20), st.integers(0, 40))
def test_later_starts_and_longer_periods_never_end_earlier(
    day: date, days: int, more: int, later: int
) -> None:
    end = after(day, days).day
    assert day < end <= after(day, days + more).day
    assert end <= after(day + timedelta(later), days).day
    assert sum(is_workday(day + timedelta(n + 1)) for n in range((end - day).days)) == days


def test_no_day_is_too_early_or_too_late() -> None:
    for day in (date.min, date.max, date(1, 12, 31), date(9999, 12, 30)):
        for days in (-(10**12), -20, 0, 20, 10**12):
            assert date.min <= after(day, days).day <= date.max
        assert is_workday(day) in {True, False}
    assert after(date.max, 20) == Deadline(date.max, provisional=True)


def test_thousands_of_due_dates_take_no_time() -> None:
    began = time.perf_counter()
    for n in range(50_000):
        day = date(1990, 1, 1) + timedelta(n)
        between(day, after(day, 20).day)
    assert time.perf_counter() - began < 5


def test_every_clock_has_its_words_and_its_clause() -> None:
    assert {name: each.days for name, each in clocks().items()} == {
        "proactive": 20,
        "answer": 20,
        "extension": 20,
        "third-party": 15,
        "co-maker": 15,
        "correction": 7,
        "correction-time": 30,
        "sharing-answer": 10,
        "correction-request": 10,
        "filing": 5,
        "escalation": 3,
        "warning": 3,
        "draft-expiry": 60,
    }
    assert all(each.label.zh and each.label.en and each.clause for each in clocks().values())
    assert clock("answer").name == "answer"


MONDAY = date(2024, 9, 2)
# 3-6 September are 1-4, 9-13 are 5-9, Sat 14 is 10 (Mid-autumn is off 15-17), 18-20 are 11-13,
# 23-27 are 14-18, Sun 29 is 19, Mon 30 is 20; then Tue 8 October is 21, Wed 9 is 22 and so on.


@pytest.mark.parametrize(
    ("paused", "end"),
    [
        ([], date(2024, 9, 30)),
        # Thu 26 September is the 17th; asked on it, answered on Thu 10 October: Fri 11, Sat 12 and
        # Mon 14 are the three that are left.
        ([(date(2024, 9, 26), date(2024, 10, 10))], date(2024, 10, 14)),
        # Within the holiday nothing is lost.
        ([(date(2024, 9, 30), date(2024, 10, 7))], date(2024, 9, 30)),
        # On the last day: as long as the answer is awaited the period is not over.
        ([(date(2024, 9, 30), date(2024, 10, 9))], date(2024, 10, 9)),
        # Begun too late, ended before the start, or turned round: no pause of this period.
        ([(date(2024, 10, 1), date(2024, 10, 20))], date(2024, 9, 30)),
        ([(date(2024, 8, 1), date(2024, 9, 2))], date(2024, 9, 30)),
        ([(date(2024, 9, 10), date(2024, 9, 5))], date(2024, 9, 30)),
        # Two that overlap count once: 4-6 and 9-10 September, five days.
        (
            [(date(2024, 9, 5), date(2024, 9, 10)), (date(2024, 9, 3), date(2024, 9, 6))],
            date(2024, 10, 12),
        ),
        # The second begins only in the time that the first has won: two days and four.
        (
            [(date(2024, 10, 8), date(2024, 10, 12)), (date(2024, 9, 3), date(2024, 9, 5))],
            date(2024, 10, 14),
        ),
        # Still awaited on Mon 9 September: four days, 4-6 and 9.
        ([(date(2024, 9, 3), None)], date(2024, 10, 11)),
    ],
)
def test_consultation_time_does_not_count(
    paused: list[tuple[date, date | None]], end: date
) -> None:
    given = due("answer", MONDAY, paused, today=date(2024, 9, 9))
    assert given == Deadline(end, provisional=False)
    assert due("answer", MONDAY, reversed(paused), today=date(2024, 9, 9)) == given


@given(
    KNOWN,
    st.lists(st.tuples(st.integers(-20, 80), st.integers(0, 40)), max_size=5),
    st.tuples(st.integers(-20, 80), st.integers(0, 40)),
)
def test_a_pause_never_brings_the_end_nearer(
    start: date, spans: list[tuple[int, int]], more: tuple[int, int]
) -> None:
    def dated(span: tuple[int, int]) -> tuple[date, date | None]:
        first = start + timedelta(span[0])
        return first, first + timedelta(span[1])

    paused = [dated(span) for span in spans]
    assert due("answer", start) == due("answer", start, [(start, start)])
    assert due("answer", start, paused).day <= due("answer", start, [*paused, dated(more)]).day


def test_the_day_of_a_moment_is_that_of_china() -> None:
    assert local_day(datetime(2024, 2, 9, 15, 59, tzinfo=UTC)) == date(2024, 2, 9)
    assert local_day(datetime(2024, 2, 9, 16, 0, tzinfo=UTC)) == date(2024, 2, 10)
    assert local_day(datetime(2024, 2, 9, 16, 0)) == date(2024, 2, 10)
