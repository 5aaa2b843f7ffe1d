"""Chinese numerals as they stand in dates: 二〇一八, 十二, 二十一, 卅一, 廿三."""

from __future__ import annotations

_DIGITS = {
    character: value
    for value, characters in enumerate(
        ("〇零○Ｏ", "一壹", "二贰两", "三叁", "四肆", "五伍", "六陆", "七柒", "八捌", "九玖")
    )
    for character in characters
}
_TENS = {"十": 10, "拾": 10, "廿": 20, "卅": 30}
CHARACTERS = "".join((*_DIGITS, *_TENS))


def number(text: str) -> int | None:
    """The number that digits in a row (二〇一八) or tens (二十一) stand for, below 100 for tens."""
    if text.isdecimal():
        return int(text)
    if text and all(character in _DIGITS for character in text):
        return int("".join(str(_DIGITS[character]) for character in text))
    return _tens(text)


def _tens(text: str) -> int | None:
    place = next((i for i, character in enumerate(text) if character in _TENS), None)
    if place is None or place > 1 or len(text) > place + 2:
        return None
    before, ten, after = text[:place], text[place], text[place + 1 :]
    if any(character not in _DIGITS for character in before + after):
        return None
    multiple = _DIGITS[before] if before else 1
    return multiple * _TENS[ten] + (_DIGITS[after] if after else 0)


def spelled(value: int) -> str:
    """A number below 100 in Chinese (十二, 二十一), a greater one digit by digit (二〇〇九)."""
    digits = "〇一二三四五六七八九"
    if value >= 100 or value < 10:
        return "".join(digits[int(digit)] for digit in str(value))
    tens, ones = divmod(value, 10)
    return (digits[tens] if tens > 1 else "") + "十" + (digits[ones] if ones else "")
