"""What `access` says about the row and the fields of a change. The automation principal (access None) may all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from dealwright.access import Access, Scope
from dealwright.access.rules import level_in
from dealwright.foundation.database import UnitOfWork, state_of
from dealwright.foundation.errors import Problem, forbidden, not_found
from dealwright.model import FieldDef, ObjectDef, schema_of
from dealwright.people.shapes import Actor
from dealwright.records.loading import loader
from dealwright.records.plans import one_of, packed, plan_of, values_of
from dealwright.records.shapes import Change, Kind, Values, Work

if TYPE_CHECKING:
    from dealwright.records.write_path import WritePath

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
    if work.is_create and work.rights is not None and not work.rights.may("create"):
        raise forbidden("create", object=work.obj.key)


def load_row(work: Work) -> None:
    """Read the row before the change: 404 out of scope, 403 readable but not changeable, 412 another version."""
    change = work.change
    action = ACTION[change.kind]
    plan = plan_of(work.uow, work.obj)
    ahead: dict[Any, Any] = work.uow.memo.get("rows_ahead") or {}
    row = ahead.get((change.kind, work.obj.key, change.record_id))
    rows = [row] if row is not None else _rows(work, [change.record_id or ""])
    if not rows:
        raise not_found()
    if not rows[0][-1]:
        raise forbidden(action, object=work.obj.key)
    scopes = update_scopes(work) if action == "update" else ()
    flags = rows[0][len(plan.columns) : -1]
    work.covered = frozenset(scope for scope, covered in zip(scopes, flags, strict=True) if covered)
    work.row_before = row = plan.typed(rows[0])
    work.version = row["version"]
    if change.expected_version is not None and change.expected_version != row["version"]:
        raise stale(row["version"])


def load_ahead(
    uow: UnitOfWork, actor: Actor, access: Access | None, obj: ObjectDef, path: WritePath, ids: Sequence[str],
    kind: Kind = "update",
) -> None:  # fmt: skip
    """Read the rows of many changes to come in one statement, into memo "rows_ahead"; a batch takes them from there."""
    work = Work(uow, actor, access, Change(kind, obj.key), schema_of(uow), obj, path)
    ahead = uow.memo.setdefault("rows_ahead", {})
    place = plan_of(uow, obj).names.index("id")
    ahead.update({(kind, obj.key, row[place]): row for row in _rows(work, ids)})


def _rows(work: Work, ids: Sequence[str]) -> list[Any]:
    """The rows in sight among these, each with whether this change is covered. One kept statement."""
    change, table = work.change, work.obj.table
    action = ACTION[change.kind]
    plan = plan_of(work.uow, work.obj)
    scopes: tuple[Scope, ...] = update_scopes(work) if action == "update" else ()
    many = len(ids) != 1

    def build() -> Any:
        deleted = table.c.deleted_at.is_not(None) if change.kind == "restore" else table.c.deleted_at.is_(None)
        flags = [
            _flag(work.access.object(work.obj.key).scope_condition(s, table, work.uow.dialect, edits=True))
            for s in scopes
            if work.access
        ]
        may = _flag(row_condition(work, work.obj, action, table))
        seen = row_condition(work, work.obj, "read", table)
        mine = table.c.id == sa.bindparam("b_id", type_=sa.Text())
        if many:
            mine = one_of(table.c.id, "b_ids", work.uow.dialect)
        return sa.select(*plan.columns, *flags, may).where(mine, deleted, seen)

    statement = plan.keep(("load", change.kind, many, rights_key(work)), build)
    bound = {"b_ids": packed(ids, work.uow.dialect)} if many else {"b_id": ids[0]}
    return work.uow.fetch(statement, {**parameters(work), **bound})


def _flag(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[Any]:
    return sa.case((condition, sa.literal_column("1")), else_=sa.literal_column("0"))


def update_scopes(work: Work) -> tuple[Scope, ...]:
    """The different scopes in which the actor's roles let rows be changed; one or none needs no further question."""
    if work.access is None:
        return ()
    scopes: list[Scope] = sorted({g.update for g in work.access.object(work.obj.key).grants if g.update != "none"})
    return tuple(scopes) if len(scopes) > 1 else ()


def may_write(work: Work, field: FieldDef) -> bool:
    """Whether the actor may write a field on this row: one grant must cover both the row and the field."""
    rights = work.rights
    if rights is None:
        return True
    if rights.level(field.key) != "write":
        return False
    source = work if work.parent is None else work.parent
    if source.is_create:
        return rights.may_set_on_creation(field)
    for grant in rights.grants:
        if level_in(grant, field) != "write":
            continue
        if grant.update != "none" and (not source.covered or grant.update in source.covered):
            return True
    return False


def rights_key(work: Work) -> Any:
    """What of the actor's rights decides the text of a condition: a kept statement is kept under it."""
    if work.access is None:
        return None
    actor = work.access.actor
    return (state_of(work.uow).rights_epoch, actor.kind, actor.role_ids, actor.scopes)


def parameters(work: Work) -> dict[str, Any]:
    """Values of the bound names in row conditions."""
    return {} if work.access is None else dict(work.access.row_parameters())


def stale(version: int | None = None) -> Problem:
    """412: somebody else saved in between."""
    return Problem(412, "STALE", params={"version": version} if version is not None else {})


def visible_values(uow: UnitOfWork, access: Access, obj: ObjectDef, record_id: str) -> Values:
    """Every typed value of a record in the actor's scope, for decisions that judge it; 404 otherwise.

    Fields that the actor may not see are among them: show nothing of these.
    """
    table = obj.table
    seen = access.object(obj.key).row_condition("read", table, access.actor, uow.dialect)
    statement = sa.select(*table.c).where(table.c.id == record_id, table.c.deleted_at.is_(None), seen)
    row = uow.conn.execute(statement, access.row_parameters()).mappings().first()
    if row is None:
        raise not_found()
    return Values(values_of(obj, dict(row)), loader(uow, schema_of(uow), obj, record_id))
