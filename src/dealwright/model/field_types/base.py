"""What a field type is: the one place that knows a kind of value, from its column to its words.

Each type is a small file beside this one with one instance registered in `REGISTRY`. Values are typed Python
(str, Decimal, Money, bool, date, aware datetime, int seconds, lists of ids ...) and never None: an empty value is
None everywhere and reaches no method except `coerce`, which may answer None.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar, Literal, NamedTuple
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from dealwright.conditions import FieldShape
from dealwright.foundation.database import Workspace
from dealwright.foundation.errors import FieldError
from dealwright.model.shapes import FieldDef, Schema

Mode = Literal["api", "text"]


class ValueProblem(Exception):
    """A raw value that a field cannot take; `code` and `params` make the sentence."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


@dataclass(frozen=True)
class CoerceContext:
    """What coercion may depend on besides the field.

    mode "api": strict wire values. mode "text": what people type in forms and files, local formats allowed.
    """

    mode: Mode
    locale: str
    zone: ZoneInfo
    schema: Schema
    workspace: Workspace
    now: datetime | None = None
    user_id: str | None = None


class Money(NamedTuple):
    """An amount with its ISO 4217 currency; two amounts are equal when both parts are."""

    amount: Decimal
    currency: str


@dataclass(frozen=True)
class Unresolved:
    """A record, user or team given by its words in text mode: the write path or the import looks it up.

    target: an object key, or "user", "team", "file"; None when any object may be meant.
    """

    label: str
    target: str | None


class FieldType:
    """Base of all types; scalars override `column_type`, `parse` and little else."""

    key: ClassVar[str]
    kind: ClassVar[str] = "text"
    computed: ClassVar[bool] = False
    linked: ClassVar[bool] = False  # values live in a link table
    relational: ClassVar[bool] = False  # values are ids that the write path must look up
    may_be_unique: ClassVar[bool] = False
    many: ClassVar[bool] = False

    # ── definition ──
    def column_type(self, field: FieldDef) -> sa.types.TypeEngine[Any]:
        """The type of the value's column."""
        raise NotImplementedError

    def columns(self, field: FieldDef) -> list[sa.Column[Any]]:
        """Fresh columns of the field, the value first; [] when it has none."""
        return [sa.Column(field.key, self.column_type(field), nullable=True)]

    def normal_config(self, config: Mapping[str, Any]) -> dict[str, Any]:
        """The config as it is stored, gaps filled; keys that other packages add (duplicate_warning ...) stay."""
        return dict(config)

    def check_config(self, field: FieldDef, schema: Schema) -> list[FieldError]:
        """What is wrong with the definition; [] when it can be built."""
        return []

    # ── values ──
    def coerce(self, field: FieldDef, raw: Any, ctx: CoerceContext) -> Any:
        """The typed value of a raw one, None when it is empty; raises ValueProblem."""
        if raw is None:
            return None
        if isinstance(raw, str):
            if "\x00" in raw:
                raise ValueProblem("BAD_TEXT")
            if not raw.strip(BLANKS):
                return None
        return self.parse(field, raw, ctx)

    def parse(self, field: FieldDef, raw: Any, ctx: CoerceContext) -> Any:
        """The typed value of a raw one that is neither None nor blank text."""
        raise NotImplementedError

    def to_row(self, field: FieldDef, value: Any) -> dict[str, Any]:
        """Values by column; every column of the field, None for an empty value."""
        return {field.key: value}

    def from_row(self, field: FieldDef, row: Mapping[str, Any]) -> Any:
        """The typed value out of a row of the object's table, None when empty."""
        return row[field.key]

    def to_wire(self, field: FieldDef, value: Any) -> Any:
        """The JSON value; coerce(to_wire(v)) == v."""
        return value

    def to_text(self, field: FieldDef, value: Any, locale: str) -> str:
        """The value as a person reads it in a file or a history line."""
        return str(self.to_wire(field, value))

    def is_empty(self, value: Any) -> bool:
        """Whether a typed value counts as empty."""
        return value is None or (not value and isinstance(value, str | list))

    def unique_key(self, field: FieldDef, value: Any) -> str | None:
        """The normalised form by which two values are the same, or None."""
        return None

    def search_text(self, field: FieldDef, value: Any) -> str | None:
        """What search should find the record by, or None."""
        return None

    def shape(self, field: FieldDef) -> FieldShape | None:
        """What conditions may ask of the field."""
        return FieldShape(field.key, self.kind, dict(field.labels), None, None, None, field.config.get("unit"))


BLANKS = (
    " \t\r\n\f\v\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029"
    "\u202f\u205f\u3000\u200b\u200c\u200d\u2060\ufeff\u00ad"
)
SEPARATORS = re.compile(r"[,;，；、|\r\n]+")

REGISTRY: dict[str, FieldType] = {}


def register(*types: FieldType) -> None:
    """Make types known by their keys."""
    for one in types:
        REGISTRY[one.key] = one


def items_of(raw: Any, ctx: CoerceContext, limit: int) -> list[Any]:
    """The items of a list value: a JSON list, or in text mode words parted by , ; 、 | or line ends."""
    if isinstance(raw, str) and ctx.mode == "text":
        found: Iterable[Any] = (part.strip(BLANKS) for part in SEPARATORS.sub("\n", raw).split("\n"))
        items = [part for part in found if part]
    elif isinstance(raw, list | tuple):
        items = list(raw)
    else:
        raise ValueProblem("LIST_EXPECTED")
    if len(items) > limit:
        raise ValueProblem("TOO_MANY", count=len(items), max=limit)
    return items


def whole(errors: list[FieldError], config: Mapping[str, Any], name: str, low: int, high: int) -> None:
    """Append an error when config[name] is there and no whole number from low to high."""
    value = config.get(name)
    if value is not None and (isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high):
        errors.append(FieldError(name, "CONFIG_NUMBER", {"name": name, "min": low, "max": high}))
