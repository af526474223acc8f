"""What nobody types: defaults, the owner and the owner's team, automatic numbers, totals of lines, formulas."""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from dealwright.foundation.database import Dialect, Prepared
from dealwright.foundation.errors import FieldError
from dealwright.model import FieldDef, ValueProblem
from dealwright.model.formula import compute
from dealwright.model.tables import dw_counter
from dealwright.records.coercion import context_of
from dealwright.records.shapes import EMPTY, Work, same
from dealwright.records.targets import primary_team


def derive_values(work: Work) -> None:
    """Fill in what follows from the given values."""
    if work.is_create:
        fill_defaults(work)
    if work.obj.kind == "object":
        fill_owner(work)


def fill_defaults(work: Work) -> None:
    """Defaults of fields that were not named at all; an explicit null stays empty."""
    named = dict(work.after)
    given = work.given
    dict.update(work.after, work.obj.empty_values)
    for key in given - named.keys():  # its value could not be read
        dict.pop(work.after, key, None)
    dict.update(work.after, named)
    for field in work.obj.initial_fields:
        if field.key in given or field.key in named:
            continue
        value = None
        if field.type == "roll_up":
            value = Decimal(0) if field.config.get("op") == "count" else None
        else:
            try:
                value = field.ftype.coerce(field, field.default, context_of(work))
            except ValueProblem as problem:
                work.errors.append(FieldError(field.key, problem.code, problem.params))
        dict.__setitem__(work.after, field.key, value)


def fill_owner(work: Work) -> None:
    """A new record belongs to whoever makes it unless it names somebody; the team follows the owner."""
    if work.is_create and "owner" not in work.given:
        work.after["owner"] = work.actor.user_id
    owner = work.after["owner"]
    if work.is_create or not same(work.before["owner"], owner):
        work.after["team"] = primary_team(work, owner)


def number_records(work: Work) -> None:
    """Give a new record its automatic numbers, last of all so that a refused record uses none up."""
    if not work.is_create:
        return
    for field in work.obj.number_fields:
        if work.after[field.key] is None:
            work.set(field.key, next_number(work, field))


def next_number(work: Work, field: FieldDef) -> str:
    """The next number of a field, counted in the record's own transaction; memo "numbers_ahead" takes many at once."""
    uow = work.uow
    ftype: Any = field.ftype
    day = uow.now.astimezone(context_of(work).zone).date()
    period = ftype.period(field, day)
    stock: dict[tuple[str, str], list[int]] = uow.memo.setdefault("numbers", {})
    waiting = stock.setdefault((field.id, period), [])
    if not waiting:
        count = int(uow.memo.get("numbers_ahead", 1))
        first = int(field.config.get("next", 1))
        values = {"field_id": field.id, "period": period, "first": first + count - 1, "step": count}
        last = uow.fetch(_counter(uow.dialect), values)[0][0]
        waiting.extend(range(int(last), int(last) - count, -1))
    return str(ftype.text(field, day, waiting.pop()))


@lru_cache(maxsize=8)
def _counter(dialect: Dialect) -> Prepared:
    statement = dialect.insert(dw_counter).values(
        field_id=sa.bindparam("field_id"), period=sa.bindparam("period"), value=sa.bindparam("first")
    )
    step = sa.bindparam("step", type_=sa.BigInteger)
    statement = statement.on_conflict_do_update(
        index_elements=["field_id", "period"], set_={"value": dw_counter.c.value + step}
    )
    return dialect.compile(statement.returning(dw_counter.c.value))


def fill_formulas(work: Work) -> None:
    """Work out the stored formulas from the values as they will be stored."""
    if not work.obj.formulas or not work.formulas_stale:
        return
    ctx = context_of(work)
    for key, value in compute(work.obj, work.after, work.uow.now, ctx.zone).items():
        work.set(key, value)
    work.formulas_stale = False


def find_changed(work: Work) -> None:
    """Note which given and derived values differ from the stored ones (S5)."""
    if work.is_create:
        work.changed = {k for k, v in dict.items(work.after) if v is not None and (v or not isinstance(v, EMPTY))}
        return
    for key in list(dict.keys(work.after)):
        if same(work.before[key], dict.get(work.after, key)):
            work.changed.discard(key)
        else:
            work.changed.add(key)
