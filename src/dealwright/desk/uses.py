"""The sources of the desk that name a field: told to whoever takes the field away, and made to do without it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import partial

import sqlalchemy as sa

from dealwright.conditions import parse, paths
from dealwright.desk.sources import FIELDS, Source, export, source_of
from dealwright.desk.tables import dw_desk_source
from dealwright.foundation.database import UnitOfWork
from dealwright.foundation.errors import Problem
from dealwright.model import FieldDef, ObjectDef, Schema, schema_of
from dealwright.records.design import FieldUser, Use
from dealwright.records.design.uses import goes_through, without_field


def _find(uow: UnitOfWork, obj: ObjectDef, field: FieldDef) -> Iterator[Use]:
    schema = schema_of(uow)
    for spec in export(uow):
        source = source_of(spec)
        if source.object_key in schema.objects and _names(schema, source, field):
            yield Use("desk", source.object_key, source.key, source.labels)


def _names(schema: Schema, source: Source, field: FieldDef) -> bool:
    named: list[Sequence[str]] = [part.strip("- ").split(".") for part in source.sort.split(",")]
    named += [key.split(".") for key in source.field_keys()]
    with suppress(Problem):  # a source that is broken already
        named += paths(parse(source.filter, source.object_key, schema))
    return any(goes_through(schema, source.object_key, field, path) for path in named)


def _forget(uow: UnitOfWork, obj: ObjectDef, field: FieldDef, actor_id: str | None) -> None:
    """Out of the filter, the order and what is optional; a source that speaks of the field or changes it goes whole."""
    schema = schema_of(uow)
    for spec in export(uow):
        source = source_of(spec)
        if source.object_key not in schema.objects or not _names(schema, source, field):
            continue
        kept = {name: value for name, value in spec.items() if not (name in FIELDS and value == field.key)}
        named = partial(goes_through, schema, source.object_key, field)
        condition = without_field(spec.get("filter") or {}, named)
        kept["filter"] = condition or {}
        parts = [
            part for part in source.sort.split(",")
            if not named(part.strip("- ").split("."))
        ]  # fmt: skip
        kept["sort"] = ",".join(parts) or "-created_at"
        mine = dw_desk_source.c.key == source.key
        if condition is None or _names(schema, source_of(kept), field):
            uow.conn.execute(sa.delete(dw_desk_source).where(mine))
        else:
            uow.conn.execute(sa.update(dw_desk_source).where(mine).values(spec=kept))


SOURCES = FieldUser(_find, _forget)
