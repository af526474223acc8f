"""Logs, metrics and what is refused before any endpoint runs: one pure ASGI middleware and its set-up."""

import logging
import re
import sys
import time
from contextlib import suppress
from typing import Any, BinaryIO, cast

import msgspec
import structlog
from fastapi import FastAPI
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dealwright.foundation.errors import Problem
from dealwright.foundation.http import problem_response
from dealwright.foundation.ids import new_id
from dealwright.foundation.jsonin import MAX_BYTES
from dealwright.foundation.outbox import counts
from dealwright.foundation.settings import Settings

log = structlog.get_logger("dealwright.access")
MAX_URL_BYTES = 8_192
MAX_UPLOAD = 60_000_000
UPLOADS = ("/api/v1/imports", "/api/v1/files", "/api/v1/me/avatar")
_SANE_ID = re.compile(r"[A-Za-z0-9_.-]{1,64}")
# antd puts its styles into <style> elements; scripts come from ourselves only.
CSP = (
    "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
    "font-src 'self'; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'; object-src 'none'"
)
SECURITY = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(), camera=(), microphone=()",
}

registry = CollectorRegistry()
requests_total = Counter(
    "dealwright_requests", "Requests by method, route and status", ["method", "route", "status"], registry=registry
)
request_seconds = Histogram("dealwright_request_seconds", "Time to answer", ["route"], registry=registry)
jobs = Gauge("dealwright_jobs", "Outbox jobs that are not done, by state", ["state"], registry=registry)
_METHODS = {"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"}


class RequestContext:
    """Gives each request an id, refuses what is too big or of the wrong type, writes the access log and metrics."""

    def __init__(self, app: ASGIApp, secure: bool = False) -> None:
        self.app = app
        self.extra = dict(SECURITY)
        if secure:
            self.extra["Strict-Transport-Security"] = "max-age=31536000"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = time.perf_counter()
        headers = Headers(scope=scope)
        given = headers.get("x-request-id", "")
        request_id = given if _SANE_ID.fullmatch(given) else new_id()
        scope.setdefault("state", {})["request_id"] = request_id
        structlog.contextvars.bind_contextvars(request_id=request_id)
        upload = scope["path"].startswith(UPLOADS)
        body = _Body(receive, MAX_UPLOAD if upload else MAX_BYTES)
        status = 0

        async def send_out(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                out = MutableHeaders(scope=message)
                out["X-Request-Id"] = request_id
                for name, value in self.extra.items():
                    out.setdefault(name, value)  # an uploaded file is answered with a stricter policy of its own
            await send(message)

        async def send_on(message: Message) -> None:
            # Form parsing upstairs turns every error of the reader into a plain 400: what counts is that the body
            # was too big, so that answer is put in its place.
            if not body.too_big:
                await send_out(message)
            elif not status:
                await problem_response(Request(scope), body.refusal)(scope, receive, send_out)

        try:
            refusal = _refusal(scope, headers, body.limit, upload)
            if refusal is not None:
                await problem_response(Request(scope), refusal)(scope, receive, send_out)
            else:
                await self.app(scope, body, send_on)
        except Problem as problem:  # raised by the counting reader before an endpoint could answer
            if status:
                raise
            await problem_response(Request(scope), problem)(scope, receive, send_out)
        except Exception:
            log.exception("fault", method=scope["method"], path=scope["path"])
            raise
        finally:
            took = time.perf_counter() - started
            route = _route(scope)
            method = scope["method"] if scope["method"] in _METHODS else "other"
            requests_total.labels(method, route, str(status or 500)).inc()
            request_seconds.labels(route).observe(took)
            log.info(
                "request", method=scope["method"], path=scope["path"], status=status or 500, ms=round(took * 1000, 1)
            )
            structlog.contextvars.unbind_contextvars("request_id")


def _route(scope: Scope) -> str:
    """The route's pattern, never the path itself: a label must not grow with what clients ask for."""
    found = scope.get("fastapi", {}).get("effective_route_context") or scope.get("route")
    return str(getattr(found, "path", "other"))


class _Body:
    """The request's body, counted while it is read: past the limit it raises, whatever its length claimed."""

    def __init__(self, receive: Receive, limit: int) -> None:
        self.receive, self.limit, self.total, self.too_big = receive, limit, 0, False

    @property
    def refusal(self) -> Problem:
        return Problem(413, "TOO_BIG", params={"max": self.limit})

    async def __call__(self) -> Message:
        message = await self.receive()
        self.total += len(message.get("body", b""))
        if self.total > self.limit:
            self.too_big = True
            raise self.refusal
        return message


def _refusal(scope: Scope, headers: Headers, limit: int, upload: bool) -> Problem | None:
    raw_path: bytes = scope.get("raw_path") or b""
    query: bytes = scope.get("query_string", b"")
    if len(raw_path) + len(query) > MAX_URL_BYTES:
        return Problem(414, "URL_TOO_LONG", params={"max": MAX_URL_BYTES})
    if "\x00" in scope["path"]:
        return Problem(404, "PATH_NOT_FOUND")
    if b"%00" in query or b"\x00" in query:  # PostgreSQL cannot hold it in any text
        return Problem(422, "BAD_TEXT")
    length = headers.get("content-length")
    if length is not None and (not length.isdigit() or len(length) > 18 or int(length) > limit):
        return Problem(413, "TOO_BIG", params={"max": limit})
    has_body = (length is not None and int(length) > 0) or "transfer-encoding" in headers
    if has_body and scope["method"] in ("POST", "PUT", "PATCH") and scope["path"].startswith("/api/"):
        kind = headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind != "application/json" and not (upload and kind == "multipart/form-data"):
            expected = "application/json" + (", multipart/form-data" if upload else "")
            return Problem(415, "WRONG_TYPE", params={"expected": expected})
    return None


_log_encoder = msgspec.json.Encoder(enc_hook=repr)


class SteadyFile:
    """Where log lines go. A disk that is full of logs must not turn an answer into a fault: the line is lost."""

    def __init__(self, file: BinaryIO) -> None:
        self.file = file

    def write(self, line: bytes) -> int:
        """Write, or lose the line."""
        with suppress(OSError, ValueError):
            return self.file.write(line)
        return 0

    def flush(self) -> None:
        """Flush, or let it be."""
        with suppress(OSError, ValueError):
            self.file.flush()


def configure_logs(level: str) -> None:
    """JSON lines on standard error at the given level."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(serializer=lambda line, **_: _log_encoder.encode(line)),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level.upper())),
        logger_factory=structlog.BytesLoggerFactory(file=cast(BinaryIO, SteadyFile(sys.stderr.buffer))),
        cache_logger_on_first_use=False,
    )


def install(app: FastAPI, settings: Settings) -> None:
    """Add the middleware, the metrics endpoint and the log set-up."""
    configure_logs(settings.log_level)
    secure = bool(settings.public_url and settings.public_url.startswith("https"))
    app.add_middleware(RequestContext, secure=secure)

    def metrics(request: Request) -> Any:
        with request.app.state.services.db.read() as uow:
            by_state = counts(uow)
        for state in ("ready", "running", "dead", "unknown"):
            jobs.labels(state).set(by_state.get(state, 0))
        return Response(generate_latest(registry), media_type="text/plain; version=0.0.4")

    app.add_api_route("/api/v1/metrics", metrics, methods=["GET"], include_in_schema=False)
