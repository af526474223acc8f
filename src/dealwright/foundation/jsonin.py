"""The one strict JSON reader. Whatever enters as JSON (requests, imports, configuration) passes it.

It refuses what Python's reader lets through: NaN, duplicate keys, lone surrogates, NUL, integers beyond 64 bits,
floats (they become Decimal), and nesting deep enough to hurt.
"""

import json
import re
from decimal import Decimal, InvalidOperation
from typing import Any

from dealwright.foundation.errors import Problem

MAX_BYTES = 1_048_576  # a million letters in one field still get the answer about their length
MAX_DEPTH = 64
_MAX_INT, _MIN_INT = 2**63 - 1, -(2**63)
_MAX_DIGITS = 40  # of a decimal, before and after the point together; NUMERIC(30, ..) is the widest column
# A string (even one that never ends, so each start is consumed and the scan stays linear) or a bracket.
_TOKENS = re.compile(rb'"(?:[^"\\]++|\\.)*+(?:"|\\?\Z)|[\[\]{}]', re.DOTALL)


def _refuse_constant(name: str) -> Any:
    raise Problem(422, "NOT_FINITE", params={"value": name})


def _int(text: str) -> int:
    if len(text) > 20:
        raise Problem(422, "OUT_OF_RANGE", params={"value": text[:20] + "…"})
    value = int(text)
    if not _MIN_INT <= value <= _MAX_INT:
        raise Problem(422, "OUT_OF_RANGE", params={"value": text})
    return value


def _decimal(text: str) -> Decimal:
    if len(text) > 400:
        raise Problem(422, "OUT_OF_RANGE", params={"value": text[:20] + "…"})
    if float(text) in (float("inf"), float("-inf")):
        raise Problem(422, "NOT_FINITE", params={"value": text[:40]})
    try:
        value = Decimal(text)
    except InvalidOperation:
        raise Problem(422, "OUT_OF_RANGE", params={"value": text[:40]}) from None
    _, digits, exponent = value.as_tuple()
    if len(digits) > _MAX_DIGITS or not isinstance(exponent, int) or abs(exponent) > _MAX_DIGITS:
        raise Problem(422, "OUT_OF_RANGE", params={"value": text[:40]})
    return value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                raise Problem(400, "DUPLICATE_KEY", field=key[:100], params={"key": key[:100]})
            seen.add(key)
    return made


_decoder = json.JSONDecoder(
    object_pairs_hook=_object,
    parse_float=_decimal,
    parse_int=_int,
    parse_constant=_refuse_constant,
    strict=True,
)


def _check_depth(body: bytes, max_depth: int) -> None:
    """Raise TOO_DEEP before the parser recurses. Strings are skipped, brackets in them do not count."""
    if body.count(b"[") + body.count(b"{") <= max_depth:
        return
    depth = 0
    for token in _TOKENS.finditer(body):
        first = token.group()[0]
        if first in b"[{":
            depth += 1
            if depth > max_depth:
                raise Problem(400, "TOO_DEEP", params={"max": max_depth})
        elif first in b"]}":
            depth -= 1


def is_bad_text(text: str) -> bool:
    """True for text that PostgreSQL or UTF-8 cannot hold: NUL or half of a surrogate pair."""
    if "\x00" in text:
        return True
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return True
    return False


def _check_texts(value: Any, path: str) -> None:
    if isinstance(value, str):
        if is_bad_text(value):
            raise Problem(422, "BAD_TEXT", field=path or None)
    elif isinstance(value, dict):
        for key, item in value.items():
            if is_bad_text(key):
                raise Problem(422, "BAD_TEXT", field=path or None)
            _check_texts(item, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            _check_texts(item, f"{path}.{index}" if path else str(index))


def read_json(body: bytes, *, max_bytes: int = MAX_BYTES, max_depth: int = MAX_DEPTH) -> Any:
    """Read one JSON value; numbers with a point or exponent become Decimal.

    Raises Problem: 413 TOO_BIG; 400 BAD_JSON, DUPLICATE_KEY, TOO_DEEP; 422 NOT_FINITE, BAD_TEXT, OUT_OF_RANGE.
    """
    if len(body) > max_bytes:
        raise Problem(413, "TOO_BIG", params={"max": max_bytes})
    _check_depth(body, max_depth)
    try:
        text = body.decode("utf-8")
        value = _decoder.decode(text)
    except UnicodeDecodeError:
        raise Problem(400, "BAD_JSON", params={"position": 0}) from None
    except json.JSONDecodeError as error:
        raise Problem(400, "BAD_JSON", params={"position": error.pos}) from None
    # Decoded UTF-8 holds no surrogates and strict JSON no raw NUL: only an escape can bring either.
    if b"\\u" in body:
        _check_texts(value, "")
    return value
