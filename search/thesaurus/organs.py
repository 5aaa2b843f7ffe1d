"""Names of organs: how they are shortened, by usage (``organs.yaml``) and by rule."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

import yaml

LEVELS = "省市区县镇"
_PLACE = re.compile(rf"^(?:中华人民共和国|[^{LEVELS}]{{2,8}}(?:自治[区州县]|新区|[{LEVELS}]))+")
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
_ENDINGS = "局委办部厅院会队中心处室所站"
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


@lru_cache(maxsize=4096)
def short_names(name: str) -> tuple[str, ...]:
    """``上海市绿化和市容管理局`` is also called ``市绿化市容局``, ``绿化市容局``.

    A text that is not the name of an organ has none.
    """
    if len(name) > _LONGEST or not name.endswith(tuple(_ENDINGS) + ("政府", "中心")):
        return ()
    place = _PLACE.match(name)
    core = name[place.end() :] if place else name
    level = place[0][-1] if place and place[0][-1] in LEVELS else ""
    if len(core) < 2:
        return ()
    cores = dict.fromkeys((core, *_shortened(core)))
    found = dict.fromkeys(form for each in cores for form in (level + each, each))
    found.pop(name, None)
    return tuple(form for form in found if len(form) > 1)


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
