"""What uses a field: formulas, views, stages, settings. Whoever takes the field away is told first."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

import sqlalchemy as sa

from dealwright.conditions import parse, paths
from dealwright.foundation.database import UnitOfWork
from dealwright.foundation.errors import Problem
from dealwright.model import FieldDef, ObjectDef, Schema, schema_of, service
from dealwright.model.definitions import lines_key, own_field
from dealwright.model.dependents import reads
from dealwright.model.layout import layout_of
from dealwright.model.shapes import Labels
from dealwright.records.views import dw_view

# Settings of an object that leave out a field that is gone, so that nothing breaks without it.
LENIENT = ("list", "form", "key_fields", "sections", "date_orders")


@dataclass(frozen=True)
class Use:
    """One place that names a field.

    kind: formula, roll_up, name, view_filter, view_sort, view_columns, stage, setting, layout. object and key say where
    (key of the field, view or pipeline; stage in `part`). breaks: without the field it would not work as it did.
    removable: the field can be taken out of it without deciding anything else.
    """

    kind: str
    object: str
    key: str
    labels: Labels
    breaks: bool = True
    removable: bool = True
    part: str | None = None

    def wire(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "kind": self.kind, "object": self.object, "key": self.key, "labels": dict(self.labels),
            "breaks": self.breaks, "removable": self.removable, "part": self.part,
        }  # fmt: skip


@dataclass(frozen=True)
class FieldUser:
    """Something that may name fields: how to find where it names one, and how to take the field out there."""

    find: Callable[[UnitOfWork, ObjectDef, FieldDef], Iterable[Use]]
    forget: Callable[[UnitOfWork, ObjectDef, FieldDef, str | None], None]


def uses_of(uow: UnitOfWork, users: Sequence[FieldUser], object_key: str, field_key: str) -> list[Use]:
    """Every use of a field, the breaking ones first. Problem 404 UNKNOWN_FIELD."""
    schema = schema_of(uow)
    obj = schema.object(object_key)
    field = own_field(obj, field_key)
    found = list(_computed(schema, field))
    if obj.name_field == field_key:
        found.append(Use("name", object_key, field_key, obj.labels, removable=False))
    for user in (VIEWS, SETTINGS, *users):
        found += user.find(uow, obj, field)
    if obj.kind == "object":
        for section in layout_of(obj).sections:
            if field_key in section.fields:
                found.append(Use("layout", object_key, section.key, section.labels, breaks=False))
    return sorted(found, key=lambda use: not use.breaks)


def retire(
    uow: UnitOfWork, users: Sequence[FieldUser], object_key: str, field_key: str, actor_id: str | None, *, clean: bool
) -> None:
    """Retire a field. 409 FIELD_USED with the places that would break, unless `clean` takes it out of them first.

    Formulas, roll-ups and the name field are not taken out of: somebody has to decide what stands there instead.
    """
    breaking = [use for use in uses_of(uow, users, object_key, field_key) if use.breaks]
    obj = schema_of(uow).object(object_key)
    field = own_field(obj, field_key)
    stuck = [use for use in breaking if not use.removable]
    if breaking and (stuck or not clean):
        if any(use.kind == "name" for use in stuck):
            raise Problem(409, "NAME_FIELD", field=field_key, params={"field": dict(field.labels)})
        if stuck:
            service.refuse_if_read(schema_of(uow), field)
        params = {"field": dict(field.labels), "count": len(breaking), "uses": [use.wire() for use in breaking]}
        raise Problem(409, "FIELD_USED", field=field_key, params=params)
    if breaking:
        for user in (VIEWS, SETTINGS, *users):
            user.forget(uow, obj, field, actor_id)
    service.retire_field(uow, object_key, field_key, actor_id)


def _computed(schema: Schema, field: FieldDef) -> Iterator[Use]:
    places = {(field.object_key, field.key)}
    objects = {lines_key(field)} if field.type == "line_items" else set()
    for other in schema.all_fields():
        if other.id == field.id or other.object_key in objects:
            continue
        read = reads(other, schema)
        if places & read or any(key in objects for key, _ in read):
            yield Use(other.type, other.object_key, other.key, other.labels, removable=False)


# ── views ──


def goes_through(schema: Schema, object_key: str, field: FieldDef, path: Sequence[str]) -> bool:
    """Whether a path of fields goes through or ends at a field."""
    for end in range(1, len(path) + 1):
        found = schema.field_def(object_key, path[:end])
        if found is not None and found.id == field.id:
            return True
    return False


def _view_rows(uow: UnitOfWork) -> list[Any]:
    return list(uow.conn.execute(sa.select(dw_view).order_by(dw_view.c.position, dw_view.c.id)).mappings())


def _columns(settings: Any) -> list[str]:
    columns = settings.get("columns") if isinstance(settings, Mapping) else None
    keys = [one.get("key") or one.get("field") if isinstance(one, Mapping) else one for one in columns or ()]
    return [key for key in keys if isinstance(key, str)]


def _find_in_views(uow: UnitOfWork, obj: ObjectDef, field: FieldDef) -> Iterator[Use]:
    schema = schema_of(uow)
    for row in _view_rows(uow):
        if row["object_key"] not in schema.objects:
            continue

        def named(path: Sequence[str], object_key: str = row["object_key"]) -> bool:
            return goes_through(schema, object_key, field, path)

        with suppress(Problem):  # a view that is broken already
            if any(named(path) for path in paths(parse(row["filter"] or {}, row["object_key"], schema))):
                yield Use("view_filter", row["object_key"], row["id"], row["labels"])
        if any(named(part.strip("- ").split(".")) for part in row["sort"].split(",")):
            yield Use("view_sort", row["object_key"], row["id"], row["labels"])
        if any(named(key.split(".")) for key in _columns(row["settings"])):
            yield Use("view_columns", row["object_key"], row["id"], row["labels"], breaks=False)


def _forget_in_views(uow: UnitOfWork, obj: ObjectDef, field: FieldDef, actor_id: str | None) -> None:
    schema = schema_of(uow)
    for row in _view_rows(uow):
        object_key = row["object_key"]
        if object_key not in schema.objects:
            continue
        kept = [
            part
            for part in row["sort"].split(",")
            if not goes_through(schema, object_key, field, part.strip("- ").split("."))
        ]
        condition = without_field(row["filter"] or {}, partial(goes_through, schema, object_key, field))
        values = {"sort": ",".join(kept) or "-created_at", "filter": condition or {}}
        if values != {"sort": row["sort"], "filter": row["filter"] or {}}:
            uow.conn.execute(sa.update(dw_view).where(dw_view.c.id == row["id"]).values(values))


def without_field(node: Any, named: Callable[[Sequence[str]], bool]) -> Any:
    """A condition without the leaves of a field; None when nothing is left. What stood beside them stays."""
    if not isinstance(node, Mapping):
        return node
    for word in ("all", "any"):
        if word in node:
            parts = [kept for kept in (without_field(one, named) for one in node[word]) if kept is not None]
            return {word: parts} if parts or not node[word] else None
    if "not" in node:
        inner = without_field(node["not"], named)
        return None if inner is None else {"not": inner}
    return None if "field" in node and named(str(node["field"]).split(".")) else node


# ── settings of objects ──


def _mentions(value: Any, key: str) -> bool:
    if isinstance(value, Mapping):
        return key in value or any(_mentions(one, key) for one in value.values())
    if isinstance(value, list | tuple):
        return any(_mentions(one, key) for one in value)
    return isinstance(value, str) and value == key


def _parts_about(value: Any, object_key: str) -> Iterator[Any]:
    """The parts of another object's settings that speak of this object: {"object": it, ...} or {it: ...}."""
    if isinstance(value, Mapping):
        if object_key in (value.get("object"), value.get("target")):
            yield {name: one for name, one in value.items() if name not in ("object", "target")}
        for name, one in value.items():
            if name == object_key:
                yield one
            yield from _parts_about(one, object_key)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _parts_about(one, object_key)


def _find_in_settings(uow: UnitOfWork, obj: ObjectDef, field: FieldDef) -> Iterator[Use]:
    for name, value in sorted(obj.config.items()):
        if name not in ("layout", "sections", "form") and _mentions(value, field.key):
            flat = isinstance(value, list) and all(isinstance(one, str) for one in value)
            yield Use("setting", obj.key, name, obj.labels, breaks=not flat and name not in LENIENT)
    for other in schema_of(uow).objects.values():
        if other.key == obj.key:
            continue
        for name, value in sorted(other.config.items()):
            if name != "layout" and any(_mentions(part, field.key) for part in _parts_about(value, obj.key)):
                yield Use("setting", other.key, name, other.labels)


def _forget_in_settings(uow: UnitOfWork, obj: ObjectDef, field: FieldDef, actor_id: str | None) -> None:
    """Take a field out of the settings that would break. Lists leave out what is gone, so they keep it for its return."""
    for use in list(_find_in_settings(uow, obj, field)):
        if use.breaks:
            value = schema_of(uow).objects[use.object].config[use.key]
            new = _cut(value, field.key) if use.object == obj.key else _cut_about(value, obj.key, field.key)
            service.change_object(uow, use.object, {"config": {use.key: new}}, actor_id)


def _cut(value: Any, key: str) -> Any:
    """A setting without the entries that are about a field: its key as name or value, pairs and rows that name it."""
    if isinstance(value, Mapping):
        return {name: _cut(one, key) for name, one in value.items() if name != key and one != key}
    if isinstance(value, list | tuple):
        return [_cut(one, key) for one in value if one != key and not _is_about(one, key)]
    return value


def _is_about(one: Any, key: str) -> bool:
    if isinstance(one, Mapping):
        return key in (one.get("field"), one.get("key"))
    return isinstance(one, list | tuple) and key in one


def _cut_about(value: Any, object_key: str, key: str) -> Any:
    """Another object's setting without the field, only in the parts that speak of the field's object."""
    if isinstance(value, Mapping):
        if object_key in (value.get("object"), value.get("target")):
            return _cut(value, key)
        return {
            name: _cut(one, key) if name == object_key else _cut_about(one, object_key, key)
            for name, one in value.items()
        }
    if isinstance(value, list | tuple):
        return [_cut_about(one, object_key, key) for one in value]
    return value


VIEWS = FieldUser(_find_in_views, _forget_in_views)
SETTINGS = FieldUser(_find_in_settings, _forget_in_settings)
