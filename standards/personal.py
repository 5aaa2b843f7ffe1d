"""Personal identifiers in text: citizen numbers, mobile phone numbers and bank cards.

They are known by form and check digit, and never told: a finding shows its number masked.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from standards.descriptor import Descriptor
from standards.identifiers import citizen_number, credit_code, organisation_code
from standards.problems import Problem, Text

RULE = "personal-identifier"
CLAUSE = "《中华人民共和国个人信息保护法》；GB 11643"
LONGEST = 24
"""No personal identifier is written with more characters than this."""

KINDS = {
    "citizen-number": Text("公民身份号码", "citizen number"),
    "mobile-phone": Text("手机号码", "mobile phone number"),
    "bank-card": Text("银行卡号", "bank card number"),
}
SHORTEST = 11
"""Nor with fewer."""
_GAPS = " -\u3000\xa0－".encode()  # with these the first two bytes of full-width digits go, too
_FOLDS = str.maketrans("０１２３４５６７８９Ｘｘ＋\u3000\xa0－", "0123456789Xx+  -")
_ZEROS = bytes(
    0x30 if 0x30 <= byte <= 0x39 or 0x90 <= byte <= 0x99 else byte for byte in range(256)
)
_RUN = b"0" * SHORTEST
_TOKEN = re.compile(r"[0-9A-Za-z]*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Finding:
    """A personal identifier in a text: what it is, where, and how it may be shown."""

    kind: str
    start: int
    end: int
    masked: str


def find(text: str) -> list[Finding]:
    """The personal identifiers of a text in their order; of two in one place the stricter."""
    if not suspicious(text):
        return []
    folded = text.translate(_FOLDS)
    found: dict[int, Finding] = {}
    taken = bytearray(len(text))
    for kind, form, right in _FORMS:
        for start, end in _spans(form, right, folded):
            if not any(taken[start:end]):
                taken[start:end] = b"1" * (end - start)
                found[start] = Finding(kind, start, end, _masked(text[start:end]))
    return [found[start] for start in sorted(found)]


def suspicious(text: str) -> bool:
    """Whether enough digits follow each other, but for gaps; most texts are done with here.

    Worked out on the bytes of UTF-8, where a full-width digit ends in 0x90 to 0x99: it may take
    other signs for digits, but never overlooks one.
    """
    if len(text) < SHORTEST:
        return False
    return _RUN in text.encode("utf-8", "replace").translate(_ZEROS, _GAPS)


def mask(text: str) -> str:
    """The text with its personal identifiers masked, as long as before."""
    for each in find(text):
        text = text[: each.start] + each.masked + text[each.end :]
    return text


def findings(descriptor: Descriptor) -> tuple[Problem, ...]:
    """What the validator points out in a descriptor as personal; its values are masked."""
    from standards.validation import validate  # whose readers look here

    problems = validate(descriptor.kind, descriptor.values).problems
    return tuple(each for each in problems if each.rule == RULE)


def told(found: list[Finding]) -> tuple[str, Text]:
    """A few findings as they may be shown, and what kinds they are."""
    kinds = [KINDS[kind] for kind in dict.fromkeys(each.kind for each in found)]
    shown = "、".join(list(dict.fromkeys(each.masked for each in found))[:5])
    return shown, Text("、".join(k.zh for k in kinds), ", ".join(k.en for k in kinds))


def _spans(
    form: re.Pattern[str], right: Callable[[str], bool], text: str
) -> Iterator[tuple[int, int]]:
    """Where a form stands with a right check digit, and not within the code of an organisation."""
    for match in form.finditer(text):
        start, end = match.span(1)
        if right(re.sub("[ -]", "", match[1]).upper()) and not _is_credit_code(text, start, end):
            yield start, end


def _is_credit_code(text: str, start: int, end: int) -> bool:
    """Whether the characters around are a right code of 18 with a right organisation code."""
    begin = start
    while begin and start - begin < 18 and _TOKEN.fullmatch(text[begin - 1]):
        begin -= 1
    stop = end
    while stop < len(text) and stop - end < 18 and _TOKEN.fullmatch(text[stop]):
        stop += 1
    code = text[begin:stop].upper()
    return (
        len(code) == 18
        and credit_code.problem(code) is None
        and organisation_code.problem(code[8:17]) is None
    )


def _masked(number: str) -> str:
    """The first and the last characters; of a short number three and four, else six and four."""
    kept = 6 if len(number) >= 15 else 3
    return number[:kept] + "*" * (len(number) - kept - 4) + number[-4:]


def _is_citizen(number: str) -> bool:
    return citizen_number.problem(number) is None


def _is_card(number: str) -> bool:
    """Luhn's sum is right, and it is no citizen number with a slip."""
    total = 0
    for place, digit in enumerate(reversed(number)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0 and not citizen_number.is_plausible(number)


def _form(pattern: str, after: str = r"(?!\d)(?!\.\d)") -> re.Pattern[str]:
    """A number that is part of no longer one nor of a decimal; also where another form begins."""
    return re.compile(rf"(?<!\d)(?<!\d\.)(?=({pattern}){after})", re.ASCII)


_ISSUERS = r"(?=62|60|4|5[1-5]|35|955[0-9])"  # UnionPay and older domestic, Visa, Mastercard, JCB
_FORMS: tuple[tuple[str, re.Pattern[str], Callable[[str], bool]], ...] = (
    ("citizen-number", _form(r"\d{6} ?\d{8} ?\d{3}[\dXx]"), _is_citizen),
    (
        "bank-card",
        _form(_ISSUERS + r"(?:\d{16,19}|\d{4}(?: \d{4}){3} \d{1,3})", r"(?![0-9A-Za-z])(?!\.\d)"),
        _is_card,
    ),
    (
        "bank-card",
        _form(_ISSUERS + r"\d{4}([ -])\d{4}(?:\2\d{4}){2}", r"(?![0-9A-Za-z])(?!\.\d)"),
        _is_card,
    ),
    (
        "mobile-phone",
        _form(r"(?:(?:\+|00)?86[ -]?)?1[3-9]\d[ -]?\d{4}[ -]?\d{4}"),
        lambda _number: True,
    ),
    ("citizen-number", _form(r"\d{15}"), _is_citizen),
)
