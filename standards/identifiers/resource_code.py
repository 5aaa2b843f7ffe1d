"""Resource codes (信息资源代码) of the 2017 guide: class, item, heading, detail, slash, serial."""

from __future__ import annotations

import re

from standards.identifiers.characters import folded
from standards.problems import Text

_FORM = re.compile(r"([123])(\d{2})(\d{3})(\d{0,20})/(\d{1,12})\Z")


def normalise(text: str) -> str:
    """Half-width digits and slash, no spaces."""
    return folded(text)


def problem(text: str) -> Text | None:
    """What is wrong with the code, if anything."""
    if _FORM.match(normalise(text)):
        return None
    return Text(
        "信息资源代码应为“类1位、项2位、目3位、细目/顺序码”，类为1、2或3",
        "A resource code is class (1, 2 or 3), two digits of item, three of heading, detail, "
        "slash and serial",
    )


def generate(group: int, item: int, heading: int, serial: int, detail: str = "") -> str:
    """The code of a resource; ``group`` 1 is base, 2 thematic, 3 departmental information."""
    return f"{group}{item:02d}{heading:03d}{detail}/{serial}"
