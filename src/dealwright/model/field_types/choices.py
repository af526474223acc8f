"""Select, multi-select and tags, and the two kinds of option that the process engine fills: stage and pipeline."""

from __future__ import annotations

from typing import Any

import msgspec
import sqlalchemy as sa

from dealwright.conditions import FieldShape, fold
from dealwright.foundation.database.types import Json, Text_
from dealwright.foundation.errors import FieldError
from dealwright.model.field_types.base import CoerceContext, FieldType, ValueProblem, items_of
from dealwright.model.field_types.text import clean
from dealwright.model.keys import KEY
from dealwright.model.shapes import FieldDef, Option, Schema

MAX_ITEMS = 10_000
SHOWN = 50  # allowed values named in an error


def find_option(field: FieldDef, raw: Any, ctx: CoerceContext) -> Option:
    """The active option of a key (in text mode also of a label in either language); raises OPTION_UNKNOWN."""
    options = field.options
    found = options.get(raw) if isinstance(raw, str) else None
    if found is None and ctx.mode == "text" and not isinstance(raw, list | dict | bool):
        wanted = fold(str(raw).removesuffix(".0") if isinstance(raw, float) else str(raw)).strip()
        for option in options.values():
            if option.active and wanted in (fold(option.key), *(fold(text).strip() for text in option.labels.values())):
                found = option
                break
    if found is None or not found.active:
        allowed = [option.key for option in options.values() if option.active]
        raise ValueProblem("OPTION_UNKNOWN", value=str(raw)[:80], allowed=allowed[:SHOWN])
    return found


def check_options(field: FieldDef) -> list[FieldError]:
    """Errors of config options: keys, labels, duplicates, number."""
    raw = field.config.get("options", [])
    if not isinstance(raw, list | tuple) or len(raw) > 2_000:
        return [FieldError("options", "OPTIONS_FORMAT", {"max": 2000})]
    seen: set[str] = set()
    for option in raw:
        key = option.get("key") if isinstance(option, dict) else None
        if not isinstance(key, str) or not KEY.fullmatch(key):
            return [FieldError("options", "KEY_FORMAT", {"key": str(key)[:40]})]
        if key in seen:
            return [FieldError("options", "OPTION_TWICE", {"key": key})]
        seen.add(key)
        labels = option.get("labels")
        if not isinstance(labels, dict) or not any(isinstance(t, str) and t.strip() for t in labels.values()):
            return [FieldError("options", "LABEL_MISSING", {"key": key})]
    return []


def _shape_options(field: FieldDef) -> tuple[tuple[str, Any], ...]:
    return tuple((option.key, dict(option.labels)) for option in field.options.values())


def _label(field: FieldDef, key: str, locale: str) -> str:
    option = field.options.get(key)
    if option is None:
        return key
    short = "zh" if locale.startswith("zh") else "en"
    return option.labels.get(short) or next(iter(option.labels.values()), key)


class Select(FieldType):
    key = "select"
    kind = "option"

    def column_type(self, field: FieldDef) -> sa.types.TypeEngine[Any]:
        return Text_()

    def normal_config(self, config: Any) -> dict[str, Any]:
        kept = super().normal_config(config)
        kept.setdefault("options", [])
        return kept

    def check_config(self, field: FieldDef, schema: Schema) -> list[FieldError]:
        return check_options(field)

    def parse(self, field: FieldDef, raw: Any, ctx: CoerceContext) -> str:
        return find_option(field, raw, ctx).key

    def to_text(self, field: FieldDef, value: str, locale: str) -> str:
        return _label(field, value, locale)

    def shape(self, field: FieldDef) -> FieldShape | None:
        return FieldShape(field.key, self.kind, dict(field.labels), _shape_options(field), None, None, None)


class Stage(Select):
    """The stage of a record in its pipeline; the options (with kind and probability) are written by `process`."""

    key = "stage"


class Pipeline(Select):
    """The pipeline that a record goes through; the options are written by `process`."""

    key = "pipeline"


class MultiSelect(FieldType):
    key = "multi_select"
    kind = "options"
    many = True

    def column_type(self, field: FieldDef) -> sa.types.TypeEngine[Any]:
        return Json()

    def normal_config(self, config: Any) -> dict[str, Any]:
        kept = super().normal_config(config)
        kept.setdefault("options", [])
        return kept

    def check_config(self, field: FieldDef, schema: Schema) -> list[FieldError]:
        return check_options(field)

    def parse(self, field: FieldDef, raw: Any, ctx: CoerceContext) -> list[str] | None:
        keys = [find_option(field, item, ctx).key for item in items_of(raw, ctx, MAX_ITEMS)]
        return list(dict.fromkeys(keys)) or None

    def to_row(self, field: FieldDef, value: list[str] | None) -> dict[str, Any]:
        return {field.key: list(value) if value else None}

    def from_row(self, field: FieldDef, row: Any) -> list[str] | None:
        return from_json(row[field.key])

    def to_text(self, field: FieldDef, value: list[str], locale: str) -> str:
        return "; ".join(_label(field, item, locale) for item in value)

    def shape(self, field: FieldDef) -> FieldShape | None:
        return FieldShape(field.key, self.kind, dict(field.labels), _shape_options(field), None, None, None)


class Tags(FieldType):
    """Free words; two that differ only in case or width are one."""

    key = "tags"
    kind = "options"
    many = True
    most = 50
    longest = 40

    def column_type(self, field: FieldDef) -> sa.types.TypeEngine[Any]:
        return Json()

    def parse(self, field: FieldDef, raw: Any, ctx: CoerceContext) -> list[str] | None:
        kept: dict[str, str] = {}
        for item in items_of(raw, ctx, MAX_ITEMS):
            if not isinstance(item, str):
                raise ValueProblem("TEXT_EXPECTED")
            word = clean(item, lines=False)
            if len(word) > self.longest:
                raise ValueProblem("TEXT_TOO_LONG", count=len(word), max=self.longest)
            if word:
                kept.setdefault(fold(word), word)
        if len(kept) > self.most:
            raise ValueProblem("TOO_MANY", count=len(kept), max=self.most)
        return list(kept.values()) or None

    def to_row(self, field: FieldDef, value: list[str] | None) -> dict[str, Any]:
        return {field.key: list(value) if value else None}

    def from_row(self, field: FieldDef, row: Any) -> list[str] | None:
        return from_json(row[field.key])

    def to_text(self, field: FieldDef, value: list[str], locale: str) -> str:
        return "; ".join(value)

    def search_text(self, field: FieldDef, value: list[str]) -> str | None:
        return " ".join(value)


def from_json(value: Any) -> list[str] | None:
    """A JSON array column, decoded if the driver has left it text; [] reads as None."""
    if isinstance(value, str):
        value = msgspec.json.decode(value)
    return value or None
