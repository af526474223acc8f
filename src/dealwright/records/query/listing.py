"""Lists and single records: one statement each, compiled once per shape and kept.

The kept plan holds the statement's text, its bind names and the row converters; a request fills in values. Its key
holds everything that decides the text: object, fields, sort, form of the filter, the roles, and the versions of model
and rights, so a narrowed right makes a new plan at once.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from threading import Lock
from time import perf_counter
from typing import Any

import sqlalchemy as sa

from dealwright.access import Access, mask
from dealwright.conditions import All, Condition, parameters, parse, signature
from dealwright.foundation.database import Prepared, UnitOfWork, state_of
from dealwright.foundation.errors import Problem
from dealwright.model import FieldDef, ObjectDef
from dealwright.model.formula import live_values, parse_formula, references
from dealwright.records.query import cursor as keyset
from dealwright.records.query import expand, offers
from dealwright.records.query.builder import Builder, context_of
from dealwright.records.query.wire import Slot, records, slots_of
from dealwright.records.search.query import match_clause, match_parameters
from dealwright.records.search.tokens import query_terms

DEFAULT_LIMIT = 50
MAX_LIMIT = 200
MAX_OFFSET = 1_000_000
KEPT_PLANS = 512
DEFAULT_SORT = "-created_at"


@dataclass(frozen=True)
class ListRequest:
    """What a list asks for. `where` is raw condition JSON; `fields` None means every readable one.

    offset: how many records to pass over, for who jumps into the middle; a cursor is the way to go on from a page.
    """

    object_key: str
    where: Any = None
    sort: str = DEFAULT_SORT
    fields: tuple[str, ...] | None = None
    limit: int = DEFAULT_LIMIT
    cursor: str | None = None
    total: bool = False
    search: str = ""
    in_bin: bool = False
    expand: tuple[str, ...] = ()
    offset: int = 0


@dataclass(frozen=True)
class Page:
    """Wire records, the cursor of the next page (None on the last), and the total when it was asked for.

    index: the field whose index would have made a slow list fast; only for those who may add it.
    """

    records: list[dict[str, Any]]
    next: str | None = None
    total: int | None = None
    index: str | None = None


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
    expanded: tuple[tuple[str, ...], ...] = ()


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
    # Rights or a model that are not committed yet may be rolled back: what is built on them is nobody else's.
    return (
        id(uow) if uow.memo.get("bumped") else 0, uow.db.key, state.schema_version, state.rights_epoch, access.actor.kind, access.actor.role_ids,
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
    if not 0 <= request.offset <= MAX_OFFSET or (request.offset and request.cursor):
        raise Problem(422, "OFFSET_RANGE", field="offset", params={"max": MAX_OFFSET})
    builder = Builder(uow, access, request.object_key)
    if not builder.rights.can_read:
        return Page([], None, 0 if request.total else None)
    condition: Condition = (
        parse(request.where, request.object_key, builder.visible) if request.where is not None else All(())
    )
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

    plan: Plan = kept(("list", *base, request.fields, request.expand, request.sort, nulls, request.offset > 0), make)
    binds = {
        **access.row_parameters(), **parameters(condition, builder.context), "n_limit": request.limit + 1,
        **(match_parameters(terms, builder, uow) if terms else {}),
    }  # fmt: skip
    if request.offset:
        binds["n_offset"] = request.offset
    if values is not None:
        binds |= keyset.parameters(plan.keys, values)
    began = perf_counter()
    rows = uow.fetch(plan.prepared, binds)
    index = None
    if perf_counter() - began > offers.SLOW_S and access.may("design"):
        index = offers.index_for(uow, builder.obj, condition, request.sort)
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
    expand.unfold(found, plan.expanded)
    if plan.live:
        add_live(builder, found, plan.live)
    for record in found if plan.unasked else ():
        for key in plan.unasked:
            record.pop(key, None)
    return Page(found, next_, total, index)


def _plan(builder: Builder, request: ListRequest, condition: Condition, searching: bool, values: Any) -> Plan:
    paths = expand.checked(builder, request.expand)
    fields = chosen_fields(builder, expand.with_roots(request.fields, paths))
    live = [f for f in fields if f.type == "formula" and f.config.get("live")]
    # A formula that reads the clock is worked out from the record, so what it reads is fetched with it.
    needed = {key for one in live for key in references(parse_formula(one.config["expression"]))}
    extra = [f for f in chosen_fields(builder, None) if f.key in needed and f not in fields]
    slots = [Slot("id", (builder.root.c.id,), None), Slot("version", (builder.root.c.version,), None)]
    for one in (*fields, *extra):
        slots += slots_of(builder, one)
    for path in paths:
        slots.append(expand.slot(builder, path))
    # Which records, in which order, is found out first, from the narrow columns that decide it; what is shown of them,
    # and of what they are related to, is fetched for a page only: sorting without an index took ten times as long.
    picker = Builder(builder.uow, builder.access, builder.obj.key, alias="p")
    keys = keyset.sort_keys(picker, request.sort, keyset.filled_in(condition))
    where = [picker.where(condition), *picker.base_where(request.in_bin, many=True)]
    if searching:
        where.append(match_clause(picker))
    if values is not None:
        where.append(keyset.after(keys, picker.root.c.id, values))
    limit = sa.bindparam("n_limit", 51, type_=sa.Integer())
    chosen = sa.select(picker.root.c.id, *(key.expr.label(f"s{i}") for i, key in enumerate(keys)))
    chosen = chosen.select_from(picker.from_clause()).where(*where)
    wanted: Any = chosen.order_by(*keyset.order_by(keys, picker.root.c.id)).limit(limit)
    if builder.dialect.empties_end_indexes and not request.offset and keyset.is_down_to_empty(keys, picker.root):
        # no index of PostgreSQL gives this order in one go, but one gives the filled ones and then the empty ones
        wanted = keyset.filled_then_empty(chosen, keys[0], picker.root.c.id, limit)
    if request.offset:
        # Only the narrow columns are gone through: to row 100,000 of 200,000 in 7 ms by an index on SQLite, in 330 ms
        # where every row has to be sorted by a name without one (docs/packages/records-read.md).
        wanted = wanted.offset(sa.bindparam("n_offset", type_=sa.Integer()))
    page = wanted.subquery("page")
    columns = [column.label(f"c{i}") for i, column in enumerate(c for slot in slots for c in slot.columns)]
    shown = [key._replace(expr=page.c[f"s{i}"]) for i, key in enumerate(keys)]
    statement = (
        sa.select(*columns, *(key.expr for key in shown))
        .select_from(builder.from_clause(page))
        .order_by(*keyset.order_by(shown, page.c.id))
    )
    unasked = tuple(slot.key for one in extra for slot in slots_of(builder, one))
    return Plan(builder.dialect.compile(statement), slots, keys, fields, len(keys), live, unasked, paths)


def _count(
    uow: UnitOfWork, access: Access, builder: Builder, request: ListRequest, condition: Condition, terms: Any, base: Any
) -> int:
    def make() -> Prepared:
        fresh = Builder(uow, access, request.object_key)
        where = [fresh.where(condition), *fresh.base_where(request.in_bin, many=True)]
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


@lru_cache(maxsize=256)
def _live_inputs(obj: ObjectDef) -> frozenset[str]:
    """The fields that the formulas which read the clock are worked out from."""
    live = (one for one in obj.formulas if one.config.get("live"))
    return frozenset(key for one in live for key in references(parse_formula(one.config["expression"])))


def add_live(builder: Builder, found: list[dict[str, Any]], live: list[FieldDef]) -> None:
    """Formulas that read the clock, from the wire values they need."""
    from dealwright.model.field_types.base import CoerceContext

    obj, zone = builder.obj, builder.context.zone
    workspace = state_of(builder.uow).workspace
    ctx = CoerceContext("api", workspace.locale, zone, builder.schema, workspace)
    inputs = _live_inputs(obj)
    for record in found:
        typed: dict[str, Any] = {}
        for key in inputs:
            one, raw = obj.fields.get(key), record.get(key)
            if one is None or raw is None or builder.rights.level(key) == "masked":
                continue
            if one.type in ("number", "percent", "money", "datetime", "date", "duration"):
                typed[key] = one.ftype.coerce(one, raw, ctx)
            elif not isinstance(raw, (dict, list)):
                typed[key] = raw
        values = live_values(obj, typed, builder.uow.now, zone)
        for one in live:
            value = values.get(one.key)
            shown = None if value is None else one.ftype.to_wire(one, value)
            record[one.key] = mask(one, shown) if builder.rights.level(one.key) == "masked" else shown


__all__ = [
    "ListRequest",
    "Page",
    "add_live",
    "chosen_fields",
    "context_of",
    "count",
    "find",
    "kept",
    "scope_key",
]
