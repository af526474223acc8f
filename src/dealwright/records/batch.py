"""Many saves in one unit of work: each walks the whole list, but they share look-ups and send what they write together.

A save that is refused leaves nothing behind, as nothing has been sent yet. What only the database can say (a value
that is taken) is asked once for all rows before they are sent. If the sending itself fails after all (somebody else
saved in between), the caller takes the unit's savepoint back and makes the saves one by one.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import sqlalchemy as sa

from dealwright.foundation.database import UnitOfWork
from dealwright.model import FieldDef, ObjectDef, schema_of
from dealwright.model.tables import dw_counter
from dealwright.people.shapes import Actor
from dealwright.records.plans import one_of, packed, plan_of
from dealwright.records.rollups import settle_later
from dealwright.records.shapes import Change, Saved
from dealwright.records.write_path import WritePath
from dealwright.records.writes import Entry, NotInBatch, Writes

MEMO = ("writes", "later_rollups", "numbers_ahead", "checked", "rows_ahead", "seen")


@dataclass
class Part:
    """One save of a batch and the statements it has collected."""

    saved: Saved
    entries: list[Entry]


@dataclass(frozen=True)
class Taken:
    """A unique value that somebody has already: the record `holder`, or an earlier save of this batch (`twin`)."""

    place: int
    field: FieldDef
    holder: str | None
    twin: int | None


class Batch:
    """Saves that are sent together by `send`. Use `batch_of`."""

    def __init__(self, uow: UnitOfWork, path: WritePath, actor: Actor) -> None:
        self.uow, self.path, self.actor = uow, path, actor
        self.writes = Writes(uow, batch=True)
        self.parts: list[Part] = []

    @property
    def checked(self) -> dict[str, dict[str, str]]:
        """{object or "user": {id: name}} of targets known to be there and in sight; callers may add to it."""
        found: dict[str, dict[str, str]] = self.uow.memo["checked"]
        return found

    def save(self, change: Change) -> int:
        """Walk the list with a change; its place among `parts`. Problem as WritePath.save, and nothing stays of it."""
        entries = self.writes.entries = []
        try:
            saved = self.path.save(self.uow, self.actor, change)
        except BaseException:
            self.writes.entries = []
            raise
        self.parts.append(Part(saved, entries))
        return len(self.parts) - 1

    def drop(self, place: int) -> None:
        """Forget the saves from `place` on."""
        del self.parts[place:]

    def taken(self) -> list[Taken]:
        """Every unique value of these saves that somebody has already; one statement per unique field."""
        found: list[Taken] = []
        for obj in {id(part.saved.work.obj): part.saved.work.obj for part in self.parts if part.saved.work}.values():
            for field in obj.fields.values():
                if field.norm_column:
                    found += self._taken(obj, field)
        return found

    def _taken(self, obj: ObjectDef, field: FieldDef) -> Iterator[Taken]:
        column = field.norm_column or ""
        mine: dict[str, int] = {}
        for place, part in enumerate(self.parts):
            row = next((e.values for e in part.entries if e.key[1] is obj.table and column in e.values), None)
            norm = None if row is None else row[column]
            if norm is None:
                continue
            if norm in mine:
                yield Taken(place, field, None, mine[norm])
            else:
                mine[norm] = place
        if not mine:
            return
        table, dialect = obj.table, self.uow.dialect
        norms = table.c[column]
        statement = plan_of(self.uow, obj).keep(
            ("taken", column),
            lambda: sa.select(norms, table.c.id).where(one_of(norms, "b_ids", dialect), table.c.deleted_at.is_(None)),
        )
        for norm, record_id in self.uow.fetch(statement, {"b_ids": packed(list(mine), dialect)}):
            if self.parts[mine[norm]].saved.record_id != record_id:
                yield Taken(mine[norm], field, record_id, None)

    def send(self, without: set[int]) -> None:
        """Send all saves but those at the given places, then work out the roll-ups once per parent.

        Raises NotInBatch when a kept save points to a record that a left-out one would have made; GuardFailed and the
        driver's integrity errors.
        """
        kept = [part for place, part in enumerate(self.parts) if place not in without]
        entries = [entry for part in kept for entry in part.entries]
        if without:
            gone = {self.parts[place].saved.record_id for place in without}
            if any(value in gone for entry in entries for value in entry.values.values() if isinstance(value, str)):
                raise NotInBatch
        self.writes.entries = entries
        self.writes.flush(force=True)
        settle_later(self.uow, schema_of(self.uow))
        self.parts = kept
        self._give_back_numbers()

    def _give_back_numbers(self) -> None:
        """Automatic numbers taken ahead and not used, as long as nobody has taken later ones."""
        stock: dict[tuple[str, str], list[int]] = self.uow.memo.pop("numbers", {})
        for (field_id, period), left in stock.items():
            if left:
                mine = (dw_counter.c.field_id == field_id, dw_counter.c.period == period)
                top = dw_counter.c.value == left[0]
                self.uow.conn.execute(sa.update(dw_counter).where(*mine, top).values(value=left[0] - len(left)))


@contextmanager
def batch_of(uow: UnitOfWork, path: WritePath, actor: Actor, ahead: int) -> Iterator[Batch]:
    """A batch of about `ahead` saves; while it lasts, every save in this unit of work belongs to it."""
    batch = Batch(uow, path, actor)
    uow.memo |= {"writes": batch.writes, "later_rollups": {}, "numbers_ahead": ahead, "checked": {}, "seen": {}}
    try:
        yield batch
    finally:
        for key in (*MEMO, "numbers"):
            uow.memo.pop(key, None)


__all__ = ["Batch", "NotInBatch", "Part", "Taken", "batch_of"]
