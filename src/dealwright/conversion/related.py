"""What pointed to the source and belongs to what has come of it: activities, tasks, files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa

from dealwright.access import Access
from dealwright.conversion.proposal import raw_of
from dealwright.conversion.shapes import Conversion
from dealwright.foundation.database import UnitOfWork
from dealwright.foundation.ids import new_id
from dealwright.model import FieldDef, ObjectDef, schema_of
from dealwright.people.shapes import Actor
from dealwright.records import Change, WritePath
from dealwright.records.query import ListRequest, find
from dealwright.records.tables import dw_file

CHANNEL = "conversion"
PAGE = 200


@dataclass(frozen=True)
class Result:
    """A record that a conversion made or found."""

    object_key: str
    id: str
    version: int
    created: bool


def machine(actor: Actor) -> Actor:
    """The same person, acting through the product: for links that follow from what the person was allowed to do."""
    return replace(actor, kind="automation")


def points_to(field: FieldDef, target: str) -> bool:
    """Whether a field can hold a link to a record of an object."""
    if field.type in ("relation", "relation_many"):
        return field.target == target
    allowed = field.config.get("objects")
    return field.type == "relation_any" and (not allowed or target in allowed)


def pointing(uow: UnitOfWork, access: Access, field: FieldDef, record_id: str) -> Iterator[dict[str, Any]]:
    """The records in the asker's sight whose field names a record; [] for a field out of sight."""
    rights = access.object(field.object_key)
    if not rights.can_read or rights.level(field.key) not in ("read", "write"):
        return
    many = field.type == "relation_many"
    where = {"field": field.key, "op": "contains_any" if many else "eq", "value": [record_id] if many else record_id}
    cursor: str | None = None
    while True:
        page = find(uow, access, ListRequest(field.object_key, where, "created_at", None, PAGE, cursor))
        yield from page.records
        if page.next is None:
            return
        cursor = page.next


def carry(
    uow: UnitOfWork, access: Access, path: WritePath, conversion: Conversion, source: ObjectDef, record_id: str,
    results: Mapping[str, Result],
) -> list[dict[str, Any]]:  # fmt: skip
    """Let what pointed to the source point to the results too: [{object, id, before, after}], raw values by field.

    A record keeps its link to the source and gets one to each result where it has a single field for it that is empty;
    a link to any object goes over to the first of the configuration's `pointers`.
    """
    schema, moved = schema_of(uow), []
    for obj in schema.objects.values():
        if obj.kind != "object" or obj.key == source.key or conversion.target(obj.key) is not None:
            continue
        for field in obj.own_fields:
            if field.computed or not points_to(field, source.key):
                continue
            for row in list(pointing(uow, access, field, record_id)):
                after = _links(obj, field, row, conversion, results)
                if not after:
                    continue
                before = {key: raw_of(obj.fields[key], row.get(key)) for key in after}
                change = Change("update", obj.key, row["id"], after, None, CHANNEL)
                path.save(uow, machine(access.actor), change)
                moved.append({"object": obj.key, "id": row["id"], "before": before, "after": after})
    return moved


def _links(
    obj: ObjectDef, field: FieldDef, row: Mapping[str, Any], conversion: Conversion, results: Mapping[str, Result]
) -> dict[str, Any]:
    if field.type == "relation_any":
        to = next((results[key] for key in conversion.pointers if key in results and points_to(field, key)), None)
        return {} if to is None else {field.key: {"object": to.object_key, "id": to.id}}
    found: dict[str, Any] = {}
    for key, result in results.items():
        fields = [f for f in obj.own_fields if f.target == key and f.type in ("relation", "relation_many")]
        if len(fields) != 1:
            continue  # which of several is meant, nobody can tell
        one, present = fields[0], raw_of(fields[0], row.get(fields[0].key))
        if one.type == "relation_many":
            found[one.key] = [*dict.fromkeys([*(present or ()), result.id])]
        elif present is None:
            found[one.key] = result.id
    return found


def copied_files(uow: UnitOfWork, actor: Actor, ids: list[str]) -> list[str]:
    """Further holders of the same stored bytes: the source keeps its files, the result gets them as well."""
    rows = uow.conn.execute(sa.select(dw_file).where(dw_file.c.id.in_(ids))).mappings()
    by_id = {row["id"]: dict(row) for row in rows}
    made = []
    for one in ids:
        if one not in by_id:
            continue
        values = {**by_id[one], "id": new_id(), "object_key": None, "record_id": None, "field_key": None}
        uow.conn.execute(sa.insert(dw_file).values({**values, "uploaded_by_id": actor.user_id}))
        made.append(str(values["id"]))
    return made
