"""A real `dealwright serve` in a process of its own, and a client that speaks to it over one kept connection."""

from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

COMMAND = str(Path(sys.executable).parent / "dealwright")


@dataclass
class Answer:
    """What came back over the wire."""

    status: int
    body: Any
    headers: Mapping[str, str]

    @property
    def code(self) -> str | None:
        return self.body.get("code") if isinstance(self.body, dict) else None


class Gone(Exception):
    """No answer came: the server died, or closed the connection in the middle."""


class Client:
    """One connection with one person's token. An answer is an `Answer`; no answer is `Gone`."""

    def __init__(self, port: int, token: str, timeout_s: float = 60) -> None:
        self.port, self.token, self.timeout_s = port, token, timeout_s
        self._connection: http.client.HTTPConnection | None = None
        self._used_at = 0.0

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        given = {"Authorization": f"Bearer {self.token}", "Accept-Language": "en"}
        given |= {name.replace("_", "-"): value for name, value in headers.items()}
        raw: bytes | None = None
        if isinstance(body, bytes):
            raw = body
        elif body is not None:
            raw, given["Content-Type"] = json.dumps(body).encode(), "application/json"
        if time.monotonic() - self._used_at > 2:  # the server closes idle connections after five seconds
            self.close()
        try:
            if self._connection is None:
                self._connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=self.timeout_s)
            self._connection.request(method, f"/api/v1{path}", raw, given)
            response = self._connection.getresponse()
            text = response.read()
            self._used_at = time.monotonic()
        except (OSError, http.client.HTTPException) as error:
            self.close()
            raise Gone(str(error)) from error
        return Answer(response.status, json.loads(text) if text else None, dict(response.getheaders()))

    def get(self, path: str) -> Answer:
        return self.call("GET", path)

    def post(self, path: str, body: Any = None, **headers: str) -> Answer:
        return self.call("POST", path, body, **headers)

    def patch(self, path: str, version: int, body: Any, **headers: str) -> Answer:
        return self.call("PATCH", path, body, If_Match=f'"{version}"', **headers)

    def upload(self, path: str, name: str, data: bytes, **fields: str) -> Answer:
        edge = "----edge-of-the-form"
        parts = [
            f'--{edge}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'.encode()
            for key, value in fields.items()
        ]
        head = f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'.encode()
        body = b"".join([*parts, head, data, f"\r\n--{edge}--\r\n".encode()])
        return self.call("POST", path, body, Content_Type=f"multipart/form-data; boundary={edge}")

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


@dataclass
class Server:
    """`dealwright serve` on a free port of 127.0.0.1, with its own environment."""

    url: str
    data: Path
    token: str
    env: dict[str, str] = field(default_factory=dict)
    prefix: tuple[str, ...] = ()
    process: subprocess.Popen[bytes] | None = None
    port: int = 0
    log_file: Path | None = None

    @property
    def environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "DEALWRIGHT_DATABASE_URL": self.url,
            "DEALWRIGHT_DATA": str(self.data),
            "PYTHONUNBUFFERED": "1",
            **self.env,
        }

    def start(self, *arguments: str) -> Server:
        """Start and wait until the first answer; a later start takes the same port."""
        log = self.log_path.open("ab")
        command = [*self.prefix, COMMAND, "serve", "--host", "127.0.0.1", "--port", str(self.port), *arguments]
        self.process = subprocess.Popen(command, env=self.environment, stdout=subprocess.PIPE, stderr=log)
        log.close()
        assert self.process.stdout is not None
        line = self.process.stdout.readline().decode()
        if not line.startswith("Dealwright"):
            self.process.wait(30)
            raise AssertionError(f"the server did not start: {line}{self.log()[-3000:]}")
        self.port = int(line.rsplit(":", 1)[1])
        self.wait_until(lambda: self.client().get("/setup").status in (200, 503))
        return self

    def start_worker(self) -> Server:
        """`dealwright worker` instead: no port, no answers."""
        with self.log_path.open("ab") as log:
            self.process = subprocess.Popen([COMMAND, "worker"], env=self.environment, stdout=log, stderr=log)
        return self

    def client(self, timeout_s: float = 60) -> Client:
        return Client(self.port, self.token, timeout_s)

    def kill(self) -> None:
        """kill -9, and nothing left of it."""
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self._reap()

    def stop(self, timeout_s: float = 60) -> int:
        """SIGTERM; the exit status (0, or -15 from a server that ends by the signal after its work is done)."""
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        return self._reap(timeout_s)

    def _reap(self, timeout_s: float = 30) -> int:
        assert self.process is not None
        status = self.process.wait(timeout_s)
        if self.process.stdout is not None:
            self.process.stdout.close()
        return status

    def close(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.kill()

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Another command on the same database."""
        return subprocess.run(
            [COMMAND, *arguments], env=self.environment, capture_output=True, text=True, timeout=120, check=False
        )

    def log(self) -> str:
        return self.log_path.read_text("utf-8", errors="replace")

    @property
    def log_path(self) -> Path:
        return self.log_file or self.data / "server.log"

    @staticmethod
    def wait_until(ready: Any, timeout_s: float = 240) -> None:
        """Until `ready()` is true; an answer that does not come counts as not yet."""
        deadline = time.monotonic() + timeout_s
        while True:
            try:
                if ready():
                    return
            except Gone:
                pass
            if time.monotonic() > deadline:
                raise AssertionError("it did not happen in time")
            time.sleep(0.05)
