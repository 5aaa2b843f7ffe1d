"""Names of organs: how they are shortened, by usage (``organs.yaml``) and by rule."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

import yaml

LEVELS = "省市区县"
"""Begin the name of an organ when its place is told by the level alone."""
_NO = "省市区县和与及、"
_PLACE = re.compile(
    rf"^(?!国家|全国)(?:[^{_NO}]{{2,6}}?(?:省|自治区))?(?:[^{_NO}]{{2,6}}?(?:自治州|地区|[市州]))?"
    rf"(?:[^{_NO}]{{2,4}}?(?:新区|[区县]))?"
)
_RULES = (
    (re.compile(r"[和与及、]"), ""),
    (re.compile("监督管理"), "监管"),
    (re.compile("(?<!监督)管理(?=局$)"), ""),
    (re.compile("委员会(?=$|办公室)"), "委"),
    (re.compile("办公室$"), "办"),
    (re.compile("办公厅$"), "办"),
    (re.compile("人民政府"), "政府"),
    (re.compile("^国家"), ""),
)
_ENDINGS = ("局", "委员会", "办公室", "办公厅", "部", "厅", "院", "会", "队", "中心", "政府")
_LONGEST = 60


@cache
def data() -> dict[str, Any]:
    """What ``organs.yaml`` says."""
    text = (files("search.thesaurus") / "organs.yaml").read_text(encoding="utf-8")
    loaded = yaml.safe_load(text)
    return dict(loaded)


@cache
def usual() -> MappingProxyType[str, tuple[str, ...]]:
    """Names of organs without their place, and their usual short forms."""
    return MappingProxyType({name: tuple(short) for name, short in data()["short"].items()})


@cache
def names() -> frozenset[str]:
    """Names and short forms without a place, and the short ones behind a level (市住建委)."""
    shorts = {short for each in usual().values() for short in each if len(short) > 2}
    levelled = {level + short for level in LEVELS for short in shorts}
    return frozenset(usual()) | shorts | levelled


@lru_cache(maxsize=4096)
def short_names(name: str) -> tuple[str, ...]:
    """``上海市绿化和市容管理局`` is also called ``市绿化市容局``. What is a part of the name or of
    another short form is left out: it is found by that. A text that names no organ has none.
    """
    if len(name) > _LONGEST or not name.endswith(_ENDINGS):
        return ()
    bare = name.removeprefix("中华人民共和国")
    place = _PLACE.match(bare)
    core = bare[place.end() :] if place else bare
    level = place[0][-1] if place and place[0] and place[0][-1] in LEVELS else ""
    if len(core) < 3:
        return ()
    found = (level + each for each in (core, *_shortened(core)))
    return tuple(form for form in dict.fromkeys(found) if form not in name)


def _shortened(core: str) -> Iterator[str]:
    """Usual short forms of the name or of its end; by the rules where there are none."""
    known = usual().get(core)
    if known is not None:
        yield from known
        return
    short = core
    for pattern, instead in _RULES:
        short = pattern.sub(instead, short)
    if len(short) > 1:
        yield short
