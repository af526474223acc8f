"""Counts, sums and the like, grouped by fields and date buckets along to-one relations, as the viewer sees the rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from dealwright.access import Access
from dealwright.conditions import Condition, FieldShape, parameters, parse, signature
from dealwright.foundation.database import Decimal_, Dialect, Prepared, UnitOfWork, state_of
from dealwright.foundation.errors import Problem
from dealwright.records.query import answers, wire
from dealwright.records.query.builder import Builder, target_of
from dealwright.records.query.listing import kept, scope_key
from dealwright.records.search.query import match_clause, match_parameters
from dealwright.records.search.tokens import Term, query_terms

OPS = ("count", "sum", "avg", "min", "max", "median", "distinct")
BUCKETS = ("day", "week", "month", "quarter", "year")
MAX_GROUPS = 10_000
MAX_GROUP_BY = 3
MAX_MEASURES = 12


@dataclass(frozen=True)
class AggregateRequest:
    """`group_by`: [{"field", "by"?}], `measures`: [{"op", "field"?}], both as sent; `where` raw condition JSON.

    `search`: words as a list's search takes them, so that a list and its totals speak of the same records.
    """

    object_key: str
    where: Any = None
    group_by: Sequence[Mapping[str, Any]] = ()
    measures: Sequence[Mapping[str, Any]] = ({"op": "count"},)
    limit: int = MAX_GROUPS
    search: str = ""


def aggregate(uow: UnitOfWork, access: Access, request: AggregateRequest) -> list[dict[str, Any]]:
    """Rows {"<field or field:by>": value, "<op>_<field>" | "count": value}, ordered by the groups; empty groups as None.

    Problem 422: UNKNOWN_FIELD, UNKNOWN_MEASURE, BAD_GROUP, TOO_MANY, TOO_MANY_GROUPS.
    """
    builder = Builder(uow, access, request.object_key)
    if len(request.group_by) > MAX_GROUP_BY or len(request.measures) > MAX_MEASURES:
        raise Problem(422, "TOO_MANY", field="group_by", params={"count": len(request.group_by), "max": MAX_GROUP_BY})
    condition = parse(request.where, request.object_key, builder.visible)
    terms = query_terms(request.search) if request.search else []
    form = (
        "aggregate", scope_key(uow, access), request.object_key, signature(condition, builder.context),
        repr(request.group_by), repr(request.measures), bool(request.search), len(terms),
    )  # fmt: skip
    plan: Plan = kept(form, lambda: _plan(builder, request, condition, terms))
    if not builder.rights.can_read:
        return [] if plan.groups else [{name: 0 if name == "count" else None for name, _, _ in plan.measures}]
    binds = {
        **access.row_parameters(), **parameters(condition, builder.context), "n_limit": request.limit + 1,
        **(match_parameters(terms, builder, uow) if terms else {}),
    }  # fmt: skip
    rows = answers.rows_of(uow, access, plan.prepared, (form, answers.frozen(binds, plan.prepared)), binds)
    if len(rows) > request.limit and plan.groups:
        raise Problem(422, "TOO_MANY_GROUPS", field="group_by", params={"max": request.limit})
    out = []
    for row in rows:
        record: dict[str, Any] = {}
        at = 0
        for name, exprs, convert in plan.groups:
            record[name] = convert(row, at)
            at += len(exprs)
        for name, _, convert in plan.measures:
            record[name] = convert(row, at)
            at += 1
        out.append(record)
    names = [name for name, _, _ in plan.groups]
    return sorted(out, key=lambda record: tuple(_order(record[name]) for name in names))


@dataclass
class Plan:
    """A kept aggregate: its statement, and how its rows become groups and measures."""

    prepared: Prepared
    groups: list[tuple[str, list[Any], Any]]
    measures: list[tuple[str, Any, Any]]


def _plan(builder: Builder, request: AggregateRequest, condition: Condition, terms: Sequence[Term]) -> Plan:
    groups = [_group(builder, raw) for raw in request.group_by]
    measures = [_measure(builder, raw) for raw in request.measures] or [_measure(builder, {"op": "count"})]
    where = [builder.where(condition), *builder.base_where(many=True)]
    if request.search:
        where.append(match_clause(builder) if terms else sa.false())
    columns: list[Any] = []
    by: list[Any] = []
    for place, (_, exprs, _) in enumerate(groups):
        for part, expr in enumerate(exprs):
            label = f"g{place}_{part}"
            columns.append(expr.label(label))
            by.append(sa.literal_column(label))
    columns += [expr.label(f"m{place}") for place, (_, expr, _) in enumerate(measures)]
    statement = sa.select(*columns).select_from(builder.from_clause()).where(*where)
    if by:
        statement = statement.group_by(*by)
    limit = sa.bindparam("n_limit", type_=sa.BigInteger())
    whole = answers.asked_once(statement, builder.read_objects(), limit)
    return Plan(builder.dialect.compile(whole), groups, measures)


def _order(value: Any) -> tuple[bool, str]:
    shown = value.get("label") if isinstance(value, dict) else value
    return (value is None, f"{shown:020d}" if isinstance(shown, int) else str(shown))


def _shape(builder: Builder, name: Any) -> tuple[tuple[str, ...], FieldShape]:
    path = tuple(str(name).split("."))
    shape = builder.visible.field(builder.obj.key, path) if isinstance(name, str) else None
    if shape is None:
        raise Problem(422, "UNKNOWN_FIELD", field=str(name)[:200], params={"field": str(name)[:200]})
    return path, shape


def _group(builder: Builder, raw: Any) -> tuple[str, list[Any], Any]:
    if isinstance(raw, str):
        raw = {"field": raw}
    if not isinstance(raw, Mapping) or set(raw) - {"field", "by"}:
        raise Problem(422, "BAD_GROUP", field="group_by")
    path, shape = _shape(builder, raw.get("field"))
    by = raw.get("by")
    name = f"{'.'.join(path)}:{by}" if by else ".".join(path)
    if by is not None:
        if by not in BUCKETS or shape.kind not in ("date", "datetime"):
            raise Problem(422, "BAD_GROUP", field=name[:200], params={"allowed": list(BUCKETS)})
        zone = state_of(builder.uow).workspace.time_zone
        bucket = builder.dialect.date_bucket(builder.column(path), by, shape.kind == "datetime", zone)
        return name, [bucket], lambda row, at: row[at]
    if shape.kind in ("options", "relations", "users", "relation_any", "file"):
        raise Problem(422, "BAD_GROUP", field=name[:200], params={"allowed": list(BUCKETS)})
    field = builder.schema.field_def(builder.obj.key, path)
    leads = target_of(field) if field is not None else shape.target if shape.kind == "user" else None
    column = builder.column(path)
    if leads:
        alias, target = builder.join(path)
        return name, [alias.c.id, builder.name_column(alias, target)], _linked
    return name, [column], _converter(builder, column)


def _linked(row: Any, at: int) -> Any:
    return None if row[at] is None else {"id": row[at], "label": row[at + 1] or ""}


def _converter(builder: Builder, column: Any) -> Any:
    if isinstance(column.type, Decimal_):
        return wire.decimal_text(column.type.scale, builder.dialect)
    if isinstance(column.type, sa.Boolean):
        return lambda row, at: None if row[at] is None else bool(row[at])
    return lambda row, at: wire.plain(row[at])


def _measure(builder: Builder, raw: Any) -> tuple[str, Any, Any]:
    if not isinstance(raw, Mapping) or raw.get("op") not in OPS or set(raw) - {"op", "field", "as"}:
        raise Problem(422, "UNKNOWN_MEASURE", field="measures", params={"allowed": list(OPS)})
    op = raw["op"]
    if op == "count" and raw.get("field") is None:
        return "count", sa.func.count(), lambda row, at: row[at]
    path, shape = _shape(builder, raw.get("field"))
    name = f"{op}_{'.'.join(path)}"
    if shape.kind in ("options", "relations", "users", "file"):
        raise Problem(422, "UNKNOWN_MEASURE", field=name[:200], params={"allowed": ["count"]})
    column = builder.column(path)
    if op == "count":
        return name, sa.func.count(column), lambda row, at: row[at]
    if op == "distinct":
        return name, sa.func.count(sa.distinct(column)), lambda row, at: row[at]
    if shape.kind != "number" and not (op in ("min", "max") and shape.kind in ("date", "datetime")):
        raise Problem(422, "UNKNOWN_MEASURE", field=name[:200], params={"allowed": ["count", "distinct", "min", "max"]})
    if shape.kind != "number":
        return name, getattr(sa.func, op)(column), _converter(builder, column)
    scale = column.type.scale if isinstance(column.type, Decimal_) else 0
    dialect = builder.dialect
    if op == "median":
        expr = builder.dialect.median(column)
        return name, expr, wire.decimal_text(scale + 1, dialect)
    if op == "avg":
        return name, sa.func.avg(sa.type_coerce(column, sa.types.NullType())), _mean(scale, dialect)
    return name, getattr(sa.func, op)(sa.type_coerce(column, sa.types.NullType())), wire.decimal_text(scale, dialect)


def _mean(scale: int, dialect: Dialect) -> Any:
    """Means have two digits more than what they are of."""
    places = scale + 2

    def convert(row: Any, at: int) -> str | None:
        value = row[at]
        return None if value is None else format(dialect.exact(value, scale), f".{places}f")

    return convert
