"""The only writer of object tables: row, version and history leave its hands together.

Concurrent saves: the row is changed only `WHERE version = what we read` (compare and set), so of two savers one
wins and the other is told 412, whatever the database and however many processes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from dealwright.foundation.database import UnitOfWork, touch
from dealwright.foundation.errors import FieldError, invalid
from dealwright.model import FieldDef, ObjectDef
from dealwright.model.keys import short_name
from dealwright.records import history
from dealwright.records.plans import one_of, packed, plan_of
from dealwright.records.rights import stale
from dealwright.records.shapes import Work
from dealwright.records.tables import dw_file, dw_history
from dealwright.records.writes import GuardFailed


def store_record(work: Work) -> None:
    """Write the row, its links and its history row; lines walk the rest of the list after their document."""
    _WRITERS[work.change.kind](work)
    write_links(work)
    attach_files(work)
    work.writes.insert(dw_history, history.history_row(work))
    for lines in work.lines.values():
        for line in lines:
            line.version = work.version
            work.path.finish(line)


def send(work: Work) -> None:
    """Send what the save has collected. 412 when somebody saved in between, 422 for a value that is taken."""
    try:
        work.writes.flush()
    except GuardFailed:
        raise stale() from None
    except work.uow.dialect.integrity_errors as error:
        raise not_unique(work, error) from error


def store_line(work: Work) -> None:
    """Write a line of a document. Its history is the document's: `changes` there hold the lines before and after."""
    assert work.parent is not None
    position = work.history_extra.get("position", 0)
    if work.is_create:
        row = new_row(work)
        row |= {"id": work.record_id, "parent_id": work.parent.record_id, "position": position}
        work.writes.insert(work.obj.table, row)
    elif work.change.kind == "delete":
        table = work.obj.table
        work.writes.change(
            ("delete", table),
            lambda p: sa.delete(table).where(table.c.id == sa.bindparam(f"{p}id")),
            {"id": work.record_id},
            touches=table.name,
        )
    else:
        row = columns_of(work, _fields(work.obj, work.changed))
        if work.row_before is not None and work.row_before["position"] != position:
            row["position"] = position
        if row:
            _change(work, row, {})


def _insert(work: Work) -> None:
    work.version = 1
    row = new_row(work)
    row |= {
        "id": work.record_id, "version": 1, "created_at": work.uow.now, "created_by_id": work.actor.user_id,
        "modified_at": work.uow.now, "modified_by_id": work.actor.user_id, "owner_id": work.after["owner"],
        "team_id": work.after["team"], "deleted_at": None, "deleted_by_id": None,
    }  # fmt: skip
    if work.access is None:
        # an import may say when and by whom a record was made elsewhere
        for key in ("created_at", "modified_at"):
            row[key] = work.after[key] or row[key]
        for key in ("created_by", "modified_by"):
            row[f"{key}_id"] = work.after[key] or row[f"{key}_id"]
    _note_system(work, row)
    work.writes.insert(work.obj.table, row)


def _update(work: Work) -> None:
    row = columns_of(work, _fields(work.obj, work.changed))
    _compare_and_set(work, row)


def _delete(work: Work) -> None:
    _compare_and_set(work, {"deleted_at": work.uow.now, "deleted_by_id": work.actor.user_id})


def _restore(work: Work) -> None:
    _compare_and_set(work, {"deleted_at": None, "deleted_by_id": None})


_WRITERS = {"create": _insert, "update": _update, "delete": _delete, "restore": _restore}


def _compare_and_set(work: Work, row: dict[str, Any]) -> None:
    row |= {"modified_at": work.uow.now, "modified_by_id": work.actor.user_id}
    _change(work, row, {"b_version": work.version})
    work.version += 1
    _note_system(work, row)


def _change(work: Work, row: dict[str, Any], compared: dict[str, Any]) -> None:
    """UPDATE of columns of the row; with the version compared and raised when it is given."""
    table, names = work.obj.table, tuple(sorted(row))

    def build(prefix: str) -> Any:
        statement = sa.update(table).where(table.c.id == sa.bindparam(f"{prefix}b_id"))
        values: dict[str, Any] = {n: sa.bindparam(prefix + n, type_=table.c[n].type) for n in names}
        if compared:
            statement = statement.where(table.c.version == sa.bindparam(f"{prefix}b_version"))
            values["version"] = table.c.version + sa.literal_column("1")
        return statement.values(values).returning(table.c.id)

    key = ("update", table, names, bool(compared))
    work.writes.change(
        key, build, {**row, **compared, "b_id": work.record_id}, guard=bool(compared), touches=table.name
    )


def _note_system(work: Work, row: Mapping[str, Any]) -> None:
    """Keep the values of system fields as they were just written, for whoever answers with the record."""
    for key in ("created_at", "modified_at"):
        if key in row:
            dict.__setitem__(work.after, key, row[key])
    for key in ("created_by", "modified_by"):
        if f"{key}_id" in row:
            dict.__setitem__(work.after, key, row[f"{key}_id"])


def _fields(obj: ObjectDef, keys: set[str]) -> list[FieldDef]:
    return [obj.fields[key] for key in sorted(keys) if key in obj.fields]


def new_row(work: Work) -> dict[str, Any]:
    """All columns of a record that comes into being; most of them are empty, so only what is filled in is looked at."""
    row: dict[str, Any] = dict(work.obj.empty_row)
    fields = work.obj.row_fields
    for key, value in dict.items(work.after):
        if value is not None and (field := fields.get(key)) is not None:
            _put(row, field, value)
    return row


def columns_of(work: Work, fields: Any) -> dict[str, Any]:
    """Column values of fields, with the normalised value of unique ones."""
    row: dict[str, Any] = {}
    stored = work.obj.row_fields
    for field in fields:
        if field.key not in stored:
            continue
        _put(row, field, work.after[field.key])
    return row


def _put(row: dict[str, Any], field: FieldDef, value: Any) -> None:
    """The columns of one field."""
    if value is not None and field.ftype.is_empty(value):
        value = None
    row.update(field.ftype.to_row(field, value))
    if field.unique:
        row[field.norm_column or ""] = None if value is None else field.ftype.unique_key(field, value)


def write_links(work: Work) -> None:
    """Bring the link tables of changed many-valued relations to the new values."""
    if work.change.kind in ("delete", "restore"):
        return
    for key in sorted(work.changed & work.obj.links.keys()):
        link = work.obj.links[key]
        wanted = work.after[key] or []
        if not work.is_create:
            here = link.c.record_id
            work.writes.before(
                ("unlink", link),
                lambda p, link=link, here=here: sa.delete(link).where(here == sa.bindparam(f"{p}record")),  # type: ignore[misc]
                {"record": work.record_id},
            )
        for place, target in enumerate(wanted):
            work.writes.insert(link, {"record_id": work.record_id, "target_id": target, "position": place})


def attach_files(work: Work) -> None:
    """Files named in a changed field belong to the record from now on; those taken out belong to nobody's record."""
    for key in sorted(work.changed & work.obj.file_fields):
        old = set() if work.is_create else set(work.before[key] or ())
        new = set(work.after[key] or ())
        holder = {"object_key": work.obj.key, "record_id": work.record_id, "field_key": key}
        if new - old:
            work.uow.conn.execute(sa.update(dw_file).where(dw_file.c.id.in_(sorted(new - old))).values(holder))
        if old - new:
            nobody = dict.fromkeys(holder)
            work.uow.conn.execute(sa.update(dw_file).where(dw_file.c.id.in_(sorted(old - new))).values(nobody))


def not_unique(work: Work, error: Exception) -> Exception:
    """422 NOT_UNIQUE of the field whose index refused the row; it says nothing of the other record."""
    index = work.uow.dialect.unique_violation(error)
    if index is None:
        return error
    lines = [line.obj for children in work.lines.values() for line in children]
    for obj in dict.fromkeys([work.obj, *lines]):
        for field in obj.fields.values():
            names = (f"uq_{obj.key}_{field.key}", f"{obj.key}.{field.norm_column}")
            if field.unique and (index in names or index == short_name(names[0])):
                return invalid([FieldError(field.key, "NOT_UNIQUE", {"field": dict(field.labels)})])
    return error


def set_computed(
    uow: UnitOfWork, obj: ObjectDef, ids: Sequence[str], values: Callable[[], Mapping[str, Any]], key: Any
) -> None:
    """Write computed columns (roll-ups, formulas): no version, no history, for nobody decided them.

    values: makes the new values by column. key: under what the statement may be kept, None when it may not.
    """
    plan, table, dialect = plan_of(uow, obj), obj.table, uow.dialect
    bound = {"b_ids": packed(ids, dialect)}
    if dialect.has_row_locks:
        # Two savers of two children of one parent must not each overlook the other's row: the second waits here, and
        # its next statement, begun later, sees the first one's commit.
        wanted = sa.select(table.c.id).where(one_of(table.c.id, "b_ids", dialect)).order_by(table.c.id)
        uow.fetch(plan.keep("lock", lambda: dialect.for_update(wanted)), bound)

    def build() -> Any:
        return sa.update(table).where(one_of(table.c.id, "b_ids", dialect)).values(dict(values()))

    uow.fetch(dialect.compile(build()) if key is None else plan.keep(("computed", key), build), bound)
    touch(uow, obj.key)


__all__ = [
    "attach_files",
    "columns_of",
    "not_unique",
    "send",
    "set_computed",
    "store_line",
    "store_record",
    "write_links",
]
