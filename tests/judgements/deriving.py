"""Queries made from cards by rule, for the classes in which no meaning has to be judged."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random

import opencc
import pypinyin

from search.card import Card
from search.judging import Judgement
from search.judging.judgements import GRADES
from search.judging.rules import parse
from search.words import words

TRADITIONAL = opencc.OpenCC("s2t")
DIGITS = str.maketrans("0123456789", "〇一二三四五六七八九")
WIDE = str.maketrans({chr(code): chr(code + 0xFEE0) for code in range(0x21, 0x7F)})
COMMON = (
    "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子"
)
"""The commonest characters, of which a wrong one is drawn."""
SHORT = {
    "住房和城乡建设管理委员会": "住建委",
    "规划和自然资源局": "规资局",
    "规划和国土资源管理局": "规土局",
    "城乡建设和交通委员会": "建交委",
    "交通运输和港口管理局": "交通港口局",
    "经济和信息化委员会": "经信委",
    "发展和改革委员会": "发改委",
    "人力资源和社会保障局": "人社局",
    "市场监督管理局": "市场监管局",
    "绿化和市容管理局": "绿化市容局",
    "卫生健康委员会": "卫健委",
    "科学技术委员会": "科委",
    "商务委员会": "商务委",
    "教育委员会": "教委",
    "交通委员会": "交通委",
    "农业委员会": "农委",
}
"""What people call the agencies whose short name is not simply the name without its city."""
_GENERIC = re.compile(
    r"工作|情况|自查|实施|方案|管理|办法|规定|条例|有关|事项|名单|意见|通知|信息"
    r"|数据|本市|上海市|地方性|法规|试行|暂行|年度|服务|机构|人员|单位|加强|进一步"
    r"|细则|规程|规划|考核|评价|会议|纪要|印发|关于|若干|资金|使用|技术|导则|应急"
    r"|预案|专项|国务院|办公厅|人民政府|支持|商请|统计|目录|制度|标准|决定|上半年"
    r"|一季度|前三季度|全年|同意|公布"
)
"""Words that tell nobody what a title is about."""
_CORE = re.compile(r"《([^《》]{4,})》")
_AROUND = re.compile(
    r"^.*?(?:关于(?:进一步|印发|公布|同意|做好|加强|推进|开展|规范|完善|批准|发布)*)"
    r"|的(?:通知|通报|批复|公告|函|意见|报告|决定|通告)$|[（(][^（）()]*[）)]$"
)
_REGION = re.compile(r"^(?:中华人民共和国|上海市|北京市|浙江省|广东省|重庆市)")
_HAN = re.compile(r"[\u4e00-\u9fff]+")
_NUMBER = re.compile(r"^(?P<mark>\D+)〔(?P<year>\d{4})〕(?P<serial>\d+)号$")
_DIGIT = re.compile(r"\d")


@dataclass(frozen=True)
class Derived:
    """A judgement as it would stand in a list: its rules are still text."""

    kind: str
    query: str
    first: str = ""
    rules: tuple[str, str, str] = ("", "", "")

    def judgement(self) -> Judgement:
        """The judgement."""
        rules = {grade: parse(text) for grade, text in zip(GRADES, self.rules, strict=True) if text}
        return Judgement(self.kind, self.query, self.first, rules)

    def row(self) -> str:
        """The line of a list."""
        return "\t".join((self.kind, self.query, self.first, *self.rules)).rstrip("\t")


class _Made(Exception):
    """Nothing can be made of this card."""


class Deriving:
    """Makes queries from the cards, each class from cards of its own choice."""

    def __init__(self, cards: Sequence[Card]) -> None:
        self.cards = sorted(cards, key=lambda card: card.identifier)
        self.titles = Counter(card.title for card in cards)

    def made(self, counts: Mapping[str, int]) -> Iterator[Derived]:
        """As many queries of each class as are asked for, or as the cards give."""
        for name, make in MAKERS.items():
            random = Random(f"judging-{name}")
            found: dict[str, Derived] = {}
            for card in random.sample(self.cards, len(self.cards)):
                if len(found) >= counts.get(name, 0):
                    break
                each = make(self, random, card)
                if each is not None:
                    found.setdefault(each.query, each)
            yield from found.values()

    def exact(self, _random: Random, card: Card) -> Derived:
        """The title as it stands."""
        return Derived("exact", card.title, card.title)

    def partial(self, random: Random, card: Card) -> Derived | None:
        """Six to twelve characters from the middle of what the title is about."""
        piece = self._piece(random, card, 6, 12)
        return self._found_by_title("partial", piece, piece, card) if piece else None

    def traditional(self, random: Random, card: Card) -> Derived | None:
        """A title, or a part of one, in traditional script."""
        piece = card.title if random.random() < 0.5 else self._piece(random, card, 6, 14)
        typed = TRADITIONAL.convert(piece)
        if not piece or typed == piece:
            return None
        return self._found_by_title("traditional", typed, piece, card)

    def number(self, random: Random, card: Card) -> Derived | None:
        """A document number in one of the ways people write it."""
        match = _NUMBER.match(card.document_number)
        if match is None:
            return None
        typed = random.choice(SPELLINGS)(**match.groupdict())
        return Derived("number", typed, card.document_number)

    def typo(self, random: Random, card: Card) -> Derived | None:
        """What the title is about with one character wrong, missing, doubled or swapped."""
        piece = self._piece(random, card, 7, 14)
        if len(piece) < 7 or not _HAN.fullmatch(piece):
            return None
        typed = random.choice(ERRORS)(random, piece)
        return None if typed == piece else self._found_by_title("typo", typed, piece, card)

    def pinyin(self, random: Random, card: Card) -> Derived | None:
        """What the title is about in pinyin, without tones, or its initials."""
        piece = self._piece(random, card, 4, 8)
        if not _HAN.fullmatch(piece) or len(piece) < 4:
            return None
        read = pypinyin.lazy_pinyin(piece)
        typed = ("".join(read), " ".join(read), "".join(part[0] for part in read))
        return self._found_by_title("pinyin", random.choice(typed), piece, card)

    def agency(self, random: Random, card: Card) -> Derived | None:
        """The agency by its short name, and a word of the title."""
        topic, name = self._topic(random, card), (card.provider or card.agency_name).split("、")[0]
        short = short_name(name)
        if not topic or not short or topic in name:
            return None
        return Derived("agency", f"{short} {topic}", rules=(f"{topic} agency:{name}", "", topic))

    def year(self, random: Random, card: Card) -> Derived | None:
        """A word of the title, and the year."""
        topic, year = self._topic(random, card), (card.written or card.issued)[:4]
        if not topic or not year or year in topic:
            return None
        typed = random.choice((f"{year}年{topic}", f"{topic} {year}", f"{topic}{year}年"))
        return Derived("year", typed, rules=(f"{topic} year:{year}", "", topic))

    def item(self, random: Random, card: Card) -> Derived | None:
        """The name of a data item."""
        names = [
            item.name for item in card.items if re.fullmatch(r"[\u4e00-\u9fff]{3,10}", item.name)
        ]
        if not names:
            return None
        name = random.choice(names)
        return Derived("item", name, rules=(f"item:{name}", "", ""))

    def _piece(self, random: Random, card: Card, least: int, most: int) -> str:
        """A run of the title's core without spaces, cut at whole words."""
        core = about(card.title)
        runs = [run for run in re.split(r"\s|[，、：；“”（）()《》]", core) if len(run) >= least]
        if not runs:
            return ""
        run = random.choice(runs)
        cut = words(run)
        starts = [at for at, word in enumerate(cut) if telling(word)]
        if not starts:
            return ""
        piece = ""
        for word in cut[random.choice(starts) :]:
            if len(piece) + len(word) > most:
                break
            piece += word
        return piece if len(piece) >= least and piece in run else ""

    def _topic(self, random: Random, card: Card) -> str:
        """What the title is about in four to eight characters: its keyword, or words of it."""
        if card.keywords and card.keywords[0] in card.title:
            return card.keywords[0]
        cut = [word if telling(word) else "" for word in words(about(card.title))]
        pairs = [(one + other) for one, other in zip(cut, [*cut[1:], ""], strict=True) if one]
        topics = [pair for pair in pairs if 4 <= len(pair) <= 8 and pair in card.title]
        return random.choice(topics) if topics else ""

    def _found_by_title(self, kind: str, typed: str, piece: str, card: Card) -> Derived:
        """Right is every title that holds the piece; the first must be the only one."""
        alike = [title for title in self.titles if piece in title]
        if len(alike) == 1 or piece == card.title:
            return Derived(kind, typed, card.title)
        return Derived(kind, typed, rules=(piece, "", ""))


def about(title: str) -> str:
    """What a title is about, without the phrases that all official titles share."""
    quoted = _CORE.search(title)
    return _REGION.sub("", quoted.group(1) if quoted else _AROUND.sub("", title)).strip()


def telling(word: str) -> bool:
    """Whether a word of a title tells what it is about."""
    return len(word) > 1 and not _GENERIC.fullmatch(word) and bool(_HAN.fullmatch(word))


def short_name(name: str) -> str:
    """What people call an agency: 市水务局, 市住建委; empty when nothing shorter is usual."""
    city = re.match(r"上海市(?=.)", name)
    rest = name.removeprefix("上海市")
    if not city or rest.startswith("人民") or "区" in rest[:4]:
        return ""
    return "市" + SHORT.get(rest, rest.removesuffix("员会"))


def _wrong(random: Random, text: str) -> str:
    at = random.randrange(len(text))
    return text[:at] + random.choice(COMMON) + text[at + 1 :]


def _missing(random: Random, text: str) -> str:
    at = random.randrange(1, len(text) - 1)
    return text[:at] + text[at + 1 :]


def _doubled(random: Random, text: str) -> str:
    at = random.randrange(len(text))
    return text[: at + 1] + text[at:]


def _swapped(random: Random, text: str) -> str:
    at = random.randrange(len(text) - 1)
    return text[:at] + text[at + 1] + text[at] + text[at + 2 :]


ERRORS: Sequence[Callable[[Random, str], str]] = (_wrong, _wrong, _missing, _doubled, _swapped)


def _spelt(pattern: str) -> Callable[..., str]:
    return lambda mark, year, serial: pattern.format(mark=mark, year=year, serial=serial)


SPELLINGS: Sequence[Callable[..., str]] = (
    *map(
        _spelt,
        (
            "{mark}〔{year}〕{serial}号",
            "{mark}[{year}]{serial}号",
            "{mark}({year}){serial}号",
            "{mark}（{year}）{serial}号",
            "{mark}【{year}】{serial}号",
            "{mark}{year}{serial}号",
            "{mark} {year} {serial}",
            "{mark}〔{year}〕第{serial}号",
            "{mark}[{year}]{serial}",
        ),
    ),
    lambda mark, year, serial: f"{mark}〔{year}〕{serial}号".translate(WIDE),
    lambda mark, year, serial: f"{mark}〔{year}〕{serial}号".translate(DIGITS),
    lambda mark, year, serial: f"{mark}〔{year.translate(DIGITS)}〕{serial}号",
    lambda mark, year, serial: TRADITIONAL.convert(f"{mark}〔{year}〕{serial}號"),
)

MAKERS: Mapping[str, Callable[[Deriving, Random, Card], Derived | None]] = {
    "exact": Deriving.exact,
    "partial": Deriving.partial,
    "number": Deriving.number,
    "agency": Deriving.agency,
    "item": Deriving.item,
    "traditional": Deriving.traditional,
    "pinyin": Deriving.pinyin,
    "typo": Deriving.typo,
    "year": Deriving.year,
}
COUNTS = dict.fromkeys(MAKERS, 40)


def derived(cards: Sequence[Card], counts: Mapping[str, int] = COUNTS) -> list[Judgement]:
    """The judgements made from the cards."""
    return [each.judgement() for each in Deriving(cards).made(counts)]
