"""What people never type: automatic numbers, formulas, roll-ups; and the table of lines inside a record."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from dealwright.conditions import FieldShape
from dealwright.foundation.database.types import Day, Decimal_, Flag, Instant, Text_
from dealwright.foundation.errors import FieldError
from dealwright.model.field_types.base import CoerceContext, FieldType, ValueProblem
from dealwright.model.shapes import FieldDef, Schema

RESULTS = ("number", "money", "percent", "text", "boolean", "date", "datetime")
NUMBER_FORMAT = re.compile(r"\{(0+)\}")
_LIVE = re.compile(r"\b(?:today|now)\s*\(")


class AutoNumber(FieldType):
    """A number given once, in the record's own transaction: "HT-{yyyy}-{0000}"."""

    key = "auto_number"
    computed = True
    own_config = frozenset({"format", "next"})

    def column_type(self, field: FieldDef) -> sa.types.TypeEngine[Any]:
        return Text_()

    def check_config(self, field: FieldDef, schema: Schema) -> list[FieldError]:
        pattern = field.config.get("format", "{0000}")
        if not isinstance(pattern, str) or len(pattern) > 60 or len(NUMBER_FORMAT.findall(pattern)) != 1:
            return [FieldError("format", "AUTO_NUMBER_FORMAT", {"example": "HT-{yyyy}-{0000}"})]
        return []

    def period(self, field: FieldDef, day: date) -> str:
        """What restarts the counting: the year or month when the format has one."""
        pattern = field.config.get("format", "{0000}")
        if "{mm}" in pattern:
            return f"{day:%Y-%m}"
        return f"{day:%Y}" if "{yyyy}" in pattern or "{yy}" in pattern else ""

    def text(self, field: FieldDef, day: date, number: int) -> str:
        """The number as it is shown."""
        pattern = field.config.get("format", "{0000}")
        filled = pattern.replace("{yyyy}", f"{day:%Y}").replace("{yy}", f"{day:%y}").replace("{mm}", f"{day:%m}")
        return NUMBER_FORMAT.sub(lambda match: str(number).zfill(len(match[1])), filled)

    def parse(self, field: FieldDef, raw: Any, ctx: CoerceContext) -> Any:
        raise ValueProblem("READ_ONLY_FIELD")

    def search_text(self, field: FieldDef, value: str) -> str:
        return value


class _Computed(FieldType):
    """A stored result whose column follows config `result` and `scale`."""

    computed = True

    def result(self, field: FieldDef) -> str:
        """number, money, percent, text, boolean, date or datetime."""
        return str(field.config.get("result", "number"))

    def scale(self, field: FieldDef) -> int:
        """Places after the point of a number."""
        return int(field.config.get("scale", 2))

    def column_type(self, field: FieldDef) -> sa.types.TypeEngine[Any]:
        result = self.result(field)
        if result in ("number", "money", "percent"):
            return Decimal_(self.scale(field))
        plain: dict[str, sa.types.TypeEngine[Any]] = {"boolean": Flag(), "date": Day(), "datetime": Instant()}
        return plain.get(result) or Text_()

    def parse(self, field: FieldDef, raw: Any, ctx: CoerceContext) -> Any:
        raise ValueProblem("READ_ONLY_FIELD")

    def from_row(self, field: FieldDef, row: Mapping[str, Any]) -> Any:
        value, result = row.get(field.key), self.result(field)
        if value is None:
            return None
        if result in ("number", "money", "percent"):
            return Decimal(value)
        if isinstance(value, str) and result == "date":
            return date.fromisoformat(value)
        if isinstance(value, str) and result == "datetime":
            return datetime.fromisoformat(value)
        return bool(value) if result == "boolean" else value

    def to_wire(self, field: FieldDef, value: Any) -> Any:
        if isinstance(value, bool):
            return value
        if isinstance(value, Decimal | int):
            scale = self.scale(field)
            return int(value) if scale == 0 else f"{Decimal(value):.{scale}f}"
        if isinstance(value, datetime):
            return value.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        return value.isoformat() if isinstance(value, date) else value

    def shape(self, field: FieldDef) -> FieldShape | None:
        result = self.result(field)
        kind = "number" if result in ("number", "money", "percent") else result
        unit = "money" if result == "money" else "%" if result == "percent" else None
        scale = self.scale(field) if kind == "number" else None
        return FieldShape(field.key, kind, dict(field.labels), None, None, scale, unit)


class Formula(_Computed):
    """An expression over the record's own fields; stored, except one that reads the clock, which is worked out on reading."""

    key = "formula"
    own_config = frozenset({"expression", "result", "scale", "live"})

    def normal_config(self, config: Mapping[str, Any]) -> dict[str, Any]:
        kept = super().normal_config(config)
        kept.setdefault("result", "number")
        kept["live"] = bool(_LIVE.search(str(kept.get("expression", ""))))
        if kept["result"] in ("number", "money", "percent"):
            kept.setdefault("scale", 0 if kept["live"] else 2)
        return kept

    def columns(self, field: FieldDef) -> list[sa.Column[Any]]:
        return [] if field.config.get("live") else super().columns(field)

    def check_config(self, field: FieldDef, schema: Schema) -> list[FieldError]:
        from dealwright.model.formula import check

        if self.result(field) not in RESULTS:
            return [FieldError("result", "CONFIG_CHOICE", {"name": "result", "allowed": list(RESULTS)})]
        return check(field, schema)

    def to_row(self, field: FieldDef, value: Any) -> dict[str, Any]:
        return {} if field.config.get("live") else {field.key: value}

    def shape(self, field: FieldDef) -> FieldShape | None:
        return None if field.config.get("live") else super().shape(field)


class RollUp(_Computed):
    """A count, sum, smallest, greatest or mean over the records that point here."""

    key = "roll_up"
    own_config = frozenset({"object", "relation", "op", "field", "where", "result", "scale"})

    def check_config(self, field: FieldDef, schema: Schema) -> list[FieldError]:
        from dealwright.model.rollup import check

        return check(field, schema)
