"""The limit: the least that could answer the same requests.

A bare FastAPI application with the bare driver behind the same uvicorn. It runs the SQL that the product sends for an
administrator (no rights in the text), on the same data, and writes only the record's own row: no sign-in, no rights,
no validation, no history, no search index, no outbox.
"""

from __future__ import annotations

import os
import pickle
import sqlite3
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import anyio.to_thread
import msgspec
import psycopg
from fastapi import Body, FastAPI
from starlette.responses import Response

from dealwright.foundation.ids import new_id

local = threading.local()


class Spec(msgspec.Struct):
    """What run.py hands over: where the data is and the captured statements."""

    sqlite: str | None
    dsn: str | None
    reads: dict[str, tuple[str, list[Any]]]
    insert: tuple[str, dict[str, Any], list[str]]
    update: str


def connection(spec: Spec) -> Any:
    """This thread's connection, in autocommit."""
    found = getattr(local, "connection", None)
    if found is None:
        if spec.sqlite:
            found = sqlite3.connect(spec.sqlite, isolation_level=None, check_same_thread=False, timeout=5)
            found.executescript("PRAGMA synchronous=FULL; PRAGMA cache_size=-8000; PRAGMA busy_timeout=5000")
        else:
            found = psycopg.connect(
                spec.dsn or "", autocommit=True, prepare_threshold=None, options="-c timezone=UTC -c jit=off"
            )
        local.connection = found
    return found


def create_app() -> FastAPI:
    """The application over the file that BENCH_LIMIT names."""
    spec = msgspec.convert(pickle.loads(Path(os.environ["BENCH_LIMIT"]).read_bytes()), Spec, strict=False)
    begin = "BEGIN IMMEDIATE" if spec.sqlite else "BEGIN"
    encode = msgspec.json.Encoder(enc_hook=str).encode
    lock = threading.Lock()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        anyio.to_thread.current_default_thread_limiter().total_tokens = 4
        yield

    app = FastAPI(lifespan=lifespan, openapi_url=None)

    def answer(value: Any, status: int = 200) -> Response:
        return Response(encode(value), status, media_type="application/json")

    @app.get("/read/{name}")
    def read(name: str, v: int = 0) -> Response:
        sql, variants = spec.reads[name]
        cursor = connection(spec).execute(sql, variants[v % len(variants)])
        names = [column[0] for column in cursor.description]
        return answer([dict(zip(names, row, strict=True)) for row in cursor.fetchall()])

    def written(sql: str, values: Any) -> Any:
        # One writer at a time on SQLite, waiting in line as the product does: its busy handler sleeps.
        conn = connection(spec)
        if spec.sqlite:
            lock.acquire()
        try:
            conn.execute(begin)
            row = conn.execute(sql, values).fetchone()
            conn.execute("COMMIT")
            return row
        finally:
            if spec.sqlite:
                lock.release()

    @app.post("/create")
    def create(body: dict[str, Any] = Body()) -> Response:
        sql, template, names = spec.insert
        row = {**template, "id": new_id(), "name": body["name"]}
        written(sql, [row[name] for name in names])
        return answer(row, 201)

    @app.patch("/stage/{record_id}")
    def stage(record_id: str, body: dict[str, Any] = Body()) -> Response:
        row = written(spec.update, (body["stage"], record_id))
        return answer({"id": row[0], "version": row[1]}) if row else answer({"code": "STALE"}, 412)

    return app
