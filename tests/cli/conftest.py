"""The command line as a program of its own: what it prints, where, and with which exit code."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from dealwright.foundation.ids import new_id
from support.postgres import create_database, drop_database, postgres_url

ROOT = Path(__file__).resolve().parents[2]


@dataclass
class Shell:
    """Runs `dealwright` over one database and one folder of files."""

    folder: Path
    url: str

    @property
    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("DEALWRIGHT_")}
        return kept | {"DEALWRIGHT_DATABASE_URL": self.url, "DEALWRIGHT_DATA": str(self.folder)}

    @property
    def program(self) -> list[str]:
        return [str(Path(sys.executable).parent / "dealwright")]

    def run(self, *arguments: str | Path, status: int = 0) -> "subprocess.CompletedProcess[str]":
        words = [*self.program, *map(str, arguments)]
        done = subprocess.run(
            words, env=self.environment, cwd=self.folder, capture_output=True, text=True, timeout=300, check=False
        )
        assert done.returncode == status, (done.returncode, done.stdout[-2_000:], done.stderr[-4_000:])
        assert "Traceback" not in done.stderr
        return done

    def init(self, starter: str = "sales") -> "Shell":
        self.run(
            "init", "--starter", starter, "--admin-email", "ada@example.com", "--admin-password",
            "correct horse battery 9", "--locale", "en",
        )  # fmt: skip
        return self

    def file(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.write_text(text, "utf-8")
        return path


@pytest.fixture
def shell(tmp_path: Path) -> Iterator[Callable[[str], Shell]]:
    """A function that gives a shell over an empty database of an engine."""
    names: list[str] = []

    def open_(engine: str) -> Shell:
        folder = tmp_path / new_id()
        folder.mkdir()
        if engine == "sqlite":
            return Shell(folder, f"sqlite:///{folder / 'dealwright.sqlite3'}")
        names.append(f"dw_cli_{new_id()[-12:]}")
        return Shell(folder, create_database(postgres_url(ROOT), names[-1]))

    yield open_
    for name in names:
        drop_database(postgres_url(ROOT), name)
