"""Taking an import back: what it made goes to the bin, what it changed gets its old values again.

It goes by the history, newest first, 500 saves a transaction, and remembers how far it has come. A record that
somebody has changed since is left alone and named.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from dealwright.access import Access
from dealwright.foundation.database import Database, UnitOfWork
from dealwright.foundation.errors import Problem
from dealwright.foundation.outbox import queue
from dealwright.model import ObjectDef, Schema, schema_of
from dealwright.model import service as model
from dealwright.people.shapes import Actor
from dealwright.records import rights
from dealwright.records.batch import batch_of
from dealwright.records.history import undo_values
from dealwright.records.imports.service import get
from dealwright.records.imports.tables import dw_import
from dealwright.records.shapes import Change
from dealwright.records.tables import dw_history
from dealwright.records.write_path import WritePath, access_of
from dealwright.records.writes import GuardFailed, NotInBatch

CHUNK = 500
NAMED = 200  # records left alone whose names are kept
TOPIC = "import.undo"


def start_undo(uow: UnitOfWork, access: Access, import_id: str, *, with_object: bool = False) -> None:
    """Queue it for the worker; 409 when the import is not at its end.

    with_object: the object that the import was made with goes too, unless something of it is kept.
    """
    row = get(uow, access, import_id)
    with_object = with_object and bool(row["options"].get("object_made"))
    if with_object:
        access.require("design")
    if row["state"] not in ("done", "cancelled", "failed"):
        raise Problem(409, "IMPORT_STATE", params={"state": row["state"]})
    undo = {"removed": 0, "reverted": 0, "kept": 0, "left": [], "before": None, "with_object": with_object}
    report = {**row["report"], "undo": undo}
    uow.conn.execute(sa.update(dw_import).where(dw_import.c.id == import_id).values(state="undoing", report=report))
    queue(uow, TOPIC, {"import": import_id, "actor": access.actor.user_id}, key=f"import-undo:{import_id}")


def undo_preview(uow: UnitOfWork, access: Access, import_id: str) -> dict[str, Any]:
    """What taking an import back would do as things are now. Reads only; 404 as `service.get`."""
    row = get(uow, access, import_id)
    saves = dw_history.alias("saves")
    grouped = saves.c.channel.like("bulk:%") | saves.c.channel.like("import:%")  # as the index says
    mine = (saves.c.channel == f"import:{import_id}", grouped)
    later = dw_history.alias("later")
    ours = (f"import:{import_id}", f"import-undo:{import_id}")
    changed = sa.exists(
        sa.select(1).where(
            later.c.record_id == saves.c.record_id, later.c.version > saves.c.version, later.c.channel.not_in(ours)
        )
    )
    counts = dict.fromkeys(("created", "changed", "kept"), 0)
    query = sa.select(saves.c.kind, changed.label("kept"), sa.func.count()).where(*mine).group_by("kind", "kept")
    for kind, kept, count in uow.conn.execute(query):
        counts["kept" if kept else kind] = counts.get("kept" if kept else kind, 0) + count
    return {
        "removed": counts["created"], "reverted": counts["changed"], "kept": counts["kept"],
        "object": row["object_key"] if row["options"].get("object_made") else None,
    }  # fmt: skip


def run_undo(
    db: Database, path: WritePath, actor: Actor, import_id: str, alive: Callable[[], bool] = lambda: True
) -> None:
    """Undo from where it stands until its end; safe to call again after a crash."""
    while True:
        with db.write() as uow:
            query = uow.dialect.for_update(sa.select(dw_import).where(dw_import.c.id == import_id))
            row = dict(uow.conn.execute(query).mappings().one())
            if row["state"] != "undoing":
                return
            report = dict(row["report"]["undo"])
            saves = _next(uow, import_id, report["before"])
            if saves:
                _Undo(uow, path, actor, import_id, report).run(saves)
                report["before"] = saves[-1]["id"]
            if not saves and report.get("with_object"):
                report["object_retired"] = _retire(uow, row["object_key"], actor, report["kept"])
            values = {"report": {**row["report"], "undo": report}, "state": "undoing" if saves else "undone"}
            uow.conn.execute(sa.update(dw_import).where(dw_import.c.id == import_id).values(values))
        if not saves or not alive():
            return


def _retire(uow: UnitOfWork, object_key: str, actor: Actor, kept: int) -> bool:
    """Take the object out of use; not when records of it are kept or others point to it."""
    if kept or _has_records(uow, object_key):
        return False
    try:
        with uow.savepoint():
            model.retire_object(uow, object_key, actor.user_id)
    except Problem:
        return False
    return True


def _has_records(uow: UnitOfWork, object_key: str) -> bool:
    obj = schema_of(uow).objects.get(object_key)
    return obj is None or bool(
        uow.conn.execute(sa.select(1).select_from(obj.table).where(obj.table.c.deleted_at.is_(None)).limit(1)).first()
    )


def _next(uow: UnitOfWork, import_id: str, before: str | None) -> list[dict[str, Any]]:
    grouped = dw_history.c.channel.like("bulk:%") | dw_history.c.channel.like("import:%")  # as the index says
    query = sa.select(dw_history).where(dw_history.c.channel == f"import:{import_id}", grouped)
    if before is not None:
        query = query.where(dw_history.c.id < before)
    return [dict(row) for row in uow.conn.execute(query.order_by(dw_history.c.id.desc()).limit(CHUNK)).mappings()]


class _Undo:
    def __init__(self, uow: UnitOfWork, path: WritePath, actor: Actor, import_id: str, report: dict[str, Any]) -> None:
        self.uow, self.path, self.actor, self.report = uow, path, actor, report
        self.channels = (f"import:{import_id}", f"import-undo:{import_id}")
        self.schema: Schema = schema_of(uow)

    def run(self, saves: Sequence[Mapping[str, Any]]) -> None:
        """Take these saves back, newest first."""
        touched = self._touched(saves)
        todo = []
        for save in saves:
            obj = self.schema.objects.get(save["object_key"])
            if obj is None or save["record_id"] in touched:
                self._left(save, obj, "CHANGED_SINCE")
            else:
                todo.append((save, obj))
        try:
            with self.uow.savepoint():
                done = self._together(todo)
        except self._together_fails():
            done = [(save, obj, self._alone(save, obj)) for save, obj in todo]
        for save, obj, code in done:
            if code is not None:
                self._left(save, obj, code)
            else:
                self.report["removed" if save["kind"] == "created" else "reverted"] += 1

    def _touched(self, saves: Sequence[Mapping[str, Any]]) -> set[str]:
        """Records that somebody has saved after this import did."""
        ids = sorted({save["record_id"] for save in saves})
        last = {save["record_id"]: save["version"] for save in reversed(saves)}
        # others merged into a record make no new version of it when its own values stay, yet they need it from then on
        version = sa.case((dw_history.c.kind == "merged", dw_history.c.version + 1), else_=dw_history.c.version)
        query = (
            sa.select(dw_history.c.record_id, sa.func.max(version))
            .where(dw_history.c.record_id.in_(ids), dw_history.c.channel.not_in(self.channels))
            .group_by(dw_history.c.record_id)
        )
        return {record_id for record_id, version in self.uow.conn.execute(query) if version > last[record_id]}

    def _change(self, save: Mapping[str, Any], obj: ObjectDef) -> Change:
        channel = self.channels[1]
        if save["kind"] == "created":
            return Change("delete", obj.key, save["record_id"], channel=channel)
        return Change("update", obj.key, save["record_id"], undo_values(obj, save["changes"]), channel=channel)

    def _together(self, todo: Sequence[tuple[Mapping[str, Any], ObjectDef]]) -> list[Any]:
        done: list[Any] = []
        if len({save["record_id"] for save, _ in todo}) < len(todo):
            raise NotInBatch  # a record made and then changed: one save after the other
        access = None if self.actor.kind == "automation" else access_of(self.uow, self.actor)
        with batch_of(self.uow, self.path, self.actor, len(todo)) as batch:
            for obj in {obj.key: obj for _, obj in todo}.values():
                for kind, was in (("delete", "created"), ("update", "changed")):
                    ids = [save["record_id"] for save, one in todo if one is obj and save["kind"] == was]
                    if ids:
                        rights.load_ahead(self.uow, self.actor, access, obj, self.path, ids, kind)  # type: ignore[arg-type]
            for save, obj in todo:
                code = None
                try:
                    batch.save(self._change(save, obj))
                except Problem as problem:
                    if problem.status >= 500:
                        raise
                    code = problem.code
                done.append((save, obj, code))
            if batch.taken():
                raise NotInBatch
            batch.send(set())
        return done

    def _together_fails(self) -> tuple[type[Exception], ...]:
        return (NotInBatch, GuardFailed, *self.uow.dialect.integrity_errors)

    def _alone(self, save: Mapping[str, Any], obj: ObjectDef) -> str | None:
        try:
            with self.uow.savepoint():
                self.path.save(self.uow, self.actor, self._change(save, obj))
        except Problem as problem:
            if problem.status >= 500:
                raise
            return problem.code
        return None

    def _left(self, save: Mapping[str, Any], obj: ObjectDef | None, code: str) -> None:
        self.report["kept"] += 1
        if len(self.report["left"]) >= NAMED:
            return
        label = None
        name = obj.fields.get(obj.name_field or "") if obj is not None else None
        if obj is not None and name is not None and name.columns:
            column = obj.table.c[name.columns[0]]
            label = self.uow.conn.execute(sa.select(column).where(obj.table.c.id == save["record_id"])).scalar()
        self.report["left"].append(
            {"object": save["object_key"], "id": save["record_id"], "label": label, "code": code}
        )
