"""What a harvester is told: OAI-PMH 2.0 in its default namespace, written as text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote, unquote

from standards.formats.xmltext import attribute, escaped
from web.feeds.oai.arguments import OaiFault
from web.feeds.oai.formats import Metadata
from web.feeds.oai.sets import Set

_NAMESPACE = "http://www.openarchives.org/OAI/2.0/"
_IDENTIFIERS = "http://www.openarchives.org/OAI/2.0/oai-identifier"
_XSI = "http://www.w3.org/2001/XMLSchema-instance"
_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    f'<OAI-PMH xmlns="{_NAMESPACE}" xmlns:xsi="{_XSI}" '
    f'xsi:schemaLocation="{_NAMESPACE} {_NAMESPACE}OAI-PMH.xsd">\n'
)
_SAFE = "-_.!~*'();/?:@&=+$,"
_DOMAIN = re.compile(r"[a-zA-Z][a-zA-Z0-9\-]*(?:\.[a-zA-Z][a-zA-Z0-9\-]*)+")
_NOWHERE = "catalogue.mulu"
_EVER = "1970-01-01T00:00:00Z"


@dataclass(frozen=True, slots=True)
class Repository:
    """How the directory is called by those who harvest it."""

    name: str
    address: str
    admin: str
    domain: str
    """What its identifiers begin with, after ``oai:``."""

    def identifier(self, entry: str) -> str:
        """The identifier of an entry for harvesters."""
        return f"oai:{self.domain}:{quote(entry, safe=_SAFE)}"

    def entry(self, identifier: str) -> str | None:
        """The entry that an identifier of ours means."""
        entry = unquote(identifier.removeprefix(f"oai:{self.domain}:"))
        return entry if self.identifier(entry) == identifier else None


@dataclass(frozen=True, slots=True)
class Head:
    """The head of a record."""

    identifier: str
    at: datetime
    specs: Sequence[str]
    deleted: bool


def domain(*hosts: str) -> str:
    """The first of the names that identifiers may begin with."""
    return next((host for host in hosts if _DOMAIN.fullmatch(host)), _NOWHERE)


def answer(
    repository: Repository, now: datetime, request: Iterable[tuple[str, str]], body: str
) -> str:
    """A whole answer; ``request`` is what was asked, as it was sent."""
    said = "".join(f' {name}="{attribute(value)}"' for name, value in request)
    return (
        f"{_HEAD}<responseDate>{stamp(now)}</responseDate>\n"
        f"<request{said}>{escaped(repository.address)}</request>\n{body}\n</OAI-PMH>\n"
    )


def error(fault: OaiFault) -> str:
    """What went wrong."""
    return f'<error code="{fault.code}">{escaped(fault.words)}</error>'


def identify(repository: Repository, earliest: datetime | None) -> str:
    """Who answers here."""
    sample = repository.identifier("31007-000231")
    return (
        f"<Identify><repositoryName>{escaped(repository.name)}</repositoryName>"
        f"<baseURL>{escaped(repository.address)}</baseURL>"
        "<protocolVersion>2.0</protocolVersion>"
        f"<adminEmail>{escaped(repository.admin)}</adminEmail>"
        f"<earliestDatestamp>{stamp(earliest) if earliest else _EVER}</earliestDatestamp>"
        "<deletedRecord>persistent</deletedRecord>"
        "<granularity>YYYY-MM-DDThh:mm:ssZ</granularity>"
        "<compression>gzip</compression>"
        f'<description><oai-identifier xmlns="{_IDENTIFIERS}" '
        f'xsi:schemaLocation="{_IDENTIFIERS} {_IDENTIFIERS}.xsd"><scheme>oai</scheme>'
        f"<repositoryIdentifier>{repository.domain}</repositoryIdentifier>"
        f"<delimiter>:</delimiter><sampleIdentifier>{escaped(sample)}</sampleIdentifier>"
        "</oai-identifier></description></Identify>"
    )


def formats(offered: Iterable[Metadata], base: str) -> str:
    """The formats; a schema of ours lies on this node."""
    told = "".join(
        f"<metadataFormat><metadataPrefix>{each.prefix}</metadataPrefix>"
        f"<schema>{escaped(f'{base}{each.schema}' if each.schema[0] == '/' else each.schema)}"
        f"</schema><metadataNamespace>{each.namespace}</metadataNamespace></metadataFormat>"
        for each in offered
    )
    return f"<ListMetadataFormats>{told}</ListMetadataFormats>"


def sets(listed: Iterable[Set], resumption: str) -> str:
    """A page of the list of sets."""
    told = "".join(
        f"<set><setSpec>{each.spec}</setSpec><setName>{escaped(each.name)}</setName></set>"
        for each in listed
    )
    return f"<ListSets>{told}{resumption}</ListSets>"


def head(told: Head) -> str:
    """The head of a record."""
    status = ' status="deleted"' if told.deleted else ""
    specs = "".join(f"<setSpec>{spec}</setSpec>" for spec in told.specs)
    return (
        f"<header{status}><identifier>{escaped(told.identifier)}</identifier>"
        f"<datestamp>{stamp(told.at)}</datestamp>{specs}</header>"
    )


def record(told: Head, metadata: str, about: str = "") -> str:
    """A record; what left has no metadata."""
    body = f"<metadata>{metadata}</metadata>" if metadata else ""
    body += f"<about>{about}</about>" if metadata and about else ""
    return f"<record>{head(told)}{body}</record>"


def listing(verb: str, pieces: Iterable[str], resumption: str) -> str:
    """A page of a list of records or heads, or the one record asked for."""
    return f"<{verb}>\n" + "\n".join(pieces) + f"{resumption}</{verb}>"


def resumption(token: str, attributes: Mapping[str, int]) -> str:
    """How a list goes on; an empty token ends one that was split."""
    said = "".join(f' {name}="{value}"' for name, value in attributes.items())
    return f"<resumptionToken{said}>{token}</resumptionToken>"


def stamp(moment: datetime) -> str:
    """A moment by the second."""
    return (
        f"{moment.year:04}-{moment.month:02}-{moment.day:02}"
        f"T{moment.hour:02}:{moment.minute:02}:{moment.second:02}Z"
    )
