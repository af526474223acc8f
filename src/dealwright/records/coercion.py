"""From raw values to typed ones: every wrong field named, in one answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from dealwright.foundation.database import state_of
from dealwright.foundation.errors import FieldError, Problem
from dealwright.model import CoerceContext, FieldDef, ObjectDef, ValueProblem
from dealwright.people.shapes import Actor
from dealwright.records.rights import may_write
from dealwright.records.shapes import Work
from dealwright.records.wire import field_wire

OWN_COLUMNS = frozenset({"id", "version", "deleted_at", "deleted_by"})


def context_of(work: Work) -> CoerceContext:
    """What coercion depends on, made once per unit of work as long as nothing of it changes."""
    workspace = state_of(work.uow).workspace
    mode, actor = work.change.mode, work.actor
    kept: tuple[Actor, CoerceContext] | None = work.uow.memo.get(f"context_{mode}")
    if kept is not None and kept[0] is actor and kept[1].schema is work.schema and kept[1].workspace is workspace:
        return kept[1]
    zone = ZoneInfo(workspace.time_zone)
    context = CoerceContext(mode, actor.locale, zone, work.schema, workspace, work.uow.now, actor.user_id)
    work.uow.memo[f"context_{mode}"] = (actor, context)
    return context


def with_currencies(obj: ObjectDef, values: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    """`amount` and `amount_currency`, as records are read, put together to one value of money."""
    raw = dict(values)
    for key in list(raw):
        base = key.removesuffix("_currency")
        field = obj.fields.get(base)
        if base == key or key in obj.fields or field is None or field.type != "money":
            continue
        currency = raw.pop(key)
        if base not in raw:
            old = before.get(base)
            if old is None:
                continue
            raw[base] = {"amount": str(old.amount), "currency": currency}
        elif not isinstance(raw[base], dict) and raw[base] is not None and currency is not None:
            raw[base] = {"amount": raw[base], "currency": currency}
    return raw


def level_of(work: Work, key: str) -> str:
    """hidden, masked, read or write: what the actor may do with a field. Automation may write all of them."""
    return "write" if work.rights is None else work.rights.level(key)


def refusal(work: Work, key: str, field: FieldDef | None) -> FieldError | None:
    """Why a field may not stand in a body at all. Raises Problem 403 FIELD_FORBIDDEN for one that is only readable."""
    if key in OWN_COLUMNS and field is None:
        return FieldError(key, "READ_ONLY_FIELD", {"field": key})
    level = level_of(work, key) if field is not None else "hidden"
    if field is None or level == "hidden":
        # the same answer for a field that does not exist and one that may not be known of
        return FieldError(key[:80], "UNKNOWN_FIELD", {"field": key[:80]})
    if work.access is None and not field.computed:
        return None
    if field.read_only:
        return FieldError(key, "READ_ONLY_FIELD", {"field": dict(field.labels)})
    if not may_write(work, field):
        raise Problem(403, "FIELD_FORBIDDEN", field=key, params={"field": dict(field.labels)})
    return None


def coerce_values(work: Work) -> None:
    """Type the given values into `work.after`; what is wrong goes to `work.errors`.

    A value that is written as it is stored already passes unlooked at, so a form may send back what it showed.
    """
    ctx = context_of(work)
    before, is_create, fields = work.before, work.is_create, work.obj.fields
    seen: dict[Any, Any] | None = work.uow.memo.get("seen") if is_create and work.parent is None else None
    for key, raw in with_currencies(work.obj, work.change.values, before).items():
        field = fields.get(key)
        if field is not None and not is_create and _is_unchanged(work, field, raw):
            continue
        # The records that a batch makes may all set the same fields, so who may is asked once.
        if seen is None or (field, id(work.rights)) not in seen:
            error = refusal(work, key, field)
            if error is not None:
                work.errors.append(error)
                continue
            if seen is not None:
                seen[field, id(work.rights)] = True
        assert field is not None
        work.given.add(key)
        try:
            value = field.ftype.coerce(field, raw, ctx) if seen is None else _once(seen, field, raw, ctx)
        except ValueProblem as problem:
            work.errors.append(FieldError(key, problem.code, problem.params))
            continue
        work.after[key] = value


def _once(seen: dict[Any, Any], field: FieldDef, raw: Any, ctx: CoerceContext) -> Any:
    """As `coerce`, but a text that came in this column of a batch before means what it meant then."""
    known = (field, ctx.mode, raw) if type(raw) is str else None
    if known is not None and known in seen:
        return seen[known]
    value = field.ftype.coerce(field, raw, ctx)
    if known is not None and not isinstance(value, list | dict):  # what can be changed is made anew
        seen[known] = value
    return value


def _is_unchanged(work: Work, field: FieldDef, raw: Any) -> bool:
    if field.ftype.linked or field.type == "line_items" or raw is None or isinstance(raw, bool):
        return False
    if level_of(work, field.key) not in ("read", "write"):
        return False  # or a guess at a hidden value would be told from a wrong one
    old = work.before[field.key]
    return old is not None and field_wire(field, old) == raw
