"""Logs, metrics and what is refused before any endpoint runs: one pure ASGI middleware and its set-up."""

import logging
import re
import time
from typing import Any

import structlog
from fastapi import FastAPI
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dealwright.foundation.errors import Problem
from dealwright.foundation.http import problem_response
from dealwright.foundation.ids import new_id
from dealwright.foundation.jsonin import MAX_BYTES
from dealwright.foundation.settings import Settings

log = structlog.get_logger("dealwright.access")
MAX_URL_BYTES = 8_192
MAX_UPLOAD = 60_000_000
UPLOADS = ("/api/v1/imports", "/api/v1/files")
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
    "dealwright_requests", "Requests by method and status", ["method", "status"], registry=registry
)
request_seconds = Histogram("dealwright_request_seconds", "Time to answer", registry=registry)


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
        state = scope.setdefault("state", {})
        state["request_id"] = request_id
        upload = scope["path"].startswith(UPLOADS)
        limit = MAX_UPLOAD if upload else MAX_BYTES
        status = 500

        async def send_on(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                out = MutableHeaders(scope=message)
                out["X-Request-Id"] = request_id
                for name, value in self.extra.items():
                    out[name] = value
            await send(message)

        try:
            refusal = _refusal(scope, headers, limit, upload)
            if refusal is not None:
                await problem_response(Request(scope), refusal)(scope, receive, send_on)
            else:
                await self.app(scope, _counted(receive, limit), send_on)
        except Problem as problem:  # raised by the counting reader before an endpoint could answer
            await problem_response(Request(scope), problem)(scope, receive, send_on)
        finally:
            took = time.perf_counter() - started
            requests_total.labels(scope["method"], str(status)).inc()
            request_seconds.observe(took)
            log.info(
                "request", method=scope["method"], path=scope["path"], status=status, ms=round(took * 1000, 1),
                request_id=request_id,
            )  # fmt: skip


def _refusal(scope: Scope, headers: Headers, limit: int, upload: bool) -> Problem | None:
    raw_path: bytes = scope.get("raw_path") or b""
    if len(raw_path) + len(scope.get("query_string", b"")) > MAX_URL_BYTES:
        return Problem(414, "URL_TOO_LONG", params={"max": MAX_URL_BYTES})
    if "\x00" in scope["path"]:
        return Problem(404, "PATH_NOT_FOUND")
    length = headers.get("content-length")
    if length is not None and (not length.isdigit() or int(length) > limit):
        return Problem(413, "TOO_BIG", params={"max": limit})
    has_body = (length is not None and length != "0") or "transfer-encoding" in headers
    if has_body and scope["method"] in ("POST", "PUT", "PATCH") and scope["path"].startswith("/api/"):
        kind = headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind != "application/json" and not (upload and kind == "multipart/form-data"):
            return Problem(415, "WRONG_TYPE", params={"expected": "application/json"})
    return None


def _counted(receive: Receive, limit: int) -> Receive:
    total = 0

    async def counted() -> Message:
        nonlocal total
        message = await receive()
        total += len(message.get("body", b""))
        if total > limit:
            raise Problem(413, "TOO_BIG", params={"max": limit})
        return message

    return counted


def configure_logs(level: str) -> None:
    """JSON lines on standard error at the given level."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level.upper())),
        logger_factory=structlog.WriteLoggerFactory(file=__import__("sys").stderr),
        cache_logger_on_first_use=False,
    )


def install(app: FastAPI, settings: Settings) -> None:
    """Add the middleware, the metrics endpoint and the log set-up."""
    configure_logs(settings.log_level)
    secure = bool(settings.public_url and settings.public_url.startswith("https"))
    app.add_middleware(RequestContext, secure=secure)

    def metrics() -> Any:
        return Response(generate_latest(registry), media_type="text/plain; version=0.0.4")

    app.add_api_route("/api/v1/metrics", metrics, methods=["GET"], include_in_schema=False)
