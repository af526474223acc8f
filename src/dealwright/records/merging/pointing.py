"""Everything that points to a record, whoever may see it: what a merge has to turn to the record that stays."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from dealwright.foundation.database import UnitOfWork
from dealwright.model import FieldDef, ObjectDef, Schema
from dealwright.records.loading import line_rows, linked_ids
from dealwright.records.wire import field_wire

MANY = ("relation_many",)


@dataclass
class Pointing:
    """A record with fields that point to merged ones. `lines`: field of the document -> {line id: {field: old id}}."""

    object_key: str
    record_id: str
    fields: dict[str, Any] = field(default_factory=dict)  # field -> its wire value before
    lines: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)


def pointers(schema: Schema, object_key: str) -> list[FieldDef]:
    """The fields that may hold the id of a record of an object; lines' way to their own document is none."""
    found = [one for one in schema.relations_to(object_key) if not one.read_only]
    for one in schema.all_fields():
        wanted = one.config.get("objects")
        if one.type == "relation_any" and not one.read_only and (not wanted or object_key in wanted):
            found.append(one)
    return [one for one in found if one.type in ("relation", "relation_any", *MANY)]


def find_pointing(
    uow: UnitOfWork, schema: Schema, obj: ObjectDef, ids: Collection[str], most: int
) -> dict[tuple[str, str], Pointing]:
    """The records outside the bin that point to one of `ids`, by (object, id); at most `most` + 1 of them.

    Not under anybody's rights: a relation that its reader may not see must not be left pointing into the bin.
    """
    found: dict[tuple[str, str], Pointing] = {}
    for one in pointers(schema, obj.key):
        holder = schema.objects[one.object_key]
        for record_id, line_id, value in _rows(uow, holder, one, ids, obj.key, most + 1):
            document = holder.parent if holder.kind == "lines" else holder.key
            if document is None or (document == obj.key and record_id in ids):
                continue
            here = found.setdefault((document, record_id), Pointing(document, record_id))
            if line_id is None:
                here.fields[one.key] = field_wire(one, value)
            else:
                name = _lines_field(schema, document, holder)
                here.lines.setdefault(name, {}).setdefault(line_id, {})[one.key] = field_wire(one, value)
        if len(found) > most:
            return found
    return found


def _rows(
    uow: UnitOfWork, holder: ObjectDef, one: FieldDef, ids: Collection[str], object_key: str, most: int
) -> Iterator[tuple[str, str | None, Any]]:
    """(record id, line id of lines, typed value) of every row whose field points to one of the ids."""
    table, wanted = holder.table, sorted(ids)
    if one.type in MANY:
        link = holder.links[one.key]
        query = (
            sa.select(link.c.record_id).join(table, table.c.id == link.c.record_id)
            .where(link.c.target_id.in_(wanted), table.c.deleted_at.is_(None)).distinct().limit(most)
        )  # fmt: skip
        for (record_id,) in uow.conn.execute(query).all():
            yield record_id, None, linked_ids(uow, holder, one.key, record_id)
        return
    columns = [table.c[name] for name in one.columns]
    where: list[sa.ColumnElement[bool]] = [columns[0].in_(wanted), table.c.deleted_at.is_(None)]
    if one.type == "relation_any":
        where.append(columns[1] == object_key)
    lines = holder.kind == "lines"
    document = table.c.parent_id if lines else table.c.id
    query = sa.select(document.label("document"), table.c.id.label("line"), *columns).where(*where).limit(most)
    for row in uow.conn.execute(query).mappings().all():
        yield row["document"], row["line"] if lines else None, one.ftype.from_row(one, dict(row))


def _lines_field(schema: Schema, document: str, lines: ObjectDef) -> str:
    """The field of a document that holds these lines."""
    for one in schema.objects[document].fields.values():
        if one.type == "line_items" and (one.config.get("object") or f"{document}_{one.key}") == lines.key:
            return one.key
    raise KeyError(lines.key)


def turned(field_: FieldDef, value: Any, ids: Collection[str], survivor: str, *, itself: bool = False) -> Any:
    """A field's wire value with the merged ids replaced by the survivor's; taken out where it would point to itself."""
    if value is None:
        return None
    if field_.type == "relation_any":
        if value["id"] not in ids and value["id"] != survivor:
            return value
        return None if itself else {**value, "id": survivor}
    if isinstance(value, list):
        kept = [survivor if one in ids else one for one in value]
        return [one for one in dict.fromkeys(kept) if not (itself and one == survivor)] or None
    if value not in ids and value != survivor:
        return value
    return None if itself else survivor


def lines_with(
    uow: UnitOfWork, schema: Schema, obj: ObjectDef, record_id: str, name: str, changed: dict[str, dict[str, Any]]
) -> list[dict[str, Any]]:
    """The raw lines of a document as they stand, those in `changed` with these values."""
    return [{"id": row["id"], **changed.get(row["id"], {})} for row in line_rows(uow, schema, obj, name, record_id)]
