"""Working a formula out, with exact decimals. Empty is None; arithmetic with an empty operand is empty."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal, DecimalException, localcontext
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from dealwright.model.formula.parse import Node, parse_formula
from dealwright.model.local_forms import to_utc

if TYPE_CHECKING:
    from dealwright.model.shapes import FieldDef, ObjectDef

COMPARE = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}


def compute(obj: ObjectDef, values: Mapping[str, Any], now: datetime, zone: ZoneInfo) -> dict[str, Any]:
    """Values of all stored formulas of a record from its typed values, in order of dependency."""
    env, out = dict(values), {}
    for field in obj.formulas:
        if not field.config.get("live"):
            out[field.key] = env[field.key] = evaluate(field, env, now, zone)
    return out


def live_values(obj: ObjectDef, values: Mapping[str, Any], now: datetime, zone: ZoneInfo) -> dict[str, Any]:
    """Values of the formulas that read the clock."""
    return {f.key: evaluate(f, values, now, zone) for f in obj.formulas if f.config.get("live")}


def evaluate(field: FieldDef, env: Mapping[str, Any], now: datetime, zone: ZoneInfo) -> Any:
    """One formula's typed result, None when empty, out of range or divided by zero."""
    try:
        with localcontext() as context:
            context.prec = 40
            result = compiled(field.config["expression"])(_Run(env, now, zone))
            if isinstance(result, Decimal):
                scale = int(field.config.get("scale", 2))
                result = result.quantize(Decimal(1).scaleb(-scale), ROUND_HALF_UP)
                return result if abs(result).scaleb(scale) < Decimal(10) ** 18 else None
    except (DecimalException, OverflowError, ValueError):
        return None
    if field.config.get("result") == "date" and isinstance(result, datetime):
        return result.astimezone(zone).date()
    if field.config.get("result") == "datetime" and isinstance(result, date) and not isinstance(result, datetime):
        return to_utc(datetime(result.year, result.month, result.day), zone)
    if field.config.get("result") == "text" and result is not None and not isinstance(result, str):
        return _text(result)
    return result


class _Run:
    def __init__(self, env: Mapping[str, Any], now: datetime, zone: ZoneInfo) -> None:
        self.env, self.now, self.zone = env, now, zone

    def binary(self, op: str, a: Any, b: Any) -> Any:
        if op == "&":
            return _text(a) + _text(b)
        if op in ("=", "!="):
            if a is not None and b is not None:
                a, b = self.pair(a, b)
            return bool(a == b) == (op == "=")
        if a is None or b is None:
            return False if op in ("<", "<=", ">", ">=") else None
        if op in ("<", "<=", ">", ">="):
            a, b = self.pair(a, b)
            return COMPARE[op](a, b)
        if op == "/":
            return None if b == 0 else a / b
        return a + b if op == "+" else a - b if op == "-" else a * b

    def pair(self, a: Any, b: Any) -> tuple[Any, Any]:
        """A date and a date-time compare by their days in the workspace's zone."""
        if isinstance(a, date) and isinstance(b, date) and isinstance(a, datetime) != isinstance(b, datetime):
            return self.day(a), self.day(b)
        return a, b

    def day(self, value: Any) -> date:
        if isinstance(value, datetime):
            return value.astimezone(self.zone).date()
        assert isinstance(value, date)
        return value

    def call(self, name: str, values: list[Any]) -> Any:
        """A function whose arguments are all worked out first."""
        if name == "not":
            return not values[0]
        if name == "is_empty":
            return values[0] is None or values[0] == "" or values[0] == []
        if name == "today":
            return self.now.astimezone(self.zone).date()
        if name == "now":
            return self.now
        if name == "concat":
            return "".join(map(_text, values))
        if name in ("min", "max"):
            known = [value for value in values if value is not None]
            return (min(known) if name == "min" else max(known)) if known else None
        if any(value is None for value in values):
            return None
        return self.plain(name, values)

    def plain(self, name: str, v: list[Any]) -> Any:
        if name == "round":
            return v[0].quantize(Decimal(1).scaleb(-int(v[1])), ROUND_HALF_UP)
        if name == "abs":
            return abs(v[0])
        if name == "len":
            return Decimal(len(v[0]))
        if name in ("left", "right"):
            count = max(0, int(v[1]))
            return v[0][:count] if name == "left" else v[0][-count:] if count else ""
        if name in ("upper", "lower"):
            return v[0].upper() if name == "upper" else v[0].lower()
        if name == "days_between":
            return Decimal((self.day(v[1]) - self.day(v[0])).days)
        if name == "add_days":
            return self.day(v[0]) + timedelta(days=int(v[1]))
        if name == "year":
            return Decimal(self.day(v[0]).year)
        if name == "month":
            return Decimal(self.day(v[0]).month)
        return date(int(v[0]), int(v[1]), int(v[2]))


Code = Callable[[_Run], Any]


@lru_cache(maxsize=2048)
def compiled(text: str) -> Code:
    """A formula as nested functions: its tree is walked once, not for every record."""
    return _code(parse_formula(text))


def _code(node: Node) -> Code:
    tag = node[0]
    if tag in ("num", "str", "bool"):
        constant = node[1]
        return lambda run: constant
    if tag == "ref":
        return _reference(node[1])
    if tag == "un":
        inner = _code(node[2])
        return lambda run: None if (value := inner(run)) is None else -value
    if tag == "bin":
        op, left, right = node[1], _code(node[2]), _code(node[3])
        return lambda run: run.binary(op, left(run), right(run))
    name, args = node[1], [_code(arg) for arg in node[2]]
    if name == "if":
        condition, then, otherwise = args
        return lambda run: then(run) if condition(run) else otherwise(run)
    if name == "coalesce":
        return lambda run: next((value for arg in args if (value := arg(run)) is not None), None)
    if name == "and":
        return lambda run: all(bool(arg(run)) for arg in args)
    if name == "or":
        return lambda run: any(bool(arg(run)) for arg in args)
    return lambda run: run.call(name, [arg(run) for arg in args])


def _reference(key: str) -> Code:
    def read(run: _Run) -> Any:
        found = run.env.get(key)
        if found is None or type(found) is Decimal:
            return found
        amount = getattr(found, "amount", found)
        return Decimal(amount) if isinstance(amount, int) and not isinstance(amount, bool) else amount

    return read


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return f"{value:f}"
    return ("true" if value else "false") if isinstance(value, bool) else str(value)
