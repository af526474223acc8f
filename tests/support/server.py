"""The real server as a process of its own: started on a free port with a fresh data folder, stopped at the end."""

import os
import re
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

START_S = 120


@dataclass(frozen=True)
class Served:
    """A running server: its address, the one-time set-up link it printed, and its process."""

    url: str
    link: str
    process: subprocess.Popen[str]


@contextmanager
def serving(data: Path, database_url: str | None = None) -> Iterator[Served]:
    """Run `dealwright serve --port 0` as a user would; SQLite under `data` unless a database is named."""
    environment = {**os.environ, "DEALWRIGHT_DATA": str(data)}
    environment.pop("DEALWRIGHT_DATABASE_URL", None)
    if database_url:
        environment["DEALWRIGHT_DATABASE_URL"] = database_url
    log = data / "serve.log"
    data.mkdir(parents=True, exist_ok=True)
    with log.open("w", encoding="utf-8") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "dealwright.cli", "serve", "--port", "0"],
            env=environment,
            stdout=out,
            stderr=subprocess.STDOUT,
            text=True,
        )
        try:
            yield _started(process, log)
        finally:
            process.terminate()
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _started(process: subprocess.Popen[str], log: Path) -> Served:
    give_up = time.monotonic() + START_S
    while time.monotonic() < give_up and process.poll() is None:
        link = re.search(r"(http://\S+)/setup\?token=\S+", log.read_text(encoding="utf-8"))
        if link and _answers(link[1]):
            return Served(link[1], link[0], process)
        time.sleep(0.1)
    raise RuntimeError(f"The server did not start:\n{log.read_text(encoding='utf-8')}")


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/api/v1/health", timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False
