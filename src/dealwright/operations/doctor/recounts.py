"""Working out anew what the write path keeps beside the rows. What differs is named by object and field, and counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from dealwright.foundation.database import UnitOfWork, state_of
from dealwright.model import ObjectDef, Schema
from dealwright.model.formula import compute
from dealwright.model.rollup import value_select
from dealwright.people.tables import dw_team, dw_user
from dealwright.process.tables import dw_stage_visit
from dealwright.records.plans import plan_of, values_of
from dealwright.records.search.index import entries, searchable
from dealwright.records.search.tables import dw_search
from dealwright.records.shapes import same
from dealwright.records.tables import dw_history

CHUNK = 1_000


def links(uow: UnitOfWork, schema: Schema, obj: ObjectDef) -> Iterator[str]:
    """Relations, people, link tables and lines lead to rows that exist."""
    for field in obj.fields.values():
        target = _target_table(schema, field.type, field.target)
        if target is None:
            continue
        if field.ftype.linked:
            link = obj.links[field.key]
            yield from _dangling(uow, f"{obj.key}.{field.key}", link.c.target_id, target)
            yield from _dangling(uow, f"{link.name}", link.c.record_id, obj.table)
        elif field.columns:
            yield from _dangling(uow, f"{obj.key}.{field.key}", obj.table.c[field.columns[0]], target)
    if obj.kind == "lines" and obj.parent:
        parent = schema.objects.get(obj.parent) or schema.retired[obj.parent]
        yield from _dangling(uow, obj.key, obj.table.c.parent_id, parent.table)


def _target_table(schema: Schema, type_: str, target: str | None) -> sa.Table | None:
    if type_ in ("user", "users"):
        return dw_user
    if type_ == "team":
        return dw_team
    found = schema.objects.get(target or "") or schema.retired.get(target or "")
    return found.table if found and type_ in ("relation", "relation_many") else None


def _dangling(uow: UnitOfWork, name: str, column: sa.ColumnElement[Any], target: sa.Table) -> Iterator[str]:
    other = target.alias("target")
    lost = column.is_not(None) & ~sa.exists(sa.select(1).where(other.c.id == column))
    count = uow.conn.execute(sa.select(sa.func.count()).where(lost)).scalar_one()
    if count:
        yield f"{name}: {count} links lead to nothing"


def history(uow: UnitOfWork, obj: ObjectDef) -> Iterator[str]:
    """Every version of a record has one row of history, from 1 to the record's, without a gap."""
    if obj.kind != "object":
        return
    rows = dw_history.alias("rows")
    told = (
        sa.select(
            rows.c.record_id,
            sa.func.count().label("rows"),
            sa.func.count(rows.c.version.distinct()).label("versions"),
            sa.func.min(rows.c.version).label("first"),
            sa.func.max(rows.c.version).label("last"),
        )
        .where(rows.c.object_key == obj.key)
        .group_by(rows.c.record_id)
        .subquery()
    )
    table = obj.table
    gap = sa.or_(
        told.c.record_id.is_(None), told.c.first != 1, told.c.last != table.c.version,
        told.c.rows != table.c.version, told.c.versions != table.c.version,
    )  # fmt: skip
    query = sa.select(sa.func.count()).select_from(table.outerjoin(told, told.c.record_id == table.c.id)).where(gap)
    count = uow.conn.execute(query).scalar_one()
    if count:
        yield f"{obj.key}: {count} records whose history has gaps or does not end at their version"
    orphans = (
        sa.select(sa.func.count())
        .select_from(told)
        .where(~sa.exists(sa.select(1).where(table.c.id == told.c.record_id)))
    )
    count = uow.conn.execute(orphans).scalar_one()
    if count:
        yield f"{obj.key}: history of {count} records that do not exist"


def visits(uow: UnitOfWork, obj: ObjectDef) -> Iterator[str]:
    """A record in a stage has exactly one open visit, of that stage; the others follow each other without a gap."""
    stage = next((f for f in obj.fields.values() if f.type == "stage"), None)
    visit, table = dw_stage_visit, obj.table
    if stage is None or not uow.conn.execute(sa.select(1).where(visit.c.object_key == obj.key).limit(1)).first():
        return
    open_here = sa.and_(visit.c.record_id == table.c.id, visit.c.left_at.is_(None))
    column = table.c[stage.columns[0]]
    opened = sa.select(sa.func.count()).where(open_here).scalar_subquery()
    fitting = sa.select(sa.func.count()).where(open_here, visit.c.stage == column).scalar_subquery()
    wanted = sa.case((column.is_(None), 0), else_=1)
    wrong = sa.select(sa.func.count()).select_from(table).where(sa.or_(opened != wanted, fitting != wanted))
    count = uow.conn.execute(wrong).scalar_one()
    if count:
        yield f"{obj.key}.{stage.key}: {count} records without exactly one open visit of their stage"
    ordered = (
        sa.select(
            visit.c.from_stage,
            visit.c.entered_at,
            sa.func.lag(visit.c.stage).over(partition_by=visit.c.record_id, order_by=visit.c.id).label("stage_before"),
            sa.func.lag(visit.c.left_at).over(partition_by=visit.c.record_id, order_by=visit.c.id).label("left_before"),
        )
        .where(visit.c.object_key == obj.key)
        .subquery()
    )
    broken = sa.or_(
        ordered.c.from_stage.is_distinct_from(ordered.c.stage_before),
        sa.and_(ordered.c.from_stage.is_not(None), ordered.c.left_before.is_distinct_from(ordered.c.entered_at)),
    )
    count = uow.conn.execute(sa.select(sa.func.count()).select_from(ordered).where(broken)).scalar_one()
    if count:
        yield f"{obj.key}.{stage.key}: {count} visits that do not follow the one before"


def roll_ups(uow: UnitOfWork, schema: Schema, obj: ObjectDef) -> Iterator[str]:
    """Every total agrees with a new count."""
    for field in obj.fields.values():
        if field.type != "roll_up" or field.config.get("object") not in schema.objects:
            continue
        column: Any = obj.table.c[field.columns[0]]
        value = sa.type_coerce(value_select(uow, schema, field, obj.table.c.id), column.type)
        have = sa.func.coalesce(column, sa.literal_column("0")) if field.config.get("op") == "count" else column
        wrong = uow.conn.execute(
            sa.select(sa.func.count()).select_from(obj.table).where(have.is_distinct_from(value))
        ).scalar_one()
        if wrong:
            yield f"{obj.key}.{field.key}: {wrong} records differ from the recount"


def rows(uow: UnitOfWork, obj: ObjectDef) -> Iterator[str]:
    """Row by row: stored formulas, normalised values of unique fields, and the words by which search finds a record."""
    plan, zone = plan_of(uow, obj), ZoneInfo(state_of(uow).workspace.time_zone)
    wrong: Counter[str] = Counter()
    last, table = "", obj.table
    while True:
        query = sa.select(*plan.columns).where(table.c.id > last).order_by(table.c.id).limit(CHUNK)
        chunk = [dict(row) for row in uow.conn.execute(query).mappings()]
        if not chunk:
            break
        last = chunk[-1]["id"]
        _search_of(uow, obj, chunk, wrong)
        for row in chunk:
            values = values_of(obj, row)
            for key, value in compute(obj, values, uow.now, zone).items():
                if not same(value, values.get(key)):
                    wrong[f"{obj.key}.{key}: {{}} records differ from their formula"] += 1
            for field in obj.fields.values():
                if field.norm_column:
                    value = values.get(field.key)
                    norm = None if value is None else field.ftype.unique_key(field, value)
                    if norm != row[field.norm_column]:
                        wrong[f"{obj.key}.{field.key}: {{}} records whose normalised value is wrong"] += 1
    if obj.kind == "object":
        lost = ~sa.exists(sa.select(1).where(table.c.id == dw_search.c.record_id, table.c.deleted_at.is_(None)))
        query = sa.select(sa.func.count()).where(dw_search.c.object_key == obj.key, lost)
        wrong[f"{obj.key}: {{}} rows of the search index without a record"] += uow.conn.execute(query).scalar_one()
    for line, count in wrong.items():
        if count:
            yield line.format(count)


def _search_of(uow: UnitOfWork, obj: ObjectDef, chunk: Sequence[Mapping[str, Any]], wrong: Counter[str]) -> None:
    if obj.kind != "object" or obj.is_retired:
        return
    keys = sorted(searchable(obj))
    live = {row["id"]: row for row in chunk if row["deleted_at"] is None}
    found = Counter(
        tuple(row)
        for row in uow.conn.execute(
            sa.select(dw_search.c.record_id, dw_search.c.field_key, dw_search.c.tokens).where(
                dw_search.c.record_id.in_(list(live)), dw_search.c.field_key.not_in(list(obj.retired))
            )
        )
    )
    wanted: Counter[tuple[Any, ...]] = Counter()
    for record_id, row in live.items():
        values = values_of(obj, row)
        for entry in entries(obj, record_id, {key: values.get(key) for key in keys}):
            wanted[(record_id, entry["field_key"], entry["tokens"])] += 1
    for record_id, key, _ in {*(wanted - found), *(found - wanted)}:
        wrong[f"{obj.key}.{key}: {{}} records whose search index differs"] += bool(record_id)
