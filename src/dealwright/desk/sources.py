"""The sources of the desk: checked when they come in, kept as they are written."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from dealwright.conditions import parse
from dealwright.desk.tables import dw_desk_source
from dealwright.desk.words import blanks
from dealwright.foundation.database import UnitOfWork
from dealwright.foundation.errors import FieldError, Problem, invalid
from dealwright.foundation.ids import new_id
from dealwright.model import ObjectDef, schema_of

KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")
KNOWN = {"key", "object", "labels", "icon", "filter", "sort", "title", "reason", "otherwise", "about", "due", "age",
         "amount", "weight", "per_day", "actions"}  # fmt: skip
KINDS = ("set", "date", "log", "open")
FIELDS = ("about", "due", "age", "amount")
DATES = ("date", "datetime")


@dataclass(frozen=True)
class Action:
    """What one tap does: `set` values, give a `date` field another day, `log` a line, `open` the record."""

    key: str
    labels: Mapping[str, str]
    kind: str
    values: Mapping[str, Any]
    field: str | None = None

    def field_keys(self) -> set[str]:
        """The fields that it changes."""
        return {*self.values, *([self.field] if self.field else [])}


@dataclass(frozen=True)
class Source:
    """Where things to do come from. about, due, age, amount: field keys; sentences: {"zh", "en"} with {blanks}."""

    key: str
    object_key: str
    labels: Mapping[str, str]
    icon: str | None
    filter: Any
    sort: str
    title: Mapping[str, str] | None
    reason: Mapping[str, str]
    otherwise: Mapping[str, str] | None
    about: str | None
    due: str | None
    age: str | None
    amount: str | None
    weight: float
    per_day: float
    actions: tuple[Action, ...]

    def field_keys(self) -> set[str]:
        """Every field whose value an item of this source shows, judges or changes."""
        texts = [text for one in (self.title, self.reason, self.otherwise) if one for text in one.values()]
        keys = {blank.field for text in texts for blank in blanks(text)}
        keys |= {key for key in (self.about, self.due, self.age, self.amount) if key}
        for action in self.actions:
            keys |= action.field_keys()
        return keys


def source_of(spec: Mapping[str, Any]) -> Source:
    """The source of its specification, which has been checked."""
    actions = tuple(
        Action(one["key"], {"zh": one["zh"], "en": one["en"]}, kind, one["set"] if kind == "set" else {},
               one["date"] if kind == "date" else None)
        for one in spec.get("actions", [])
        for kind in [next(name for name in KINDS if name in one)]
    )  # fmt: skip
    return Source(
        spec["key"], spec["object"], spec["labels"], spec.get("icon"), spec.get("filter") or {},
        spec.get("sort") or "-created_at", spec.get("title"), spec["reason"], spec.get("otherwise"),
        spec.get("about"), spec.get("due"), spec.get("age") or spec.get("due"), spec.get("amount"),
        float(spec.get("weight", 50)), float(spec.get("per_day", 1)), actions,
    )  # fmt: skip


def sources(uow: UnitOfWork) -> list[Source]:
    """All sources in their order."""
    rows = uow.conn.execute(sa.select(dw_desk_source.c.spec).order_by(dw_desk_source.c.position))
    return [source_of(row.spec) for row in rows]


def export(uow: UnitOfWork) -> list[dict[str, Any]]:
    """All sources as a configuration file writes them."""
    rows = uow.conn.execute(sa.select(dw_desk_source.c.spec).order_by(dw_desk_source.c.position))
    return [dict(row.spec) for row in rows]


def put_source(uow: UnitOfWork, spec: Mapping[str, Any]) -> bool:
    """Add a source unless one of its key is there; True when it was added. Problem 422 DESK_SOURCE names each fault."""
    check(uow, spec)
    if uow.conn.execute(sa.select(1).where(dw_desk_source.c.key == spec["key"])).first() is not None:
        return False
    place = uow.conn.execute(sa.select(sa.func.count()).select_from(dw_desk_source)).scalar_one()
    row = {"id": new_id(), "key": spec["key"], "object_key": spec["object"], "spec": dict(spec), "position": place}
    uow.conn.execute(sa.insert(dw_desk_source).values({**row, "created_at": uow.now}))
    return True


def check(uow: UnitOfWork, spec: Mapping[str, Any]) -> None:
    """Problem 422 for a source that could not be asked: its shape, its object, its fields, its condition."""
    faults = list(_shape_faults(spec))
    if faults:
        raise _refused(spec, faults)
    schema = schema_of(uow)
    obj = schema.objects.get(spec["object"])
    if obj is None or obj.kind != "object":
        raise _refused(spec, ["object"])
    parse(spec.get("filter") or {}, obj.key, schema)
    faults = list(_field_faults(source_of(spec), obj))
    if faults:
        raise _refused(spec, faults)


def _refused(spec: Mapping[str, Any], faults: Iterable[str]) -> Problem:
    key = str(spec.get("key"))[:40]
    return invalid(
        [FieldError(f"desk.{key}.{fault}"[:160], "DESK_SOURCE", {"source": key, "part": fault}) for fault in faults]
    )


def _texts(value: Any) -> bool:
    return isinstance(value, Mapping) and all(isinstance(value.get(one), str) and value[one] for one in ("zh", "en"))


def _shape_faults(spec: Mapping[str, Any]) -> Iterable[str]:
    yield from (str(key)[:40] for key in spec if key not in KNOWN)
    if not (isinstance(spec.get("key"), str) and KEY.fullmatch(spec["key"])):
        yield "key"
    if not isinstance(spec.get("object"), str):
        yield "object"
    yield from (name for name in ("labels", "reason") if not _texts(spec.get(name)))
    yield from (name for name in ("title", "otherwise") if name in spec and not _texts(spec[name]))
    yield from (name for name in (*FIELDS, "sort", "icon") if not isinstance(spec.get(name, ""), str))
    for name in ("weight", "per_day"):
        if isinstance(spec.get(name, 1), bool) or not isinstance(spec.get(name, 1), int | float):
            yield name
    actions = spec.get("actions", [])
    if not isinstance(actions, list):
        yield "actions"
        return
    for place, one in enumerate(actions):
        kinds = [name for name in KINDS if isinstance(one, Mapping) and name in one]
        good = (
            len(kinds) == 1 and _texts(one) and isinstance(one.get("key"), str) and not set(one) - {"key", "zh", "en", kinds[0]}
            and isinstance(one[kinds[0]], {"set": Mapping, "date": str}.get(kinds[0], bool))
        )  # fmt: skip
        if not good:
            yield f"actions.{place}"


def _field_faults(source: Source, obj: ObjectDef) -> Iterable[str]:
    yield from sorted(key for key in source.field_keys() if key not in obj.fields)
    for name, types in (("due", DATES), ("amount", ("money", "number"))):
        key = getattr(source, name)
        if key in obj.fields and obj.fields[key].type not in types:
            yield name
    for action in source.actions:
        if action.field is not None and action.field in obj.fields and obj.fields[action.field].type not in DATES:
            yield f"actions.{action.key}"
