"""Invented decisions: alike for whatever is of one series, and borne out as the rules demand."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from random import Random

from standards.codelists import codelist
from standards.grounds import GROUNDS, article

DOCUMENTS = {"proactive": 70, "on-request": 19, "withheld": 8, "undetermined": 3}
RESOURCES = {"proactive": 80, "on-request": 20}
WITHHELD = (
    "internal-affairs",
    "process-information",
    "enforcement-file",
    "trade-secret",
    "privacy",
)
ON_REQUEST = "on-request-way"
ANSWERS = ("refused", "silent")
NOTES = (
    "公开会影响正在进行的工作，经权衡暂不公开，事项办结后重新评估。",
    "只涉及机关内部管理，与公众权利义务无关，经权衡不公开。",
    "公开会暴露检查、取证的方法，经权衡不公开。",
)


@cache
def of_documents(organ: str, subject: str, form: int) -> Mapping[str, str]:
    """What an organ decided on the documents of one subject and form of title."""
    random = Random(f"mulu-sample-{organ}-{subject}-{form}")  # noqa: S311  repeatable chance
    attribute = _weighted(random, DOCUMENTS)
    if attribute == "withheld":
        return withheld(random, random.choice(WITHHELD))
    return _open(attribute)


@cache
def of_resources(organ: str, holding: str, sensitive: str) -> Mapping[str, str]:
    """What an organ decided on one of its holdings; a sensitive one has the ground for that."""
    random = Random(f"mulu-sample-{organ}-{holding}")  # noqa: S311  repeatable chance
    if sensitive:
        return withheld(random, sensitive)
    return _open(_weighted(random, RESOURCES))


@cache
def shared_by_all(organ: str, holding: str) -> bool:
    """Whether an organ shares a holding without condition."""
    return Random(f"mulu-sample-sharing-{organ}-{holding}").random() < 0.7  # noqa: S311


def withheld(random: Random, ground: str) -> Mapping[str, str]:
    """Withheld on a ground, with what that ground has to be borne out by."""
    group = {"attribute": "withheld", "ground": ground}
    code = codelist(GROUNDS).get(ground)
    match article(code) if code else "":
        case "15":
            group["third_party"] = random.choice(ANSWERS)
        case "16":
            group["discretion"] = random.choice(NOTES)
    return group


def _open(attribute: str) -> Mapping[str, str]:
    if attribute == "on-request":
        return {"attribute": attribute, "ground": ON_REQUEST}
    return {"attribute": attribute}


def _weighted(random: Random, choices: Mapping[str, int]) -> str:
    return random.choices(list(choices), list(choices.values()))[0]
