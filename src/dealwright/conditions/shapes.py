"""The tree's parts and what the readers need to know about fields and about the asker."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple, Protocol
from zoneinfo import ZoneInfo

import sqlalchemy as sa

_EMPTY = ("empty", "not_empty")
_ORDER = ("eq", "ne", "gt", "gte", "lt", "lte", "between")
_ONE = ("eq", "ne", "in", "not_in", *_EMPTY)
_MANY = ("contains_any", "contains_all", "contains_none", *_EMPTY)
OPERATORS: Mapping[str, tuple[str, ...]] = {
    "text": ("eq", "ne", "in", "not_in", "contains", "not_contains", "starts_with", "ends_with", *_EMPTY),
    "number": (*_ORDER, "in", "not_in", *_EMPTY),
    "boolean": ("eq", "ne", *_EMPTY),
    "date": (*_ORDER, "in_period", "not_in_period", *_EMPTY),
    "datetime": (*_ORDER, "in_period", "not_in_period", *_EMPTY),
    "month_day": ("eq", "in_period", *_EMPTY),
    "option": _ONE,
    "options": _MANY,
    "relation": _ONE,
    "relations": _MANY,
    "user": _ONE,
    "users": _MANY,
    "team": _ONE,
    "region": (*_ONE, "under"),
    "file": _EMPTY,
}
KINDS = tuple(OPERATORS)
# The operators that an empty value satisfies; every leaf is true or false, never unknown.
TRUE_WHEN_EMPTY = frozenset({"empty", "ne", "not_in", "not_contains", "contains_none", "not_in_period"})


@dataclass(frozen=True)
class FieldShape:
    """What a condition may ask of a field. `options`: (key, labels) pairs; `target`: object key of a relation."""

    key: str
    kind: str
    labels: Mapping[str, str]
    options: tuple[tuple[str, Mapping[str, str]], ...] | None = None
    target: str | None = None
    scale: int | None = None
    unit: str | None = None


class Fields(Protocol):
    """Whoever knows the fields of objects (the model, narrowed to what the asker may read)."""

    def field(self, object_key: str, path: Sequence[str]) -> FieldShape | None:
        """The field at the end of a path of relations; None when unknown or hidden (the same answer)."""


@dataclass(frozen=True)
class All:
    """True when every node is; true without nodes."""

    nodes: tuple[Condition, ...]


@dataclass(frozen=True)
class AnyOf:
    """True when at least one node is; false without nodes."""

    nodes: tuple[Condition, ...]


@dataclass(frozen=True)
class Not:
    """True when the node is not."""

    node: Condition


@dataclass(frozen=True)
class Leaf:
    """One comparison. `value` is checked and typed by the kind; `index` numbers the leaves of a tree; `hops` are the
    labels of the relations on the way."""

    path: tuple[str, ...]
    shape: FieldShape
    op: str
    value: Any
    index: int
    hops: tuple[Mapping[str, str], ...] = ()


Condition = All | AnyOf | Not | Leaf


@dataclass(frozen=True)
class Context:
    """When and for whom a condition is read. Team members are asked for only when a leaf needs them."""

    now: datetime
    zone: ZoneInfo
    user_id: str | None = None
    team_user_ids: Callable[[], Sequence[str]] = field(default=tuple)
    team_tree_user_ids: Callable[[], Sequence[str]] = field(default=tuple)
    team_ids: Sequence[str] = ()
    team_tree_ids: Sequence[str] = ()
    fiscal_start_month: int = 1


@dataclass(frozen=True)
class ManyColumn:
    """A many-valued field in SQL: a JSON array column, or a function from target ids to an EXISTS over a link table."""

    column: sa.ColumnElement[Any] | None = None
    has: Callable[[sa.ColumnElement[Any] | None], sa.ColumnElement[bool]] | None = None


class Part(NamedTuple):
    """A piece of a condition in words; strong pieces carry the meaning."""

    text: str
    strong: bool = False


def leaves(condition: Condition) -> Iterator[Leaf]:
    """Every leaf, from left to right."""
    if isinstance(condition, Leaf):
        yield condition
    elif isinstance(condition, Not):
        yield from leaves(condition.node)
    else:
        for node in condition.nodes:
            yield from leaves(node)


def paths(condition: Condition) -> set[tuple[str, ...]]:
    """The field paths that the condition asks for."""
    return {leaf.path for leaf in leaves(condition)}
