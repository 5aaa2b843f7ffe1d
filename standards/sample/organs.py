"""The agencies of the sample: a directory centre, 33 bureaus and 18 districts of about 2009."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from standards.identifiers import credit_code, organisation_code

CENTRE = "31000"
PREFIX_CHARACTERS = "123456789ABCDEFGHJKLMNPQRSTUVWXYZ"


@dataclass(frozen=True, slots=True)
class Holding:
    """A data resource an organ keeps: what it is called and what it says."""

    title: str
    items: tuple[str, ...]
    theme: str
    layer: bool = False
    service: bool = False
    sensitive: str = ""


@dataclass(frozen=True, slots=True)
class Organ:
    """An agency with what its invented entries are about."""

    code: str
    name: str
    short_names: tuple[str, ...]
    credit_code: str
    division: str
    number: str
    subjects: tuple[tuple[str, str], ...]
    """(subject, theme code) pairs."""
    holdings: tuple[Holding, ...]

    @property
    def organisation_code(self) -> str:
        """The nine characters of GB 11714 inside the credit code."""
        return self.credit_code[8:17]


def _data(name: str) -> Any:
    return yaml.safe_load((files("standards.sample") / name).read_text("utf-8"))


def _holding(data: dict[str, Any], theme: str) -> Holding:
    known = {key: data[key] for key in ("layer", "service", "sensitive") if key in data}
    return Holding(data["title"], tuple(data["items"]), data.get("theme", theme), **known)


def _credit_code(number: int, division: str) -> str:
    """A made-up credit code of an organ under the organs' own registry (GB 32100, class 11)."""
    return credit_code.generate("11" + division, organisation_code.generate(f"{90000000 + number}"))


def _bureau(number: int, data: dict[str, Any]) -> Organ:
    themes = data["themes"]
    return Organ(
        code=f"310{number // 33}{PREFIX_CHARACTERS[number % 33]}",
        name=data["name"],
        short_names=tuple(data["short"]),
        credit_code=_credit_code(number + 1, "310000"),
        division="310000",
        number=data["number"],
        subjects=tuple((name, themes[i % len(themes)]) for i, name in enumerate(data["subjects"])),
        holdings=tuple(_holding(holding, themes[0]) for holding in data["data"]),
    )


def _district(number: int, data: dict[str, Any], shared: dict[str, Any]) -> Organ:
    return Organ(
        code=f"31{PREFIX_CHARACTERS[number]}00",
        name=data["name"],
        short_names=tuple(data["short"]),
        credit_code=_credit_code(number + 101, data["division"]),
        division=data["division"],
        number=data["number"],
        subjects=tuple(
            (name, group["theme"]) for group in shared["subjects"] for name in group["names"]
        ),
        holdings=tuple(_holding(holding, holding["theme"]) for holding in shared["data"]),
    )


@cache
def bureaus() -> tuple[Organ, ...]:
    """The 33 municipal commissions and bureaus."""
    return tuple(_bureau(number, data) for number, data in enumerate(_data("bureaus.yaml")))


@cache
def districts() -> tuple[Organ, ...]:
    """The 17 districts and one county that 2009 had."""
    data = _data("districts.yaml")
    return tuple(_district(number, organ, data) for number, organ in enumerate(data["organs"]))


def organs() -> tuple[Organ, ...]:
    """Bureaus, then districts."""
    return bureaus() + districts()


def centre() -> Organ:
    """The city's directory centre, above all others."""
    return Organ(
        code=CENTRE,
        name="上海市政务信息资源目录管理中心",
        short_names=("市目录中心", "目录中心"),
        credit_code=_credit_code(0, "310000"),
        division="310000",
        number="沪目录",
        subjects=(),
        holdings=(),
    )
