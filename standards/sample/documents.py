"""Invented official documents: titles, numbers, dates, themes, abstracts and disclosure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from random import Random
from typing import Any

from standards.identifiers import call_number, index_number
from standards.sample import deciding
from standards.sample.organs import Organ, districts

YEARS = (2004, 2005, 2006, 2007, 2008, 2009)
RULES = (
    "管理办法",
    "实施细则",
    "工作规程",
    "专项规划",
    "技术导则",
    "考核办法",
    "资金使用管理规定",
    "若干规定",
    "试行意见",
    "应急预案",
)
ACTIONS = ("做好", "推进", "加强", "规范", "开展", "完善")
QUARTERS = ("一季度", "上半年", "前三季度", "全年")
DEADLINES = ("自发布之日起施行", "自发布之日起三十日后施行", "试行两年", "有效期五年")
AIMS = (
    "规范审批行为",
    "方便群众办事",
    "保障公共安全",
    "提高资金使用效益",
    "明确部门职责",
    "促进信息共享",
    "落实年度实事项目",
)
MEASURES = (
    "明确了申请条件、办理程序和时限",
    "规定了各区县和市级部门的分工",
    "列出了重点任务和完成时间",
    "提出了检查考核和责任追究要求",
    "公布了标准、范围和联系方式",
    "安排了资金来源和拨付办法",
)
READERS = (
    "各区县政府、市政府各委办局",
    "本市有关企业和单位",
    "各街道办事处、镇政府",
    "申请办理的单位和个人",
    "局属各单位",
)
GENRES = {
    "通知": "notice",
    "批复": "reply",
    "通报": "circular",
    "公告": "announcement",
    "函": "letter",
    "意见": "opinion",
    "报告": "report",
    "纪要": "minutes",
}


def weighted(random: Random, choices: Mapping[str, int]) -> str:
    """One of the names, the heavier the likelier."""
    return random.choices(list(choices), list(choices.values()))[0]


def title(random: Random, organ: Organ, subject: str, year: int) -> tuple[str, str, int]:
    """A title, the genre it names, and which form of title it is."""
    place = random.choice(districts()).short_names[0]
    forms = (
        (f"关于印发《上海市{subject}{random.choice(RULES)}》的通知", "通知"),
        (f"关于{random.choice(ACTIONS)}{year}年{subject}工作的通知", "通知"),
        (f"关于{year}年{random.choice(QUARTERS)}{subject}情况的通报", "通报"),
        (f"关于同意{place}{year}年{subject}实施方案的批复", "批复"),
        (f"关于公布{year}年度{place}{subject}名单的公告", "公告"),
        (f"{subject}工作会议纪要（{year}年第{random.randint(1, 24)}期）", "纪要"),
        (f"关于商请支持{place}{subject}有关事项的函（{year}年）", "函"),
        (f"关于进一步{random.choice(ACTIONS)}{place}{subject}的意见", "意见"),
        (f"关于{year}年{place}{subject}自查情况的报告", "报告"),
    )
    form = random.randrange(len(forms))
    text, genre = forms[form]
    if organ.division != "310000":
        local = organ.short_names[0]
        text = text.replace("上海市", local).replace(place, local)
    return text, genre, form


def _abstract(random: Random, subject: str, genre: str) -> str:
    return (
        f"为{random.choice(AIMS)}，就{subject}{random.choice(ACTIONS)}工作作出部署，"
        f"{random.choice(MEASURES)}。本{genre}适用于{random.choice(READERS)}，"
        f"{random.choice(DEADLINES)}。"
    )


def document(
    random: Random,
    organ: Organ,
    subject: tuple[str, str],
    heading: tuple[str, str, int],
    year: int,
    serial: int,
) -> dict[str, Any]:
    """One invented document; ``serial`` counts the organ's documents of a year."""
    text, genre, form = heading
    about, theme = subject
    written = date(year, 1, 5) + timedelta(days=random.randint(0, 350))
    values: dict[str, Any] = {
        "title": text,
        "issued": (written + timedelta(days=random.randint(1, 25))).isoformat(),
        "abstract": _abstract(random, about, genre),
        "provider": [{"name": organ.name, "code": organ.credit_code}],
        "keywords": [{"keyword": [about, genre, organ.short_names[0]]}],
        "category": [{"scheme": "theme", "code": theme}],
        "index_number": index_number.generate(organ.organisation_code, year, serial),
        "call_number": call_number.generate(f"{organ.code}{theme[:3]}", year, serial),
        "document_number": f"{organ.number}〔{year}〕{serial}号",
        "written": written.isoformat(),
        "genre": GENRES[genre],
        "validity": random.choices(("in-force", "lapsed", "repealed"), (85, 10, 5))[0],
        "disclosure": dict(deciding.of_documents(organ.code, about, form)),
        "online": [f"https://{organ.code.lower()}.mulu.example/documents/{year}/{serial}"],
        "language": "zh",
    }
    if values["validity"] == "repealed":
        values["repealed"] = (written + timedelta(days=random.randint(400, 900))).isoformat()
    return values
