"""Sources of third parties, by the entry point group `mulu.sources`: one that is broken is named
and left out, and stops neither the others nor ours."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points

from harvesters.faults import problem
from harvesters.fetched import Source
from standards.problems import Problem

GROUP = "mulu.sources"
_PARTS = ("name", "label", "suffixes", "options", "pages")


@dataclass(frozen=True, slots=True)
class Plugins:
    """The sources that were found beside ours, and what is wrong with the others."""

    sources: tuple[Source, ...] = ()
    refused: tuple[Problem, ...] = ()


def found(taken: Iterable[str]) -> Plugins:
    """The sources of all installed packages; none may have a name that is taken already. The
    entry point is a class or a function that is called without arguments."""
    names = dict.fromkeys(taken, "mulu")
    sources: list[Source] = []
    refused: list[Problem] = []
    for point in sorted(entry_points(group=GROUP), key=_shown):
        try:
            source = _loaded(point)
        except (Exception, SystemExit) as error:  # noqa: BLE001  others' code: all is told
            said = f"{type(error).__name__}: {error}"
            refused.append(problem("plugin-broken", place=_shown(point), value=said))
            continue
        if source.name in names:
            name, first = source.name, names[source.name]
            told = problem("plugin-name-taken", place=_shown(point), value=name, first=first)
            refused.append(told)
            continue
        names[source.name] = _shown(point)
        sources.append(source)
    return Plugins(tuple(sources), tuple(refused))


def _loaded(point: EntryPoint) -> Source:
    """The source of an entry point; raises TypeError for what is none."""
    source: Source = point.load()()
    missing = [part for part in _PARTS if not hasattr(source, part)]
    if missing or not isinstance(source.name, str):
        raise TypeError(f"it is no source: {', '.join(missing) or 'name'}")
    return source


def _shown(point: EntryPoint) -> str:
    """The package of an entry point, its name and where it leads."""
    package = point.dist.name if point.dist else "?"
    return f"{package}: {point.name} = {point.value}"
