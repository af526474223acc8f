"""Objects, records and conditions made up at random: SQL on both databases and memory find the same records.

The suite tries a few; `DEALWRIGHT_EXAMPLES=5000 pytest tests/conditions/test_agreement.py` digs.
"""

from __future__ import annotations

import os
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dealwright.access import Access
from dealwright.conditions import OPERATORS, Context, matches, parameters, parse, signature
from dealwright.conditions.periods import PERIODS, UNITS
from dealwright.foundation.database import Database, UnitOfWork, state_of
from dealwright.foundation.ids import new_id
from dealwright.model import FieldDef, Money, ObjectDef, Schema
from dealwright.model.catalogue import assemble
from dealwright.model.field_types.text import clean
from dealwright.people.shapes import system_actor
from dealwright.records.query import Builder

EXAMPLES = int(os.environ.get("DEALWRIGHT_EXAMPLES", "60"))
NASTY = "aAåÅéß%_'\\\"ＡｂＣ１1 İıΣσςКк㈱ﾃ゙カ\u0301科技🚀𠮷ǅﬁ-"
KNOWN = st.characters(exclude_categories=("Cn", "Cs", "Cc", "Co"))
TEXT = st.text(st.sampled_from(NASTY) | KNOWN, min_size=1, max_size=6)
SHORT = st.text(st.sampled_from(NASTY), min_size=0, max_size=2)
DAYS = st.dates(date(2025, 12, 1), date(2028, 3, 31)) | st.dates(date(1900, 1, 1), date(2200, 12, 31))
MOMENTS = st.datetimes(datetime(2025, 12, 1), datetime(2028, 3, 31)).map(lambda at: at.replace(tzinfo=UTC))
NUMBERS = st.decimals(-20, 20, places=1) | st.decimals(-(10**11), 10**11, places=6) | st.integers(-3, 3).map(Decimal)
OPTIONS = ["one", "two", "three"]
TAGS = ["VIP", "vip", 'a"b', "50%", "重点"]
USERS = ["u-1", "u-2", "u-3"]
TEAMS = ["t-1", "t-2", "t-3"]
REGIONS = ["33", "3301", "330106", "3302", "31", "3101"]
ZONES = ["Asia/Shanghai", "Europe/Berlin", "America/New_York", "America/Sao_Paulo", "Asia/Kathmandu", "UTC"]
PLAIN = [
    "text", "long_text", "number", "money", "percent", "duration", "boolean", "date", "datetime", "month_day", "select",
    "multi_select", "tags", "user", "users", "team", "region", "file",
]  # fmt: skip
LABELS = {"zh": "x", "en": "x"}
OBJECTS = ["gen_a", "gen_b", "gen_c"]


def fields_of(draw: Any, object_key: str) -> list[FieldDef]:
    types = draw(st.lists(st.sampled_from(PLAIN), min_size=2, max_size=5))
    fields = []
    for place, type_ in enumerate(types):
        config: dict[str, Any] = {}
        if type_ in ("number", "money", "percent"):
            config["scale"] = draw(st.integers(0, 6))
        if type_ in ("select", "multi_select"):
            config["options"] = [{"key": key, "labels": LABELS} for key in OPTIONS]
        fields.append(FieldDef(new_id(), object_key, f"f{place}", type_, LABELS, config=config))
    for name, type_ in (("up", "relation"), ("other", "relation"), ("many", "relation_many")):
        config = {"target": draw(st.sampled_from(OBJECTS))}
        fields.append(FieldDef(new_id(), object_key, name, type_, LABELS, config=config))
    return fields


def schema_from(draw: Any, version: int) -> Schema:
    rows = [
        {"id": new_id(), "key": key, "labels": LABELS, "plural": LABELS, "icon": None, "name_field": None,
         "kind": "object", "parent": None, "config": {}, "position": 1, "retired": False}
        for key in OBJECTS
    ]  # fmt: skip
    return assemble(version, rows, [field for key in OBJECTS for field in fields_of(draw, key)])


def value_of(draw: Any, field: FieldDef, ids: dict[str, list[str]]) -> Any:
    """A typed value for a field, or None."""
    if draw(st.integers(0, 3)) == 0:
        return None
    kind = field.type
    if kind in ("text", "long_text"):
        return clean(draw(TEXT), lines=False) or None
    if kind in ("number", "percent", "money"):
        scale = field.config["scale"]
        amount = draw(NUMBERS).quantize(Decimal(1).scaleb(-scale))
        return Money(amount, "CNY") if kind == "money" else amount
    made: dict[str, Any] = {
        "duration": st.integers(0, 9000), "boolean": st.booleans(), "date": DAYS, "datetime": MOMENTS,
        "month_day": st.dates(date(2000, 1, 1), date(2000, 12, 31)).map(lambda day: f"{day:%m-%d}"),
        "select": st.sampled_from(OPTIONS), "multi_select": st.lists(st.sampled_from(OPTIONS), min_size=1, unique=True),
        "tags": st.lists(st.sampled_from(TAGS), min_size=1, unique=True), "user": st.sampled_from(USERS),
        "users": st.lists(st.sampled_from(USERS), min_size=1, unique=True), "team": st.sampled_from(TEAMS),
        "region": st.sampled_from(REGIONS), "file": st.just([new_id()]),
    }  # fmt: skip
    if kind in made:
        return draw(made[kind])
    known = st.sampled_from(ids[str(field.target)])
    return draw(st.lists(known, min_size=1, max_size=3, unique=True) if kind == "relation_many" else known)


def leaf(draw: Any, schema: Schema, ids: dict[str, list[str]]) -> dict[str, Any]:
    here, path = schema.objects["gen_a"], []
    while len(path) < 3 and draw(st.integers(0, 2)) == 0:
        path.append(draw(st.sampled_from(["up", "other"])))
        here = schema.objects[str(here.fields[path[-1]].target)]
    own = [field for field in here.own_fields if field.shape is not None]
    field = draw(st.sampled_from([*own, here.fields["owner"]]))
    assert field.shape is not None
    kind, op = field.shape.kind, draw(st.sampled_from(OPERATORS[field.shape.kind]))
    found = {"field": ".".join([*path, field.key]), "op": op}
    if op in ("empty", "not_empty"):
        return found
    if op in ("in_period", "not_in_period"):
        return found | {"value": {"period": draw(st.sampled_from(PERIODS)), "n": draw(st.integers(1, 40))}}
    count = 2 if op == "between" else draw(st.integers(0, 3))
    if op in ("between", "in", "not_in", "contains_any", "contains_all", "contains_none"):
        return found | {"value": [operand(draw, field, kind, ids) for _ in range(count)]}
    return found | {"value": operand(draw, field, kind, ids)}


def operand(draw: Any, field: FieldDef, kind: str, ids: dict[str, list[str]]) -> Any:
    relative = st.builds(
        lambda offset, unit: {"relative": "today", "offset": offset, "unit": unit},
        st.integers(-20, 20), st.sampled_from(UNITS),
    )  # fmt: skip
    who = st.sampled_from(["me", "my_team", "my_team_and_below"]).map(lambda word: {"who": word})
    made: dict[str, Any] = {
        "text": SHORT | TEXT, "number": NUMBERS.map(str), "boolean": st.booleans(), "date": DAYS.map(str) | relative,
        "datetime": DAYS.map(str) | MOMENTS.map(lambda at: at.isoformat()) | relative
        | st.just({"relative": "now"}) | relative.map(lambda value: value | {"relative": "now"}),
        "month_day": st.dates(date(2000, 1, 1), date(2000, 12, 31)).map(lambda day: f"{day:%m-%d}"),
        "option": st.sampled_from(OPTIONS), "options": st.sampled_from(TAGS if field.type == "tags" else OPTIONS),
        "user": st.sampled_from(USERS) | who, "users": st.sampled_from(USERS) | who,
        "team": st.sampled_from(TEAMS) | who, "region": st.sampled_from([*REGIONS, "330000", "330100"]),
    }  # fmt: skip
    return draw(made[kind] if kind in made else st.sampled_from(ids[str(field.target)]))


def tree(draw: Any, schema: Schema, ids: dict[str, list[str]], depth: int = 0) -> Any:
    shape = draw(st.sampled_from(["leaf", "leaf", "leaf", "all", "any", "not"])) if depth < 3 else "leaf"
    if shape == "leaf":
        return leaf(draw, schema, ids)
    if shape == "not":
        return {"not": tree(draw, schema, ids, depth + 1)}
    return {shape: [tree(draw, schema, ids, depth + 1) for _ in range(draw(st.integers(0, 3)))]}


def context_from(draw: Any) -> Context:
    teams = draw(st.lists(st.sampled_from(TEAMS), unique=True))
    users = draw(st.lists(st.sampled_from(USERS), unique=True))
    return Context(
        now=draw(MOMENTS), zone=ZoneInfo(draw(st.sampled_from(ZONES))), user_id=draw(st.sampled_from([None, *USERS])),
        team_user_ids=lambda: users[:1], team_tree_user_ids=lambda: users, team_ids=teams[:1], team_tree_ids=teams,
        fiscal_start_month=draw(st.integers(1, 12)),
    )  # fmt: skip


class Filled:
    """The schema's tables with records in them, and the same records in memory."""

    def __init__(self, uow: UnitOfWork, schema: Schema, draw: Any) -> None:
        self.uow, self.schema = uow, schema
        self.ids = {
            key: [f"{key}-{n}" for n in range(draw(st.integers(1, 3)) + (key == "gen_a") * 3)] for key in OBJECTS
        }
        self.values: dict[str, dict[str, Any]] = {}
        for obj in schema.objects.values():
            uow.conn.execute(sa.schema.CreateTable(obj.table))
            for link in obj.links.values():
                uow.conn.execute(sa.schema.CreateTable(link))
        for key, obj in schema.objects.items():
            for place, record_id in enumerate(self.ids[key]):
                in_bin = key != "gen_a" and place == 2
                self.insert(obj, record_id, {f.key: value_of(draw, f, self.ids) for f in obj.own_fields}, draw, in_bin)

    def insert(self, obj: ObjectDef, record_id: str, values: dict[str, Any], draw: Any, in_bin: bool) -> None:
        values["owner"] = draw(st.sampled_from([None, *USERS]))
        now = self.uow.now
        row = {"id": record_id, "version": 1, "created_at": now, "modified_at": now, "owner_id": values["owner"]}
        row["deleted_at"] = now if in_bin else None
        for field in obj.own_fields:
            row |= field.ftype.to_row(field, values[field.key])
            for position, target in enumerate(values[field.key] or [] if field.link_name else []):
                link = {"record_id": record_id, "target_id": target, "position": position}
                self.uow.conn.execute(sa.insert(obj.links[field.key]).values(link))
        self.uow.conn.execute(sa.insert(obj.table).values(row))
        self.values[record_id] = values | {"in_bin": in_bin}

    def get(self, record_id: str, path: tuple[str, ...]) -> Any:
        here: str | None = record_id
        for key in path[:-1]:
            here = self.values[here][key] if here else None
            if here and self.values[here]["in_bin"]:
                here = None  # a joined record in the bin joins as if it were not there
        value = self.values[here][path[-1]] if here else None
        return value.amount if isinstance(value, Money) else value


@given(data=st.data())
@settings(
    max_examples=EXAMPLES, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)  # fmt: skip
def test_sql_and_memory_find_the_same_records(db: Database, data: st.DataObject) -> None:
    draw = data.draw
    with db.write() as uow:
        schema = schema_from(draw, state_of(uow).schema_version)
        uow.memo.update(schema=schema, schema_fresh=True)
        uow.raw("SAVEPOINT made_up")
        filled = Filled(uow, schema, draw)
        access = Access.for_actor(uow, system_actor())
        for _ in range(3):
            raw, context, later = tree(draw, schema, filled.ids), context_from(draw), context_from(draw)
            condition = parse(raw, "gen_a", schema)
            builder = Builder(uow, access, "gen_a")
            builder.context = context
            where = builder.where(condition)
            query = sa.select(builder.root.c.id).select_from(builder.from_clause()).where(where)
            kept = uow.dialect.compile(query)
            for when in (context, later):
                if signature(condition, when) != signature(condition, context):
                    continue  # another statement would be built
                in_sql = sorted(row[0] for row in uow.fetch(kept, parameters(condition, when)))
                in_memory = [
                    key for key in filled.ids["gen_a"]
                    if matches(condition, lambda path, key=key: filled.get(key, path), when)
                ]  # fmt: skip
                assert in_sql == in_memory, raw
        uow.raw("ROLLBACK TO SAVEPOINT made_up")


def test_the_days_of_the_year_are_the_same_in_every_zone() -> None:
    """Every period of every day of two years begins and ends at a local midnight that exists."""
    from dealwright.conditions.periods import Period, bounds, day_start, local_today

    for zone in map(ZoneInfo, ZONES):
        day = date(2027, 1, 1)
        while day < date(2029, 1, 1):
            start = day_start(day, zone)
            assert local_today(start, zone) == day
            assert local_today(start - timedelta(microseconds=1), zone) == day - timedelta(days=1)
            first, after = bounds(Period("this_quarter", 7), day, 2)
            assert first <= day < after
            day += timedelta(days=1)
