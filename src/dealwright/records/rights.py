"""What `access` says about the row and the fields of a change. The automation principal (access None) may all."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from dealwright.foundation.errors import Problem, forbidden, not_found
from dealwright.model import ObjectDef
from dealwright.records.shapes import Work

ACTION = {"create": "create", "update": "update", "delete": "delete", "restore": "delete"}


def row_condition(work: Work, obj: ObjectDef, action: str, table: Any) -> sa.ColumnElement[bool]:
    """The rows that an action covers, as a condition on a table or alias."""
    if work.access is None:
        return sa.true()
    return work.access.object(obj.key).row_condition(action, table, work.actor, work.uow.dialect)


def check_object(work: Work) -> None:
    """403 when the actor's roles never allow this kind of change on the object; 404 for an object out of sight."""
    if work.obj.kind == "lines" and work.parent is None:
        raise Problem(409, "LINES_THROUGH_PARENT", params={"object": dict(work.obj.labels)})
    if work.access is None or work.parent is not None:
        return
    rights = work.access.object(work.obj.key)
    kind = work.change.kind
    if kind == "create":
        if not rights.grant.create:
            raise forbidden("create", object=work.obj.key)
    elif rights.grant.read == "none" and not rights.may("read"):
        raise not_found()


def load_row(work: Work) -> None:
    """Read the row before the change: 404 out of scope, 403 readable but not changeable, 412 another version.

    One statement: the row, and whether this change is covered.
    """
    change, table = work.change, work.obj.table
    action = ACTION[change.kind]
    deleted = table.c.deleted_at.is_not(None) if change.kind == "restore" else table.c.deleted_at.is_(None)
    may = row_condition(work, work.obj, action, table)
    statement = sa.select(*table.c, sa.type_coerce(sa.case((may, 1), else_=0), sa.Integer).label("dw_may")).where(
        table.c.id == change.record_id, deleted, row_condition(work, work.obj, "read", table)
    )
    found = work.uow.conn.execute(statement).mappings().first()
    if found is None:
        raise not_found()
    if not found["dw_may"]:
        raise forbidden(action, object=work.obj.key)
    row = dict(found)
    del row["dw_may"]
    work.row_before = row
    work.version = row["version"]
    if change.expected_version is not None and change.expected_version != row["version"]:
        raise stale(row["version"])


def stale(version: int | None = None) -> Problem:
    """412: somebody else saved in between."""
    return Problem(412, "STALE", params={"version": version} if version is not None else {})
