"""The XML parser: nothing dangerous is read, nothing good is lost, and faults say where."""

from __future__ import annotations

import io
import time
import tracemalloc

import pytest

from standards.xmlparser import XmlFault, iterate, parse

BOMB = (
    '<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY {chr(98 + i)} "{f"&{chr(97 + i)};" * 10}">' for i in range(12))
    + ']><a><r b="&m;">&m;</r></a>'
).encode()
EXTERNAL = b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a><r><t>&x;</t></r></a>'


def records(data: bytes) -> tuple[list[tuple[str | None, int]], XmlFault | None]:
    """(text of the first field, number of faults) of each record, and the fault at the end."""
    found: list[tuple[str | None, int]] = []
    try:
        for node in iterate(io.BytesIO(data)):
            text = node.element[0].text if len(node.element) else None
            found.append((text, len(node.faults)))
    except XmlFault as fault:
        return found, fault
    return found, None


@pytest.mark.parametrize("data", [BOMB, EXTERNAL, b"<!DOCTYPE a SYSTEM 'http://x/'><a><r/></a>"])
def test_document_types_are_refused_before_they_are_read(data):
    began = time.perf_counter()
    found, fault = records(data)
    assert found == []
    assert fault is not None
    assert "document type" in fault.message
    with pytest.raises(XmlFault, match="document type"):
        parse(data)
    assert time.perf_counter() - began < 1


@pytest.mark.parametrize("data", [b"", b"hello", b"<a", b"<a></b>", b"{}", b"\xff\xfe\x00"])
def test_what_is_no_xml_is_a_fault_with_a_line(data):
    with pytest.raises(XmlFault) as caught:
        parse(data)
    problem = caught.value.problem()
    assert problem.rule == "not-well-formed"
    assert problem.message.zh
    assert records(data)[1] is not None


@pytest.mark.parametrize(
    ("broken", "text"),
    [("<t>甲 & 乙</t>", "甲 & 乙"), ("<t>甲&nbsp;乙</t>", None), ("<t>甲\x01乙</t>", "甲乙")],
)
def test_a_broken_record_does_not_stop_the_others(broken, text):
    data = f"<a><r>{broken}</r><r><t>二</t></r><r><t>三</t></r></a>".encode()
    found, fault = records(data)
    assert fault is None
    assert [each[1] for each in found] == [1, 0, 0]
    assert [each[0] for each in found][1:] == ["二", "三"]
    assert text is None or found[0][0] == text


def test_ampersands_may_stand_in_cdata_comments_and_entities():
    body = "<r><!-- & --><t><![CDATA[甲 & 乙 </r> &]]> &amp; &#19968; 丙</t></r>" * 3
    found, fault = records(f"<a>{body}</a>".encode())
    assert fault is None
    assert found == [("甲 & 乙 </r> & & 一 丙", 0)] * 3


def test_a_long_record_may_be_cut_anywhere():
    for extra in range(40):
        text = "x" * (262_144 - 300 + extra) + "&amp;<![CDATA[&]]>&#65;" + "y" * 70_000
        found, fault = records(f"<a><r><t>{text}</t></r></a>".encode())
        assert fault is None
        assert [(len(each or ""), faults) for each, faults in found] == [
            (332_144 - 300 + extra + 3, 0)
        ]


def test_a_record_that_is_not_closed_costs_only_itself_but_the_file_is_not_complete():
    found, fault = records("<a><r><t>一</r><r><t>二</t></r></a>".encode())
    assert ("二", 0) in found
    assert any(faults for _, faults in found)
    assert fault is not None


def test_a_cut_file_gives_what_it_has_and_then_a_fault():
    found, fault = records("<a><r><t>一</t></r><r><t>二</t></r><r><t>三".encode())
    assert found[:2] == [("一", 0), ("二", 0)]
    assert found[2][1] == 1
    assert fault is not None


def test_a_huge_field_does_not_hide_the_records_behind_it():
    data = b"<a><r><t>1</t></r><r><t>" + b"x" * 50_000_000 + b"</t></r><r><t>3</t></r></a>"
    found, fault = records(data)
    assert fault is None
    assert [len(text or "") for text, _ in found] == [1, 50_000_000, 1]


def test_a_record_larger_than_the_limit_is_a_fault(monkeypatch):
    monkeypatch.setattr("standards.xmlparser.MOST_BYTES", 1000)
    with pytest.raises(XmlFault, match="larger"):
        list(iterate(io.BytesIO(b"<a><r><t>" + b"x" * 5000 + b"</t></r></a>")))
    with pytest.raises(XmlFault, match="larger"):
        parse(b"<a>" + b"x" * 5000 + b"</a>")


@pytest.mark.parametrize(
    ("declared", "codec"),
    [
        ("GB18030", "gb18030"),
        ("GB2312", "gbk"),
        ("gbk", "gb18030"),
        ("UTF-8", "utf-8"),
        ("UTF-16", "utf-16"),
    ],
)
def test_the_declared_encoding_is_used_and_gb2312_means_its_superset(declared, codec):
    data = (
        f'<?xml version="1.0" encoding="{declared}"?><目录><信息><标题>朱镕基</标题></信息></目录>'
    )
    assert records(data.encode(codec)) == ([("朱镕基", 0)], None)
    assert parse(data.encode(codec)).tag == "目录"


def test_an_unknown_encoding_is_a_fault():
    assert records(b'<?xml version="1.0" encoding="klingon"?><a><r><t>x</t></r></a>')[1] is not None


def test_places_name_the_record():
    data = b"<a>\n<r><t>1</t></r>\n<r><t>2</t></r>\n</a>"
    assert [node.place for node in iterate(io.BytesIO(data))] == ["/a/r[1] L2", "/a/r[2] L3"]
    single = b"<metadata><mdId>1</mdId></metadata>"
    assert [node.place for node in iterate(io.BytesIO(single))] == ["/metadata L1"]


def test_an_empty_collection_has_no_records():
    assert records(b"<a/>") == ([], None)
    assert records(b"<a>\n</a>") == ([], None)


class Endless(io.RawIOBase):
    """A file of so many records, made while it is read."""

    def __init__(self, count: int) -> None:
        self.left, self.buffer = count, b"<a>"

    def read(self, size: int = -1) -> bytes:
        while len(self.buffer) < size and self.left >= 0:
            self.left -= 1
            record = f"<r><t>中文</t><u>{'x' * 1000}</u></r>".encode()
            self.buffer += b"</a>" if self.left < 0 else record
        given, self.buffer = self.buffer[:size], self.buffer[size:]
        return given


def test_memory_stays_flat_over_a_large_file():
    tracemalloc.start()
    try:
        assert sum(1 for _ in iterate(Endless(20_000))) == 20_000
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()
