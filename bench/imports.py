"""Imports through the API: upload, start, wait; rows per second as a user would count them."""

from __future__ import annotations

import json
import time
import urllib.request
from dataclasses import dataclass
from typing import Any

from bench import dataset
from bench.processes import Backends, Server


@dataclass
class Imported:
    """One import: rows, seconds from upload to done, CPU ms a row, and what was refused."""

    rows: int
    seconds: float
    cpu_ms: float
    refused: int

    @property
    def rows_per_s(self) -> float:
        return self.rows / self.seconds


def send(server: Server, token: str, method: str, path: str, body: bytes | None = None, kind: str = "") -> Any:
    """One request; the answer's JSON."""
    headers = {"Authorization": f"Bearer {token}"} | ({"Content-Type": kind} if kind else {})
    request = urllib.request.Request(f"http://127.0.0.1:{server.port}/api/v1{path}", body, headers, method=method)
    with urllib.request.urlopen(request, timeout=300) as reply:
        return json.loads(reply.read())


def run(server: Server, backends: Backends, token: str, rows: int, start: int, longest_s: float) -> Imported:
    """Import `rows` accounts that are new. Raises TimeoutError past `longest_s` seconds."""
    options = json.dumps({"start": True, "mode": "create"})
    parts = [
        ("object", "", b"account"),
        ("options", "", options.encode()),
        ("file", '; filename="accounts.csv"', dataset.sheet(rows, start)),
    ]
    body = b"".join(
        f'--x\r\nContent-Disposition: form-data; name="{name}"{more}\r\n\r\n'.encode() + data + b"\r\n" for name, more, data in parts
    ) + b"--x--\r\n"  # fmt: skip
    before = server.cpu_s() + backends.cpu_s()
    began = time.perf_counter()
    made = send(server, token, "POST", "/imports", body, "multipart/form-data; boundary=x")
    while True:
        state = send(server, token, "GET", f"/imports/{made['id']}")
        if state["state"] in ("done", "failed", "cancelled"):
            break
        if time.perf_counter() - began > longest_s:
            send(server, token, "POST", f"/imports/{made['id']}/cancel")
            raise TimeoutError(f"{rows} rows: {state['done']} after {longest_s:.0f} s")
        time.sleep(0.1)
    took = time.perf_counter() - began
    used = server.cpu_s() + backends.cpu_s() - before
    if state["state"] != "done":
        raise RuntimeError(f"the import ended {state}")
    return Imported(rows, took, 1000 * used / rows, state["refused"])
