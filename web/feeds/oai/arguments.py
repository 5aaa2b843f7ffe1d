"""What a harvester asks: a verb with arguments, refused as the protocol says (OAI-PMH 3.1, 3.6)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import MappingProxyType

RESUMPTION = "resumptionToken"
_STAMP = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}:[0-9]{2}Z)?")

_LONGEST = 2000
_OF_ADDRESSES = r"(?:[A-Za-z0-9\-._~/?@!$&'()*+,;={more}]|%[0-9A-Fa-f]{{2}})*"
_WITHIN, _BARE = _OF_ADDRESSES.format(more=":"), _OF_ADDRESSES.format(more="")
_FORMS = {
    "identifier": re.compile(
        rf"[A-Za-z][A-Za-z0-9+.\-]*:(?://[A-Za-z0-9.\-]+(?::[0-9]{{1,5}})?(?:[/?]{_WITHIN})?|(?!//)"
        rf"{_WITHIN})|(?!//){_BARE}"
    ),
    "metadataPrefix": re.compile(r"[A-Za-z0-9\-_.!~*'()]+"),
    "set": re.compile(r"[A-Za-z0-9\-_.!~*'()]+(?::[A-Za-z0-9\-_.!~*'()]+)*"),
}
"""What the schema of the answers lets us repeat."""


class OaiFault(Exception):
    """What a harvester is told instead of an answer."""

    def __init__(self, code: str, words: str) -> None:
        super().__init__(words)
        self.code, self.words = code, words


@dataclass(frozen=True, slots=True)
class Verb:
    """What a verb needs, what it may have, and whether its list goes on by tokens."""

    needs: tuple[str, ...] = ()
    may: tuple[str, ...] = ()
    listing: bool = False


_SELECTIVE = ("from", "until", "set")
VERBS: Mapping[str, Verb] = MappingProxyType(
    {
        "Identify": Verb(),
        "ListMetadataFormats": Verb(may=("identifier",)),
        "ListSets": Verb(listing=True),
        "ListIdentifiers": Verb(("metadataPrefix",), _SELECTIVE, listing=True),
        "ListRecords": Verb(("metadataPrefix",), _SELECTIVE, listing=True),
        "GetRecord": Verb(("identifier", "metadataPrefix")),
    }
)


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that is well put."""

    verb: str
    arguments: Mapping[str, str] = field(default_factory=dict)

    @property
    def token(self) -> str | None:
        """The token by which a list goes on."""
        return self.arguments.get(RESUMPTION)


def understood(pairs: Sequence[tuple[str, str]]) -> Asked:
    """The request; raises OaiFault (badVerb, badArgument)."""
    verbs = [value for name, value in pairs if name == "verb"]
    if len(verbs) != 1 or verbs[0] not in VERBS:
        raise OaiFault("badVerb", f"One verb is needed: {', '.join(VERBS)}.")
    rest = [(name, value) for name, value in pairs if name != "verb"]
    _check(VERBS[verbs[0]], rest)
    return Asked(verbs[0], dict(rest))


def _check(verb: Verb, pairs: Sequence[tuple[str, str]]) -> None:
    names = Counter(name for name, _ in pairs)
    allowed = {*verb.needs, *verb.may, *((RESUMPTION,) if verb.listing else ())}
    for name, times in names.items():
        if name not in allowed:
            raise OaiFault("badArgument", "There is an argument that this verb does not have.")
        if times > 1:
            raise OaiFault("badArgument", f"The argument {name} is repeated.")
    if RESUMPTION in names:
        if len(names) > 1:
            raise OaiFault("badArgument", f"{RESUMPTION} stands alone.")
        return
    for name in verb.needs:
        if name not in names:
            raise OaiFault("badArgument", f"The argument {name} is missing.")
    for name, value in pairs:
        if name in _FORMS and not (len(value) <= _LONGEST and _FORMS[name].fullmatch(value)):
            raise OaiFault("badArgument", f"The argument {name} is not formed as it must be.")
    span(dict(pairs))


def span(arguments: Mapping[str, str]) -> tuple[datetime | None, datetime | None]:
    """The first and the last moment asked for; raises OaiFault (badArgument). A day is whole."""
    begin, end = arguments.get("from"), arguments.get("until")
    if begin is not None and end is not None and len(begin) != len(end):
        raise OaiFault("badArgument", "from and until differ in granularity.")
    first = _moment("from", begin) if begin is not None else None
    last = _moment("until", end) if end is not None else None
    if last and end and "T" not in end:
        last += timedelta(days=1, seconds=-1)
    if first and last and first > last:
        raise OaiFault("badArgument", "from is after until.")
    return first, last


def _moment(name: str, text: str) -> datetime:
    if not _STAMP.fullmatch(text):
        words = f"{name} is neither YYYY-MM-DD nor YYYY-MM-DDThh:mm:ssZ."
        raise OaiFault("badArgument", words)
    try:
        return datetime.fromisoformat(text.removesuffix("Z")).replace(tzinfo=UTC)
    except ValueError:
        raise OaiFault("badArgument", f"{name} is no date of the calendar.") from None
