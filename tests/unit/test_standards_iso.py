"""ISO 19115-3, and what metadata of several languages, empty codes and classifications come to."""

from __future__ import annotations

import pytest
from lxml import etree

from standards.formats.metadata import metadata_of
from standards.validation import validate

NAMES = {
    "mdb": "http://standards.iso.org/iso/19115/-3/mdb/2.0",
    "cit": "http://standards.iso.org/iso/19115/-3/cit/2.0",
    "mri": "http://standards.iso.org/iso/19115/-3/mri/1.0",
    "mrd": "http://standards.iso.org/iso/19115/-3/mrd/1.0",
    "mco": "http://standards.iso.org/iso/19115/-3/mco/1.0",
    "mcc": "http://standards.iso.org/iso/19115/-3/mcc/1.0",
    "lan": "http://standards.iso.org/iso/19115/-3/lan/1.0",
    "gco": "http://standards.iso.org/iso/19115/-3/gco/1.0",
}


def text(said: str) -> str:
    return f"<gco:CharacterString>{said}</gco:CharacterString>"


def code(name: str, said: str) -> str:
    return f'<{name} codeListValue="{said}"/>'


def dated(element: str, day: str, kind: str) -> str:
    return (
        f"<{element}><cit:CI_Date><cit:date><gco:Date>{day}</gco:Date></cit:date><cit:dateType>"
        f"{code('cit:CI_DateTypeCode', kind)}</cit:dateType></cit:CI_Date></{element}>"
    )


def organisation(name: str, more: str = "", role: str = "owner") -> str:
    return (
        f"<cit:CI_Responsibility><cit:role>{code('cit:CI_RoleCode', role)}</cit:role><cit:party>"
        f"<cit:CI_Organisation><cit:name>{text(name)}</cit:name>{more}</cit:CI_Organisation>"
        "</cit:party></cit:CI_Responsibility>"
    )


ADDRESS = (
    "<cit:contactInfo><cit:CI_Contact><cit:address><cit:CI_Address>"
    f"<cit:deliveryPoint>{text('江苏路389号')}</cit:deliveryPoint><cit:city>{text('上海')}</cit:city>"
    "</cit:CI_Address></cit:address></cit:CI_Contact></cit:contactInfo>"
)
CHINESE = (
    "<lan:PT_FreeText><lan:textGroup><lan:LocalisedCharacterString locale='#zh'>泵站"
    "</lan:LocalisedCharacterString></lan:textGroup></lan:PT_FreeText>"
)


def record(constraints: str = "") -> etree._Element:
    """A data set as ISO 19115-3 has it."""
    spaces = " ".join(f'xmlns:{prefix}="{name}"' for prefix, name in NAMES.items())
    return etree.fromstring(
        f"""<mdb:MD_Metadata {spaces}>
      <mdb:metadataIdentifier><mcc:MD_Identifier>
        <mcc:code>{text("abc-1")}</mcc:code>
      </mcc:MD_Identifier></mdb:metadataIdentifier>
      <mdb:contact>{organisation("水务局信息中心", role="pointOfContact")}</mdb:contact>
      {dated("mdb:dateInfo", "2010-01-02", "revision")}
      <mdb:identificationInfo><mri:MD_DataIdentification>
        <mri:citation><cit:CI_Citation>
          <cit:title>{text("Pumps")}{CHINESE}</cit:title>
          {dated("cit:date", "2008", "creation")}{dated("cit:date", "2009-03", "publication")}
        </cit:CI_Citation></mri:citation>
        <mri:abstract gco:nilReason="missing"/>
        <mri:pointOfContact>{organisation("施工单位", role="user")}</mri:pointOfContact>
        <mri:pointOfContact>{organisation("水务局", ADDRESS)}</mri:pointOfContact>
        <mri:topicCategory>
          <mri:MD_TopicCategoryCode> inlandWaters </mri:MD_TopicCategoryCode>
        </mri:topicCategory>{constraints}
      </mri:MD_DataIdentification></mdb:identificationInfo>
      <mdb:distributionInfo><mrd:MD_Distribution><mrd:transferOptions>
        <mrd:MD_DigitalTransferOptions><mrd:onLine><cit:CI_OnlineResource>
          <cit:linkage>{text("https://maps.example/wms")}</cit:linkage>
          <cit:protocol>{text("OGC:WMS-1.3.0-http-get-map")}</cit:protocol>
        </cit:CI_OnlineResource></mrd:onLine></mrd:MD_DigitalTransferOptions>
      </mrd:transferOptions></mrd:MD_Distribution></mdb:distributionInfo>
    </mdb:MD_Metadata>""".encode()
    )


def classified(level: str) -> str:
    return (
        "<mri:resourceConstraints><mco:MD_SecurityConstraints><mco:classification>"
        f"{code('mco:MD_ClassificationCode', level)}</mco:classification>"
        "</mco:MD_SecurityConstraints></mri:resourceConstraints>"
    )


def test_iso_19115_3_is_read_by_the_same_table() -> None:
    element = record()
    known = metadata_of(element)
    assert known is not None
    assert known.name == "iso19115-3"
    parsed = known.read(element, None, "")
    assert (parsed.kind, parsed.key) == ("non-document", "abc-1")
    found = validate("non-document", parsed.raw).descriptor
    assert found.values == {
        "title": "泵站",
        "issued": "2009-03",
        "provider": [{"name": "水务局", "address": "江苏路389号, 上海"}],
        "category": [{"scheme": "iso-topic", "name": "内陆水域", "code": "inlandWaters"}],
        "service": {"url": "https://maps.example/wms", "type": "wms"},
        "metadata_contact": [{"name": "水务局信息中心"}],
        "metadata_updated": "2010-01-02",
    }
    assert parsed.places["provider.name"].startswith(
        "/identificationInfo/MD_DataIdentification/pointOfContact[2]/"
    )


@pytest.mark.parametrize(
    ("level", "attribute", "rules"),
    [
        ("unclassified", None, set()),
        ("restricted", "undetermined", set()),
        ("secret", "withheld", {"state-secret"}),
    ],
)
def test_what_is_classified_is_never_taken_for_open(
    level: str, attribute: str | None, rules: set[str]
) -> None:
    element = record(classified(level))
    known = metadata_of(element)
    assert known is not None
    parsed = known.read(element, None, "")
    found = validate("non-document", parsed.raw)
    assert found.descriptor.get("disclosure.attribute") == attribute
    assert {each.rule for each in found.errors} == rules


@pytest.mark.parametrize(
    "name", ["{http://example.org/}thing", "html", "{http://www.w3.org/2005/Atom}entry"]
)
def test_what_is_no_metadata_of_ours_is_not_guessed_at(name: str) -> None:
    assert metadata_of(etree.Element(name)) is None
