"""Formulas: what they may be made of, and what they come to."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from dealwright.foundation.ids import new_id
from dealwright.model import FieldDef, Money
from dealwright.model.catalogue import assemble
from dealwright.model.field_types import REGISTRY
from world import World, labels
from world_objects import one

NOW = datetime(2026, 11, 24, 17, 0, tzinfo=UTC)  # already the 25th in Shanghai
VALUES = {
    "n": Decimal("12.50"), "z": Decimal(0), "money": Money(Decimal("100.00"), "CNY"), "t": "Acme", "yes": True,
    "d": date(2026, 11, 1), "at": datetime(2026, 11, 1, 20, 0, tzinfo=UTC), "tags": ["a"], "long": 5400,
    "none": None, "no_text": None,
}  # fmt: skip
TYPES = {
    "n": "number", "z": "number", "money": "money", "t": "text", "yes": "boolean", "d": "date", "at": "datetime",
    "tags": "tags", "long": "duration", "none": "number", "no_text": "text", "any": "relation_any", "many": "users",
}  # fmt: skip


def field(key: str, type_: str, **config: Any) -> FieldDef:
    return FieldDef(new_id(), "thing", key, type_, labels(key, key), config=REGISTRY[type_].normal_config(config))


def thing(*more: FieldDef) -> Any:
    row = {"id": new_id(), "key": "thing", "labels": labels("x", "x"), "plural": labels("x", "x"), "icon": None,
           "name_field": None, "kind": "object", "parent": None, "config": {}, "position": 1, "retired": False}  # fmt: skip
    return assemble(1, [row], [*(field(key, type_, scale=2) for key, type_ in TYPES.items()), *more])


def errors(expression: Any, result: str = "number") -> list[str]:
    made = field("f", "formula", expression=expression, result=result)
    return [error.code for error in made.ftype.check_config(made, thing(made))]


def value(expression: str, result: str = "number", scale: int = 2) -> Any:
    from dealwright.model.formula import compute, live_values

    made = field("f", "formula", expression=expression, result=result, scale=scale)
    assert errors(expression, result) == []
    obj = thing(made).objects["thing"]
    zone = ZoneInfo("Asia/Shanghai")
    return {**compute(obj, VALUES, NOW, zone), **live_values(obj, VALUES, NOW, zone)}["f"]


@pytest.mark.parametrize(("expression", "result", "wanted"), [
    ("1 + 2 * 3", "number", "7.00"), ("(1 + 2) * 3", "number", "9.00"), ("-2 * -3", "number", "6.00"),
    ("10 - 4 - 3", "number", "3.00"), ("8 / 4 / 2", "number", "1.00"), ("{n} * {money} / 100", "money", "12.50"),
    ("1 / 3", "number", "0.33"), ("2 / 3", "number", "0.67"), ("0.1 + 0.2", "number", "0.30"), ("-0.005", "number", "-0.01"),
    ("{n} / {z}", "number", None), ("{n} + {none}", "number", None), ("{n} * {none}", "number", None),
    ("coalesce({none}, 0) + {n}", "number", "12.50"), ("if({z} = 0, 1, {n} / {z})", "number", "1.00"),
    ("round({n} / 7, 3)", "number", "1.79"), ("abs(-3)", "number", "3.00"), ("min({n}, 3, {none})", "number", "3.00"),
    ("max({n}, 3)", "number", "12.50"), ("{long} / 60", "number", "90.00"), ("9999999999 * 9999999999", "number", None),
    ("len({t})", "number", "4.00"), ("year({d})", "number", "2026.00"), ("month({at})", "number", "11.00"),
    ("days_between({d}, {at})", "number", "1.00"), ("days_between({d}, today())", "number", "24.00"),
])  # fmt: skip
def test_numbers(expression: str, result: str, wanted: str | None) -> None:
    assert value(expression, result) == (None if wanted is None else Decimal(wanted))


@pytest.mark.parametrize(("expression", "result", "wanted"), [
    ('{t} & " " & {n}', "text", "Acme 12.50"), ('concat({t}, "-", {no_text})', "text", "Acme-"),
    ('upper(left({t}, 2))', "text", "AC"), ('right({t}, 2) & lower("X")', "text", "mex"), ("left({t}, -1)", "text", ""),
    ('"a \\"b\\""', "text", 'a "b"'), ("left({no_text}, 2)", "text", None), ('if({yes}, "y", "n")', "text", "y"),
    ("{n} > 12", "boolean", True), ("{n} = 12.5", "boolean", True), ("{none} = {no_text}", "boolean", None),
    ("{none} > 1", "boolean", False), ("not({yes}) or {z} = 0", "boolean", None), ("or(not({yes}), {z} = 0)", "boolean", True),
    ("and({yes}, {n} > 1, {none} > 1)", "boolean", False), ("is_empty({none})", "boolean", True),
    ("is_empty({tags})", "boolean", False), ("{d} < {at}", "boolean", True), ("{d} = date(2026, 11, 1)", "boolean", True),
    ("add_days({d}, 1) = {at}", "boolean", True), ('{t} = "acme"', "boolean", False),
    ("add_days({d}, 30)", "date", date(2026, 12, 1)), ("today()", "date", date(2026, 11, 25)),
    ("date(2026, 13, 1)", "date", None), ("add_days({d}, 99999999999)", "date", None),
    ("{d}", "datetime", datetime(2026, 10, 31, 16, tzinfo=UTC)), ("{at}", "date", date(2026, 11, 2)),
])  # fmt: skip
def test_texts_truths_and_days(expression: str, result: str, wanted: Any) -> None:
    if errors(expression, result):
        assert wanted is None  # does not fit, see below
    else:
        assert value(expression, result) == wanted


@pytest.mark.parametrize(("expression", "result", "code"), [
    ("{missing} + 1", "number", "FORMULA_FIELD"), ("{f} + 1", "number", "FORMULA_CYCLE"), ("1 +", "number", "FORMULA_ENDS"),
    ("1 2", "number", "FORMULA_UNEXPECTED"), ("(1", "number", "FORMULA_EXPECTED"), ("nope(1)", "number", "FORMULA_FUNCTION"),
    ("round(1)", "number", "FORMULA_ARGUMENTS"), ('{t} + 1', "number", "FORMULA_TYPE"), ('{t} > 1', "boolean", "FORMULA_COMPARE"),
    ("{d} + 1", "number", "FORMULA_TYPE"), ("{n}", "boolean", "FORMULA_TYPE"), ("{t}", "number", "FORMULA_TYPE"),
    ("{n}", "colour", "CONFIG_CHOICE"), ("", "number", "REQUIRED"), (None, "number", "REQUIRED"),
    ("1" * 2001, "number", "FORMULA_TOO_LONG"), ("(" * 60 + "1" + ")" * 60, "number", "FORMULA_TOO_LONG"),
    ('if({yes}, 1, "a")', "number", "FORMULA_TYPE"), ('coalesce({none}, "a")', "number", "FORMULA_TYPE"),
    ("len({tags})", "number", "FORMULA_TYPE"), ('{many} & "x"', "text", "FORMULA_TYPE"), ("upper({any})", "text", "FORMULA_TYPE"),
    ("{tags}", "text", "FORMULA_TYPE"), ("concat({tags})", "text", "FORMULA_TYPE"), ('"a', "text", "FORMULA_UNEXPECTED"),
    ("__import__(\"os\")", "text", "FORMULA_FUNCTION"), ("{t}.upper()", "text", "FORMULA_UNEXPECTED"),
    ("1 if 2 else 3", "number", "FORMULA_UNEXPECTED"), ("9 ** 9", "number", "FORMULA_UNEXPECTED"), ("lambda: 1", "number", "FORMULA_UNEXPECTED"),
])  # fmt: skip
def test_what_is_refused_when_it_is_saved(expression: Any, result: str, code: str) -> None:
    assert errors(expression, result) == [code]


def test_formulas_that_read_each_other_are_worked_out_in_order() -> None:
    from dealwright.model.formula import compute

    made = [field("c", "formula", expression="{b} * 2"), field("a", "formula", expression="{n} + 1"),
            field("b", "formula", expression="{a} + 1")]  # fmt: skip
    found = compute(thing(*made).objects["thing"], VALUES, NOW, ZoneInfo("UTC"))
    assert (found["a"], found["b"], found["c"]) == (Decimal("13.50"), Decimal("14.50"), Decimal("29.00"))


# ── in the product ──


def test_a_formula_is_refused_over_http_with_the_place_of_the_fault(world: World) -> None:
    spec = one("margin", "formula", expression="{amount} * ")
    reply = world.admin.http.post("/objects/opportunity/fields", spec)

    assert (reply.status_code, reply.json()["code"]) == (422, "FORMULA_ENDS")
    assert reply.json()["errors"][0]["field"] == "opportunity.margin.expression"


def test_a_new_formula_is_worked_out_for_records_that_are_there(world: World) -> None:
    deal = world.opportunity(amount="100.00")

    world.admin.http.post("/objects/opportunity/fields", one("double", "formula", expression="{amount} * 2"))
    assert world.read(deal)["double"] == Decimal("200.00")
    world.admin.http.call("PATCH", "/objects/opportunity/fields/double", {"expression": "{amount} * 3"})
    assert world.read(deal)["double"] == Decimal("300.00")
    assert world.read(deal)["version"] == 1


def test_a_cycle_across_objects_is_refused(world: World) -> None:
    http = world.admin.http
    up = one("total", "roll_up", object="opportunity", relation="account", op="sum", field="amount")
    assert http.post("/objects/account/fields", up).status_code == 201
    tree = one("tree", "roll_up", object="account", relation="parent", op="sum", field="total")
    assert http.post("/objects/account/fields", tree).status_code == 201
    whole = one("whole", "formula", result="money", expression="coalesce({total}, 0) + coalesce({tree}, 0)")
    assert http.post("/objects/account/fields", whole).status_code == 201

    refused = http.call("PATCH", "/objects/account/fields/tree", {"field": "whole"})
    assert (refused.status_code, refused.json()["code"]) == (422, "FORMULA_CYCLE")
    assert refused.json()["errors"][0]["params"]["path"] == "account.tree → account.whole → account.tree"
    itself = one("again", "roll_up", object="account", relation="parent", op="sum", field="again")
    assert http.post("/objects/account/fields", itself).status_code == 422
