"""Money: an exact amount and its currency, in two columns."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from dealwright.conditions import FieldShape
from dealwright.foundation.database.types import Decimal_, Text_
from dealwright.foundation.errors import FieldError
from dealwright.model.currencies import CURRENCIES, currency_of_sign
from dealwright.model.field_types.base import CoerceContext, FieldType, Money, ValueProblem, whole
from dealwright.model.field_types.numbers import check_range, exact, range_errors
from dealwright.model.shapes import FieldDef, Schema


class MoneyType(FieldType):
    key = "money"
    kind = "number"

    def scale(self, field: FieldDef) -> int:
        """Places after the point, 2 unless the config says otherwise."""
        return int(field.config.get("scale", 2))

    def normal_config(self, config: Mapping[str, Any]) -> dict[str, Any]:
        kept = super().normal_config(config)
        kept.setdefault("scale", 2)
        for name in ("min", "max"):
            if isinstance(kept.get(name), Decimal | float):
                kept[name] = str(kept[name])
        return kept

    def check_config(self, field: FieldDef, schema: Schema) -> list[FieldError]:
        errors: list[FieldError] = []
        whole(errors, field.config, "scale", 0, 6)
        return errors + range_errors(field.config)

    def columns(self, field: FieldDef) -> list[sa.Column[Any]]:
        return [
            sa.Column(field.key, Decimal_(self.scale(field)), nullable=True),
            sa.Column(f"{field.key}_currency", Text_(), nullable=True),
        ]

    def parse(self, field: FieldDef, raw: Any, ctx: CoerceContext) -> Money | None:
        currency: Any = ctx.workspace.currency
        if isinstance(raw, Money):
            raw, currency = raw
        elif isinstance(raw, dict):
            if set(raw) - {"amount", "currency"} or "amount" not in raw:
                raise ValueProblem("MONEY_FORMAT", example='{"amount":"1234.50","currency":"CNY"}')
            currency, raw = raw.get("currency"), raw["amount"]
            if raw is None:
                return None
            if not currency:
                raise ValueProblem("CURRENCY_MISSING", example="CNY")
        elif isinstance(raw, str) and ctx.mode == "text":
            currency, raw = _split(raw, currency)
        if not isinstance(currency, str) or currency not in CURRENCIES:
            raise ValueProblem("CURRENCY_UNKNOWN", currency=str(currency)[:20], example="CNY")
        amount = exact(raw, ctx, self.scale(field))
        check_range(field, amount)
        return Money(amount, currency)

    def to_row(self, field: FieldDef, value: Money | None) -> dict[str, Any]:
        amount, currency = value if value is not None else (None, None)
        return {field.key: amount, f"{field.key}_currency": currency}

    def from_row(self, field: FieldDef, row: Mapping[str, Any]) -> Money | None:
        amount = row[field.key]
        return None if amount is None else Money(Decimal(amount), row[f"{field.key}_currency"])

    def to_wire(self, field: FieldDef, value: Money) -> Any:
        return {"amount": f"{value.amount:.{self.scale(field)}f}", "currency": value.currency}

    def to_text(self, field: FieldDef, value: Money, locale: str) -> str:
        return f"{value.amount:.{self.scale(field)}f} {value.currency}"

    def shape(self, field: FieldDef) -> FieldShape | None:
        return FieldShape(field.key, "number", dict(field.labels), None, None, self.scale(field), "money")


def _split(text: str, currency: str) -> tuple[str, str]:
    """A currency code or sign at either end of a text, and the rest: "USD 12", "12.00 usd", "€5"."""
    plain = text.strip()
    for code, rest in ((plain[:3], plain[3:]), (plain[-3:], plain[:-3])):
        if code.upper() in CURRENCIES and rest.strip() and not rest.strip()[-1:].isalpha():
            return code.upper(), rest.strip()
    return currency_of_sign(plain) or currency, plain
