"""A directory that is killed again and again: its sources, and what it should hold afterwards."""

from __future__ import annotations

import csv
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from random import Random
from xml.sax.saxutils import escape

from catalog import audit, entries
from catalog.database import Database
from catalog.indexing import verify
from catalog.viewers import PUBLIC
from search.opening import open_engine
from standards.summary import summarize
from tests.directory import follow

AGENCY = "3100H"
DEFAULTS = ("--default", "disclosure.attribute=proactive")
SIZE = 600


class Victim:
    """The directory in a folder, driven by its own commands like an operator would."""

    def __init__(self, folder: Path, random: Random) -> None:
        self.folder, self._random = folder, random
        self.data = folder / "data"
        self._env = {k: v for k, v in os.environ.items() if not k.startswith("MULU_")} | {
            "MULU_DATA_DIR": str(self.data),
            "MULU_DEMO": "1",
        }
        self.expected: dict[str, str] = {}
        self._serial = 0

    def set_up(self) -> None:
        """An empty directory with one agency and one source."""
        self.mulu("init")
        self.mulu("agency", "add", AGENCY, "上海市水务局")
        self.change("xml")
        self.mulu(
            "source", "add", "xml", "--protocol", "national-xml", "--location",
            str(self.folder / "xml"), "--agency", AGENCY, "--accept", *DEFAULTS,
        )  # fmt: skip
        self.mulu("harvest", "xml")
        self.change("csv")

    def mulu(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run a command to its end."""
        done = subprocess.run(
            self._command(arguments), env=self._env, capture_output=True, text=True, timeout=300,
            check=False,
        )  # fmt: skip
        if check:
            assert done.returncode == 0, f"{arguments}: {done.stdout[-2000:]}{done.stderr[-2000:]}"
        return done

    def killed(self, *arguments: str, after: float) -> bool:
        """Run a command and kill it after so many seconds; whether it was still running."""
        process = subprocess.Popen(
            self._command(arguments),
            env=self._env,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        time.sleep(after)
        alive = process.poll() is None
        if alive:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        return alive

    def change(self, source: str) -> None:
        """New records and other titles in a source; what the directory should hold follows."""
        mine = [key for key in self.expected if key.startswith(source)]
        for key in self._random.sample(mine, min(len(mine), SIZE // 4)):
            self.expected[key] = f"{self.expected[key].split('（')[0]}（修订{self._next()}）"
        for _ in range(SIZE // 4 if mine else SIZE):
            number = self._next()
            self.expected[f"{source}-{number}"] = f"关于第{number}号{source}泵站的通知"
        {"xml": self._write_xml, "csv": self._write_csv}[source]()

    def _next(self) -> int:
        self._serial += 1
        return self._serial

    def _write_xml(self) -> None:
        folder = self.folder / "xml"
        folder.mkdir(exist_ok=True)
        records = "".join(
            f"<metadata kind='document'><resID>{key}</resID><resTitle>{escape(title)}</resTitle>"
            f"<abstract>{escape(title)}的内容。</abstract></metadata>"
            for key, title in self._of("xml")
        )
        text = f"<metadataCollection>{records}</metadataCollection>"
        (folder / "all.xml").write_text(text, "utf-8")

    def _write_csv(self) -> None:
        with (self.folder / "list.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(["编号", "标题", "内容概述"])
            writer.writerows((key, title, f"{title}的内容。") for key, title in self._of("csv"))

    def _of(self, source: str) -> list[tuple[str, str]]:
        return [(k, title) for k, title in self.expected.items() if k.startswith(source)]

    def assert_whole(self) -> None:
        """The index catches up; no accepted entry lost or doubled; index and audit log clean."""
        database = Database(f"sqlite:///{self.data / 'mulu.db'}")
        engine = open_engine("tantivy:index", self.data)
        try:
            follow(database, engine)
            assert _served(database) == Counter(self.expected.values())
            verdict = verify(database, engine)
            assert verdict.ok, verdict
            with database.reading() as session:
                chain = audit.verify(session)
            assert chain.broken_at is None, chain
        finally:
            engine.close()
            database.dispose()

    @staticmethod
    def _command(arguments: tuple[str, ...]) -> list[str]:
        return [sys.executable, "-m", "web.commands", *arguments]


def _served(database: Database) -> Counter[str]:
    """The titles of all that is public, each as often as it is served."""
    titles: Counter[str] = Counter()
    after = ""
    while True:
        with database.reading() as session:
            views = entries.page(session, PUBLIC, after, 500)
        if not views:
            return titles
        titles.update(summarize(view.served.descriptor).title for view in views if view.served)
        after = views[-1].identifier
