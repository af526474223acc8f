"""What must hold of the final values: required fields, the order of dates, no circles, the right to hand over."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from dealwright.foundation.errors import FieldError, Problem, forbidden, invalid
from dealwright.model import FieldDef
from dealwright.records.shapes import Work, same

DEEPEST = 100  # how far a chain of parents is followed


def check_final(work: Work) -> None:
    """Collect the errors of a record and its lines; raises Problem 422 with all of them, 403 for a hand-over."""
    errors = [*work.errors, *final_errors(work)]
    for key, lines in work.lines.items():
        for place, line in enumerate(lines):
            if line.change.kind != "delete":
                errors += [FieldError(f"{key}.{place}.{e.field}", e.code, e.params) for e in final_errors(line)]
    if errors:
        raise invalid(errors)
    if work.obj.kind == "object":
        check_hand_over(work)
        for field in work.obj.own_relations:
            if field.key in work.changed:
                check_circle(work, field)


def final_errors(work: Work) -> list[FieldError]:
    """Required fields that are empty and dates in the wrong order."""
    errors = []
    told = {error.field for error in work.errors}  # a value that could not be read is not missing as well
    for field in work.obj.required_fields:
        # a field made required later binds a record only when somebody touches the field
        if not work.is_create and field.key not in work.changed:
            continue
        if field.key not in told and field.ftype.is_empty(work.after[field.key]):
            errors.append(FieldError(field.key, "REQUIRED", {"field": dict(field.labels)}))
    return errors + date_errors(work)


def date_errors(work: Work) -> list[FieldError]:
    """Pairs of the object's `date_orders` whose end lies before their start."""
    errors = []
    for first, last in work.obj.config.get("date_orders") or ():
        if not {first, last} & work.changed:
            continue
        start, end = work.after[first], work.after[last]
        if start is not None and end is not None and end < start:
            labels = {k: dict(work.obj.fields[k].labels) for k in (first, last)}
            errors.append(FieldError(last, "DATE_ORDER", {"first": labels[first], "last": labels[last]}))
    return errors


def check_hand_over(work: Work) -> None:
    """Giving a record to somebody else needs the right `transfer`, for the row as it was and for whom it goes to."""
    if work.access is None:
        return
    owner = work.after["owner"]
    old = work.actor.user_id if work.is_create else work.before["owner"]
    if same(old, owner):
        return
    rights = work.access.object(work.obj.key)
    if not rights.may_transfer(work.before if not work.is_create else None, work.after, work.actor):
        raise forbidden("transfer", object=work.obj.key)


def check_circle(work: Work, field: FieldDef) -> None:
    """422 CYCLE when following the relation from its new target comes back to the record."""
    if work.is_create or work.after[field.key] is None:
        return
    table = work.obj.table
    column = table.c[field.columns[0]]
    up = (
        sa.select(table.c.id, column.label("parent"), sa.literal_column("1").label("depth"))
        .where(table.c.id == work.after[field.key])
        .cte("up", recursive=True)
    )
    above = table.alias("above")
    up = up.union_all(
        sa.select(above.c.id, above.c[column.name], up.c.depth + sa.literal_column("1"))
        .join(up, above.c.id == up.c.parent)
        .where(up.c.depth < DEEPEST)
    )
    hit = work.uow.conn.execute(sa.select(up.c.id).where(up.c.id == work.record_id).limit(1)).first()
    if hit is not None:
        raise invalid([FieldError(field.key, "CYCLE", {"field": dict(field.labels)})])


def check_not_in_use(work: Work) -> None:
    """409 IN_USE when a field that may not be empty points at the record that is to go to the bin."""
    counts: list[Any] = []
    fields: list[FieldDef] = []
    for field in work.schema.relations_to(work.obj.key):
        if not field.required or field.type != "relation":
            continue
        user = work.schema.objects[field.object_key]
        table = user.table
        where = [table.c[field.columns[0]] == work.record_id, table.c.deleted_at.is_(None)]
        if user.kind == "lines" and user.parent:
            parent = work.schema.objects[user.parent].table
            where.append(
                sa.exists(
                    sa.select(1)
                    .select_from(parent)
                    .where(parent.c.id == table.c.parent_id, parent.c.deleted_at.is_(None))
                )
            )
        place: sa.ColumnElement[Any] = sa.literal_column(str(len(fields))).label("place")
        counts.append(sa.select(place, sa.func.count().label("n")).select_from(table).where(*where))
        fields.append(field)
    if not counts:
        return
    used = {at: n for at, n in work.uow.conn.execute(sa.union_all(*counts)) if n}
    if used:
        total = sum(used.values())
        by_object = [{"object": fields[at].object_key, "field": fields[at].key, "count": n} for at, n in used.items()]
        raise Problem(409, "IN_USE", params={"count": total, "by": by_object})


__all__ = ["check_circle", "check_final", "check_hand_over", "check_not_in_use", "final_errors"]
