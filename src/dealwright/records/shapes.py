"""What travels along the write path: the wish (Change), the work on it (Work) and what came of it (Saved)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from dealwright.records.writes import Writes

if TYPE_CHECKING:
    from dealwright.access import Access, ObjectAccess
    from dealwright.foundation.database import UnitOfWork
    from dealwright.foundation.errors import FieldError
    from dealwright.model.shapes import ObjectDef, Schema
    from dealwright.people.shapes import Actor
    from dealwright.records.write_path import WritePath

EMPTY = (str, list, tuple)  # what counts as no value when there is nothing in it; zero and no are values
Kind = Literal["create", "update", "delete", "restore"]
MAX_DEPTH = 8  # S9: how long a chain of saves that cause saves may be
MAX_WRITES = 1_000  # S9: derived writes per root event


@dataclass
class Cause:
    """Where a chain of saves began: shared by all saves of the chain, so its bounds hold for the whole of it."""

    event_id: str
    writes: int = 0
    ran: set[tuple[str, str]] = field(default_factory=set)  # (rule, record): a rule runs once per record (S8)


@dataclass
class Change:
    """A wish to change one record, from whatever side it comes.

    values: raw values by field key (None empties a field); for "delete" and "restore" empty. expected_version: the
    version the wisher saw; None skips the comparison (imports, rules). channel: "api", "form", "board",
    "import:<id>", "bulk:<id>", "rule:<id>", "system". mode: "api" strict wire values, "text" what people type.
    """

    kind: Kind
    object_key: str
    record_id: str | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    expected_version: int | None = None
    channel: str = "api"
    reason: str | None = None
    mode: Literal["api", "text"] = "api"
    cause: Cause | None = None


class Values(dict[str, Any]):
    """Typed values by field key; fields kept in other tables are loaded when they are first asked for.

    A field that is not there reads as None, so a decision can ask for any field of the object.
    """

    def __init__(self, known: Mapping[str, Any], load: Callable[[str], Any] | None = None) -> None:
        super().__init__(known)
        self._load = load

    def __missing__(self, key: str) -> Any:
        value = self[key] = self._load(key) if self._load else None
        return value

    def get(self, key: str, default: Any = None) -> Any:
        """The value, loading it if need be; `default` when it is empty."""
        value = self[key]
        return default if value is None else value


@dataclass
class Work:
    """One change on its way along the list. Steps read and fill it; nothing else is passed between them."""

    uow: UnitOfWork
    actor: Actor
    access: Access | None  # None: the principal "automation", whose rights were checked when its rule was published
    change: Change
    schema: Schema
    obj: ObjectDef
    path: WritePath
    depth: int = 0
    record_id: str = ""
    row_before: Mapping[str, Any] | None = None
    before: Values = field(default_factory=lambda: Values({}))
    after: Values = field(default_factory=lambda: Values({}))
    given: set[str] = field(default_factory=set)  # field keys that the wisher named
    changed: set[str] = field(default_factory=set)  # field keys whose typed value differs
    version: int = 0
    errors: list[FieldError] = field(default_factory=list)
    covered: frozenset[str] = frozenset()  # where roles differ: the update scopes that cover this row
    lines: dict[str, list[Work]] = field(default_factory=dict)  # line item field -> the changes of its lines
    parent: Work | None = None  # of a line: the work on its document
    labels: dict[tuple[str, str], str] = field(default_factory=dict)  # (target, id) -> name, as looked up
    events: list[Any] = field(default_factory=list)
    queue: list[QueuedJob] = field(default_factory=list)
    stage_moves: list[Any] = field(default_factory=list)
    history_extra: dict[str, Any] = field(default_factory=dict)
    nothing_to_do: bool = False
    formulas_stale: bool = True
    writes: Writes = None  # type: ignore[assignment]  # set on making, shared by a document and its lines

    def __post_init__(self) -> None:
        if self.writes is None:
            waiting: Writes | None = self.uow.memo.get("writes")  # a batch of saves collects over all of them
            self.writes = waiting or Writes(self.uow)

    @cached_property
    def rights(self) -> ObjectAccess | None:
        """The actor's rights on this object; None for automation."""
        return None if self.access is None else self.access.object(self.obj.key)

    @property
    def is_create(self) -> bool:
        """Whether the record comes into being."""
        return self.change.kind == "create"

    def set(self, key: str, value: Any) -> None:
        """Give a field a typed value, as rules and stages do; `changed` is kept right (S5: typed comparison)."""
        self.after[key] = value
        if key in self.obj.formula_inputs:
            self.formulas_stale = True
        if same(self.before[key] if not self.is_create else None, value):
            self.changed.discard(key)
        else:
            self.changed.add(key)


@dataclass(frozen=True)
class QueuedJob:
    """An outbox row that the last step writes."""

    topic: str
    payload: Mapping[str, Any]
    key: str | None = None


@dataclass(frozen=True)
class Saved:
    """What came of a change. `changed` is empty when nothing differed: then the version is the old one (S5)."""

    object_key: str
    record_id: str
    version: int
    changed: frozenset[str]
    work: Work | None = field(default=None, repr=False, compare=False)

    @cached_property
    def wire(self) -> Mapping[str, Any]:
        """What is known of the record without reading, by field key; relations as ids."""
        from dealwright.records.wire import wire_of

        return wire_of(self.work) if self.work is not None else {"id": self.record_id, "version": self.version}


Step = Callable[[Work], None]


@dataclass(frozen=True)
class Engines:
    """What the engines add to the list, each in its place: before (fill in values), gates (say no), after (act on)."""

    before: Sequence[Step] = ()
    gates: Sequence[Step] = ()
    after: Sequence[Step] = ()


def same(one: Any, other: Any) -> bool:
    """Whether two typed values count as the same; empty text, empty list and None are all empty."""
    one = None if not one and isinstance(one, EMPTY) else one
    other = None if not other and isinstance(other, EMPTY) else other
    # True == 1 in Python, yet a yes/no and a number are never values of one field
    return bool(one == other)
