"""The end of the history: what was saved since the last look, in whatever process.

Ids are made before their transaction commits, so a row may appear behind one that was seen already. Each look therefore
goes back a few seconds and leaves out what it knows. A save that took longer still is not lost: it has raised its
object's data version, and a rise without a row is told as "this object has changed".
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from functools import lru_cache

import sqlalchemy as sa

from dealwright.foundation.database import Dialect, Prepared, UnitOfWork
from dealwright.foundation.database.tables import dw_data_version
from dealwright.foundation.database.types import Id
from dealwright.records.live.shapes import Happening, News
from dealwright.records.tables import dw_history

OVERLAP_S = 5.0
MOST_ROWS = 5_000  # of one look; an import makes more, and is told by its object
MOST_SINGLY = 50  # saves of one object in one look that are told one by one
LONGEST_BREAK_S = 600.0  # a reader who was away longer asks everything again
_FIRST = "00000000-0000-7000-8000-000000000000"


def id_at(seconds: float) -> str:
    """The smallest id that is made from this moment on (seconds since 1970)."""
    text = f"{max(int(seconds * 1000), 0):012x}"[-12:]
    return f"{text[:8]}-{text[8:]}{_FIRST[13:]}"


def moment_of(record_id: str) -> float:
    """The moment, in seconds since 1970, at which an id was made."""
    return int(record_id[:8] + record_id[9:13], 16) / 1000


@lru_cache(maxsize=4)
def _rows(dialect: Dialect) -> Prepared:
    h = dw_history.c
    return dialect.compile(
        sa.select(h.id, h.object_key, h.record_id, h.version, h.kind, h.actor_id)
        .where(h.id > sa.bindparam("floor", type_=Id))
        .order_by(h.id)
        .limit(sa.bindparam("most", type_=sa.BigInteger()))
    )


@lru_cache(maxsize=4)
def _versions(dialect: Dialect) -> Prepared:
    total = sa.cast(sa.func.sum(dw_data_version.c.version), sa.BigInteger())
    return dialect.compile(sa.select(dw_data_version.c.object_key, total).group_by(dw_data_version.c.object_key))


class Tail:
    """Where one process has read to. One thread uses it."""

    def __init__(self, now: Callable[[], float] = time.time) -> None:
        self.now = now
        self._floor = _FIRST
        self._seen: set[str] = set()
        self._versions: dict[str, int] | None = None

    def begin(self, uow: UnitOfWork) -> None:
        """What is there already is not news."""
        self._versions = self._ask_versions(uow)
        self._floor = id_at(self.now() - OVERLAP_S)
        self._seen = {row.id for row in self._ask_rows(uow, self._floor)}

    def read(self, uow: UnitOfWork) -> News:
        """What is new since the last call. One statement while nothing happens, two when something does."""
        if self._versions is None:
            self.begin(uow)
            return News()
        versions = self._ask_versions(uow)
        raised = {key for key, version in versions.items() if self._versions.get(key) != version}
        if not raised:
            return News()
        rows = self._ask_rows(uow, self._floor)
        self._versions = versions
        if len(rows) > MOST_ROWS:
            self._floor, self._seen = id_at(self.now()), set()
            return News({}, raised, self._floor)
        fresh = [row for row in rows if row.id not in self._seen]
        # Without a row of its own: an import that began long ago has committed, or a share has changed who sees what.
        silent = raised - {row.object_key for row in fresh}
        self._floor = id_at(self.now() - OVERLAP_S)
        self._seen = {row.id for row in rows if row.id > self._floor}
        return grouped(fresh, silent)

    def since(self, uow: UnitOfWork, last_id: str) -> News | None:
        """What a reader has missed who knows of everything up to `last_id`; None when it is too much to be told."""
        known = moment_of(last_id)
        if self.now() - known > LONGEST_BREAK_S:
            return None
        rows = self._ask_rows(uow, id_at(known - OVERLAP_S))
        return None if len(rows) > MOST_ROWS else grouped(rows, ())

    def _ask_rows(self, uow: UnitOfWork, floor: str) -> list[Happening]:
        rows = uow.fetch(_rows(uow.dialect), {"floor": floor, "most": MOST_ROWS + 1}, of_system=True)
        return [Happening(*row) for row in rows]

    def _ask_versions(self, uow: UnitOfWork) -> dict[str, int]:
        return {key: int(version) for key, version in uow.fetch(_versions(uow.dialect), of_system=True)}


def grouped(rows: Iterable[Happening], changed: Iterable[str]) -> News:
    """The saves by object, the last of each record; an object with very many of them is only said to have changed."""
    by_object: dict[str, dict[str, Happening]] = {}
    last = None
    for row in rows:
        by_object.setdefault(row.object_key, {})[row.record_id] = row
        last = row.id
    many = {key for key, found in by_object.items() if len(found) > MOST_SINGLY}
    single = {key: list(found.values()) for key, found in by_object.items() if key not in many}
    return News(single, many | set(changed), last)
