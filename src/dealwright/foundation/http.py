"""What every endpoint shares: reading the body strictly, answering refusals as problem+json."""

from typing import Any

import structlog
from fastapi import APIRouter, FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from dealwright import __version__
from dealwright.foundation.errors import FieldError, Problem, invalid, problem_body
from dealwright.foundation.jsonin import MAX_BYTES, read_json
from dealwright.foundation.jsonout import JsonResponse, to_json
from dealwright.foundation.services import services_of
from dealwright.foundation.texts import DEFAULT_LOCALE

log = structlog.get_logger("dealwright.http")


async def json_body(request: Request) -> Any:
    """FastAPI dependency: the request's body by the strict reader. Raises the Problems of `read_json`, 415."""
    return read_json(await request.body(), max_bytes=getattr(request.state, "max_body", MAX_BYTES))


async def optional_body(request: Request) -> Any:
    """The same for a route that may be asked without a body: {} then."""
    return await json_body(request) if await request.body() else {}


def locale_of(request: Request) -> str:
    """The reader's locale: what sign-in found (`request.state.locale`), else Accept-Language, else zh-CN."""
    known: str | None = getattr(request.state, "locale", None)
    if known:
        return known
    for part in request.headers.get("accept-language", "").split(","):
        tag = part.split(";")[0].strip().lower()
        if tag.startswith("zh"):
            return "zh-CN"
        if tag.startswith("en"):
            return "en"
    return DEFAULT_LOCALE


def problem_response(request: Request, problem: Problem) -> Response:
    """The refusal as application/problem+json in the reader's language."""
    body = problem_body(problem, locale_of(request), getattr(request.state, "request_id", None))
    return Response(to_json(body), problem.status, dict(problem.headers), media_type="application/problem+json")


_STATUS_CODES = {
    404: "PATH_NOT_FOUND",
    405: "METHOD_NOT_ALLOWED",
    413: "TOO_BIG",
    415: "WRONG_TYPE",
    400: "BAD_REQUEST",
}


def install(app: FastAPI) -> None:
    """Register the handlers: refusals, unknown paths, wrong parameters, and the bug (500) with its request id."""

    async def on_problem(request: Request, error: Exception) -> Response:
        assert isinstance(error, Problem)
        return problem_response(request, error)

    async def on_http(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        code = _STATUS_CODES.get(error.status_code, "BAD_REQUEST")
        return problem_response(request, Problem(error.status_code, code, headers=error.headers or {}))

    async def on_validation(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        errors = [
            FieldError(name, "BAD_PARAMETER", {"field": name})
            for item in error.errors()
            for name in [".".join(str(part) for part in item["loc"][1:]) or str(item["loc"][0])]
        ]
        return problem_response(request, invalid(errors))

    async def on_bug(request: Request, error: Exception) -> Response:
        return problem_response(request, Problem(500, "INTERNAL"))

    app.add_exception_handler(Problem, on_problem)
    app.add_exception_handler(HTTPException, on_http)
    app.add_exception_handler(RequestValidationError, on_validation)
    app.add_exception_handler(Exception, on_bug)


install_problem_handlers = install
health_router = APIRouter(tags=["health"])


@health_router.get("/health", summary="Whether the server and its database answer")
def health(request: Request) -> Response:
    """{"status": "ok", "database": "sqlite" | "postgresql", "version"}; 503 when the database is away."""
    services = services_of(request)
    with services.db.read() as uow:
        uow.raw("SELECT 1")
    return JsonResponse({"status": "ok", "database": services.db.dialect.name, "version": __version__})
