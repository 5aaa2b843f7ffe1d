"""Rules of decisions that something served breaks today, since it or they have changed."""

from __future__ import annotations

from datetime import date

from standards.consistency import data
from standards.decisions import judge
from standards.descriptor import Descriptor
from standards.problems import Text


def problems_of(name: str, descriptor: Descriptor, day: date) -> Text | None:
    """What the rules of decisions behind a rule of ours say; None if they are kept."""
    wanted = data().broken[name]
    told = [
        each.message for each in judge(descriptor, day) if each.is_error and each.rule in wanted
    ]
    if not told:
        return None
    return Text("".join(each.zh for each in told), " ".join(each.en for each in told))
