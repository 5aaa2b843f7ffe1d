"""OpenAPI descriptions (2.0, 3.0, 3.1): each operation is a resource with its data items, its
endpoint and what has to be done before it may be called."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any
from urllib.parse import urljoin, urlsplit

import orjson
import yaml

from standards.formats.described import Described, NotUnderstood, address, lines
from standards.formats.schemas import Schemas, mapping, texts
from standards.formats.structured import load
from standards.problems import Problem, excerpt
from standards.rules import problem

CLAUSE = "OpenAPI 3.1 §4.8"
METHODS = ("get", "post", "put", "patch", "delete", "head", "options", "trace", "query")
MOST_OPERATIONS = 20_000
_PROTOCOL, _FORMAT = "rest-api", "rest"
_MEDIA = {"json": "json", "xml": "xml", "csv": "csv", "pdf": "pdf", "zip": "zip", "html": "html"}


def read(data: bytes, location: str = "") -> Iterator[Described]:
    """The operations of a description in its own order; a relative server address is joined to the
    description's location. Raises NotUnderstood."""
    document = load(data)
    version = str(mapping(document).get("openapi") or mapping(document).get("swagger") or "")
    if not version.startswith(("2.", "3.")):
        raise NotUnderstood("openapi-unknown", version or _beginning(document, data), CLAUSE)
    reading = _Reading(document, Schemas(document), location)
    count = 0
    for path, held in mapping(document.get("paths")).items():
        item = reading.schemas.followed(held)
        for method in METHODS:
            operation = item.get(method)
            if not isinstance(operation, Mapping):
                continue
            count += 1
            if count > MOST_OPERATIONS:
                raise NotUnderstood("too-many-described", str(count), CLAUSE, limit=MOST_OPERATIONS)
            yield reading.operation(str(path), method, item, operation)


@dataclass(frozen=True, slots=True)
class _Reading:
    document: Mapping[str, Any]
    schemas: Schemas
    location: str

    def operation(
        self, path: str, method: str, item: Mapping[str, Any], told: Mapping[str, Any]
    ) -> Described:
        about = mapping(self.document.get("info"))
        line = f"{method.upper()} {path}"
        noted: list[Problem] = []
        fields = self.schemas.fields(self._answer(told), noted)
        fields = fields or self._parameters(item, told, noted)
        url = self._url(path, item, told, noted)
        service = " ".join(texts(about.get("title"), about.get("version")))
        calls = f"{service}: {line}" if service else line
        title = next(texts(told.get("summary"), told.get("operationId")), line)
        said = {
            "title": title.strip(),
            "abstract": lines(*texts(told.get("description"), item.get("description")), calls),
            "keywords": list(texts(*_list(told.get("tags")))),
            "endpoint.url": url,
            "endpoint.protocol": _PROTOCOL if url else None,
            "endpoint.condition": self._condition(told) if url else None,
            "formats": [_FORMAT, *self._media(told)],
            "links": list(texts(mapping(told.get("externalDocs")).get("url"))),
        }
        raw = orjson.dumps({method: told}, default=str, option=orjson.OPT_NON_STR_KEYS)
        place = f"#/paths/{path.replace('~', '~0').replace('/', '~1')}/{method}"
        text = raw[:20_000].decode("utf-8", "replace")
        return Described(f"operation:{line}", place, said, fields, {}, tuple(noted), text)

    def _answer(self, told: Mapping[str, Any]) -> Any:
        """The schema of what a successful call gives."""
        answer = self._success(told)
        content = mapping(answer.get("content"))
        media = sorted(content, key=lambda name: "json" not in str(name))
        if media:
            return mapping(content[media[0]]).get("schema")
        return answer.get("schema")

    def _success(self, told: Mapping[str, Any]) -> Mapping[str, Any]:
        answers = {str(code): each for code, each in mapping(told.get("responses")).items()}
        good = [code for code in sorted(answers) if code.startswith("2")]
        chosen = next(iter(good or [code for code in answers if code == "default"]), "")
        return self.schemas.followed(answers.get(chosen))

    def _parameters(
        self, item: Mapping[str, Any], told: Mapping[str, Any], noted: list[Problem]
    ) -> tuple[Any, ...]:
        """What a call is given, where nothing is known of what it answers."""
        named: dict[str, Any] = {}
        bodies: list[Any] = []
        for each in (*_list(item.get("parameters")), *_list(told.get("parameters"))):
            parameter = self.schemas.followed(each)
            if parameter.get("in") == "body":
                bodies.append(parameter.get("schema"))
            elif parameter.get("name"):
                schema = {**parameter, **self.schemas.followed(parameter.get("schema"))}
                schema["description"] = parameter.get("description") or schema.get("description")
                named[str(parameter["name"])] = schema
        content = mapping(self.schemas.followed(told.get("requestBody")).get("content"))
        bodies.extend(mapping(each).get("schema") for each in list(content.values())[:1])
        found = self.schemas.fields({"properties": named}, noted)
        return (*found, *(each for body in bodies for each in self.schemas.fields(body, noted)))

    def _url(
        self, path: str, item: Mapping[str, Any], told: Mapping[str, Any], noted: list[Problem]
    ) -> str | None:
        server = self._server(item, told)
        full = urljoin(self.location, server) if server or self.location else ""
        if urlsplit(full).scheme not in ("http", "https"):
            value = server or "∅"
            noted.append(problem("endpoint-unknown", path="servers", clause=CLAUSE, value=value))
            return None
        return address(full.rstrip("/") + path)

    def _server(self, item: Mapping[str, Any], told: Mapping[str, Any]) -> str:
        """The nearest server's address with the defaults of its variables."""
        if "swagger" in self.document:
            host = next(texts(self.document.get("host")), "")
            base = next(texts(self.document.get("basePath")), "") or "/"
            schemes = list(texts(*_list(self.document.get("schemes"))))
            scheme = "https" if "https" in schemes or not schemes else schemes[0]
            return f"{scheme}://{host}{base}" if host else base
        for holder in (told, item, self.document):
            for server in _list(holder.get("servers"))[:1]:
                url = str(mapping(server).get("url") or "")
                for name, variable in mapping(mapping(server).get("variables")).items():
                    url = url.replace(f"{{{name}}}", str(mapping(variable).get("default") or ""))
                return url
        return "/"

    def _condition(self, told: Mapping[str, Any]) -> str | None:
        """What has to be done before a call: one of these, each of which may be several things."""
        asked = _list(told.get("security", self.document.get("security")))
        ways = [
            _words()["and"].join(self._way(str(name)) for name in mapping(each))
            for each in asked[:20]
        ]
        if not ways or "" in ways:
            return None
        return _words()["or"].join(dict.fromkeys(ways))

    def _way(self, name: str) -> str:
        holder = mapping(self.document.get("components")).get("securitySchemes")
        known = holder or self.document.get("securityDefinitions")
        scheme = self.schemas.followed(mapping(known).get(name))
        kind = str(scheme.get("type", "")).lower()
        words = _words()
        form = words.get(f"{kind}-{scheme.get('scheme', '')}".lower()) or words.get(kind)
        where = words.get(f"in-{scheme.get('in', '')}", "")
        return (form or words["other"]).format(name=scheme.get("name") or name, where=where)

    def _media(self, told: Mapping[str, Any]) -> Iterator[str]:
        """The formats of the answer, as far as they are known."""
        answer = self._success(told)
        produced = _list(told.get("produces", self.document.get("produces")))
        for media in (*mapping(answer.get("content")), *produced):
            yield from (ours for part, ours in _MEDIA.items() if part in str(media).lower())


@cache
def _words() -> Mapping[str, str]:
    """How conditions of access are put, by the kind of security scheme."""
    data = (resources.files("standards") / "access.yaml").read_bytes()
    return {str(name): str(text) for name, text in yaml.safe_load(data).items()}


def _list(value: Any) -> list[Any]:
    return list(value) if isinstance(value, (list, tuple)) else []


def _beginning(document: Any, data: bytes) -> str:
    """What was found instead: the names in it, else its first characters."""
    names = ", ".join(str(name) for name in list(mapping(document))[:5])
    return names or excerpt(" ".join(data[:400].decode("utf-8", "replace").split()), 80)
