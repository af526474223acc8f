"""Lists and single records: one statement each, compiled once per shape and kept.

The kept plan holds the statement's text, its bind names and the row converters; a request fills in values. Its key
holds everything that decides the text: object, fields, sort, form of the filter, the roles, and the versions of model
and rights, so a narrowed right makes a new plan at once.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

import sqlalchemy as sa

from dealwright.access import Access
from dealwright.conditions import All, Condition, parameters, parse, signature
from dealwright.foundation.database import Prepared, UnitOfWork, state_of
from dealwright.foundation.errors import Problem
from dealwright.model import FieldDef
from dealwright.model.formula import live_values, parse_formula, references
from dealwright.records.query import cursor as keyset
from dealwright.records.query.builder import Builder, context_of
from dealwright.records.query.wire import Slot, records, slots_of
from dealwright.records.search.query import match_clause, match_parameters
from dealwright.records.search.tokens import query_terms

DEFAULT_LIMIT = 50
MAX_LIMIT = 200
KEPT_PLANS = 512
DEFAULT_SORT = "-created_at"


@dataclass(frozen=True)
class ListRequest:
    """What a list asks for. `where` is raw condition JSON; `fields` None means every readable one."""

    object_key: str
    where: Any = None
    sort: str = DEFAULT_SORT
    fields: tuple[str, ...] | None = None
    limit: int = DEFAULT_LIMIT
    cursor: str | None = None
    total: bool = False
    search: str = ""
    in_bin: bool = False


@dataclass(frozen=True)
class Page:
    """Wire records, the cursor of the next page (None on the last), and the total when it was asked for."""

    records: list[dict[str, Any]]
    next: str | None = None
    total: int | None = None


@dataclass
class Plan:
    """A kept list: statement, converters, sort keys."""

    prepared: Prepared
    slots: list[Slot]
    keys: list[keyset.SortKey]
    fields: list[FieldDef]
    key_columns: int = 0
    live: list[FieldDef] = field(default_factory=list)
    unasked: tuple[str, ...] = ()


_plans: OrderedDict[Any, Plan] = OrderedDict()
_lock = Lock()


def kept(key: Any, make: Any) -> Any:
    """A plan by its key, made once; the least used go when there are too many."""
    with _lock:
        plan = _plans.get(key)
        if plan is not None:
            _plans.move_to_end(key)
            return plan
    plan = make()
    with _lock:
        _plans[key] = plan
        while len(_plans) > KEPT_PLANS:
            _plans.popitem(last=False)
    return plan


def scope_key(uow: UnitOfWork, access: Access) -> tuple[Any, ...]:
    """What of database, model and rights decides a statement's text."""
    state = state_of(uow)
    return (
        str(uow.db.url), state.schema_version, state.rights_epoch, access.actor.kind, access.actor.role_ids,
        access.actor.scopes, state.workspace.time_zone,
    )  # fmt: skip


def chosen_fields(builder: Builder, names: Sequence[str] | None) -> list[FieldDef]:
    """The readable fields asked for; Problem 422 UNKNOWN_FIELD for others, hidden ones included."""
    readable = {key: f for key, f in builder.obj.fields.items() if builder.rights.level(key) != "hidden"}
    if names is None:
        return list(readable.values())
    unknown = [name for name in names if name not in readable and name not in ("id", "version")]
    if unknown:
        raise Problem(422, "UNKNOWN_FIELD", field=unknown[0][:200], params={"field": unknown[0][:200]})
    return [readable[name] for name in dict.fromkeys(names) if name in readable]


def find(uow: UnitOfWork, access: Access, request: ListRequest) -> Page:
    """A page of records in the viewer's scope.

    One statement, plus one when the total is asked for. Problem 422 for a wrong filter, sort, field, limit or cursor.
    """
    if not 1 <= request.limit <= MAX_LIMIT:
        raise Problem(422, "LIMIT_RANGE", field="limit", params={"max": MAX_LIMIT})
    builder = Builder(uow, access, request.object_key)
    if not builder.rights.can_read:
        return Page([], None, 0 if request.total else None)
    condition: Condition = parse(request.where, request.object_key, builder.visible) if request.where else All(())
    terms = query_terms(request.search) if request.search else []
    if request.search and not terms:
        return Page([], None, 0 if request.total else None)
    form = signature(condition, builder.context)
    mark = keyset.mark_of(request.object_key, request.where, request.sort, request.search, request.in_bin)
    base = (scope_key(uow, access), request.object_key, request.in_bin, form, len(terms))
    values: list[Any] | None = None
    nulls: tuple[bool, ...] | None = None
    if request.cursor:
        keys = keyset.sort_keys(Builder(uow, access, request.object_key), request.sort)
        values = keyset.decode(request.cursor, mark, keys)
        nulls = tuple(value is None for value in values)

    def make() -> Plan:
        return _plan(builder, request, condition, bool(terms), values)

    plan: Plan = kept(("list", *base, request.fields, request.sort, nulls), make)
    binds = {
        **access.row_parameters(), **parameters(condition, builder.context), "n_limit": request.limit + 1,
        **(match_parameters(terms, builder, uow) if terms else {}),
    }  # fmt: skip
    if values is not None:
        binds |= keyset.parameters(plan.keys, values)
    rows = uow.fetch(plan.prepared, binds)
    more = len(rows) > request.limit
    rows = rows[: request.limit]
    next_ = None
    if more:
        last = rows[-1]
        start = len(last) - plan.key_columns
        raw = [keyset.typed(key.expr.type, last[start + i], uow.dialect) for i, key in enumerate(plan.keys)]
        next_ = keyset.encode([*raw, last[0]], mark)
    total = None
    if request.total:
        total = _count(uow, access, builder, request, condition, terms, base)
    found = records(rows, plan.slots)
    if plan.live:
        _add_live(builder, found, plan.live)
        for record in found:
            for key in plan.unasked:
                record.pop(key, None)
    return Page(found, next_, total)


def _plan(builder: Builder, request: ListRequest, condition: Condition, searching: bool, values: Any) -> Plan:
    fields = chosen_fields(builder, request.fields)
    live = [f for f in fields if f.type == "formula" and f.config.get("live")]
    # A formula that reads the clock is worked out from the record, so what it reads is fetched with it.
    needed = {key for one in live for key in references(parse_formula(one.config["expression"]))}
    extra = [f for f in chosen_fields(builder, None) if f.key in needed and f not in fields]
    slots = [Slot("id", (builder.root.c.id,), None), Slot("version", (builder.root.c.version,), None)]
    for one in (*fields, *extra):
        slots += slots_of(builder, one)
    keys = keyset.sort_keys(builder, request.sort)
    where = [*builder.base_where(request.in_bin), builder.where(condition)]
    if searching:
        where.append(match_clause(builder))
    if values is not None:
        where.append(keyset.after(keys, builder.root.c.id, values))
    columns = [column.label(f"c{i}") for i, column in enumerate(c for slot in slots for c in slot.columns)]
    columns += [key.expr.label(f"s{i}") for i, key in enumerate(keys)]
    statement = (
        sa.select(*(sa.type_coerce(c, sa.types.NullType()) if False else c for c in columns))
        .select_from(builder.from_clause())
        .where(*where)
        .order_by(*keyset.order_by(keys, builder.root.c.id))
        .limit(sa.bindparam("n_limit", 51, type_=sa.Integer()))
    )
    unasked = tuple(slot.key for one in extra for slot in slots_of(builder, one))
    return Plan(builder.dialect.compile(statement), slots, keys, fields, len(keys), live, unasked)


def _count(
    uow: UnitOfWork, access: Access, builder: Builder, request: ListRequest, condition: Condition, terms: Any, base: Any
) -> int:
    def make() -> Prepared:
        fresh = Builder(uow, access, request.object_key)
        where = [*fresh.base_where(request.in_bin), fresh.where(condition)]
        if terms:
            where.append(match_clause(fresh))
        statement = sa.select(sa.func.count()).select_from(fresh.from_clause()).where(*where)
        return fresh.dialect.compile(statement)

    prepared: Prepared = kept(("count", *base), make)
    binds = {**access.row_parameters(), **parameters(condition, builder.context)}
    if terms:
        binds |= match_parameters(terms, builder, uow)
    return int(uow.fetch(prepared, binds)[0][0])


def count(uow: UnitOfWork, access: Access, object_key: str, where: Any = None) -> int:
    """How many records the viewer sees under a condition."""
    request = ListRequest(object_key, where)
    builder = Builder(uow, access, object_key)
    if not builder.rights.can_read:
        return 0
    condition = parse(where, object_key, builder.visible)
    base = (scope_key(uow, access), object_key, False, signature(condition, builder.context), 0)
    return _count(uow, access, builder, request, condition, [], base)


def _add_live(builder: Builder, found: list[dict[str, Any]], live: list[FieldDef]) -> None:
    """Formulas that read the clock, from the wire values they need."""
    from dealwright.model.field_types.base import CoerceContext

    obj, zone = builder.obj, builder.context.zone
    workspace = state_of(builder.uow).workspace
    ctx = CoerceContext("api", workspace.locale, zone, builder.schema, workspace)
    for record in found:
        typed: dict[str, Any] = {}
        for key, raw in record.items():
            one = obj.fields.get(key)
            if one is None or raw is None:
                continue
            if one.type in ("number", "percent", "money", "datetime", "date", "duration"):
                typed[key] = one.ftype.coerce(one, raw, ctx)
            elif not isinstance(raw, (dict, list)):
                typed[key] = raw
        values = live_values(obj, typed, builder.uow.now, zone)
        for one in live:
            value = values.get(one.key)
            record[one.key] = None if value is None else one.ftype.to_wire(one, value)


def get_one(
    uow: UnitOfWork, access: Access, object_key: str, record_id: str, *, in_bin: bool = False
) -> dict[str, Any]:
    """One record with all readable fields, lines included; 404 when it is missing or outside the viewer's scope."""
    builder = Builder(uow, access, object_key)
    if not builder.rights.can_read:
        raise Problem(404, "NOT_FOUND")

    def make() -> Plan:
        fields = chosen_fields(builder, None)
        slots = [Slot("id", (builder.root.c.id,), None), Slot("version", (builder.root.c.version,), None)]
        for one in fields:
            slots += slots_of(builder, one)
        columns = [column.label(f"c{i}") for i, column in enumerate(c for slot in slots for c in slot.columns)]
        where = [*builder.base_where(in_bin), builder.root.c.id == sa.bindparam("n_id", type_=sa.Text())]
        statement = sa.select(*columns).select_from(builder.from_clause()).where(*where)
        live = [f for f in fields if f.type == "formula" and f.config.get("live")]
        return Plan(builder.dialect.compile(statement), slots, [], fields, 0, live)

    plan: Plan = kept(("one", scope_key(uow, access), object_key, in_bin), make)
    rows = uow.fetch(plan.prepared, {**access.row_parameters(), "n_id": record_id})
    if not rows:
        raise Problem(404, "NOT_FOUND")
    record = records(rows, plan.slots)[0]
    if plan.live:
        _add_live(builder, [record], plan.live)
    for one in plan.fields:
        if one.type == "line_items":
            record[one.key] = lines(builder, one, record_id)
    return record


get_wire = get_one


def lines(builder: Builder, field: FieldDef, record_id: str) -> list[dict[str, Any]]:
    """The lines of a record in their order, with the labels of what they refer to."""
    child = builder.schema.objects[field.config["object"]]
    inner = LinesBuilder(builder, child)
    slots = [Slot("id", (inner.root.c.id,), None)]
    for one in child.fields.values():
        slots += slots_of(inner, one)
    columns = [column.label(f"c{i}") for i, column in enumerate(c for slot in slots for c in slot.columns)]
    statement = (
        sa.select(*columns)
        .select_from(inner.from_clause())
        .where(
            inner.root.c.parent_id == sa.bindparam("n_parent", record_id, type_=sa.Text()),
            inner.root.c.deleted_at.is_(None),
        )
        .order_by(inner.root.c.position, inner.root.c.id)
    )
    binds = {**builder.access.row_parameters(), "n_parent": record_id}
    return records(builder.uow.fetch(builder.dialect.compile(statement), binds), slots)


class LinesBuilder(Builder):
    """A builder over the lines of a record that the viewer has been shown already: the lines have its rights."""

    def __init__(self, outer: Builder, child: Any) -> None:
        self.uow, self.access, self.dialect = outer.uow, outer.access, outer.dialect
        self.schema, self.obj = outer.schema, child
        self.rights = outer.access.object(child.key)
        self.context, self.visible = outer.context, outer.visible
        self.root = child.table.alias("t")
        self._joins, self._ons = {}, []


__all__ = [
    "ListRequest",
    "Page",
    "chosen_fields",
    "context_of",
    "count",
    "find",
    "get_one",
    "get_wire",
    "kept",
    "lines",
    "scope_key",
]
