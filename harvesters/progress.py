"""How far a run is: for the terminal and for pages, from what its checkpoint keeps."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from harvesters.standing import Phase, Standing
from standards.problems import Text

PHASES = {
    Phase.FETCHING: Text("读取", "reading"),
    Phase.JUDGING: Text("核对缺失", "looking for what is missing"),
    Phase.DELETING: Text("删除", "deleting"),
    Phase.ENDING: Text("收尾", "ending"),
}


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a run stands; `total` is how many records its source says to have, 0 where it does not
    say. `place` is the last record read."""

    phase: Phase
    fetched: int
    counts: Mapping[str, int]
    total: int = 0
    bytes: int = 0
    requests: int = 0
    seconds: float = 0.0
    place: str = ""

    @property
    def rate(self) -> float:
        """Records a second."""
        return self.fetched / self.seconds if self.seconds else 0.0

    @property
    def left(self) -> float | None:
        """The seconds that reading will take still, where the source tells its size."""
        if self.phase is not Phase.FETCHING or not (self.total and self.rate):
            return None
        return max(0, self.total - self.fetched) / self.rate

    @classmethod
    def of(cls, standing: Standing) -> Progress:
        """From where the run stands."""
        spent = standing.spent
        return cls(
            phase=standing.phase,
            fetched=standing.fetched,
            counts=dict(standing.counts),
            total=int(standing.facts.get("total", 0)),
            bytes=spent.bytes,
            requests=spent.requests,
            seconds=spent.seconds,
            place=standing.place,
        )

    @classmethod
    def kept(cls, checkpoint: Mapping[str, Any]) -> Progress:
        """From the checkpoint of a run, whoever works on it."""
        return cls.of(Standing.from_dict(checkpoint))


Tell = Callable[[Progress], None]
"""Called after each page."""
