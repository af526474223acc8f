"""Number, percent and duration: exact decimals within 18 figures, units and ranges."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from dealwright.conditions import FieldShape
from dealwright.foundation.database.types import Decimal_
from dealwright.foundation.errors import FieldError
from dealwright.model import local_forms
from dealwright.model.field_types.base import CoerceContext, FieldType, ValueProblem, whole
from dealwright.model.shapes import FieldDef, Schema

FIGURES = 18  # a scaled value must fit the 64-bit integer that SQLite keeps


def exact(raw: Any, ctx: CoerceContext, scale: int, *, rounds: bool = False) -> Decimal:
    """A raw number as a Decimal with at most `scale` places, raising NUMBER_FORMAT, SCALE_EXCEEDED, OUT_OF_RANGE."""
    value: Decimal | None
    if isinstance(raw, bool):
        value = None
    elif isinstance(raw, int):
        value = Decimal(raw)
    elif isinstance(raw, Decimal):
        value = raw
    elif isinstance(raw, float):
        value = Decimal(repr(raw))
    elif isinstance(raw, str) and local_forms.PLAIN_NUMBER.fullmatch(raw) and raw.isascii():
        value = Decimal(raw)
    elif isinstance(raw, str) and ctx.mode == "text":
        value = local_forms.number(raw)
    elif isinstance(raw, str) and len(raw) > FIGURES and raw.isascii() and raw.lstrip("-+").isdigit():
        raise ValueProblem("OUT_OF_RANGE", value=raw[:20] + "…")
    else:
        value = None
    if value is None or not value.is_finite():
        raise ValueProblem("NUMBER_FORMAT", example="1234.50" if scale else "1234")
    if value.adjusted() >= FIGURES:
        raise ValueProblem("OUT_OF_RANGE", value=_shown(value), figures=FIGURES - scale)
    if value.as_tuple().exponent < -60:  # type: ignore[operator]  # finite, so an int
        raise ValueProblem("SCALE_EXCEEDED", scale=scale)
    step = Decimal(1).scaleb(-scale)
    rounded = value.quantize(step)
    if rounded != value and not rounds:
        if ctx.mode == "text" and isinstance(raw, float):
            return exact(round(raw, scale), ctx, scale, rounds=True)  # a cell's binary noise, not the author's figures
        raise ValueProblem("SCALE_EXCEEDED", scale=scale)
    if abs(rounded).scaleb(scale) >= Decimal(10) ** FIGURES:
        raise ValueProblem("OUT_OF_RANGE", value=_shown(value), figures=FIGURES - scale)
    return rounded + 0 if rounded else rounded.copy_abs()


def _shown(value: Decimal) -> str:
    text = str(value)
    return text if len(text) <= 24 else text[:20] + "…"


def check_range(field: FieldDef, value: Decimal) -> None:
    """Raise BELOW_MIN or ABOVE_MAX when the value leaves config min..max."""
    low, high = field.config.get("min"), field.config.get("max")
    if low is not None and value < Decimal(str(low)):
        raise ValueProblem("BELOW_MIN", min=str(low))
    if high is not None and value > Decimal(str(high)):
        raise ValueProblem("ABOVE_MAX", max=str(high))


def range_errors(config: Mapping[str, Any]) -> list[FieldError]:
    """Errors of config min and max."""
    errors = []
    for name in ("min", "max"):
        value = config.get(name)
        if value is None:
            continue
        try:
            if isinstance(value, bool) or not Decimal(str(value)).is_finite():
                raise ValueError(name)
        except (ValueError, ArithmeticError):
            errors.append(FieldError(name, "NUMBER_FORMAT", {"example": "10"}))
    both = not errors and None not in (config.get("min"), config.get("max"))
    if both and Decimal(str(config["min"])) > Decimal(str(config["max"])):
        errors.append(FieldError("min", "RANGE_ORDER", {}))
    return errors


class Number(FieldType):
    key = "number"
    kind = "number"
    may_be_unique = True
    default_scale = 0

    def scale(self, field: FieldDef) -> int:
        """Places after the point."""
        return int(field.config.get("scale", self.default_scale))

    def normal_config(self, config: Mapping[str, Any]) -> dict[str, Any]:
        kept = super().normal_config(config)
        kept.setdefault("scale", self.default_scale)
        for name in ("min", "max"):
            if isinstance(kept.get(name), Decimal | float):
                kept[name] = str(kept[name])
        return kept

    def column_type(self, field: FieldDef) -> sa.types.TypeEngine[Any]:
        return Decimal_(self.scale(field))

    def check_config(self, field: FieldDef, schema: Schema) -> list[FieldError]:
        errors: list[FieldError] = []
        whole(errors, field.config, "scale", 0, 6)
        return errors + range_errors(field.config)

    def parse(self, field: FieldDef, raw: Any, ctx: CoerceContext) -> Decimal:
        value = exact(raw, ctx, self.scale(field))
        check_range(field, value)
        return value

    def from_row(self, field: FieldDef, row: Mapping[str, Any]) -> Decimal | None:
        value = row[field.key]
        return None if value is None else Decimal(value)

    def to_wire(self, field: FieldDef, value: Decimal) -> Any:
        scale = self.scale(field)
        return int(value) if scale == 0 else f"{value:.{scale}f}"

    def to_text(self, field: FieldDef, value: Decimal, locale: str) -> str:
        return str(self.to_wire(field, value))

    def unique_key(self, field: FieldDef, value: Decimal) -> str:
        return f"{value.normalize():f}"

    def shape(self, field: FieldDef) -> FieldShape | None:
        scale = self.scale(field)
        return FieldShape(field.key, "number", dict(field.labels), None, None, scale, field.config.get("unit"))


class Percent(Number):
    """Stored as the figure shown: 12.5 is 12.5 %."""

    key = "percent"
    default_scale = 2
    may_be_unique = False

    def parse(self, field: FieldDef, raw: Any, ctx: CoerceContext) -> Decimal:
        if isinstance(raw, str) and ctx.mode == "text":
            raw = raw.strip().removesuffix("%").removesuffix("％").strip()
        return super().parse(field, raw, ctx)

    def to_text(self, field: FieldDef, value: Decimal, locale: str) -> str:
        return f"{value.normalize():f}%"

    def shape(self, field: FieldDef) -> FieldShape | None:
        return FieldShape(field.key, "number", dict(field.labels), None, None, self.scale(field), "%")


class Duration(FieldType):
    """A length of time in whole seconds, at most a hundred years."""

    key = "duration"
    kind = "number"
    longest_s = 100 * 366 * 86_400

    def column_type(self, field: FieldDef) -> sa.types.TypeEngine[Any]:
        return sa.BigInteger()

    def parse(self, field: FieldDef, raw: Any, ctx: CoerceContext) -> int:
        seconds: int | None = None
        if isinstance(raw, int) and not isinstance(raw, bool):
            seconds = raw
        elif ctx.mode == "text":
            if isinstance(raw, str):
                seconds = int(raw) if raw.strip().isdecimal() and len(raw) < 12 else local_forms.duration_s(raw)
            elif isinstance(raw, float | Decimal) and raw == int(raw):
                seconds = int(raw)
        if seconds is None:
            raise ValueProblem("DURATION_FORMAT", example="5400")
        if not 0 <= seconds <= self.longest_s:
            raise ValueProblem("DURATION_RANGE", max=self.longest_s)
        return seconds

    def to_text(self, field: FieldDef, value: int, locale: str) -> str:
        hours, rest = divmod(value, 3600)
        minutes, seconds = divmod(rest, 60)
        names = ("小时", "分", "秒") if locale.startswith("zh") else ("h", "m", "s")
        parts = [f"{n}{name}" for n, name in zip((hours, minutes, seconds), names, strict=True) if n]
        return "".join(parts) or f"0{names[1]}"

    def shape(self, field: FieldDef) -> FieldShape | None:
        return FieldShape(field.key, "number", dict(field.labels), None, None, 0, "s")
