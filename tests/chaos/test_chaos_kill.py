"""`kill -9` at random moments of a harvest, an import and an index rebuild: afterwards the run
resumes, no accepted entry is lost or doubled, and index and audit log are clean.

``MULU_CHAOS_ROUNDS`` says how often (``make chaos``: a hundred times, CI: ten).
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from random import Random

import pytest

from tests.chaos.directory import AGENCY, DEFAULTS, Victim

ROUNDS = int(os.environ.get("MULU_CHAOS_ROUNDS", "3"))
SEED = int(os.environ.get("MULU_CHAOS_SEED", "20261123"))

pytestmark = pytest.mark.chaos


@pytest.fixture(scope="module")
def victim(tmp_path_factory: pytest.TempPathFactory) -> Victim:
    made = Victim(tmp_path_factory.mktemp("chaos"), Random(SEED))
    made.set_up()
    made.mulu(*commands(made)["import"])
    made.assert_whole()
    return made


def commands(victim: Victim) -> dict[str, tuple[str, ...]]:
    """What is killed."""
    return {
        "harvest": ("harvest", "xml"),
        "import": (
            "import", str(victim.folder / "list.csv"), "--agency", AGENCY, "--accept", "--yes",
            "--source", "list", "--kind", "document", *DEFAULTS,
        ),
        "rebuild": ("index", "rebuild"),
    }  # fmt: skip


@pytest.mark.parametrize("number", range(ROUNDS))
def test_nothing_is_lost_when_killed(victim: Victim, number: int) -> None:
    random = Random(SEED + number)
    scenario = ("harvest", "import", "rebuild")[number % 3]
    command = commands(victim)[scenario]
    for moment in moments(random):
        if scenario != "rebuild":
            victim.change("xml" if scenario == "harvest" else "csv")
        if victim.killed(*command, after=moment):
            break
    else:
        pytest.fail("the command ended before every moment at which it was to be killed")
    print(f"{scenario}: killed after {moment:.2f} s")
    victim.mulu(*command)
    victim.assert_whole()


def moments(random: Random) -> Iterator[float]:
    """Seconds into the command; earlier and earlier for as long as it has ended by then."""
    moment = random.uniform(0.8, 2.4)
    for _ in range(6):
        yield moment
        moment *= 0.75
