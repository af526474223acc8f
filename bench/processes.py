"""Processes of a measurement: the two servers, the client, and what they and the database use."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any

import psutil

ROOT = Path(__file__).parents[1]
TICKS = os.sysconf("SC_CLK_TCK")


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Server:
    """One server process under measurement."""

    def __init__(
        self, command: list[str], env: dict[str, str], port: int, first: str, headers: dict[str, str], log: Path
    ) -> None:
        self.port = port
        with log.open("w") as out:
            self.process = subprocess.Popen(command, env={**os.environ, **env}, cwd=ROOT, stdout=out, stderr=out)
        began = time.perf_counter()
        while True:
            try:
                request = urllib.request.Request(f"http://127.0.0.1:{port}{first}", headers=headers)
                with urllib.request.urlopen(request, timeout=30) as reply:
                    reply.read()
                break
            except OSError:
                if self.process.poll() is not None or time.perf_counter() - began > 60:
                    raise RuntimeError(f"the server did not start: {log.read_text()[-2000:]}") from None
                time.sleep(0.01)
        self.start_s = time.perf_counter() - began
        self.start_cpu_s = self.cpu_s()

    def cpu_s(self) -> float:
        """User and system time of the process so far."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def memory_mib(self, name: str = "VmRSS") -> float:
        """Resident memory now (VmRSS) or at its highest (VmHWM)."""
        for line in Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith(f"{name}:"):
                return int(line.split()[1]) / 1024
        return 0.0

    def stop(self) -> None:
        """End it and wait."""
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def product(env: dict[str, str], token: str, log: Path) -> Server:
    """The product: one process with its worker, its log going to a file."""
    port = free_port()
    command = [sys.executable, "-m", "dealwright.cli", "serve", "--port", str(port)]
    headers = {"Authorization": f"Bearer {token}"}
    return Server(command, env, port, "/api/v1/records/opportunity?limit=50", headers, log)


def limit(spec: Path, log: Path) -> Server:
    """The bare application."""
    port = free_port()
    command = [
        sys.executable, "-m", "uvicorn", "bench.limit:create_app", "--factory", "--port", str(port),
        "--log-level", "warning", "--no-access-log",
    ]  # fmt: skip
    return Server(command, {"BENCH_LIMIT": str(spec), "PYTHONPATH": str(ROOT)}, port, "/read/read_one", {}, log)


class Client:
    """The process that sends."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, str(ROOT / "bench" / "client.py")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def block(self, **order: Any) -> dict[str, Any]:
        """Run one block; see client.block."""
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()
        found: dict[str, Any] = json.loads(self.process.stdout.readline())
        return found

    def stop(self) -> None:
        """End it."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait(10)


class Backends:
    """CPU of PostgreSQL's processes that serve connections; 0 for SQLite, which runs inside the server."""

    def __init__(self, postmaster: int | None) -> None:
        self.postmaster = postmaster

    def cpu_s(self) -> float:
        """Sum over the backends that are there now, and the parallel workers that have ended.

        Call it before and after a block with connections kept open.
        """
        if self.postmaster is None:
            return 0.0
        process = psutil.Process(self.postmaster)
        ended = process.cpu_times()
        total = ended.children_user + ended.children_system
        for child in process.children():
            try:
                if "[local]" in " ".join(child.cmdline()):
                    times = child.cpu_times()
                    total += times.user + times.system
            except psutil.NoSuchProcess:
                continue
        return total
