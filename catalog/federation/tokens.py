"""The tokens with which this node asks others. They stand in a file of their own, never among the
settings of sources, which are shown and logged."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

VARIABLE = "MULU_NODE_TOKENS"
"""The file: on each line the name of a source and the token for its node."""


def token_of(source: str, env: Mapping[str, str] = os.environ) -> str:
    """The token for the node of a source; empty for one that is asked as the public asks.

    Raises OSError for a file that is set and cannot be read.
    """
    path = env.get(VARIABLE)
    if not path:
        return ""
    lines = (line.split() for line in Path(path).read_text(encoding="utf-8").splitlines())
    return next((words[1] for words in lines if len(words) == 2 and words[0] == source), "")
