"""The documents say what is: every dependency, command, setting and path is in them and exists."""

from __future__ import annotations

import configparser
import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from web.commands import main

HOUSE = Path(__file__).resolve().parents[2]
DOCUMENTS = (*sorted(HOUSE.glob("*.md")), *sorted((HOUSE / "docs").glob("*.md")))
PACKAGES = ("standards", "search", "catalog", "harvesters", "web")
LINK = re.compile(r"\]\((?!https?:)([^)#]+)")
CODE = re.compile(r"`([^`\n]+)`")
BLOCK = re.compile(r"```console\n(.*?)```", re.DOTALL)
FILE = re.compile(r"[\w-]+(/[\w-]+)*/?[\w-]*\.(py|yaml|md|cfg|toml)|[\w-]+/([\w-]+/)*")
DISTRIBUTIONS = {"web.py"}
"""Names that look like files."""

BETWEEN_PROCESSES = {"MULU_PARENT"}
"""Told by `mulu serve` to its children; nobody sets it."""


def text(name: str) -> str:
    """A document."""
    return (HOUSE / name).read_text(encoding="utf-8")


def settings() -> set[str]:
    """The settings that the code reads."""
    files = (path for package in PACKAGES for path in (HOUSE / package).rglob("*.py"))
    sources = (path.read_text(encoding="utf-8") for path in files)
    found = {name for source in sources for name in re.findall(r"MULU_[A-Z_]+\b", source)}
    return found - BETWEEN_PROCESSES


def commands(document: str) -> Iterator[list[str]]:
    """The `mulu` commands that a document names, each as its words."""
    lines = [line for block in BLOCK.findall(document) for line in block.splitlines()]
    for written in (*lines, *CODE.findall(BLOCK.sub("", document))):
        for part in re.split(r"&&|\|\||[;#(]|\$ ", written):
            words = part.split()
            while words and re.match(r"[A-Z_]+=", words[0]):
                words.pop(0)
            if words[:1] == ["mulu"] and len(words) > 1:
                yield words[1:]


def resolved(words: list[str]) -> click.Command | None:
    """The command that the words begin with; None if there is no such command."""
    found: click.Command | None = main
    while words and isinstance(found, click.Group):
        found = found.commands.get(words.pop(0))
    return found


def named_files(document: str) -> Iterator[str]:
    """The paths that a document links to or names."""
    yield from LINK.findall(document)
    for code in CODE.findall(BLOCK.sub("", document)):
        if FILE.fullmatch(code) and not any(part.isupper() for part in re.split(r"[/.]", code)):
            yield code


def exists(name: str, document: Path) -> bool:
    """Whether a path is there, seen from the document, the root or inside one of the packages."""
    inside = (next((HOUSE / package).rglob(name.rstrip("/")), None) for package in PACKAGES)
    return any((place / name).exists() for place in (document.parent, HOUSE)) or any(inside)


def test_each_dependency_has_its_line() -> None:
    config = configparser.ConfigParser()
    config.read(HOUSE / "setup.cfg", encoding="utf-8")
    asked = config["options"]["install_requires"] + config["options.extras_require"]["test"]
    wanted = {re.split(r"[\[<>=]", line)[0] for line in asked.split()}
    table = text("docs/architecture.md").partition("## Dependencies")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| ([^|]+) \|", table, re.MULTILINE)[1:]
    listed = {name for row in rows for name in row.split(", ")}
    typed = {name for name in wanted if "types-" in name or name.endswith("-stubs")}
    assert listed == wanted - typed


def test_each_setting_is_explained() -> None:
    explained = set(re.findall(r"^\| `(MULU_[A-Z_]+)`", text("docs/operating.md"), re.MULTILINE))
    assert explained == settings()


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_the_commands_are_there(document: Path) -> None:
    for words in commands(document.read_text(encoding="utf-8")):
        written, command = " ".join(words), resolved(list(words))
        assert command is not None, f"no such command: mulu {written}"
        options = {each for param in command.params for each in param.opts}
        asked = {word.partition("=")[0] for word in words if word.startswith("--")}
        assert asked <= options | {"--help"}, f"no such option: mulu {written}"


def test_each_command_is_told() -> None:
    told = {words[0] for path in DOCUMENTS for words in commands(path.read_text(encoding="utf-8"))}
    assert set(main.commands) <= told


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_the_files_are_there(document: Path) -> None:
    named = set(named_files(document.read_text(encoding="utf-8"))) - DISTRIBUTIONS
    assert not [name for name in sorted(named) if not exists(name, document)]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_the_make_targets_are_there(document: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", text("Makefile"), re.MULTILINE))
    asked = re.findall(r"(?:`|\$ )make ([a-z-]+)", document.read_text(encoding="utf-8"))
    assert set(asked) <= targets
