"""How the cluster stands to us: asked without waiting, told in words."""

from __future__ import annotations

from elasticsearch import Elasticsearch

from search.condition import Condition
from search.elasticsearch_engine.indexes import Indexes, Standing
from search.elasticsearch_engine.schema import LAYOUT
from standards.problems import Text

PATIENCE = 2.0


def condition(client: Elasticsearch, alias: str) -> Condition:
    """What a look at the cluster shows. Raises what the client raises when no node answers."""
    quick = client.options(request_timeout=PATIENCE, retry_on_timeout=False)
    health = quick.cluster.health(timeout="1s").body
    found = Indexes(quick, alias).standing()
    ours = [_of_the_index(quick, one) for one in found]
    troubles = [*_of_the_alias(alias, found), *(t for one in ours for t in one.troubles)]
    if health["unassigned_shards"] and health["status"] == "yellow":
        troubles.append(
            Text(
                f"{health['unassigned_shards']} 个副本分片没有节点存放：再少一个节点就可能无法检索",
                f"{health['unassigned_shards']} copies of shards have no node: "
                "another node less, and searching may end",
            )
        )
    single = len(found) <= 1 and all(one.layout for one in found)
    return Condition(single and all(one.searches for one in ours), tuple(troubles))


def _of_the_alias(alias: str, found: tuple[Standing, ...]) -> list[Text]:
    names = "、".join(one.name for one in found)
    told: list[Text] = []
    if not found:
        told.append(Text(f"还没有索引 {alias}", f"there is no index {alias} yet"))
    if len(found) > 1:
        told.append(Text(f"别名 {alias} 指向多个索引：{names}", f"{alias} names several: {names}"))
    for one in found:
        if not one.layout:
            told.append(
                Text(f"{one.name} 不是本系统的索引", f"{one.name} is not an index of Mulu's")
            )
        elif one.layout != LAYOUT:
            told.append(
                Text(
                    f"索引 {one.name} 是第 {one.layout} 版结构，本程序写第 {LAYOUT} 版",
                    f"{one.name} has the layout {one.layout}, this process writes {LAYOUT}",
                )
            )
        elif not one.whole:
            told.append(Text(f"索引 {one.name} 尚未建全", f"{one.name} is not whole yet"))
    return told


def _of_the_index(client: Elasticsearch, one: Standing) -> Condition:
    told: list[Text] = []
    if one.blocked:
        told.append(
            Text(
                f"索引 {one.name} 只读（{one.blocked}）：磁盘将满或被人设为只读",
                f"{one.name} is read-only ({one.blocked}): a disk is nearly full, or by hand",
            )
        )
    red = client.cluster.health(index=one.name, timeout="1s").body["status"] == "red"
    if red:
        told.append(
            Text(
                f"索引 {one.name} 缺少分片：等节点恢复，或 mulu index rebuild",
                f"{one.name} lacks shards: bring its nodes back, or `mulu index rebuild`",
            )
        )
    return Condition(not red, tuple(told))
