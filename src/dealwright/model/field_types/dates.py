"""Yes/no, date, date without year, and date with time."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from dealwright.foundation.database.types import Day, Flag, Instant, Text_
from dealwright.model import local_forms
from dealwright.model.field_types.base import CoerceContext, FieldType, ValueProblem
from dealwright.model.shapes import FieldDef

ISO_DAY = re.compile(r"\d{4,5}-\d{2}-\d{2}")
ISO_MOMENT = re.compile(
    r"\d{4,5}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?\s?([Zz]|[+-]\d{2}:?\d{2})?", re.ASCII
)
MONTH_DAY = re.compile(r"(?:--)?(\d{1,2})-(\d{1,2})", re.ASCII)
MONTH_DAY_TEXT = re.compile(r"(?:\d{4}\s*[-/.年]\s*)?(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*[日号]?")
YES = frozenset(["是", "yes", "y", "true", "1", "on", "√", "✓", "对", "有", "真"])
NO = frozenset(["否", "no", "n", "false", "0", "off", "×", "✗", "错", "无", "假"])


def check_year(year: int) -> None:
    """Raise YEAR_RANGE outside 1900 to 2200."""
    if not local_forms.EARLIEST <= year <= local_forms.LATEST:
        raise ValueProblem("YEAR_RANGE", min=local_forms.EARLIEST, max=local_forms.LATEST)


class Boolean(FieldType):
    key = "boolean"
    kind = "boolean"

    def column_type(self, field: FieldDef) -> sa.types.TypeEngine[Any]:
        return Flag()

    def parse(self, field: FieldDef, raw: Any, ctx: CoerceContext) -> bool:
        if isinstance(raw, bool):
            return raw
        if ctx.mode == "text" and isinstance(raw, str | int | float | Decimal):
            word = unicodedata.normalize("NFKC", str(raw)).strip().casefold().removesuffix(".0")
            if word in YES:
                return True
            if word in NO:
                return False
        raise ValueProblem("BOOLEAN_EXPECTED", example="true")

    def from_row(self, field: FieldDef, row: Mapping[str, Any]) -> bool | None:
        value = row[field.key]
        return None if value is None else bool(value)

    def to_text(self, field: FieldDef, value: bool, locale: str) -> str:
        if locale.startswith("zh"):
            return "是" if value else "否"
        return "Yes" if value else "No"


class Date(FieldType):
    key = "date"
    kind = "date"
    may_be_unique = True

    def column_type(self, field: FieldDef) -> sa.types.TypeEngine[Any]:
        return Day()

    def parse(self, field: FieldDef, raw: Any, ctx: CoerceContext) -> date:
        value: date | None = None
        if isinstance(raw, datetime):
            value = raw.date() if raw.tzinfo is None else raw.astimezone(ctx.zone).date()
        elif isinstance(raw, date):
            value = raw
        elif isinstance(raw, str) and raw.isascii() and ISO_DAY.fullmatch(raw):
            year, month, day = raw.split("-")
            check_year(int(year))
            try:
                value = date(int(year), int(month), int(day))
            except ValueError:
                raise ValueProblem("DATE_IMPOSSIBLE", example="2026-11-24") from None
        elif ctx.mode == "text":
            if isinstance(raw, str):
                found = local_forms.moment(raw)
                value = found.date() if found else None
            elif isinstance(raw, int | float | Decimal) and not isinstance(raw, bool):
                found = local_forms.excel_day(raw)
                value = found.date() if found else None
        if value is None:
            raise ValueProblem("DATE_FORMAT", example="2026-11-24")
        check_year(value.year)
        return value

    def from_row(self, field: FieldDef, row: Mapping[str, Any]) -> date | None:
        value = row[field.key]
        return date.fromisoformat(value) if isinstance(value, str) else value

    def to_wire(self, field: FieldDef, value: date) -> str:
        return value.isoformat()

    def unique_key(self, field: FieldDef, value: date) -> str:
        return value.isoformat()


class MonthDay(FieldType):
    """A day of the year without the year (birthdays), kept as MM-DD; 29 February is one."""

    key = "month_day"
    kind = "month_day"

    def column_type(self, field: FieldDef) -> sa.types.TypeEngine[Any]:
        return Text_()

    def parse(self, field: FieldDef, raw: Any, ctx: CoerceContext) -> str:
        found: tuple[str, ...] | None = None
        if isinstance(raw, date):
            found = (str(raw.month), str(raw.day))
        elif isinstance(raw, str):
            match = MONTH_DAY.fullmatch(raw)
            if match is None and ctx.mode == "text":
                match = MONTH_DAY_TEXT.fullmatch(unicodedata.normalize("NFKC", raw).strip())
            found = match.groups() if match else None
        elif ctx.mode == "text" and isinstance(raw, int | float | Decimal) and not isinstance(raw, bool):
            moment = local_forms.excel_day(raw)
            found = (str(moment.month), str(moment.day)) if moment else None
        if found is None:
            raise ValueProblem("MONTH_DAY_FORMAT", example="03-15")
        try:
            day = date(2000, int(found[0]), int(found[1]))
        except ValueError:
            raise ValueProblem("DATE_IMPOSSIBLE", example="03-15") from None
        return f"{day:%m-%d}"

    def to_text(self, field: FieldDef, value: str, locale: str) -> str:
        return f"{int(value[:2])}月{int(value[3:])}日" if locale.startswith("zh") else value


class DateTime(FieldType):
    """An instant. Without a zone it is taken in the workspace's; a time that a clock change skips moves after it."""

    key = "datetime"
    kind = "datetime"

    def column_type(self, field: FieldDef) -> sa.types.TypeEngine[Any]:
        return Instant()

    def parse(self, field: FieldDef, raw: Any, ctx: CoerceContext) -> datetime:
        value: datetime | None = None
        if isinstance(raw, datetime):
            value = raw
        elif isinstance(raw, date):
            value = datetime(raw.year, raw.month, raw.day)
        elif isinstance(raw, str) and raw.isascii() and ISO_MOMENT.fullmatch(raw):
            year, rest = raw.split("-", 1)
            check_year(int(year))
            try:
                value = datetime.fromisoformat(
                    f"{year}-{rest.replace('t', 'T').replace('z', 'Z').replace(' ', 'T', 1)}"
                )
            except ValueError:
                raise ValueProblem("DATE_IMPOSSIBLE", example="2026-11-24T09:30:00Z") from None
        elif isinstance(raw, str) and raw.isascii() and ISO_DAY.fullmatch(raw):
            day = Date().parse(field, raw, ctx)
            value = datetime(day.year, day.month, day.day)
        elif ctx.mode == "text":
            if isinstance(raw, str):
                value = local_forms.moment(raw)
            elif isinstance(raw, int | float | Decimal) and not isinstance(raw, bool):
                value = local_forms.excel_day(raw)
        if value is None:
            raise ValueProblem("DATETIME_FORMAT", example="2026-11-24T09:30:00Z")
        check_year(value.year)
        utc = value.astimezone(UTC) if value.tzinfo else local_forms.to_utc(value, ctx.zone)
        check_year(utc.year)
        return utc

    def from_row(self, field: FieldDef, row: Mapping[str, Any]) -> datetime | None:
        value = row[field.key]
        return datetime.fromisoformat(value) if isinstance(value, str) else value

    def to_wire(self, field: FieldDef, value: datetime) -> str:
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")

    def to_text(self, field: FieldDef, value: datetime, locale: str) -> str:
        return value.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%SZ")
