"""Invented data resources: databases, tables, services and map layers with their items."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import Any

from standards.codelists import codelist
from standards.sample import deciding
from standards.sample.documents import YEARS
from standards.sample.organs import Holding, Organ, districts

CYCLES = ("REALTIME", "P1D", "P1W", "P1M", "P3M", "P1Y", "IRREGULAR")
USES = ("业务协同和数据校核", "行政审批核验", "统计分析", "社会救助对象核对", "城市管理巡查")
USERS = ("市级各部门", "市和区县有关部门", "民政、社保部门", "城市管理部门", "统计部门")
RESTING = 2
"""Of how many resources one tells its legal basis."""
METHODS = {"service": "platform-service", "spreadsheet": "platform-file"}
NUMERIC = (
    "数",
    "面积",
    "金额",
    "投资",
    "价",
    "量",
    "率",
    "经度",
    "纬度",
    "指数",
    "长度",
    "水位",
    "雨量",
)


def title(random: Random, organ: Organ, holding: Holding) -> str:
    """The name of a holding: the whole city's, one district's, or one year's extract."""
    if organ.division != "310000":
        local = organ.short_names[0]
        part = random.choice((local, f"{local}{random.choice(YEARS)}年", f"{local}街镇"))
        return f"{part}{holding.title}"
    place = random.choice(districts()).short_names[0]
    year = random.choice(YEARS)
    return random.choice(
        (
            holding.title,
            f"{year}年{holding.title}",
            f"{place}{holding.title}",
            f"{place}{year}年{holding.title}",
        )
    )


def _item(name: str) -> dict[str, Any]:
    if "日期" in name or "时间" in name:
        return {"name": name, "type": "date"}
    if any(word in name for word in NUMERIC):
        return {"name": name, "type": "numeric"}
    return {
        "name": name,
        "type": "character",
        "length": 18 if "代码" in name or "号码" in name else 100,
    }


def _place(random: Random, organ: Organ, text: str) -> dict[str, Any]:
    named = next((d.division for d in districts() if d.short_names[0] in text), organ.division)
    place: dict[str, Any] = {"division": [named]}
    code = codelist("divisions").get(named)
    box = code.extra.get("box") if code else None
    if box:
        west, south, east, north = box
        shrink = random.uniform(0, 0.2)
        place |= {
            "west": round(west + (east - west) * shrink, 4),
            "south": round(south + (north - south) * shrink, 4),
            "east": round(east - (east - west) * shrink, 4),
            "north": round(north - (north - south) * shrink, 4),
        }
    return place


def _access(random: Random, organ: Organ, holding: Holding, number: int) -> dict[str, Any]:
    """Format, service, sharing, openness and disclosure, which go together."""
    base = f"https://{organ.code.lower()}.mulu.example"
    if holding.layer:
        form, service = ("database", "postgresql"), {"url": f"{base}/wfs/{number}", "type": "wfs"}
    elif holding.service or number % 4 == 0:
        form, service = ("service", "rest"), {"url": f"{base}/api/{number}", "type": "rest-api"}
    elif number % 4 == 1:
        form, service = (
            ("spreadsheet", "xlsx"),
            {"url": f"{base}/files/{number}.xlsx", "type": "file-download"},
        )
    else:
        form, service = (
            ("database", "oracle"),
            {"url": f"{base}/exchange/{number}", "type": "exchange-front-node"},
        )
    access: dict[str, Any] = {"format": {"class": form[0], "type": [form[1]]}, "service": service}
    access["disclosure"] = dict(deciding.of_resources(organ.code, holding.title, holding.sensitive))
    if holding.sensitive:
        access["openness"] = {"open": False}
        use = f"经提供方同意，仅限{random.choice(USES)}"
        access["sharing"] = {
            "attribute": "conditional",
            "condition": use,
            "audience": random.choice(USERS),
            "method": ["platform-service"],
        }
        service["condition"] = "凭部门数字证书，经提供方核准后访问"
        return access
    if access["disclosure"]["attribute"] == "proactive":
        access["openness"] = {"open": True, "condition": "注明来源"}
    else:
        access["openness"] = {"open": False}
    method = [METHODS.get(form[0], "platform-database")]
    if deciding.shared_by_all(organ.code, holding.title):
        access["sharing"] = {"attribute": "unconditional", "method": method}
    else:
        use = f"限用于{random.choice(USES)}"
        access["sharing"] = {
            "attribute": "conditional",
            "condition": use,
            "audience": random.choice(USERS),
            "method": method,
        }
    return access


def resource(
    random: Random, organ: Organ, holding: Holding, text: str, number: int
) -> dict[str, Any]:
    """The descriptor of one invented data resource."""
    issued = date(2008, 3, 1) + timedelta(days=random.randint(0, 640))
    names = "、".join(holding.items[:4])
    return {
        "title": text,
        "issued": issued.isoformat(),
        "abstract": f"{organ.name}在履行职责中形成并维护，"
        f"记录{names}等{len(holding.items)}个信息项，用于{random.choice(USES)}。",
        "provider": [{"name": organ.name, "code": organ.credit_code}],
        "keywords": [{"keyword": [holding.title, *holding.items[:2]]}],
        "category": [{"scheme": "theme", "code": holding.theme}],
        "items": [_item(name) for name in holding.items],
        "update_cycle": random.choice(CYCLES),
        "place": _place(random, organ, text),
        "period": {"begin": f"{random.choice(YEARS)}-01-01", "end": "2009-12-31"},
        "language": "zh",
        **_relations(organ, number),
        **_access(random, organ, holding, number),
    }


def _relations(organ: Organ, number: int) -> dict[str, Any]:
    """Of some, the document on which they are kept: it may be here or not."""
    if number % RESTING:
        return {}
    basis = f"{organ.number}〔{YEARS[number % len(YEARS)]}〕{number // RESTING}号"
    return {"relations": [{"type": "basis", "target": basis}]}
