"""How an engine stands, for the operator: whether it answers, and what is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass

from standards.problems import Text


@dataclass(frozen=True, slots=True)
class Condition:
    """Whether searches are answered, and what keeps it from answering or from keeping up."""

    searches: bool = True
    troubles: tuple[Text, ...] = ()


WELL = Condition()
