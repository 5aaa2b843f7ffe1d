"""Legal grounds: the versioned list of them, what each stands in, and whether it is in force."""

from __future__ import annotations

from datetime import date

from standards.codelists import Code, codelist
from standards.problems import Text

GROUNDS = "legal-grounds"
REGULATION = Text("《政府信息公开条例》", "Regulation on Open Government Information")


def ground(value: str) -> Code | None:
    """The ground with a code; None where an instrument is cited in words."""
    return codelist(GROUNDS).get(value) if value else None


def article(code: Code) -> str:
    """The number of the article of the Regulation; empty for what stands in another instrument."""
    return "" if "instrument" in code.extra else _number(code)


def citation(code: Code) -> Text:
    """The instrument with its article, as it is cited."""
    instrument = Text(**code.extra["instrument"]) if "instrument" in code.extra else REGULATION
    number = _number(code)
    return Text(
        f"{instrument.zh}第{number}条" if number else instrument.zh,
        f"{instrument.en}, Art. {number}" if number else instrument.en,
    )


def force(code: Code, day: date) -> str:
    """Whether a ground is in-force, repealed or future on a day."""
    told = day.isoformat()
    if told > code.extra.get("until", told):
        return "repealed"
    return "future" if told < code.extra.get("since", told) else "in-force"


def _number(code: Code) -> str:
    return str(code.extra.get("article", "")).partition("(")[0]
