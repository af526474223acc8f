"""The sentences of a source with their blanks filled: {field}, {since:field}, {until:field}."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from dealwright.foundation.texts import language_of, say
from dealwright.model import FieldDef

_BLANK = re.compile(r"\{(?:(since|until):)?([a-z][a-z0-9_]*)\}")
EMPTY = "—"


@dataclass(frozen=True)
class Blank:
    """One blank: the field, and whether the time since or until it is meant."""

    field: str
    span: str | None = None


@dataclass(frozen=True)
class Moment:
    """When and for whom a sentence is made."""

    now: datetime
    zone: ZoneInfo
    locale: str

    @property
    def today(self) -> date:
        return self.now.astimezone(self.zone).date()


def blanks(text: str) -> Iterator[Blank]:
    """The blanks of a sentence."""
    for found in _BLANK.finditer(text):
        yield Blank(found[2], found[1])


def sentence(
    texts: Mapping[str, str], otherwise: Mapping[str, str] | None, fields: Mapping[str, FieldDef],
    record: Mapping[str, Any], at: Moment,
) -> str:  # fmt: skip
    """The sentence in the reader's language; `otherwise` when a field of one of its blanks is empty or hidden."""
    language = language_of(at.locale)
    text = texts.get(language) or texts["zh"]
    if otherwise is not None and any(_value(fields, record, blank) is None for blank in blanks(text)):
        text = otherwise.get(language) or otherwise["zh"]
    return _BLANK.sub(lambda found: filled(fields, record, Blank(found[2], found[1]), at), text)


def _value(fields: Mapping[str, FieldDef], record: Mapping[str, Any], blank: Blank) -> Any:
    value = record.get(blank.field) if blank.field in fields else None
    return None if value in ("", [], {}) else value


def filled(fields: Mapping[str, FieldDef], record: Mapping[str, Any], blank: Blank, at: Moment) -> str:
    """What stands in the place of a blank."""
    value = _value(fields, record, blank)
    if value is None:
        return EMPTY
    if blank.span is not None:
        return _span(value, blank.span, at)
    return shown(fields[blank.field], value, record, at)


def days_from(value: Any, at: Moment) -> int | None:
    """Whole days from a wire date or moment to today: 2 when it was the day before yesterday, -1 for tomorrow."""
    found = moment_of(value)
    if found is None:
        return None
    day = found.astimezone(at.zone).date() if isinstance(found, datetime) else found
    return (at.today - day).days


def moment_of(value: Any) -> date | datetime | None:
    """The day or moment of a wire value; None for anything else."""
    if not isinstance(value, str):
        return value if isinstance(value, date) else None
    try:
        return date.fromisoformat(value) if len(value) == 10 else datetime.fromisoformat(value)
    except ValueError:
        return None


def _span(value: Any, span: str, at: Moment) -> str:
    found, days = moment_of(value), days_from(value, at)
    if found is None or days is None:
        return EMPTY
    if isinstance(found, datetime):
        hours = int(abs((at.now - found).total_seconds()) // 3600)
        if hours < 24:
            return say("DESK_HOURS", at.locale, count=hours) if hours else say("DESK_MINUTES", at.locale)
    return say("DESK_DAYS", at.locale, count=max(days if span == "since" else -days, 0))


def shown(field: FieldDef, value: Any, record: Mapping[str, Any], at: Moment) -> str:
    """A wire value as a sentence says it."""
    language = language_of(at.locale)
    if isinstance(value, Mapping):
        return str(value.get("label") or EMPTY)
    if isinstance(value, list):
        return ("、" if language == "zh" else ", ").join(shown(field, one, record, at) for one in value)
    if isinstance(value, bool):
        return say("DESK_YES" if value else "DESK_NO", at.locale)
    if field.type == "money" or f"{field.key}_currency" in record:
        return money(value, record.get(f"{field.key}_currency"), language)
    found = moment_of(value) if field.type in ("date", "datetime") or field.config.get("result") else None
    if found is not None:
        return day_text(found, at)
    for key, labels in (field.shape.options if field.shape else None) or ():
        if key == value:
            return str(labels.get(language) or labels.get("zh") or key)
    return str(value)


def money(value: Any, currency: Any, language: str) -> str:
    """¥ 215,000: whole units, the sign of the yuan or the code of another currency."""
    try:
        number = f"{Decimal(str(value)):,.0f}"
    except InvalidOperation:
        return str(value)
    space = " " if language == "zh" else ""
    return f"¥{space}{number}" if currency in (None, "CNY") else f"{currency} {number}"


def day_text(found: date | datetime, at: Moment) -> str:
    """11月20日, Nov 20; with the time for a moment, with the year when it is another one."""
    local = found.astimezone(at.zone) if isinstance(found, datetime) else found
    clock = f" {local:%H:%M}" if isinstance(local, datetime) else ""
    other = local.year != at.today.year
    if language_of(at.locale) == "zh":
        return f"{f'{local.year}年' if other else ''}{local.month}月{local.day}日{clock}"
    return f"{MONTHS[local.month - 1]} {local.day}{f', {local.year}' if other else ''}{clock}"


MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
