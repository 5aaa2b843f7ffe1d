"""The exported audit log: whatever byte of it is changed, verifying says in which line."""

from __future__ import annotations

import hashlib
import io
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog import audit, audit_files
from catalog.audit_files import START, Kind, canonical, hash_of
from tests.offices import Offices, sqlite_offices

NOW = datetime(2026, 3, 18, 9, 30, tzinfo=UTC)
EVENTS = 24


def chained(count: int) -> list[dict[str, Any]]:
    """Events as the log holds them."""
    made: list[dict[str, Any]] = []
    for seq in range(1, count + 1):
        event: dict[str, Any] = {
            "seq": seq,
            "at": NOW,
            "actor": "王",
            "action": "accepted",
            "entry": f"310A7-{seq:06}" if seq % 3 else None,
            "details": {"version": seq, "reason": '说明 "\n'},
            "previous": made[-1]["hash"] if made else START,
        }
        made.append({**event, "hash": hash_of(canonical(event))})
    return made


WHOLE = b"".join(audit_files.write(chained(EVENTS), EVENTS, NOW))
LINES = WHOLE.splitlines(keepends=True)
HEAD = chained(EVENTS)[-1]["hash"]


def verdict(content: bytes, kept: str = "") -> audit_files.FileVerdict:
    return audit_files.verify(io.BytesIO(content), kept)


def found(lines: list[bytes]) -> tuple[Kind, int, int | None]:
    fault = verdict(b"".join(lines)).fault
    assert fault is not None
    return fault.kind, fault.line, fault.event


def test_a_whole_file_holds() -> None:
    told = verdict(WHOLE)
    assert (told.ok, told.count, told.head) == (True, EVENTS, HEAD)


def test_every_single_byte_counts() -> None:
    """All positions, each with a bit turned and with three bytes that mean something."""
    line = 1
    for place, byte in enumerate(WHOLE):
        for other in {byte ^ 1, 0x0A, 0x20, 0x30} - {byte}:
            fault = verdict(WHOLE[:place] + bytes([other]) + WHOLE[place + 1 :]).fault
            assert fault is not None, (place, other)
            assert fault.line == line, (place, other, fault)
        line += byte == 0x0A


@given(st.integers(0, len(WHOLE) - 1), st.binary(max_size=3), st.integers(0, 3))
def test_bytes_put_in_or_taken_out_are_found(place: int, put_in: bytes, taken: int) -> None:
    changed = WHOLE[:place] + put_in + WHOLE[place + taken :]
    assert verdict(changed).ok == (changed == WHOLE)


@given(st.data())
def test_lines_in_any_other_order_are_found(data: st.DataObject) -> None:
    lines = data.draw(st.permutations(LINES))
    assert verdict(b"".join(lines)).ok == (lines == LINES)


@pytest.mark.parametrize("place", range(1, EVENTS + 1))
def test_lines_dropped_doubled_and_swapped_are_told_apart(place: int) -> None:
    before, line, after = LINES[:place], LINES[place], LINES[place + 1 :]
    last = place == EVENTS
    dropped = (Kind.CLOSING, place + 1, None) if last else (Kind.MISSING, place + 1, place)
    assert found([*before, *after]) == dropped
    assert found([*before, line, line, *after]) == (Kind.REPEATED, place + 2, place + 1)
    if not last:
        swapped = [*before, after[0], line, *after[1:]]
        assert found(swapped) == (Kind.OUT_OF_ORDER, place + 1, place)
    assert found(before) == (Kind.CUT, place + 1, place)
    assert found([*before, line[:-1]]) == (Kind.CUT, place + 1, place)


def test_the_ends_of_the_file() -> None:
    assert found([]) == (Kind.HEADER, 1, None)
    assert found(LINES[1:]) == (Kind.HEADER, 1, None)
    assert found(LINES[:-1]) == (Kind.CUT, EVENTS + 2, EVENTS + 1)
    assert found([*LINES, b"\n"]) == (Kind.APPENDED, EVENTS + 3, None)
    assert found([*LINES, *LINES]) == (Kind.APPENDED, EVENTS + 3, None)
    other = next(iter(audit_files.write([], EVENTS, datetime(2027, 1, 1, tzinfo=UTC))))
    assert found([other, *LINES[1:]])[0] is Kind.CLOSING


def test_the_same_event_in_other_bytes_is_found_though_its_hash_is_right() -> None:
    body = LINES[1][len(b'{"event":') : -len(b',"hash":""}\n') - 64].replace(b":", b": ", 1)
    line = b'{"event":%s,"hash":"%s"}\n' % (body, hashlib.sha256(body).hexdigest().encode())
    assert found([LINES[0], line, *LINES[2:]]) == (Kind.FORM, 2, 1)


def test_a_chain_that_was_cut_and_closed_anew_is_found_by_a_head_kept_elsewhere() -> None:
    shorter = b"".join(audit_files.write(chained(EVENTS - 1), EVENTS - 1, NOW))
    assert verdict(shorter).ok
    told = verdict(shorter, HEAD)
    assert told.fault is not None
    assert (told.fault.kind, told.fault.line) == (Kind.HEAD, EVENTS + 1)
    assert verdict(WHOLE, HEAD).kept_at == EVENTS
    assert verdict(WHOLE, chained(3)[-1]["hash"]).kept_at == 3


def test_the_log_of_a_directory_is_exported_as_it_stands(tmp_path: Path) -> None:
    with sqlite_offices(tmp_path) as offices:
        outcome = offices.withdraw(offices.accept(offices.submitted()))
        with offices.database.reading() as session:
            known = audit.verify(session)
        told = verdict(exported(offices))
        assert (told.ok, told.count, told.head) == (True, known.count, known.head)
        assert (outcome.identifier or "").encode() in exported(offices)


def test_a_verifier_of_twenty_lines_agrees(tmp_path: Path) -> None:
    """The one that stands in the format's description, for those who want none of ours."""
    page = (Path(__file__).resolve().parents[2] / "docs" / "audit.md").read_text("utf-8")
    program = re.findall(r"```python\n(.*?)```", page, re.DOTALL)[0]
    file = tmp_path / "audit.jsonl"
    for content in (WHOLE, WHOLE.replace("王".encode(), "汪".encode(), 1), b"".join(LINES[:-1])):
        file.write_bytes(content)
        done = subprocess.run(
            [sys.executable, "-c", program, str(file)], capture_output=True, check=False
        )
        assert (done.returncode == 0) == (content == WHOLE), done.stderr


def exported(offices: Offices) -> bytes:
    return b"".join(audit.export(offices.database, offices.clock.now()))
