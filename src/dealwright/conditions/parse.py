"""From raw JSON to a checked tree. Every refusal names the field, the operator or the value that is wrong."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from dealwright.conditions.periods import PERIODS, UNITS, Period, Relative
from dealwright.conditions.shapes import OPERATORS, All, AnyOf, Condition, Fields, FieldShape, Leaf, Not
from dealwright.foundation.errors import Problem

MAX_LEAVES = 200
MAX_DEPTH = 10
MAX_PATH = 4  # three relations and the field
MAX_VALUES = 1_000
DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d", re.ASCII)
MONTH_DAY = re.compile(r"(?:--|\d{4}-)?(\d\d-\d\d)", re.ASCII)
WHO = ("me", "my_team", "my_team_and_below")


class Who(str):
    """A person or team named by their relation to the asker: me, my_team, my_team_and_below."""


def parse(raw: Any, object_key: str, fields: Fields) -> Condition:
    """The checked tree of `raw` on an object. Problem 422: BAD_FILTER, UNKNOWN_FIELD, UNKNOWN_OPERATOR, BAD_VALUE,
    QUERY_TOO_HEAVY. An unknown field and one the asker may not read get the same answer."""
    return _Parser(object_key, fields).node(raw, 1)


class _Parser:
    def __init__(self, object_key: str, fields: Fields) -> None:
        self.object_key = object_key
        self.fields = fields
        self.count = 0

    def node(self, raw: Any, depth: int) -> Condition:
        if depth > MAX_DEPTH:
            raise Problem(422, "QUERY_TOO_HEAVY", params={"max": MAX_LEAVES, "depth": MAX_DEPTH})
        if raw is None or raw == {}:
            return All(())
        if not isinstance(raw, Mapping):
            raise Problem(422, "BAD_FILTER")
        if "field" in raw:
            return self.leaf(raw)
        if len(raw) != 1:
            raise Problem(422, "BAD_FILTER")
        word, inner = next(iter(raw.items()))
        if word == "not":
            return Not(self.node(inner, depth + 1))
        if word not in ("all", "any") or not isinstance(inner, list):
            raise Problem(422, "BAD_FILTER")
        nodes = tuple(self.node(item, depth + 1) for item in inner)
        return All(nodes) if word == "all" else AnyOf(nodes)

    def leaf(self, raw: Mapping[str, Any]) -> Leaf:
        self.count += 1
        if self.count > MAX_LEAVES:
            raise Problem(422, "QUERY_TOO_HEAVY", params={"max": MAX_LEAVES, "depth": MAX_DEPTH})
        name, op = raw["field"], raw.get("op", "eq")
        if not isinstance(name, str) or set(raw) - {"field", "op", "value"}:
            raise Problem(422, "BAD_FILTER")
        path = tuple(name.split("."))
        shape = self.fields.field(self.object_key, path) if 0 < len(path) <= MAX_PATH else None
        if shape is None:
            raise Problem(422, "UNKNOWN_FIELD", field=name[:200], params={"field": name[:200]})
        if not isinstance(op, str) or op not in OPERATORS[shape.kind]:
            allowed = list(OPERATORS[shape.kind])
            raise Problem(422, "UNKNOWN_OPERATOR", field=name, params={"op": str(op)[:40], "allowed": allowed})
        try:
            value = _value(shape, op, raw.get("value"))
        except (ValueError, TypeError, InvalidOperation, ArithmeticError) as exc:
            params = {"field": dict(shape.labels), "op": op, "allowed": str(exc)[:300]}
            raise Problem(422, "BAD_VALUE", field=name, params=params) from exc
        hops = (self.fields.field(self.object_key, path[:end]) for end in range(1, len(path)))
        return Leaf(path, shape, op, value, self.count - 1, tuple(hop.labels for hop in hops if hop is not None))


def _value(shape: FieldShape, op: str, raw: Any) -> Any:
    if op in ("empty", "not_empty"):
        return None
    if op in ("in_period", "not_in_period"):
        return _period(raw)
    if op == "between":
        if not isinstance(raw, list) or len(raw) != 2:
            raise ValueError("[from, to]")
        return tuple(_one(shape, item) for item in raw)
    if op in ("in", "not_in", "contains_any", "contains_all", "contains_none"):
        items = raw if isinstance(raw, list) else [raw]
        if len(items) > MAX_VALUES:
            raise Problem(422, "TOO_MANY", field=shape.key, params={"count": len(items), "max": MAX_VALUES})
        return tuple(_one(shape, item) for item in items)
    return _one(shape, raw)


def _one(shape: FieldShape, raw: Any) -> Any:
    kind = shape.kind
    if isinstance(raw, Mapping):
        if "relative" in raw and kind in ("date", "datetime"):
            return _relative(raw)
        if "who" in raw and kind in ("user", "users", "team") and set(raw) == {"who"} and raw["who"] in WHO:
            return Who(raw["who"])
        if "id" in raw and kind in ("relation", "relations", "user", "users", "team") and isinstance(raw["id"], str):
            return raw["id"]
        raise ValueError('"..."')
    if kind == "number":
        if isinstance(raw, bool) or not isinstance(raw, (int, str, Decimal, float)):
            raise ValueError("123.45")
        number = Decimal(str(raw))
        if not number.is_finite() or number.adjusted() > 30 or len(number.as_tuple().digits) > 60:
            raise ValueError("123.45")
        if number and number.adjusted() < -30:
            raise ValueError("123.45")
        return number
    if kind == "boolean":
        if not isinstance(raw, bool):
            raise ValueError("true, false")
        return raw
    if not isinstance(raw, str) or "\x00" in raw or len(raw) > 2_000:
        raise ValueError('"..."')
    if kind in ("date", "datetime"):
        return _moment(kind, raw)
    if kind == "month_day":
        found = MONTH_DAY.fullmatch(raw)
        if found is None:
            raise ValueError("11-24")
        return f"{date.fromisoformat(f'2000-{found[1]}'):%m-%d}"  # 2000 has a 29 February
    # A stage has no options until its process is defined; until then any key may be named.
    if kind in ("option", "options") and shape.options and raw not in {key for key, _ in shape.options}:
        raise ValueError(", ".join(key for key, _ in shape.options))
    return raw


def _moment(kind: str, raw: str) -> date | datetime:
    if DAY.fullmatch(raw):
        day = date.fromisoformat(raw)
        _in_range(day.year)
        return day
    if kind == "date" or not MOMENT.match(raw):
        raise ValueError("2026-11-24" if kind == "date" else "2026-11-24T09:00:00Z")
    moment = datetime.fromisoformat(raw)
    if moment.tzinfo is None:
        raise ValueError("2026-11-24T09:00:00Z")
    _in_range(moment.year)
    return moment


def _in_range(year: int) -> None:
    if not 1900 <= year <= 2200:
        raise ValueError("1900–2200")


def _relative(raw: Mapping[str, Any]) -> Relative:
    base, offset, unit = raw["relative"], raw.get("offset", 0), raw.get("unit", "day")
    if base not in ("today", "now") or unit not in UNITS or set(raw) - {"relative", "offset", "unit"}:
        raise ValueError('{"relative": "today", "offset": 30, "unit": "day"}')
    if isinstance(offset, bool) or not isinstance(offset, int) or abs(offset) > 36_500:
        raise ValueError("offset")
    return Relative(base, offset, unit)


def _period(raw: Any) -> Period:
    if isinstance(raw, str):
        raw = {"period": raw}
    if not isinstance(raw, Mapping) or raw.get("period") not in PERIODS or set(raw) - {"period", "n"}:
        raise ValueError(", ".join(PERIODS))
    n = raw.get("n", 7)
    if isinstance(n, bool) or not isinstance(n, int) or not 1 <= n <= 3_660:
        raise ValueError("n: 1–3660")
    return Period(raw["period"], n)
