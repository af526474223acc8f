"""What happened to a record: history filtered by the reader's rights of now, newest first.

History keeps every change with all its values; what of it is shown is decided at reading: only fields that the reader
may read on this record, in lines only the fields that the reader may read there, and other records only when they are
in the reader's sight.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from dealwright.access import Access, ObjectAccess, mask
from dealwright.foundation.database import UnitOfWork
from dealwright.foundation.errors import Problem
from dealwright.model import FieldDef, ObjectDef, schema_of
from dealwright.people.tables import dw_team, dw_user
from dealwright.records.plans import one_of, packed
from dealwright.records.query import Builder, get_one
from dealwright.records.tables import dw_history

PAGE = 50
CURSOR = re.compile(r"[0-9a-f-]{36}")
POINTING = {"user": "user", "users": "user", "team": "team"}
Names = dict[tuple[str, str], str]


def timeline(
    uow: UnitOfWork, access: Access, object_key: str, record_id: str, cursor: str | None = None, field: str | None = None
) -> dict[str, Any]:  # fmt: skip
    """{"entries": [{id, at, actor, channel, kind, reason, version, changes}], "next"}; 404 outside the reader's scope.

    `changes`: {field: [old, new]} as records show values, masked fields masked. A change of nothing that the reader may
    see is no entry. With `field` only the changes of that field; 422 UNKNOWN_FIELD for a hidden one, BAD_CURSOR.
    """
    record = get_one(uow, access, object_key, record_id)
    obj, rights = schema_of(uow).object(object_key), access.object(object_key)
    if field is not None and level_of(rights, field) == "hidden":
        raise Problem(422, "UNKNOWN_FIELD", field=field[:80], params={"field": field[:80]})
    if cursor is not None and not CURSOR.fullmatch(cursor):
        raise Problem(422, "BAD_CURSOR", field="cursor")
    rows, next_ = _rows(uow, object_key, record_id, cursor, field)
    # What the record itself does not show to this reader, its past does not either.
    shown = {
        key: one
        for key, one in obj.fields.items()
        if level_of(rights, key) != "hidden" and _on_row(rights, one, record)
    }
    names = _names(uow, access, _mentioned(uow, obj, shown, rows))
    entries = []
    for row in rows:
        changes = {
            key: [_value(uow, access, shown[key], value, names) for value in pair]
            for key, pair in (row["changes"] or {}).items()
            if key in shown and (field is None or key == field)
        }
        if not changes and (field is not None or (row["kind"] == "changed" and row["changes"])):
            continue
        actor = {"id": row["actor_id"], "label": row["actor_name"]} if row["actor_id"] else None
        entries.append(
            {
                "id": row["id"], "at": row["at"], "actor": actor, "channel": row["channel"], "kind": row["kind"],
                "reason": row["reason"], "version": row["version"], "changes": changes,
            }
        )  # fmt: skip
    return {"entries": entries, "next": next_}


def level_of(rights: ObjectAccess, key: str) -> str:
    """The reader's level on a field."""
    return rights.level(key)


def _rows(
    uow: UnitOfWork, object_key: str, record_id: str, cursor: str | None, field: str | None
) -> tuple[list[Any], str | None]:
    history = dw_history
    query = (
        sa.select(history, dw_user.c.name.label("actor_name"))
        .select_from(history.outerjoin(dw_user, dw_user.c.id == history.c.actor_id))
        .where(history.c.record_id == record_id, history.c.object_key == object_key)
        .order_by(history.c.id.desc())
        .limit(PAGE + 1)
    )
    if cursor is not None:
        query = query.where(history.c.id < cursor)
    rows = list(uow.conn.execute(query).mappings())
    return rows[:PAGE], rows[PAGE - 1]["id"] if len(rows) > PAGE else None


def _on_row(rights: Any, field: FieldDef, record: Mapping[str, Any]) -> bool:
    """Whether a field is shown on this record: a guarded one is absent from it, as is a relation that leads out of sight."""
    return field.key in record or (field.type in ("relation", "relation_any") and len(rights.grants) < 2)


def _targets(field: FieldDef, value: Any) -> Iterator[tuple[str, str]]:
    """(target, id) of everything one stored value points to."""
    if value is None:
        return
    if field.type == "relation_any":
        yield str(value["object"]), str(value["id"])
    elif field.type in (*POINTING, "relation", "relation_many"):
        for one in value if isinstance(value, list) else [value]:
            yield POINTING.get(field.type) or str(field.target), str(one["id"] if isinstance(one, dict) else one)


def _line_fields(uow: UnitOfWork, field: FieldDef) -> Mapping[str, FieldDef]:
    child = schema_of(uow).objects.get(field.config.get("object", ""))
    return child.fields if child is not None else {}


def _mentioned(
    uow: UnitOfWork, obj: ObjectDef, shown: Mapping[str, FieldDef], rows: Sequence[Any]
) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for row in rows:
        for key, pair in (row["changes"] or {}).items():
            field = shown.get(key)
            for value in pair if field is not None else ():
                assert field is not None
                pointed = list(_targets(field, value))
                if field.type == "line_items":
                    inner = _line_fields(uow, field)
                    pointed = [
                        t for line in value or () for k, v in line.items() if k in inner for t in _targets(inner[k], v)
                    ]
                for target, one in pointed:
                    found.setdefault(target, set()).add(one)
    return found


def _names(uow: UnitOfWork, access: Access, wanted: Mapping[str, set[str]]) -> Names:
    """Labels of what the reader may see of the records and people mentioned, in one statement."""
    parts: list[Any] = []
    binds: dict[str, Any] = dict(access.row_parameters())
    for target, ids in sorted(wanted.items()):
        kind: Any = sa.literal_column(f"'{target}'").label("target")
        if target in POINTING.values():
            table = (dw_user if target == "user" else dw_team).alias()
            query = sa.select(kind, table.c.id.label("id"), table.c.name.label("name"))
            root: Any = table
        elif target in schema_of(uow).objects and access.object(target).can_read:
            builder = Builder(uow, access, target)
            root = builder.root
            name = sa.type_coerce(builder.name_column(root, target), sa.Text())
            query = sa.select(kind, root.c.id.label("id"), sa.cast(name, sa.Text()).label("name"))
            query = query.where(*builder.base_where())
        else:
            continue
        bind = f"h_{target}"
        binds[bind] = packed(sorted(ids), uow.dialect)
        parts.append(query.where(one_of(root.c.id, bind, uow.dialect)))
    if not parts:
        return {}
    rows = uow.fetch(uow.dialect.compile(sa.union_all(*parts)), binds)
    return {(row[0], row[1]): row[2] or "" for row in rows}


def _value(uow: UnitOfWork, access: Access, field: FieldDef, value: Any, names: Names) -> Any:
    """One stored value as this reader sees it."""
    if value is None:
        return None
    if access.object(field.object_key).level(field.key) == "masked":
        return mask(field, value)
    if field.type == "line_items":
        inner, rights = _line_fields(uow, field), access.object(str(field.config.get("object")))
        return [
            {"id": line.get("id")}
            | {
                key: _value(uow, access, inner[key], one, names)
                for key, one in line.items()
                if key in inner and rights.level(key) != "hidden" and rights.field_condition(key, inner_table(uow, field)) is None
            }
            for line in value
        ]  # fmt: skip
    pointed = list(_targets(field, value))
    if not pointed:
        return value
    seen = [
        {"id": one, "label": names[(target, one)]} | ({"object": target} if field.type == "relation_any" else {})
        for target, one in pointed
        if (target, one) in names
    ]
    if field.type in ("users", "relation_many"):
        return seen
    return seen[0] if seen else None


def inner_table(uow: UnitOfWork, field: FieldDef) -> Any:
    """The table of the lines of a field."""
    return schema_of(uow).objects[str(field.config.get("object"))].table
