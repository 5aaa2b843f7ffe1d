"""The commands: what they do, what they print for people and programs, and how they end."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

from web.commands import COMMANDS, main
from web.commands.console import progress

ROWS = "标题,文号,内容概述\n关于防汛的通知,沪水务〔2009〕1号,概述\n关于抗旱的通知,,概述\n"
SECRET = "s" * 32


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    return {
        "MULU_DATA_DIR": str(tmp_path / "data"),
        "MULU_SECRET_KEY": SECRET,
        "MULU_SEARCH_URL": "tantivy:index",
        "LANG": "zh_CN.UTF-8",
        "LC_ALL": "",
    }


def run(env: dict[str, str], *arguments: str, code: int = 0, **more: Any) -> Result:
    result = CliRunner().invoke(main, arguments, env=env, **more)
    assert result.exit_code == code, (arguments, result.output, result.exception)
    return result


@pytest.fixture
def directory(env: dict[str, str]) -> dict[str, str]:
    """A directory with one agency."""
    run(env, "init")
    run(env, "agency", "add", "3100H", "上海市水务局", "--short", "市水务局")
    return env


def walk(group: click.Group, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    found = []
    for name, command in group.commands.items():
        found.append((*path, name))
        if isinstance(command, click.Group):
            found += walk(command, (*path, name))
    return found


@pytest.mark.parametrize("path", walk(main), ids=" ".join)
def test_every_command_explains_itself(path: tuple[str, ...]) -> None:
    command: click.Command = main
    for name in path:
        assert isinstance(command, click.Group)
        command = command.commands[name]
    told = run({}, *path, "--help").output
    assert command.help
    if not isinstance(command, click.Group):
        assert "Example: " in told


def test_the_commands_of_the_design_are_there() -> None:
    promised = (
        "init demo serve worker status agency user token validate import export source harvest "
        "report alias curations duplicates "
        "search locate element access endpoints review node federation peer "
        "index audit backup restore migrate evaluate terms"
    )
    assert {command.name for command in COMMANDS} == set(promised.split())


def test_people_and_roles(directory: dict[str, str]) -> None:
    run(
        directory, "user", "add", "li", "--name", "李梅", "--role", "registrar",
        "--agency", "3100H", "--password", "long-enough",
    )  # fmt: skip
    run(directory, "user", "grant", "li", "reviewer", "--agency", "3100H")
    (listed,) = json.loads(run(directory, "user", "list", "--json").stdout)
    assert [grant["role"] for grant in listed["grants"]] == ["registrar", "reviewer"]
    assert run(directory, "token", "add", "li", "nightly").stdout.startswith("mulu_")
    run(directory, "token", "add", "nobody", "nightly", code=1)
    run(directory, "token", "revoke", "li", "nightly")
    run(directory, "token", "revoke", "li", "nightly", code=1)
    run(directory, "user", "password", "li", "--password", "another-one")
    run(directory, "user", "password", "li", "--password", "short", code=2)
    run(directory, "user", "password", "nobody", "--password", "long-enough", code=1)
    run(directory, "user", "close", "li")
    assert json.loads(run(directory, "user", "list", "--json").stdout) == []
    run(directory, "user", "add", "x", "--role", "king", "--password", "long-enough", code=2)
    run(directory, "user", "add", "x", "--role", "auditor", "--password", "short", code=2)


def test_agencies(directory: dict[str, str]) -> None:
    run(directory, "agency", "add", "31500", "上海市静安区", "--parent", "3100H")
    listed = run(directory, "agency", "list").stdout.splitlines()
    assert listed == ["3100H  上海市水务局", "31500    上海市静安区"]
    run(directory, "agency", "add", "3100H", "又一个", code=1)
    run(directory, "agency", "add", "31501", "错码", "--credit-code", "123", code=1)
    run(directory, "agency", "add", "abc", "不是前段码", code=1)
    run(directory, "agency", "add", "31502", "没有的区划", "--division", "999999", code=1)


def test_a_file_comes_in_is_found_and_goes_out(directory: dict[str, str], tmp_path: Path) -> None:
    table = tmp_path / "目录.csv"
    table.write_text(ROWS, encoding="gb18030")
    done = run(directory, "import", str(table), "--agency", "3100H", "--yes",
               "--default", "disclosure.attribute=proactive", "--accept")  # fmt: skip
    assert "新增" in done.stdout
    assert "标题 → " in done.stderr
    run(directory, "index", "rebuild")
    found = run(directory, "search", "沪水务(2009)1号").stdout
    assert "关于防汛的通知" in found
    answered = json.loads(run(directory, "search", "抗旱", "--json").stdout)
    assert answered["total"] == 1
    verdict = json.loads(run(directory, "index", "verify", "--json").stdout)
    assert verdict["ok"]
    out = tmp_path / "out"
    run(directory, "export", "--format", "national-xml", "--out", str(out))
    files = sorted(path.name for path in out.iterdir())
    assert files == ["3100H-000001.xml", "3100H-000002.xml"]
    again = run(directory, "import", str(table), "--agency", "3100H", "--yes", "--report", "json",
                "--default", "disclosure.attribute=proactive", "--accept")  # fmt: skip
    assert json.loads(again.stdout)["counts"] == {"unchanged": 2}


def test_an_import_says_what_is_rejected(directory: dict[str, str], tmp_path: Path) -> None:
    table = tmp_path / "目录.csv"
    table.write_text("标题,公开属性\n,主动公开\n通知,主动公开\n", encoding="utf-8")
    result = run(directory, "import", str(table), "--agency", "3100H", "--yes", code=1)
    assert "信息资源名称" in result.stdout
    run(directory, "import", str(table), "--agency", "none", "--yes", code=1)
    run(directory, "import", str(tmp_path / "none.csv"), "--agency", "3100H", code=2)
    run(directory, "import", str(table), code=2)


def test_a_plan_writes_nothing(directory: dict[str, str], tmp_path: Path) -> None:
    table = tmp_path / "目录.csv"
    table.write_text(ROWS, encoding="utf-8")
    run(directory, "import", str(table), "--agency", "3100H", "--yes", "--plan")
    assert not any(json.loads(run(directory, "status", "--json").stdout)["entries"].values())


def test_checking_a_file(env: dict[str, str], tmp_path: Path) -> None:
    table = tmp_path / "目录.csv"
    table.write_text(ROWS, encoding="utf-8")
    run(env, "validate", str(table), "--kind", "document", "--level", "minimal")
    strict = run(env, "validate", str(table), "--kind", "document", "--level", "full", code=1)
    assert "GB/T 21063.3" in strict.stdout
    told = run(
        env, "validate", str(table), "--kind", "document", "--level", "full", "--json", code=1
    )
    assert json.loads(told.stdout)["rejected"] == 2


def test_a_source_is_harvested(directory: dict[str, str], tmp_path: Path) -> None:
    table = tmp_path / "目录.csv"
    table.write_text(ROWS, encoding="utf-8")
    run(directory, "source", "add", "water", "--protocol", "spreadsheet", "--location", str(table),
        "--agency", "3100H", "--kind", "document")  # fmt: skip
    (listed,) = json.loads(run(directory, "source", "list", "--json").stdout)
    assert listed["name"] == "water"
    assert "将新增" in run(directory, "harvest", "water", "--plan").stdout
    gone = ("source", "add", "gone", "--protocol", "data-json", "--agency", "3100H")
    run(directory, *gone, "--location", str(tmp_path / "nothing.json"))
    run(directory, "harvest", "gone", "--plan", code=1)
    assert "新增" in run(directory, "harvest", "water").stdout
    assert "未变" in run(directory, "harvest", "water").stdout
    run(directory, "harvest", "none", code=1)
    key = "document-number:沪水务〔2009〕1号"
    assert "指定的 1 条" in run(directory, "harvest", "water", "--only", key).stdout
    run(directory, "harvest", "water", "--only", key, "--plan", code=2)
    assert "未尽标准义务" in run(directory, "report", "water", "--report", "csv").stdout
    assert "/reports/" in run(directory, "report", "water", "--share").stdout
    assert "1" in run(directory, "report", "water", "--revoke").stderr
    run(directory, "source", "add", "x", "--protocol", "gopher", "--location", "x",
        "--agency", "3100H", code=2)  # fmt: skip


def test_a_source_is_changed_shown_and_removed(directory: dict[str, str]) -> None:
    adding = ("source", "add", "oai", "--protocol", "oai-pmh", "--location", "https://a.example/",
              "--agency", "3100H", "--option")  # fmt: skip
    refused = run(directory, *adding, "prefiks=x", code=1).output
    assert "prefiks" in refused
    assert "prefix、incremental、schedule" in refused, "those that there are"
    assert "cron" in run(directory, *adding, "schedule=daily", code=1).output
    run(directory, *adding, "prefix=mulu")
    run(directory, "source", "change", "oai", "--accept", "--option", "schedule=0 3 * * *",
        "--option", "prefix=")  # fmt: skip
    shown = json.loads(run(directory, "source", "show", "oai", "--json").stdout)
    assert (shown["options"], shown["acceptance"]) == ({"schedule": "0 3 * * *"}, "automatic")
    assert shown["due"].endswith("T03:00:00+08:00")
    run(directory, "source", "change", "oai", "--pause")
    assert "due: None" in run(directory, "source", "show", "oai").stdout
    run(directory, "source", "change", "oai", "--option", "rate=fast", code=1)
    assert "metadataPrefix" in run(directory, "source", "options", "oai-pmh").stdout
    run(directory, "source", "remove", "oai", "--reason", "系统已停用")
    assert run(directory, "source", "list").stdout == ""
    run(directory, "source", "change", "oai", "--resume", code=1)


def test_the_audit_log_and_the_state(directory: dict[str, str]) -> None:
    told = json.loads(run(directory, "audit", "verify", "--json").stdout)
    assert told["ok"]
    assert told["count"] == 1
    assert json.loads(run(directory, "status", "--json").stdout)["index"]["behind"] == 0
    assert "1" in run(directory, "audit", "verify").stdout


def test_backup_and_restore(directory: dict[str, str], tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    run(directory, "backup", str(copy))
    run(directory, "agency", "add", "31500", "上海市静安区")
    run(directory, "restore", str(copy), "--yes")
    assert len(json.loads(run(directory, "agency", "list", "--json").stdout)) == 1
    copy.write_bytes(b"no database")
    run(directory, "restore", str(copy), "--yes", code=1)


def test_two_languages(directory: dict[str, str]) -> None:
    zh = run(directory, "index", "status").output
    en = run(directory, "--lang", "en", "index", "status").output
    assert "落后" in zh
    assert "behind" in en
    assert "behind" in run({**directory, "LANG": "C.UTF-8"}, "index", "status").output


def test_without_its_secret_it_does_not_start(env: dict[str, str]) -> None:
    told = run({**env, "MULU_SECRET_KEY": ""}, "init", code=2)
    assert "MULU_SECRET_KEY" in told.output


def test_results_are_alone_on_standard_output(directory: dict[str, str]) -> None:
    command = [sys.executable, "-m", "web.commands", "index"]
    env = {**os.environ, **directory}
    rebuilt = subprocess.run(
        [*command, "rebuild"], env=env, capture_output=True, text=True, check=True
    )
    assert rebuilt.stdout == ""
    verified = subprocess.run(
        [*command, "verify", "--json"], env=env, capture_output=True, text=True, check=True
    )
    assert json.loads(verified.stdout)["ok"]
    wrong = subprocess.run([*command, "verfy"], env=env, capture_output=True, check=False)
    assert wrong.returncode == 2


def test_progress_off_a_terminal_is_a_line_for_each_tenth(
    capsys: pytest.CaptureFixture[str],
) -> None:
    tell = progress("registering")
    for done in range(0, 1001, 10):
        tell(done, 1000)
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 11
    assert lines[-1] == "registering 1,000 / 1,000 (100 %)"


def test_a_default_that_no_record_can_take_is_wrong_use(
    directory: dict[str, str], tmp_path: Path
) -> None:
    file = tmp_path / "目录.csv"
    file.write_text(ROWS, encoding="utf-8")
    importing = ("import", str(file), "--agency", "3100H", "--yes")
    for wrong, told in (
        ("disclosure.attribute=proactiv", "主动公开、依申请公开"),
        ("disclosure.attribut=proactive", "公开属性"),
        ("nosuch=1", "nosuch"),
    ):
        assert told in run(directory, *importing, "--default", wrong, code=2).output
    run(directory, *importing, "--default", "items=泵站编号")  # only a data resource has them


def test_whoever_finds_nothing_yet_is_told_that_the_index_is_behind(
    directory: dict[str, str], tmp_path: Path
) -> None:
    file = tmp_path / "目录.csv"
    file.write_text(ROWS, encoding="utf-8")
    defaults = ("--accept", "--default", "disclosure.attribute=proactive")
    imported = run(directory, "import", str(file), "--agency", "3100H", "--yes", *defaults)
    assert "索引落后 2 处变更" in imported.output
    nothing = run(directory, "search", "防汛").output
    assert "索引落后 2 处变更" in nothing
    assert "含有部分" not in nothing
    run(directory, "index", "rebuild")
    assert "落后" not in run(directory, "search", "防汛").output


def test_refusals_are_told_in_words(directory: dict[str, str], tmp_path: Path) -> None:
    missing = tmp_path / "none" / "here"
    garbage = tmp_path / "garbage.db"
    garbage.write_text("no database", encoding="utf-8")
    for arguments, told in (
        (("backup", str(missing)), "cannot be written"),
        (("restore", str(garbage), "--yes"), "not a copy"),
        (("export", "--out", str(garbage / "below")), "无法读写文件"),
        (("user", "add", "zhao", "--role", "registrar", "--agency", "77777",
          "--password", "long-enough"), "没有找到：agency 77777"),
        (("agency", "add", "3100H", "上海市水务局"), "已被占用"),
    ):  # fmt: skip
        assert told in run(directory, *arguments, code=1).output


def test_an_exported_audit_log_is_verified_without_any_directory(
    directory: dict[str, str], tmp_path: Path
) -> None:
    file, nothing = tmp_path / "audit.jsonl", {"LANG": "en_US.UTF-8", "LC_ALL": ""}
    run(directory, "audit", "export", str(file))
    assert (
        run(directory, "audit", "export", "-").stdout.splitlines()[1:-1]
        == (file.read_text(encoding="utf-8").splitlines()[1:-1])
    )
    assert [each.name for each in tmp_path.glob("audit*")] == ["audit.jsonl"]
    head = json.loads(run(directory, "audit", "verify", "--json").stdout)["head"]
    told = json.loads(run(nothing, "audit", "verify", str(file), "--head", head, "--json").stdout)
    assert (told["ok"], told["head"], told["kept_at"]) == (True, head, 1)
    file.write_bytes(file.read_bytes().replace("水务".encode(), "水利".encode(), 1))
    said = run(nothing, "audit", "verify", str(file), code=1).stdout
    assert said.startswith("line 2 (event 1): was changed")
    told = json.loads(run(nothing, "audit", "verify", str(file), "--json", code=1).stdout)
    assert (told["fault"]["kind"], told["fault"]["line"]) == ("changed", 2)
    run(nothing, "audit", "verify", str(file), "--head", "short", code=2)
    run(directory, "audit", "verify", "--head", "0" * 63 + "1", code=1)


def test_requests_are_decided_on_from_the_command_line(
    directory: dict[str, str], tmp_path: Path
) -> None:
    rows = tmp_path / "water.csv"
    rows.write_text(ROWS, encoding="utf-8")
    run(directory, "import", str(rows), "--agency", "3100H", "--yes")
    told = json.loads(run(directory, "review", "list", "--json").stdout)
    first, second = (each["number"] for each in told)
    assert "关于防汛的通知" in run(directory, "review", "list").stdout
    run(directory, "review", "return", str(first), "--reason", "摘要过于简单")
    assert "摘要过于简单" in run(directory, "review", "show", str(first)).stdout
    run(directory, "review", "accept", str(second))
    shown = json.loads(run(directory, "review", "show", str(second), "--json").stdout)
    assert shown["state"] == "accepted"
    run(directory, "review", "accept", str(second), code=1)
    run(directory, "review", "show", "999", code=1)
    way = ("--risk", "high", "--step", "agency", "--step", "centre", "--days", "10")
    assert "agency → centre" in run(directory, "review", "steps", "3100H", *way).stdout
    assert run(directory, "review", "steps", "3100H", "--drop").stdout == ""
    run(directory, "review", "sweep")


def test_requests_for_access_are_listed_by_the_words_of_the_house(
    directory: dict[str, str],
) -> None:
    for state in ("received", "answered", "overdue", "all"):
        assert run(directory, "access", "list", "--state", state).stdout == ""
    run(directory, "access", "show", "YS2026-000001", code=1)
