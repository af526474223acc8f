"""What the OpenAPI file says of bodies and answers: one table for all routes, for people and for generated clients.

Endpoints answer ready-made bytes and read bodies with the strict reader, so FastAPI knows neither. `shapes` holds the
named schemas, `operations` says which route takes and gives what; `describe` puts both into the description that FastAPI
has made of paths and methods. A test compares real answers with it and finds routes that are not described.
"""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI

from dealwright.description.operations import OPERATIONS, Operation
from dealwright.description.shapes import SHAPES

PROBLEM = {
    "description": "Refused: the code says why, the message says it in the reader's language",
    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
}
SECURITY = {"token": {"type": "http", "scheme": "bearer"}}
OPEN = (
    "/api/v1/health",
    "/api/v1/setup",
    "/api/v1/session",
    "/api/v1/invitations/accept",
    "/api/v1/password/forgot",
    "/api/v1/password/reset",
    "/api/v1/metrics",
)


def describe(app: FastAPI) -> None:
    """Make `app.openapi()` answer the full description; worked out once, when first asked for."""
    plain = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = completed(plain())
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]


def completed(found: dict[str, Any]) -> dict[str, Any]:
    """FastAPI's description with parameters, bodies and answers put in."""
    components = found.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    schemas |= SHAPES
    components["securitySchemes"] = SECURITY
    for path, methods in found["paths"].items():
        for method, operation in methods.items():
            known = OPERATIONS.get(f"{method.upper()} {path.removeprefix('/api/v1')}")
            operation["responses"].pop("422", None)
            operation["responses"]["default"] = PROBLEM
            if path not in OPEN:
                operation["security"] = [{"token": []}]
            if known is not None:
                _complete(operation, known)
    return found


def _complete(operation: dict[str, Any], known: Operation) -> None:
    if known.query:
        given = [p for p in operation.get("parameters", []) if p["in"] != "query"]
        operation["parameters"] = given + [
            {"name": name, "in": "query", "required": False, "schema": schema} for name, schema in known.query.items()
        ]
    for name in known.headers:
        operation.setdefault("parameters", []).append(
            {"name": name, "in": "header", "required": False, "schema": {"type": "string", "maxLength": 255}}
        )
    if known.body is not None:
        operation["requestBody"] = {"required": True, "content": {known.takes: {"schema": known.body}}}
    if known.answer is not None:
        status = next(iter(operation["responses"]))
        content = {kind: {"schema": known.answer} for kind in known.gives}
        for each in (status, *known.also):
            old = operation["responses"].get(each, {"description": "Accepted; the work goes on in the background"})
            operation["responses"][each] = {**old, "content": content}
