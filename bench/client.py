"""The load: a process of its own that keeps connections open and sends prepared requests.

Reads one JSON line per block from standard input and answers with one line. Bare sockets, so that as little as
possible of the shared machine goes to the measuring.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from typing import Any


async def _answer(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    head = await reader.readuntil(b"\r\n\r\n")
    status = int(head[9:12])
    length = 0
    for line in head.split(b"\r\n"):
        if line[:15].lower() == b"content-length:":
            length = int(line[15:])
    return status, await reader.readexactly(length) if length else b""


async def _connection(port: int, take: Any, ends: float, times: list[float], wrong: list[str]) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        while time.perf_counter() < ends:
            request = take()
            if request is None:
                return
            began = time.perf_counter()
            writer.write(request)
            status, body = await _answer(reader)
            times.append(time.perf_counter() - began)
            if status >= 300:
                wrong.append(f"{status} {body[:300].decode(errors='replace')}")
    finally:
        writer.close()


async def block(order: dict[str, Any]) -> dict[str, Any]:
    """Send for `seconds` (or until `requests` are used up, unless they may be sent again) with `clients` connections."""
    requests = [text.encode("latin-1") for text in order["requests"]]
    state = {"next": order.get("start", 0)}
    again = order["again"]

    def take() -> bytes | None:
        at = state["next"]
        state["next"] += 1
        if at < len(requests):
            return requests[at]
        return requests[at % len(requests)] if again else None

    times: list[float] = []
    wrong: list[str] = []
    began = time.perf_counter()
    ends = began + order["seconds"]
    await asyncio.gather(*(_connection(order["port"], take, ends, times, wrong) for _ in range(order["clients"])))
    took = time.perf_counter() - began
    times.sort()
    return {
        "count": len(times), "seconds": took, "used": min(state["next"], len(requests)) if not again else state["next"],
        "p50_ms": 1000 * times[len(times) // 2] if times else None,
        "p95_ms": 1000 * times[int(len(times) * 0.95)] if times else None, "wrong": len(wrong), "example": wrong[:1],
    }  # fmt: skip


def main() -> None:
    """Blocks until standard input ends."""
    for line in sys.stdin:
        print(json.dumps(asyncio.run(block(json.loads(line)))), flush=True)


if __name__ == "__main__":
    main()
