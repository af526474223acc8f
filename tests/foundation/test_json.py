"""JSON in, strictly; JSON out, exactly. Numbers of the bad inputs (BEHAVIOUR) stand beside the cases."""

from datetime import UTC, date, datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Any

import pytest
from sqlalchemy.sql import quoted_name

from dealwright.foundation.errors import Problem
from dealwright.foundation.jsonin import read_json
from dealwright.foundation.jsonout import JsonResponse, to_json

GOOD: list[tuple[bytes, Any]] = [
    (b'{"a": [1, -2, 0], "b": null, "c": true}', {"a": [1, -2, 0], "b": None, "c": True}),
    ('"报价 😀 \\ud83d\\ude00 𠮷"'.encode(), "报价 😀 😀 𠮷"),
    (b"1.10", Decimal("1.10")),
    (b"1e3", Decimal("1E+3")),
    (b"9223372036854775807", 2**63 - 1),
    (b"-9223372036854775808", -(2**63)),
    (b"1234567890123456789.12", Decimal("1234567890123456789.12")),
    (b' "a\\"]]]][[[[{\\\\" ', 'a"]]]][[[[{\\'),
    (b'{"a": {"x": 1}, "b": {"x": 1}}', {"a": {"x": 1}, "b": {"x": 1}}),
]
BAD: list[tuple[bytes, int, str]] = [
    (b'{"a": NaN}', 422, "NOT_FINITE"),  # 1
    (b"[Infinity]", 422, "NOT_FINITE"),
    (b"-Infinity", 422, "NOT_FINITE"),
    (b"1e999", 422, "NOT_FINITE"),
    (b"-1e999", 422, "NOT_FINITE"),
    (b"1.0e" + b"9" * 300, 422, "NOT_FINITE"),
    (b'"\\ud800"', 422, "BAD_TEXT"),  # 2
    (b'{"\\ud800": 1}', 422, "BAD_TEXT"),
    (b'["x", {"y": "\\udc00\\ud800"}]', 422, "BAD_TEXT"),
    (b'"a\\u0000b"', 422, "BAD_TEXT"),  # 3
    (b'{"a\\u0000": 1}', 422, "BAD_TEXT"),
    (b'"a\x00b"', 400, "BAD_JSON"),
    (b"9223372036854775808", 422, "OUT_OF_RANGE"),  # 4
    (b"-9223372036854775809", 422, "OUT_OF_RANGE"),
    (b"1" * 400, 422, "OUT_OF_RANGE"),
    (b"1" * 5000, 422, "OUT_OF_RANGE"),
    (b"0." + b"1" * 400, 422, "OUT_OF_RANGE"),
    (b"1e-300", 422, "OUT_OF_RANGE"),
    (b"0." + b"1" * 41, 422, "OUT_OF_RANGE"),
    (b'{"a": 1, "a": 1}', 400, "DUPLICATE_KEY"),  # 5
    (b'{"x": [{"a": 1, "\\u0061": 2}]}', 400, "DUPLICATE_KEY"),
    (b"[" * 100_000, 400, "TOO_DEEP"),  # 7
    (b'{"a":' * 65 + b"1" + b"}" * 65, 400, "TOO_DEEP"),
    (b'{"a": ', 400, "BAD_JSON"),  # 10
    ('{"a": 1}'.encode("utf-16"), 400, "BAD_JSON"),
    (b"", 400, "BAD_JSON"),
    (b"   ", 400, "BAD_JSON"),
    (b"\xef\xbb\xbf{}", 400, "BAD_JSON"),
    (b'"\xff"', 400, "BAD_JSON"),
    (b'"\xed\xa0\x80"', 400, "BAD_JSON"),
    (b"{'a': 1}", 400, "BAD_JSON"),
    (b"[1,]", 400, "BAD_JSON"),
    (b"1 2", 400, "BAD_JSON"),
    (b"01", 400, "BAD_JSON"),
    (b'"a\nb"', 400, "BAD_JSON"),
    ("１".encode(), 400, "BAD_JSON"),
    (b"[" + b"1," * 600_000 + b"1]", 413, "TOO_BIG"),
]


@pytest.mark.parametrize(("body", "value"), GOOD)
def test_proper_json_is_read(body: bytes, value: Any) -> None:
    found = read_json(body)
    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize(("body", "status", "code"), BAD, ids=lambda part: str(part)[:30])
def test_improper_json_is_refused(body: bytes, status: int, code: str) -> None:
    with pytest.raises(Problem) as refused:
        read_json(body)
    assert (refused.value.status, refused.value.code) == (status, code)


def test_the_field_of_a_bad_text_is_named() -> None:
    with pytest.raises(Problem) as refused:
        read_json(b'{"lines": [{"name": "ok"}, {"name": "\\u0000"}]}')
    assert refused.value.field == "lines.1.name"


def test_depth_is_counted_outside_of_texts_and_only_while_open() -> None:
    assert read_json(b"[" * 64 + b"]" * 64) is not None
    assert len(read_json(b"[" + b"[]," * 500 + b"[]]")) == 501
    assert read_json(b'["' + b"[" * 500 + b'"]') == ["[" * 500]


def test_endless_strings_take_no_endless_time() -> None:
    for body in (b'["' + b'\\"[' * 150_000, b'["' + b"\\" * 499_999 + b"[" * 70, b'"[' * 240_000):
        with pytest.raises(Problem):
            read_json(body)


def test_values_leave_exactly() -> None:
    value = {
        quoted_name("amount", True): Decimal("1234567890123456789.10"),
        "at": datetime(2026, 11, 24, 2, 0, tzinfo=UTC),
        "day": date(2026, 11, 24),
        "name": "报价",
        "labels": MappingProxyType({"zh": "客户"}),
    }
    assert to_json(value).decode() == (
        '{"amount":"1234567890123456789.10","at":"2026-11-24T02:00:00Z","day":"2026-11-24",'
        '"name":"报价","labels":{"zh":"客户"}}'
    )


def test_an_answer_carries_its_status_and_type() -> None:
    answer = JsonResponse({"a": Decimal("1.0")}, 201, {"ETag": '"1"'})
    assert (answer.status_code, answer.body, answer.headers["content-type"], answer.headers["etag"]) == (
        201, b'{"a":"1.0"}', "application/json", '"1"',
    )  # fmt: skip
    assert JsonResponse(b"[]").body == b"[]"
