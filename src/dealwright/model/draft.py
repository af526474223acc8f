"""A draft of changes to one object: kept on the server, undone and redone step by step, published as one transaction.

The draft is a list of operations and how many of them count (undo lowers that number, redo raises it). New fields have a
name of their own in the draft (`~1`), because their key is only decided when they are made. Here the draft is stored,
checked and turned into a plan; what the plan would do to real records is the business of a higher floor.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from dealwright.foundation.database import UnitOfWork
from dealwright.foundation.errors import FieldError, Problem, invalid
from dealwright.model import layout, service
from dealwright.model.catalogue import schema_of
from dealwright.model.ddl import record_change
from dealwright.model.tables import dw_design_draft, dw_schema_change

MAX_OPERATIONS = 500
NEW = re.compile(r"~[1-9][0-9]{0,3}")
COMPUTED_LAST = {"formula": 1, "roll_up": 2}


@dataclass(frozen=True)
class Draft:
    """revision: rises with each save. position: how many of the operations count. base_layout: version it began on."""

    operations: tuple[Mapping[str, Any], ...]
    position: int
    revision: int
    base_layout: int
    saved_at: Any
    saved_by_id: str | None

    @property
    def active(self) -> tuple[Mapping[str, Any], ...]:
        """The operations that count."""
        return self.operations[: self.position]


@dataclass
class Plan:
    """What a draft comes to: fields to add (by draft name), to change, to retire, to bring back, and the layout."""

    add: dict[str, dict[str, Any]] = field(default_factory=dict)
    change: dict[str, dict[str, Any]] = field(default_factory=dict)
    retire: list[str] = field(default_factory=list)
    restore: list[str] = field(default_factory=list)
    sections: list[dict[str, Any]] | None = None


def read_draft(uow: UnitOfWork, object_key: str) -> Draft | None:
    """The draft of an object, or None."""
    found = sa.select(dw_design_draft).where(dw_design_draft.c.object_key == object_key)
    row = uow.conn.execute(found).mappings().first()
    if row is None:
        return None
    return Draft(
        tuple(row["operations"]),
        row["position"],
        row["revision"],
        row["base_layout"],
        row["saved_at"],
        row["saved_by_id"],
    )


def version_of(uow: UnitOfWork, object_key: str) -> int:
    """How often the object's design was published, plus one: the number of the version in use."""
    published = sa.and_(dw_schema_change.c.object_key == object_key, dw_schema_change.c.kind == "design.published")
    return 1 + int(uow.conn.execute(sa.select(sa.func.count()).where(published)).scalar_one())


def save_draft(
    uow: UnitOfWork, object_key: str, operations: Any, position: Any, actor_id: str | None, *, seen: int
) -> Draft:
    """Store a draft. seen: the revision it was made from, 0 for none; 412 DRAFT_CHANGED when somebody saved since."""
    obj = schema_of(uow).object(object_key)
    if obj.kind != "object":
        raise Problem(404, "UNKNOWN_OBJECT", params={"object": object_key[:80]})
    checked = checked_operations(operations)
    if isinstance(position, bool) or not isinstance(position, int) or not 0 <= position <= len(checked):
        raise invalid([FieldError("position", "CONFIG_NUMBER", {"name": "position", "min": 0, "max": len(checked)})])
    before = read_draft(uow, object_key)
    if (before.revision if before else 0) != seen:
        raise draft_changed(obj.labels)
    base = before.base_layout if before else layout.layout_of(obj).version
    draft = Draft(tuple(checked), position, seen + 1, base, uow.now, actor_id)
    values = {
        "operations": checked, "position": position, "revision": draft.revision, "base_layout": base,
        "saved_at": uow.now, "saved_by_id": actor_id,
    }  # fmt: skip
    if before is None:
        uow.conn.execute(sa.insert(dw_design_draft).values(object_key=object_key, **values))
        return draft
    mine = (dw_design_draft.c.object_key == object_key) & (dw_design_draft.c.revision == seen)
    if uow.conn.execute(sa.update(dw_design_draft).where(mine).values(values)).rowcount != 1:
        raise draft_changed(obj.labels)
    return draft


def draft_changed(labels: Mapping[str, str]) -> Problem:
    """412: the draft is not the one that was seen."""
    return Problem(412, "DRAFT_CHANGED", params={"object": dict(labels)})


def discard(uow: UnitOfWork, object_key: str) -> None:
    """Throw a draft away; nothing when there is none."""
    uow.conn.execute(sa.delete(dw_design_draft).where(dw_design_draft.c.object_key == object_key))


def checked_operations(raw: Any) -> list[dict[str, Any]]:
    """Operations of the right shape; Problem 422 DRAFT_OPERATION naming the first that is not.

    {"op": "layout", "sections": [...]} · {"op": "add", "name": "~1", "field": {...}} · {"op": "change", "field": key or
    "~1", "changes": {...}} · {"op": "retire" | "restore", "field": key}. Whether they fit the object shows on publishing.
    """
    if not isinstance(raw, list) or len(raw) > MAX_OPERATIONS:
        raise invalid([FieldError("operations", "DRAFT_OPERATIONS", {"max": MAX_OPERATIONS})])
    for at, one in enumerate(raw):
        if not isinstance(one, Mapping) or not _fits(one):
            raise invalid([FieldError(f"operations.{at}", "DRAFT_OPERATION", {"place": at + 1})])
    return [dict(one) for one in raw]


def _fits(one: Mapping[str, Any]) -> bool:
    match one.get("op"):
        case "layout":
            sections = one.get("sections")
            return isinstance(sections, list) and all(
                isinstance(s, Mapping) and _keys(s.get("fields", [])) for s in sections
            )
        case "add":
            name = one.get("name")
            return isinstance(name, str) and bool(NEW.fullmatch(name)) and isinstance(one.get("field"), Mapping)
        case "change":
            return isinstance(one.get("field"), str) and isinstance(one.get("changes"), Mapping)
        case "retire" | "restore":
            return isinstance(one.get("field"), str)
    return False


def _keys(raw: Any) -> bool:
    return isinstance(raw, list) and all(isinstance(key, str) for key in raw)


def plan_of(operations: Sequence[Mapping[str, Any]]) -> Plan:
    """What a list of operations comes to in the end; a field that was added and retired again is neither."""
    plan = Plan()
    for one in operations:
        match one["op"]:
            case "layout":
                plan.sections = [dict(section) for section in one["sections"]]
            case "add":
                plan.add[one["name"]] = dict(one["field"])
            case "change" if one["field"] in plan.add:
                plan.add[one["field"]] |= one["changes"]
            case "change":
                plan.change[one["field"]] = {**plan.change.get(one["field"], {}), **one["changes"]}
            case "retire" if one["field"] in plan.add:
                del plan.add[one["field"]]
            case "retire" if one["field"] in plan.restore:
                plan.restore.remove(one["field"])
            case "retire":
                plan.change.pop(one["field"], None)
                plan.retire = [*(key for key in plan.retire if key != one["field"]), one["field"]]
            case "restore" if one["field"] in plan.retire:
                plan.retire.remove(one["field"])
            case "restore":
                plan.restore = [*(key for key in plan.restore if key != one["field"]), one["field"]]
    return plan


def carry_out(
    uow: UnitOfWork, object_key: str, plan: Plan, actor_id: str | None, retire: Callable[[str], None]
) -> dict[str, str]:
    """Do what a plan says, in an order in which each part finds what it needs; the keys of new fields by draft name.

    retire(field key) takes a field away, refusing while something needs it. A fault names the field it lies in.
    """
    made: dict[str, str] = {}
    for key in plan.restore:
        service.restore_field(uow, object_key, key, actor_id)
    new = sorted(plan.add.items(), key=lambda item: COMPUTED_LAST.get(str(item[1].get("type")), 0))
    for name, spec in new:
        with _about(name):
            made[name] = service.add_field(uow, object_key, spec, actor_id).key
    for key, changes in plan.change.items():
        with _about(key):
            service.change_field(uow, object_key, key, changes, actor_id)
    for key in plan.retire:
        retire(key)
    if plan.sections is not None:
        known = schema_of(uow).object(object_key).fields
        sections = [
            {**one, "fields": [key for key in (made.get(str(f), f) for f in one.get("fields") or []) if key in known]}
            for one in plan.sections
        ]
        layout.set_layout(uow, object_key, {"sections": sections}, actor_id)
    return made


class _about:
    """Say in a refusal which field of the draft it is about (`params.draft_field`)."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, problem: BaseException | None, trace: object) -> None:
        if isinstance(problem, Problem):
            problem.params = {**problem.params, "draft_field": self.name}


def published(uow: UnitOfWork, object_key: str, count: int, actor_id: str | None) -> None:
    """Note that a draft of `count` operations became the version in use, and throw the draft away."""
    record_change(uow, actor_id, "design.published", object_key, None, None, {"operations": count})
    discard(uow, object_key)
