"""From a value of one field type to one of another, for changing a field's type."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from dealwright.model.field_types import CoerceContext, Money
from dealwright.model.shapes import FieldDef

NUMBERS = ("number", "percent", "money", "duration")


def convert(old: FieldDef, new: FieldDef, value: Any, ctx: CoerceContext) -> Any:
    """The value as the new field would hold it; raises ValueProblem when it cannot.

    Between kinds of number the figure stays, between dates the day in the workspace's zone; options keep their keys;
    everything else goes by the text that people read.
    """
    if old.type in NUMBERS and new.type in NUMBERS:
        amount = value.amount if isinstance(value, Money) else Decimal(value)
        if isinstance(value, Money) and new.type == "money":
            return new.ftype.coerce(new, value, ctx)
        return new.ftype.coerce(new, int(amount) if amount == amount.to_integral_value() else amount, ctx)
    if isinstance(value, date | datetime) and new.type in ("date", "datetime", "month_day"):
        if isinstance(value, datetime) and new.type != "datetime":
            value = value.astimezone(ctx.zone).date()
        return new.ftype.coerce(new, value, ctx)
    if isinstance(value, datetime):
        return new.ftype.coerce(new, f"{value.astimezone(ctx.zone):%Y-%m-%d %H:%M:%S}", ctx)
    if old.type in ("select", "multi_select") and new.type in ("select", "multi_select"):
        keys = value if isinstance(value, list) else [value]
        wanted = (
            keys if new.type == "multi_select" else keys[0] if len(keys) == 1 else old.ftype.to_text(old, value, "en")
        )
        return new.ftype.coerce(new, wanted, ctx)
    if isinstance(value, list) and new.type in ("multi_select", "tags"):
        return new.ftype.coerce(new, [old.ftype.to_text(old, [item], ctx.locale) for item in value], ctx)
    return new.ftype.coerce(new, old.ftype.to_text(old, value, ctx.locale), ctx)
