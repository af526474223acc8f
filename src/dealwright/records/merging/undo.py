"""Taking a merge back: the others return, what pointed to them points to them again, values are as they were.

What somebody has changed since stays as it is and is named.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa

from dealwright.access import Access
from dealwright.access.tables import dw_share
from dealwright.foundation.database import UnitOfWork, touch
from dealwright.foundation.errors import Problem, not_found
from dealwright.model import ObjectDef, Schema, schema_of
from dealwright.people.shapes import Actor
from dealwright.records.loading import line_rows, loader
from dealwright.records.merging.pointing import lines_with
from dealwright.records.merging.service import mover, note
from dealwright.records.merging.tables import dw_merge, dw_merged
from dealwright.records.plans import plan_of, values_of
from dealwright.records.query import ListRequest, find, get_one
from dealwright.records.shapes import Change, Values
from dealwright.records.tables import dw_file
from dealwright.records.wire import field_wire
from dealwright.records.write_path import WritePath


def undo(path: WritePath, uow: UnitOfWork, access: Access, merge_id: str) -> dict[str, Any]:
    """Take it back: {"id", "restored": n, "moved": n, "left": [{"object", "id"}]}, the left ones in the actor's sight.

    Problem 404 for a merge whose survivor is out of sight, 409 MERGE_NOT_UNDOABLE when it was taken back already;
    403 and 422 as for the saves it consists of.
    """
    query = uow.dialect.for_update(sa.select(dw_merge).where(dw_merge.c.id == merge_id))
    row = uow.conn.execute(query).mappings().first()
    if row is None or row["object_key"] not in schema_of(uow).objects:
        raise not_found()
    get_one(uow, access, row["object_key"], row["survivor_id"], fields=("id",))
    if row["state"] != "done":
        raise Problem(409, "MERGE_NOT_UNDOABLE")
    back = _Back(path, uow, access, row)
    detail = row["detail"]
    back.values(detail["values"], access.actor, later=False)
    back.values(detail["carried"], back.everywhere, later=False)
    restored = sum(back.restore(one) for one in detail["others"])
    back.values(detail["values"], access.actor, later=True)
    back.values(detail["carried"], back.everywhere, later=True)
    moved = sum(back.turn(one) for one in detail["moved"])
    back.shares_and_files(detail)
    uow.conn.execute(sa.delete(dw_merged).where(dw_merged.c.merge_id == merge_id))
    done = {"state": "undone", "undone_at": uow.now}
    uow.conn.execute(sa.update(dw_merge).where(dw_merge.c.id == merge_id).values(done))
    version = back.version(back.obj, back.survivor)
    note(uow, access.actor, back.obj.key, back.survivor, version, back.channel, "unmerged", None)
    return {"id": merge_id, "restored": restored, "moved": moved, "left": _in_sight(uow, access, back.left)}


class _Back:
    def __init__(self, path: WritePath, uow: UnitOfWork, access: Access, row: Any) -> None:
        self.path, self.uow, self.access = path, uow, access
        self.schema: Schema = schema_of(uow)
        self.obj: ObjectDef = self.schema.object(row["object_key"])
        self.survivor: str = row["survivor_id"]
        self.others: set[str] = set(row["detail"]["others"])
        self.channel = f"merge-undo:{row['id']}"
        self.everywhere = mover(access.actor)
        self.left: set[tuple[str, str]] = set()

    def values(self, changes: Mapping[str, Any], actor: Actor, *, later: bool) -> None:
        """Give the survivor its values back, those that point to the others when these are there again (`later`)."""
        now = self.stored(self.obj, self.survivor)
        wanted = {}
        for key, (old, new) in changes.items():
            field = self.obj.fields.get(key)
            if field is None or self._mentions(old) != later:
                continue
            if field_wire(field, now[key]) != new:
                self.left.add((self.obj.key, self.survivor))
            else:
                wanted[key] = _anew(old) if field.type == "line_items" else old
        if wanted:
            change = Change("update", self.obj.key, self.survivor, wanted, None, self.channel)
            self.path.save(self.uow, actor, change)

    def _mentions(self, value: Any) -> bool:
        found = value if isinstance(value, list) else [value.get("id") if isinstance(value, dict) else value]
        return any(isinstance(one, str) and one in self.others for one in found)

    def restore(self, record_id: str) -> bool:
        """Take one of the others out of the bin; one that somebody has taken out before is left as it is."""
        try:
            with self.uow.savepoint():
                change = Change("restore", self.obj.key, record_id, {}, None, self.channel)
                self.path.save(self.uow, self.access.actor, change)
        except Problem as problem:
            if problem.status != 404:
                raise
            self.left.add((self.obj.key, record_id))
            return False
        return True

    def turn(self, one: Mapping[str, Any]) -> bool:
        """Let a record point to the one it pointed to before, unless it points elsewhere by now."""
        key = (one["object_key"], one["record_id"])
        obj = self.schema.objects.get(key[0])
        if obj is None or self.version(obj, key[1]) == 0:
            self.left.add(key)
            return False
        now = self.stored(obj, key[1])
        values: dict[str, Any] = {}
        for name, old in one["fields"].items():
            field = obj.fields.get(name)
            if field is not None and field_wire(field, now[name]) == one["turned"].get(name):
                values[name] = old
        for name, lines in one["lines"].items():
            if name in obj.fields:
                values |= self._lines(obj, key[1], name, lines)
        if len(values) < len(one["fields"]) + len(one["lines"]):
            self.left.add(key)
        if not values:
            return False
        with self._refused(key):
            self.path.save(self.uow, self.everywhere, Change("update", obj.key, key[1], values, None, self.channel))
        return True

    def _lines(self, obj: ObjectDef, record_id: str, name: str, lines: Mapping[str, Any]) -> dict[str, Any]:
        """The lines of a document that still point to the survivor, turned back."""
        child = self.schema.object(obj.fields[name].config.get("object") or f"{obj.key}_{name}")
        rows = {row["id"]: values_of(child, row) for row in line_rows(self.uow, self.schema, obj, name, record_id)}
        back = {
            line_id: {
                key: old
                for key, old in olds.items()
                if key in child.fields and self._points_here(field_wire(child.fields[key], rows[line_id][key]))
            }
            for line_id, olds in lines.items()
            if line_id in rows
        }
        if not any(back.values()):
            return {}
        return {name: lines_with(self.uow, self.schema, obj, record_id, name, back)}

    def _points_here(self, value: Any) -> bool:
        return bool(value == self.survivor or (isinstance(value, dict) and value.get("id") == self.survivor))

    @contextmanager
    def _refused(self, key: tuple[str, str]) -> Iterator[None]:
        """What a save refuses is left as it is, and named."""
        try:
            with self.uow.savepoint():
                yield
        except Problem as problem:
            if problem.status >= 500:
                raise
            self.left.add(key)

    def shares_and_files(self, detail: Mapping[str, Any]) -> None:
        """Shares that the merge gave are taken away; files go back to where they came from, unless they are elsewhere."""
        if detail["shares"]:
            self.uow.conn.execute(sa.delete(dw_share).where(dw_share.c.id.in_(detail["shares"])))
            touch(self.uow, self.obj.key)
        for one in detail["files"]:
            mine = dw_file.c.record_id.is_(None) if one["field"] else dw_file.c.record_id == self.survivor
            holder = {"object_key": self.obj.key, "record_id": one["from"], "field_key": one["field"]}
            self.uow.conn.execute(sa.update(dw_file).where(dw_file.c.id == one["id"], mine).values(holder))

    def stored(self, obj: ObjectDef, record_id: str) -> Values:
        """The values of a record as they are now, whoever may see them: they are compared, not shown."""
        rows = plan_of(self.uow, obj).rows(self.uow, [record_id])
        values = values_of(obj, rows[0]) if rows else {}
        return Values(values, loader(self.uow, self.schema, obj, record_id))

    def version(self, obj: ObjectDef, record_id: str) -> int:
        """Its version; 0 when it is gone or in the bin."""
        rows = plan_of(self.uow, obj).rows(self.uow, [record_id])
        return int(rows[0]["version"]) if rows and rows[0]["deleted_at"] is None else 0


def _anew(lines: Any) -> Any:
    """Lines of then may be gone: they are made anew."""
    return [{key: value for key, value in line.items() if key != "id"} for line in lines or ()] or None


def _in_sight(uow: UnitOfWork, access: Access, left: set[tuple[str, str]]) -> list[dict[str, str]]:
    """Of the records left alone those that the actor may see: others are none of the actor's business."""
    found = []
    for key in sorted({key for key, _ in left}):
        ids = sorted(record_id for at, record_id in left if at == key)[:200]
        where = {"field": "id", "op": "in", "value": ids}
        page = find(uow, access, ListRequest(key, where, "", (), 200))
        found += [{"object": key, "id": one["id"]} for one in page.records]
    return found
