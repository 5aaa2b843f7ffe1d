"""The indexes behind the aliases: the live one, and those of rebuilds.

Two aliases name the live index: one to read, which every version of Mulu asks, and one to write,
which bears the number of the layout. So while two versions run side by side neither writes into an
index of the other's layout, and nothing is written to two indexes at once.
"""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass
from typing import Any

from elasticsearch import BadRequestError, Elasticsearch, NotFoundError

from search.cluster import ClusterOptions
from search.elasticsearch_engine.schema import LAYOUT, mappings, settings
from search.engine import EngineUnavailable

_PRIORITY = 500
"""Of our template; that of a longer name comes before that of one it begins with."""
_BLOCKS = ("index.blocks.read_only_allow_delete", "index.blocks.read_only", "index.blocks.write")


def filling(name: str) -> str:
    """The alias through which a rebuild writes to its index."""
    return f"{name}-filling"


def _set(told: dict[str, Any], name: str) -> bool:
    return str(told.get(name, "")).lower() == "true"


@dataclass(frozen=True, slots=True)
class Standing:
    """One index behind the alias, as the cluster tells of it."""

    name: str
    layout: int
    """0: it is not one of ours."""
    whole: bool
    """Whether it was rebuilt from the record."""
    written: bool
    """Whether the alias for writing of this layout names it."""
    shards: int
    blocked: str = ""
    """The block for which nothing can be written, if there is one."""


class Indexes:
    """Knows the indexes by the name of their alias."""

    def __init__(
        self, client: Elasticsearch, alias: str, options: ClusterOptions | None = None
    ) -> None:
        self._client = client
        self._options = options or ClusterOptions()
        self.alias = alias
        self.writing = f"{alias}-writing-v{LAYOUT}"
        self._stem = f"{alias}-v{LAYOUT}-"
        self._ours = re.compile(rf"{re.escape(alias)}-(v\d+-)?([0-9a-f]{{12}}|begun)")

    def standing(self) -> tuple[Standing, ...]:
        """What stands behind the alias; nothing when there is none."""
        try:
            told = self._client.indices.get(index=self.alias, flat_settings=True).body
        except NotFoundError:
            return ()
        return tuple(self._stands(name, index) for name, index in sorted(told.items()))

    def live(self) -> tuple[str, ...]:
        """The index behind the alias; nothing when there is none."""
        return tuple(each.name for each in self.standing())

    def whole(self) -> bool:
        """Whether the live index was rebuilt from the record, by this layout or a newer one: an
        older Mulu that still runs must not put its own in the place of a newer one's."""
        found = self.standing()
        if len(found) != 1:
            return False
        (one,) = found
        return one.whole and (one.layout > LAYOUT or (one.layout == LAYOUT and one.written))

    def trusted(self) -> int:
        """The number of shards of the one live index that is ours. Raises EngineUnavailable."""
        found = self.standing()
        if len(found) != 1:
            names = ", ".join(each.name for each in found) or "no index"
            raise EngineUnavailable(f"the alias {self.alias} names {names}, not one index")
        if not found[0].layout:
            raise EngineUnavailable(f"{self.alias} names {found[0].name}, an index not of Mulu's")
        return found[0].shards

    def begin(self) -> None:
        """Begin an empty live index where there is none. Its name is fixed, so that of several
        processes one makes it and the others find it made. Raises EngineUnavailable where an index
        stands that this process cannot write to."""
        for one in self.standing():
            raise EngineUnavailable(
                f"{one.name} has the layout {one.layout or 'of somebody else'}, and this process "
                f"writes the layout {LAYOUT}: `mulu index rebuild` makes an index of it"
            )
        aliases: dict[str, Any] = {self.alias: {}, self.writing: {}}
        self._make(f"{self._stem}begun", whole=False, aliases=aliases)

    def create(self, cards: int = 0) -> str:
        """A new, empty index for about so many cards, that no alias of ours names yet. Raises
        EngineUnavailable where it could never go live."""
        if any(one.name == self.alias for one in self.standing()):
            raise EngineUnavailable(
                f"{self.alias} is an index of somebody else: choose another name at the end of the "
                "cluster's address"
            )
        name = f"{self._stem}{uuid.uuid4().hex[:12]}"
        self._make(name, whole=True, aliases={filling(name): {}}, cards=cards, unseen=True)
        return name

    def promote(self, name: str) -> None:
        """Make it the live index, at once for every reader, and drop those before. One that is not
        ours only loses our alias."""
        client = self._client.indices
        client.put_settings(index=name, settings={"index": {"refresh_interval": None}})
        client.refresh(index=name)
        client.update_aliases(
            actions=[
                *(self._leaving(one) for one in self.standing() if one.name != name),
                {"remove": {"index": name, "alias": filling(name)}},
                {"add": {"index": name, "alias": self.alias}},
                {"add": {"index": name, "alias": self.writing}},
            ]
        )

    def drop(self, name: str) -> None:
        """Remove an index; nothing when it is gone."""
        self._client.indices.delete(index=name, ignore_unavailable=True)

    def sweep(self) -> None:
        """Remove what rebuilds that died have left; one that still runs is told at its next
        write, so that the latest rebuild wins."""
        left = self._client.indices.get(index=f"{self.alias}-*", features=["aliases"]).body
        for name, told in left.items():
            if self._ours.fullmatch(name) and self.alias not in told["aliases"]:
                self.drop(name)

    def _make(
        self,
        name: str,
        *,
        whole: bool,
        aliases: dict[str, Any],
        cards: int = 0,
        unseen: bool = False,
    ) -> None:
        """The template is written first, so that an index that somebody makes by hand under a name
        of ours is like one that we make."""
        made = settings(self._options, cards)
        template = {"settings": made, "mappings": mappings(whole=False)}
        self._client.indices.put_index_template(
            name=self._stem.rstrip("-"),
            index_patterns=[f"{self._stem}*"],
            priority=_PRIORITY + len(self.alias),
            template=template,
            meta={"by": "mulu", "layout": LAYOUT},
        )
        try:
            self._client.indices.create(
                index=name,
                settings={**made, "refresh_interval": "-1"} if unseen else made,
                mappings=mappings(whole=whole),
                aliases=aliases,
            )
        except BadRequestError as error:
            if error.error != "resource_already_exists_exception":
                raise

    def _stands(self, name: str, told: dict[str, Any]) -> Standing:
        meta = told["mappings"].get("_meta", {})
        return Standing(
            name=name,
            layout=int(meta.get("layout", 0)),
            whole=bool(meta.get("whole")),
            written=self.writing in told["aliases"],
            shards=int(told["settings"]["index.number_of_shards"]),
            blocked=next((block for block in _BLOCKS if _set(told["settings"], block)), ""),
        )

    def _leaving(self, one: Standing) -> dict[str, Any]:
        if self._ours.fullmatch(one.name) and one.layout:
            return {"remove_index": {"index": one.name}}
        return {"remove": {"index": one.name, "alias": self.alias}}
