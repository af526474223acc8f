"""Refusals. Every expected one is a `Problem`; the handler in `http.py` turns it into problem+json (RFC 9457).

A `Problem` carries a code, never a sentence: the sentence is found in the catalogue (`texts.py`) in the reader's language.
"""

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from dealwright.foundation.texts import say

_NOTHING: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True)
class FieldError:
    """One thing wrong with one field; `params` fill the blanks of the sentence of `code`."""

    field: str
    code: str
    params: Mapping[str, Any] = dataclasses.field(default_factory=dict)


class Problem(Exception):
    """An expected refusal: HTTP status, UPPER_SNAKE code, and what fills the sentence's blanks."""

    def __init__(
        self,
        status: int,
        code: str,
        *,
        field: str | None = None,
        params: Mapping[str, Any] = _NOTHING,
        errors: Sequence[FieldError] = (),
        headers: Mapping[str, str] = _NOTHING,
    ) -> None:
        super().__init__(status, code)
        self.status = status
        self.code = code
        self.field = field
        self.params = params
        self.errors = tuple(errors)
        self.headers = headers

    def __str__(self) -> str:
        details = ", ".join(f"{error.field}: {error.code}" for error in self.errors) or self.field or ""
        return f"{self.status} {self.code}{' (' + details + ')' if details else ''}"


def invalid(errors: Sequence[FieldError]) -> Problem:
    """422 for one or more field errors; a single error lends its own code to the answer."""
    if len(errors) == 1:
        only = errors[0]
        return Problem(422, only.code, field=only.field, params=only.params, errors=errors)
    return Problem(422, "INVALID", params={"count": len(errors)}, errors=errors)


def not_found(code: str = "NOT_FOUND") -> Problem:
    """404, the same answer for a thing that is missing and for one outside the asker's scope."""
    return Problem(404, code)


def forbidden(right: str, **params: Any) -> Problem:
    """403 naming the right that is missing (a code of the rights list) and who can grant it."""
    return Problem(403, "FORBIDDEN", params={"right": right, **params})


def problem_body(problem: Problem, locale: str, request_id: str | None) -> dict[str, Any]:
    """The JSON object of a refusal: type, title, status, code, field, message, request_id, errors."""
    message = say(problem.code, locale, **{"field": problem.field or "", **problem.params})
    return {
        "type": f"urn:dealwright:problem:{problem.code.lower()}",
        "title": message,
        "status": problem.status,
        "code": problem.code,
        "field": problem.field,
        "message": message,
        "request_id": request_id,
        "params": dict(problem.params),
        "errors": [
            {
                "field": error.field,
                "code": error.code,
                "message": say(error.code, locale, **{"field": error.field, **error.params}),
                "params": dict(error.params),
            }
            for error in problem.errors
        ],
    }
