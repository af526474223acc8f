"""The answer that stays open: it waits in the event loop, holds no thread and no connection to the database."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import anyio
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from dealwright.records.live.hub import Connection, Hub

HEARTBEAT_S = 15.0
BEGIN = b"retry: 3000\nevent: ready\ndata: {}\n\n"
HEARTBEAT = b": \n\n"


class EventStream(Response):
    """Sends what waits for one connection until its reader leaves, or the hub lets it go."""

    media_type = "text/event-stream"

    def __init__(self, hub: Hub, connection: Connection) -> None:
        super().__init__(headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"})
        del self.headers["content-length"]
        self.hub, self.connection = hub, connection

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        loop, awake, over = asyncio.get_running_loop(), asyncio.Event(), asyncio.Event()

        def wake() -> None:
            with suppress(RuntimeError):  # the loop has ended
                loop.call_soon_threadsafe((over if self.connection.ended else awake).set)

        self.connection.wake = wake
        self.hub.join(self.connection)
        try:
            await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
            async with anyio.create_task_group() as group:
                group.start_soon(self._until_gone, receive)
                # A reader who takes nothing keeps `send` waiting: the pump is another task, so that it can be cancelled.
                group.start_soon(self._pump, send, awake)
                await over.wait()
                group.cancel_scope.cancel()
        finally:
            self.hub.leave(self.connection)
        with anyio.move_on_after(1):
            await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _until_gone(self, receive: Receive) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        self.connection.end()

    async def _pump(self, send: Send, awake: asyncio.Event) -> None:
        await send({"type": "http.response.body", "body": BEGIN, "more_body": True})
        while True:
            with anyio.move_on_after(HEARTBEAT_S):
                await awake.wait()
            awake.clear()
            found = b"".join(event.wire() for event in self.connection.take()) or HEARTBEAT
            await send({"type": "http.response.body", "body": found, "more_body": True})
