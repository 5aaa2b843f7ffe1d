"""From an address to an engine: ``tantivy:PATH``, ``http(s)://HOST[,HOST…]/…`` or ``memory:``."""

from __future__ import annotations

from pathlib import Path

from search.cluster import ClusterOptions
from search.engine import Engine
from search.words import words


def open_engine(url: str, data_dir: Path | str, options: ClusterOptions | None = None) -> Engine:
    """Open the engine that a setting names; a relative path lies in the data folder.

    Raises ValueError for an address that names none. An index that is not there yet, or damaged,
    is no error: the engine then answers with what it has and says ``needs_rebuild()``.
    """
    words("目录")  # reads the dictionary now, not in somebody's first search
    scheme, _, rest = url.partition(":")
    if scheme == "memory":
        from search.memory import MemoryEngine

        return MemoryEngine()
    if scheme == "tantivy":
        from search.tantivy_engine import TantivyEngine

        return TantivyEngine(Path(data_dir) / (rest or "index"))
    if scheme in {"http", "https"}:
        from search.elasticsearch_engine import ElasticsearchEngine

        return ElasticsearchEngine(url, options)
    raise ValueError(f"no search engine answers to {url!r}: tantivy:PATH, http(s)://… or memory:")
