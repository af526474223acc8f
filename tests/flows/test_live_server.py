"""The live stream on the real server: others work beside it, and the server ends though streams are open."""

from __future__ import annotations

import json
import signal
import threading
import time
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from support.desk import ADMIN, WORKSPACE
from support.server import serving


@pytest.mark.slow
def test_streams_hold_no_thread_and_do_not_keep_the_server_from_ending(tmp_path: Path) -> None:
    with serving(tmp_path) as served:
        headers = {"Content-Type": "application/json", "Sec-Fetch-Site": "same-origin"}

        def ask(path: str, body: Any = None) -> Any:
            data = None if body is None else json.dumps(body).encode()
            request = urllib.request.Request(f"{served.url}/api/v1{path}", data, headers)
            with urllib.request.urlopen(request, timeout=30) as answer:
                cookie = answer.headers.get("Set-Cookie")
                if cookie:
                    headers["Cookie"] = cookie.partition(";")[0]
                return json.load(answer)

        ask(
            "/setup",
            {**ADMIN, "token": served.link.partition("token=")[2], "workspace": WORKSPACE, "starter": "simple"},
        )

        def listen(heard: list[str], ready: threading.Event) -> None:
            asking = urllib.request.Request(
                f"{served.url}/api/v1/stream", headers={**headers, "Accept": "text/event-stream"}
            )
            for line in urllib.request.urlopen(asking, timeout=60):
                heard.append(line.decode().strip())
                ready.set()
            heard.append("ended")

        streams: list[tuple[list[str], threading.Event, threading.Thread]] = []
        for _ in range(8):  # twice as many as the server has threads
            heard, ready = [], threading.Event()
            thread = threading.Thread(target=listen, args=(heard, ready), daemon=True)
            thread.start()
            streams.append((heard, ready, thread))
        assert all(ready.wait(20) for _, ready, _ in streams)

        key = ask("/objects")["objects"][0]["key"]
        made = ask(f"/records/{key}", {"name": "Live Ltd"})["id"]
        give_up = time.monotonic() + 20
        while time.monotonic() < give_up and not all(any(made in line for line in heard) for heard, _, _ in streams):
            time.sleep(0.1)
        assert all(any(made in line for line in heard) for heard, _, _ in streams)

        began = time.monotonic()
        served.process.send_signal(signal.SIGTERM)
        served.process.wait(timeout=15)
        assert time.monotonic() - began < 10
        for heard, _, thread in streams:
            thread.join(5)
            assert heard[-1] == "ended"
