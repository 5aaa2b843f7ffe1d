"""What is said about a wrong or missing value: one problem, in zh and en, with its rule."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

Severity = Literal["error", "warning"]
EXCERPT = 120


class Text(NamedTuple):
    """The same words in Chinese and in English."""

    zh: str
    en: str

    def in_language(self, language: str) -> str:
        """The wording for a language tag; Chinese unless English is asked for."""
        return self.en if language.lower().startswith("en") else self.zh


@dataclass(frozen=True, slots=True)
class Problem:
    """One broken rule at one place of a descriptor (``provider[0].name``)."""

    path: str
    rule: str
    clause: str
    severity: Severity
    message: Text
    suggestion: Text | None = None
    value: str | None = None

    @property
    def is_error(self) -> bool:
        """Whether it keeps the descriptor out; a warning does not."""
        return self.severity == "error"

    def as_dict(self) -> dict[str, object]:
        """The problem as JSON, for an API answer or a report."""
        return {
            "path": self.path,
            "rule": self.rule,
            "clause": self.clause,
            "severity": self.severity,
            "message": self.message._asdict(),
            "suggestion": self.suggestion._asdict() if self.suggestion else None,
            "value": self.value,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, object]) -> Problem:
        """The problem that ``as_dict`` wrote (kept with a rejected record)."""
        return cls(
            path=str(data["path"]),
            rule=str(data["rule"]),
            clause=str(data["clause"]),
            severity="warning" if data["severity"] == "warning" else "error",
            message=_text(data["message"]),
            suggestion=_text(data["suggestion"]) if data.get("suggestion") else None,
            value=None if data.get("value") is None else str(data["value"]),
        )


def excerpt(text: str, limit: int = EXCERPT) -> str:
    """The beginning of a text, short enough for a message whatever its size."""
    return text if len(text) <= limit else text[: limit - 1] + "…"


def _text(data: object) -> Text:
    words = data if isinstance(data, Mapping) else {}
    return Text(str(words.get("zh", "")), str(words.get("en", "")))
