"""What CKAN's action API answers, read with patience: wrapped or bare, and HTML with status 200."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from harvesters.faults import HarvestFault, fault
from harvesters.fetching import Fetcher
from standards.problems import excerpt

API = "/api/3/action"
_BLANK = b"\xef\xbb\xbf \t\r\n"


class Refused(Exception):
    """The server answers, but not this: the action is unknown, or fails over what was asked."""

    def __init__(self, words: str, *, unknown: bool) -> None:
        super().__init__(words)
        self.words, self.unknown = words, unknown


@dataclass(frozen=True, slots=True)
class Found:
    """One page of a search, and how many packages the server says there are."""

    packages: tuple[Any, ...]
    count: int | None


@dataclass(frozen=True, slots=True)
class Portal:
    """A portal by the address that it was given by: its front page, or its API."""

    fetcher: Fetcher
    api: str
    site: str

    @classmethod
    def at(cls, location: str, fetcher: Fetcher) -> Portal:
        """The portal behind an address."""
        address = location.rstrip("/")
        head, found, _ = address.partition("/api/")
        return cls(fetcher, address if found else address + API, head)

    def search(self, parameters: Mapping[str, str]) -> Found:
        """A page of package_search."""
        result = self._ask("package_search", parameters)
        packages = result.get("results") if isinstance(result, Mapping) else None
        if not isinstance(packages, list):
            raise Refused(f"package_search: {_shape(result)}", unknown=True)
        count = result.get("count") if isinstance(result, Mapping) else None
        good = isinstance(count, int) and not isinstance(count, bool) and count >= 0
        return Found(tuple(packages), count if good else None)

    def names(self) -> list[str]:
        """The names of all packages."""
        result = self._ask("package_list", {})
        if not isinstance(result, list):
            raise Refused(f"package_list: {_shape(result)}", unknown=True)
        return [each for each in result if isinstance(each, str) and each]

    def show(self, name: str) -> Any:
        """One package; DKAN puts it into a list."""
        result = self._ask("package_show", {"id": name})
        return result[0] if isinstance(result, list) and len(result) == 1 else result

    def _ask(self, action: str, parameters: Mapping[str, str]) -> Any:
        address = f"{self.api}/{action}"
        try:
            body = self.fetcher.get(address, dict(parameters)).body
        except HarvestFault as error:
            if error.problem.rule != "http-status":
                raise
            status = error.problem.value or ""
            raise Refused(f"{action}: {status}", unknown=status[:1] == "4") from error
        return _result(action, address, body)


def _result(action: str, address: str, body: bytes) -> Any:
    """What is in an answer; Refused where it is an error or no JSON."""
    start = body[:200].lstrip(_BLANK)
    if start[:1] not in (b"{", b"["):
        words = excerpt(start.decode("utf-8", "replace")) or "(0)"
        raise fault("json-not", place=address, value=words)
    try:
        answer = json.loads(
            body.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace"), strict=False
        )
    except (ValueError, RecursionError) as error:
        raise Refused(f"{action}: {excerpt(str(error))}", unknown=False) from None
    if not isinstance(answer, Mapping) or ("success" not in answer and "result" not in answer):
        return answer
    if answer.get("success") is False or "result" not in answer:
        words = _words(answer.get("error"))
        raise Refused(f"{action}: {words}", unknown="name not known" in words.lower())
    return answer["result"]


def _words(error: Any) -> str:
    """What an error says: its message, or its type, or all of it."""
    if isinstance(error, Mapping):
        said = [str(error[key]) for key in ("message", "__type") if error.get(key)]
        return excerpt("; ".join(said) or json.dumps(error, ensure_ascii=False, default=str))
    return excerpt(str(error))


def _shape(result: Any) -> str:
    if isinstance(result, Mapping):
        return "{" + ", ".join(excerpt(str(key), 30) for key in list(result)[:8]) + "}"
    return type(result).__name__
