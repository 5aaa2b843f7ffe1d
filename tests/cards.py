"""Cards made up for tests of finding: any number, always the same."""

from __future__ import annotations

import random
from collections.abc import Iterator

from search.card import Audience, Card, CardEndpoint, Stage
from standards.summary import Box, Item

ACTS = ("印发", "转发", "批准", "调整", "公布", "废止")
TOPICS = (
    "殡葬管理", "节约用水", "义务教育", "公积金", "轨道交通", "食品安全", "垃圾分类", "养老服务",
    "医疗保险", "环境保护", "城市规划", "知识产权", "安全生产", "社会救助", "文物保护", "科技创新",
    "绿化造林", "税收征管", "港口航运", "农业补贴", "水质监测", "人口统计", "空气质量", "企业登记",
)  # fmt: skip
FORMS = ("办法", "规定", "实施细则", "意见", "通知", "数据集", "目录", "名单", "统计表", "备案信息")
PLACES = (
    "浦东新区",
    "黄浦区",
    "徐汇区",
    "长宁区",
    "静安区",
    "普陀区",
    "虹口区",
    "杨浦区",
    "崇明县",
)
ITEMS = ("姓名", "公民身份号码", "统一社会信用代码", "单位名称", "地址", "联系电话", "经度", "纬度")
THEMES = ("A", "B", "C", "D", "E", "F")
GROUNDS = ("state-secret", "trade-secret", "privacy", "")


def served(number: int, seed: int = 0) -> Card:
    """Card ``number``, as a public one of a served version mostly."""
    draw = random.Random(f"{seed}/{number}")
    agency = draw.randrange(1, 52)
    topic, place = draw.choice(TOPICS), draw.choice(PLACES)
    year, theme = draw.randrange(1995, 2010), draw.choice(THEMES)
    serial = draw.randrange(1, 400)
    is_document = draw.random() < 0.6
    act = f"关于{draw.choice(ACTS)}" if is_document else ""
    title = f"{act}{place}{topic}{draw.choice(TOPICS)}{draw.choice(FORMS)}（{year}年第{serial}批）"
    code = f"SH{agency:03d}"
    west, south = 120.9 + draw.random(), 30.7 + draw.random()
    disclosure = draw.choice(("proactive", "on-request", "withheld", "undetermined"))
    public = disclosure in ("proactive", "on-request")
    date = f"{year}-{draw.randrange(1, 13):02d}-{draw.randrange(1, 29):02d}"
    document_number = f"沪{place[0]}府发〔{year}〕{serial}号" if is_document else ""
    identifier = f"{code}-{number:06d}"
    return Card(
        key=identifier,
        version=number + 1,
        identifier=identifier,
        stage=Stage.SERVED,
        audience=Audience.PUBLIC if public else Audience.AGENCY,
        kind="document" if is_document else "non-document",
        title=title,
        agency=code,
        agency_name=f"上海市第{agency}管理局",
        agency_path=(code, "SH000"),
        agency_names=(f"上海市第{agency}管理局", f"{agency}局"),
        abstract=(
            f"本资源记载{place}在{year}年开展{topic}工作的情况，包括对象、范围、程序与结果，由"
            f"上海市第{agency}管理局负责维护，供各部门共享使用，并依照有关规定向社会公开。编号{number}。"
        ),
        numbers=tuple(n for n in (document_number, f"AB{agency:04d}000-{year}-{number:06d}") if n),
        document_number=document_number,
        keywords=(topic, place, draw.choice(FORMS)),
        items=() if is_document else tuple(Item(i) for i in draw.sample(ITEMS, 4)),
        themes=(theme, f"{theme}{draw.randrange(1, 9)}"),
        theme_names=(topic,),
        genre="notice" if is_document else "",
        validity="valid" if is_document else "",
        cycle="" if is_document else draw.choice(("P1D", "P1M", "P1Y")),
        formats=(draw.choice(("pdf", "xls", "csv", "mysql")),),
        disclosure=disclosure,
        disclosure_ground=draw.choice(GROUNDS) if disclosure == "withheld" else "",
        sharing=draw.choice(("unconditional", "conditional", "not-shared", "undetermined")),
        divisions=("310000", f"3101{draw.randrange(1, 20):02d}"),
        place_names=(place,),
        box=Box(west, south, west + 0.1, south + 0.1) if number % 3 else None,
        written=date if is_document else "",
        issued=date if number % 5 else "",
        updated=f"2009-{1 + number % 12:02d}-{1 + number % 28:02d}T08:{number % 60:02d}:00Z",
        state="published",
        source="files" if number % 7 == 0 else "",
        endpoint=CardEndpoint("https", f"https://exchange.example/{identifier}"),
    )


def many(count: int, seed: int = 0) -> Iterator[Card]:
    """The first ``count`` cards."""
    return (served(number, seed) for number in range(count))
