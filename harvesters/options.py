"""What can be set of a source: the options that every source has, and those of its protocol. One
that nobody declared, or a value that it cannot take, is refused in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import yaml

from catalog import schedules
from harvesters.faults import problem
from standards.problems import Problem, Text

_SILENT = Text("", "")


@dataclass(frozen=True, slots=True)
class Option:
    """One thing that can be set: its kind is text, flag, integer, number, choice or schedule."""

    name: str
    label: Text
    kind: str = "text"
    default: Any = ""
    explanation: Text = _SILENT
    choices: tuple[str, ...] = ()
    least: float | None = None
    most: float | None = None

    @property
    def takes(self) -> Text:
        """Which values it takes, in words."""
        if self.kind == "choice":
            listed = "、".join(self.choices), ", ".join(self.choices)
            return Text(f"{listed[0]} 之一", f"one of {listed[1]}")
        if self.least is not None:
            least, most = f"{self.least:,}", f"{self.most:,}"
            return Text(f"{least} 到 {most}", f"{least} to {most}")
        return _TAKES[self.kind]


_TAKES = {
    "text": Text("文字", "text"),
    "flag": Text("true 或 false", "true or false"),
    "integer": Text("整数", "a whole number"),
    "number": Text("数字", "a number"),
    "schedule": Text("五段 cron 写法，如 0 3 * * *", "five cron fields such as 0 3 * * *"),
}


@cache
def common() -> tuple[Option, ...]:
    """The options of every source."""
    data = yaml.safe_load((resources.files("harvesters") / "options.yaml").read_bytes())
    return tuple(_option(name, entry) for name, entry in data.items())


def _option(name: str, entry: Mapping[str, Any]) -> Option:
    words = {"label": Text(**entry["label"]), "explanation": Text(**entry["explanation"])}
    choices = tuple(entry.get("choices", ()))
    return Option(**{**entry, **words, "name": name, "choices": choices})


def value(options: Mapping[str, Any], name: str) -> Any:
    """What a source's settings say of a common option, else its default."""
    return options.get(name, _defaults()[name])


@cache
def _defaults() -> dict[str, Any]:
    return {each.name: each.default for each in common()}


def faults(own: tuple[Option, ...], given: Mapping[str, Any]) -> tuple[Problem, ...]:
    """What is wrong with options for a protocol whose own are these; nothing if all can be taken.

    The names that can be set are told with one that cannot.
    """
    known = {each.name: each for each in (*own, *common())}
    told = []
    for name, wanted in given.items():
        option = known.get(name)
        if option is None:
            zh, en = "、".join(known), ", ".join(known)
            told.append(problem("option-unknown", place=name, value=name, zh=zh, en=en))
        elif not _CHECKS[option.kind](option, wanted):
            zh, en = option.takes
            told.append(
                problem("option-value", place=name, value=str(wanted), name=name, zh=zh, en=en)
            )
    return tuple(told)


def _number(option: Option, wanted: Any) -> bool:
    if isinstance(wanted, bool) or not isinstance(wanted, int | float):
        return False
    least = option.least is None or wanted >= option.least
    return least and (option.most is None or wanted <= option.most)


def _integer(option: Option, wanted: Any) -> bool:
    return isinstance(wanted, int) and _number(option, wanted)


_CHECKS: Mapping[str, Callable[[Option, Any], bool]] = {
    "text": lambda _, wanted: isinstance(wanted, str | int | float),
    "flag": lambda _, wanted: isinstance(wanted, bool),
    "choice": lambda option, wanted: wanted in option.choices,
    "integer": _integer,
    "number": _number,
    "schedule": lambda _, wanted: isinstance(wanted, str) and schedules.valid(wanted),
}
