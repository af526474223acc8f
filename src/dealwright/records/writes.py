"""What a save writes, collected and sent together.

The row, its history, its lines, search entries, visit and outbox rows are independent statements of one moment. On
PostgreSQL they travel as one statement (data-modifying CTEs): one round trip instead of six. On SQLite the rows of
objects go one by one and all the rest is one bundle. A batch of saves sends each table's rows at once. What is sent
raises the data version of the objects it changes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from weakref import WeakKeyDictionary

import sqlalchemy as sa

from dealwright.foundation.database import Dialect, Prepared, UnitOfWork, bundles, raising
from dealwright.foundation.database import metadata as system_tables

KEPT = 1_000
TOGETHER = 12  # more statements than this in one text would only be compiled, never met again


@dataclass(slots=True, eq=False)
class Entry:
    """One statement to be. build: the statement for a prefix of bind names; `guard`: it must hit a row."""

    key: Any
    build: Callable[[str], Any]
    values: Mapping[str, Any]
    table: sa.Table | None = None  # of a plain INSERT: it may be sent with others of its table
    guard: bool = False
    touches: str | None = None  # the object whose records it changes

    @property
    def is_of_system(self) -> bool:
        """Whether it goes to one of our own tables, which nobody changes at run time."""
        if self.table is not None:
            return self.table.metadata is system_tables
        return not self.guard and self.touches is None


@lru_cache(maxsize=1_000)
def _touched_by(table: sa.Table) -> str | None:
    """The object whose records change when this table gets a row."""
    return table.name if table.metadata is not system_tables and "id" in table.c else None


class GuardFailed(Exception):
    """A guarded statement hit no row."""


class NotInBatch(Exception):
    """Somebody needs to find stored what a batch has only collected: the saves must be made one by one."""


class Writes:
    """Statements waiting to be sent; `batch` keeps them until `flush(force=True)`."""

    def __init__(self, uow: UnitOfWork, *, batch: bool = False) -> None:
        self.uow = uow
        self.batch = batch
        self.entries: list[Entry] = []

    def insert(self, table: sa.Table, values: Mapping[str, Any]) -> None:
        """A new row; columns that are not named take their default."""
        names = tuple(values)

        def build(prefix: str) -> Any:
            return sa.insert(table).inline().values({n: sa.bindparam(prefix + n, type_=table.c[n].type) for n in names})

        self.entries.append(Entry(("insert", table, names), build, values, table, False, _touched_by(table)))

    def change(
        self,
        key: Any,
        build: Callable[[str], Any],
        values: Mapping[str, Any],
        *,
        guard: bool = False,
        touches: str | None = None,
    ) -> None:
        """Another statement, its binds named prefix + name of `values`; a guarded one returns something.

        touches: the object whose records it changes.
        """
        self.entries.append(Entry(key, build, values, None, guard, touches))

    def before(self, key: Any, build: Callable[[str], Any], values: Mapping[str, Any]) -> None:
        """A statement that must have run before the inserts of its save: sent at once, first of all in a batch."""
        entry = Entry(key, build, values)
        if self.batch:
            self.entries.append(entry)
        else:
            self._send(entry)

    def flush(self, *, force: bool = False) -> None:
        """Send what waits; a batch waits for `force`. Raises GuardFailed, and the driver's integrity errors."""
        if self.batch and not force:
            return
        waiting, self.entries = self.entries, []
        dialect = self.uow.dialect
        for key in dict.fromkeys(entry.touches for entry in waiting if entry.touches is not None):
            waiting.append(Entry("touch", lambda prefix: raising(dialect, prefix), {"object": key}))
        if self.batch:
            self._send_many(waiting)
        elif self.uow.dialect.sends_together:
            for start in range(0, len(waiting), TOGETHER):
                self._send_together(waiting[start : start + TOGETHER])
        else:
            self._send_bundled(waiting)

    def _send(self, entry: Entry) -> None:
        prepared = _kept(self.uow.dialect, entry.key, lambda: entry.build("w_"))
        rows = self.uow.fetch(prepared, {f"w_{name}": value for name, value in entry.values.items()})
        if entry.guard and not rows:
            raise GuardFailed

    def _send_bundled(self, entries: list[Entry]) -> None:
        """The rows of objects one by one, since they may be refused; then all that goes with them."""
        rest = []
        for entry in entries:
            if entry.is_of_system:
                rest.append(entry)
            else:
                self._send(entry)
        for start in range(0, len(rest), TOGETHER):
            some = rest[start : start + TOGETHER]
            if len(some) == 1:
                self._send(some[0])
                continue
            dialect = self.uow.dialect
            parts = [_kept(dialect, entry.key, lambda entry=entry: entry.build("w_")) for entry in some]  # type: ignore[misc]
            key = ("bundle", *(entry.key for entry in some))
            values = [{f"w_{name}": value for name, value in entry.values.items()} for entry in some]
            bundles.send(self.uow, _kept_bundle(dialect, key, parts), values)

    def _send_together(self, entries: list[Entry]) -> None:
        if len(entries) == 1:
            self._send(entries[0])
            return

        def build() -> Any:
            parts = [entry.build(f"w{place}_").cte(f"w{place}") for place, entry in enumerate(entries)]
            guards: list[Any] = [sa.select(sa.func.count()).select_from(p).scalar_subquery()
                      for p, entry in zip(parts, entries, strict=True) if entry.guard]  # fmt: skip
            return sa.select(*(guards or [sa.literal_column("1")])).add_cte(*parts)

        prepared = _kept(self.uow.dialect, ("together", *(entry.key for entry in entries)), build)
        values = {
            f"w{place}_{name}": value for place, entry in enumerate(entries) for name, value in entry.values.items()
        }
        if any(not count for count in self.uow.fetch(prepared, values)[0]):
            raise GuardFailed

    def _send_many(self, entries: list[Entry]) -> None:
        """Changes first (a visit is closed before the next begins), then the rows of each table together."""
        rows: dict[sa.Table, list[Mapping[str, Any]]] = {}
        alike: dict[Any, list[Entry]] = {}
        for entry in entries:
            if entry.table is not None:
                rows.setdefault(entry.table, []).append(entry.values)
            else:
                alike.setdefault(entry.key, []).append(entry)
        for key, same in alike.items():
            prepared = _kept(self.uow.dialect, key, lambda same=same: same[0].build("w_"))  # type: ignore[misc]
            binds = [{f"w_{name}": value for name, value in entry.values.items()} for entry in same]
            hit = self.uow.run_many(prepared, binds)
            if same[0].guard and hit != len(same):
                raise GuardFailed
        for table, values in rows.items():
            self.uow.insert_many(table, values)


_bundles: dict[Any, bundles.Bundle] = {}


def _kept_bundle(dialect: Dialect, key: Any, parts: list[Prepared]) -> bundles.Bundle:
    found = _bundles.get((id(dialect), key))
    if found is None or any(one is not other for one, other in zip(found.parts, parts, strict=True)):
        if len(_bundles) >= KEPT:
            _bundles.clear()
        found = _bundles[(id(dialect), key)] = bundles.bundle(parts)
    return found


_statements: WeakKeyDictionary[Dialect, dict[Any, Prepared]] = WeakKeyDictionary()


def _kept(dialect: Dialect, key: Any, build: Callable[[], Any]) -> Prepared:
    kept = _statements.get(dialect)
    if kept is None:
        kept = _statements[dialect] = {}
    found = kept.get(key)
    if found is None:
        if len(kept) >= KEPT:
            kept.clear()
        found = kept[key] = dialect.compile(build())
    return found
