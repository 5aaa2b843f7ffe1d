"""The indexes behind the alias: the live one, and those of rebuilds."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

from elastic_transport import TransportError
from elasticsearch import ApiError, BadRequestError, Elasticsearch, NotFoundError

from search.elasticsearch_engine.schema import LAYOUT, SETTINGS, mappings
from search.engine import EngineUnavailable


@contextmanager
def reached() -> Iterator[None]:
    """Tells every failure of the server as EngineUnavailable."""
    try:
        yield
    except (ApiError, TransportError) as error:
        raise EngineUnavailable(f"Elasticsearch: {error}") from error


def filling(name: str) -> str:
    """The alias through which a rebuild writes to its index."""
    return f"{name}-filling"


class Indexes:
    """Knows the indexes by the name of their alias."""

    def __init__(self, client: Elasticsearch, alias: str) -> None:
        self._client = client
        self.alias = alias

    def live(self) -> tuple[str, ...]:
        """The index behind the alias; nothing when there is none."""
        try:
            return tuple(sorted(self._client.indices.get_alias(name=self.alias).body))
        except NotFoundError:
            return ()

    def whole(self) -> bool:
        """Whether the live index was rebuilt from the record, by this layout."""
        try:
            told = self._client.indices.get_mapping(index=self.alias).body
        except NotFoundError:
            return False
        metas = [index["mappings"].get("_meta", {}) for index in told.values()]
        return all(meta.get("whole") and meta.get("layout") == LAYOUT for meta in metas)

    def begin(self) -> None:
        """Begin an empty live index where there is none. Its name is fixed, so that of several
        processes one makes it and the others find it made."""
        try:
            self._client.indices.create(
                index=f"{self.alias}-begun",
                settings=SETTINGS,
                mappings=mappings(whole=False),
                aliases={self.alias: {}},
            )
        except BadRequestError as error:
            if error.error != "resource_already_exists_exception":
                raise

    def create(self) -> str:
        """A new, empty index that no alias names yet."""
        name = f"{self.alias}-{uuid.uuid4().hex[:12]}"
        self._client.indices.create(
            index=name,
            settings={**SETTINGS, "refresh_interval": "-1"},
            mappings=mappings(whole=True),
            aliases={filling(name): {}},
        )
        return name

    def promote(self, name: str) -> None:
        """Make it the live index, at once for every reader, and drop the one before."""
        client = self._client.indices
        client.put_settings(index=name, settings={"index": {"refresh_interval": None}})
        client.refresh(index=name)
        old = [each for each in self.live() if each != name]
        removed = [{"remove_index": {"index": each}} for each in old]
        added = [
            {"remove": {"index": name, "alias": filling(name)}},
            {"add": {"index": name, "alias": self.alias}},
        ]
        client.update_aliases(actions=[*removed, *added])

    def drop(self, name: str) -> None:
        """Remove an index; nothing when it is gone."""
        self._client.indices.delete(index=name, ignore_unavailable=True)

    def sweep(self) -> None:
        """Remove what rebuilds that died have left; one that still runs is told at its next
        write, so that the latest rebuild wins."""
        ours = re.compile(rf"{re.escape(self.alias)}-([0-9a-f]{{12}}|begun)")
        left = self._client.indices.get(index=f"{self.alias}-*", features=["aliases"]).body
        for name, told in left.items():
            if ours.fullmatch(name) and self.alias not in told["aliases"]:
                self.drop(name)
