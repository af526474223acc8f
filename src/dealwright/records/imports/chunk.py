"""One chunk of an import: its rows walk the write path together; each row is refused or saved for itself (S24).

The rows share a batch. Only when the database refuses what the batch sends (somebody saved in between) are they made
one by one, each in a savepoint.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dealwright.foundation.database import UnitOfWork
from dealwright.foundation.errors import FieldError, Problem, invalid
from dealwright.model import schema_of
from dealwright.people.shapes import Actor
from dealwright.records import rights, store
from dealwright.records.batch import Batch, Taken, batch_of
from dealwright.records.coercion import context_of
from dealwright.records.imports.names import Names
from dealwright.records.imports.rows import Keys, Reader, keyed
from dealwright.records.shapes import Change, Work
from dealwright.records.write_path import WritePath, access_of
from dealwright.records.writes import GuardFailed, NotInBatch

Outcome = dict[str, Any]  # {line, outcome, record_id, version, errors, cells}


class Chunk:
    """Runs rows of one file. lines: {record id: line} of what this import has made or changed so far."""

    def __init__(
        self, uow: UnitOfWork, path: WritePath, actor: Actor, reader: Reader, channel: str, lines: dict[str, int]
    ) -> None:
        self.uow, self.path, self.actor, self.reader, self.channel = uow, path, actor, reader, channel
        self.obj, self.options, self.sheet = reader.obj, reader.options, reader.sheet
        self.lines = lines

    def run(self, places: Sequence[int]) -> list[Outcome]:
        """What became of each of these rows, in their order."""
        try:
            with self.uow.savepoint():
                outcomes = self._together(places)
        except self._together_fails():
            outcomes = [self._alone(place) for place in places]
        for out in outcomes:
            if out["record_id"] is not None:
                self.lines[out["record_id"]] = out["line"]
        return outcomes

    def _together_fails(self) -> tuple[type[Exception], ...]:
        return (NotInBatch, GuardFailed, *self.uow.dialect.integrity_errors)

    def _alone(self, place: int) -> Outcome:
        """One row; what was collected is sent before the next one begins."""
        try:
            with self.uow.savepoint():
                return self._together([place])[0]
        except NotInBatch:
            return self._unbatched(place)
        except GuardFailed:
            return self.refused(place, rights.stale())
        except self.uow.dialect.integrity_errors as error:
            return self.refused(place, self._not_unique(error))

    def _unbatched(self, place: int) -> Outcome:
        """One row whose save causes further saves, which must find it stored: the ordinary way, without a batch."""
        try:
            with self.uow.savepoint():
                with batch_of(self.uow, self.path, self.actor, 1) as batch:
                    names, keys = self._looked_up(batch, [place])
                    change = self._change(place, names, keys)
                    batch.send(set())
                saved = self.path.save(self.uow, self.actor, change)
                return self.saved(place, change, saved.record_id, saved.version, bool(saved.changed))
        except Problem as problem:
            return self.refused(place, problem)

    def _together(self, places: Sequence[int]) -> list[Outcome]:
        with batch_of(self.uow, self.path, self.actor, len(places)) as batch:
            names, keys = self._looked_up(batch, places)
            outcomes: dict[int, Outcome] = {}
            rows: dict[int, tuple[int, Change]] = {}  # place in the batch -> row and its change
            for place in places:
                mark = len(batch.parts)
                names.made = []
                try:
                    change = self._change(place, names, keys)
                    at = batch.save(change)
                except Problem as problem:
                    outcomes[place] = self.refused(place, problem)
                    batch.drop(mark)
                    names.forget()
                    continue
                rows[at] = (place, change)
                saved = batch.parts[at].saved
                name = change.values.get(self.obj.name_field or "") if change.kind == "create" else None
                if name is not None:
                    names.note(self.obj, str(name), saved.record_id)
                outcomes[place] = self.saved(place, change, saved.record_id, saved.version, bool(saved.changed))
            without = self._taken(batch, rows, outcomes)
            batch.send(without)
        return [outcomes[place] for place in places]

    def _looked_up(self, batch: Batch, places: Sequence[int]) -> tuple[Names, Keys | None]:
        """Names and keys of these rows, asked for all of them at once."""
        names = Names(batch, self.options.make, self.channel)
        names.look_up(self.reader.names_in(places))
        if self.options.key is None:
            return names, None
        work = Work(
            self.uow, self.actor, None, Change("update", self.obj.key, mode="text"), names.schema, self.obj, self.path
        )
        keys = Keys(batch, self.obj, self.options.key, context_of(work))
        column = next((at for at, fld in self.reader.columns if fld.key == self.options.key), None)
        if column is not None:
            keys.look_up([self.reader.cell(self.sheet.rows[at], column, self.options.key) for at in places])
            if self.options.mode != "create":
                access = None if self.actor.kind == "automation" else access_of(self.uow, self.actor)
                ids = [one for found in keys.found.values() for one in found]
                rights.load_ahead(self.uow, self.actor, access, self.obj, self.path, ids)
        return names, keys

    def _change(self, place: int, names: Names, keys: Keys | None) -> Change:
        """The change that a row asks for; Problem 422 when it cannot be told."""
        values = self.reader.values(place, names)
        record_id = None
        if keys is not None:
            field = keys.field
            raw = values.get(field.key)
            record_id = keys.record(raw) if raw is not None else None
            form = keys.normal(raw) if raw is not None else None
            if record_id in self.lines:
                raise _duplicate(field.key, self.lines[record_id])
            if form is not None and form in keys.mine:
                raise _duplicate(field.key, keys.mine[form])
            if record_id is not None and self.options.mode == "create":
                raise keyed(field, values, "NOT_UNIQUE")
            if record_id is None and (self.options.mode == "update" or (field.computed and raw is not None)):
                raise keyed(field, values, "KEY_UNKNOWN")
            if form is not None:
                keys.mine[form] = self.sheet.line(place)
            if field.computed:
                values.pop(field.key, None)
        kind: Any = "update" if record_id else "create"
        return Change(kind, self.obj.key, record_id, values, channel=self.channel, mode="text")

    def _taken(self, batch: Batch, rows: Mapping[int, tuple[int, Change]], outcomes: dict[int, Outcome]) -> set[int]:
        """Refuse the rows whose unique values are somebody's already; their places in the batch."""
        without: set[int] = set()
        for one in batch.taken():
            if one.place not in rows:
                raise NotInBatch  # a record that a row makes on the side: the row itself must be told
            place = rows[one.place][0]
            error = self._why_taken(one, rows)
            found = outcomes[place]
            if one.place in without:
                found["errors"].append(_wire_error(error))
            else:
                outcomes[place] = self.refused(place, invalid([error]))
            without.add(one.place)
        return without

    def _why_taken(self, one: Taken, rows: Mapping[int, tuple[int, Change]]) -> FieldError:
        line = None
        if one.twin is not None and one.twin in rows:
            line = self.sheet.line(rows[one.twin][0])
        elif one.holder is not None:
            line = self.lines.get(one.holder)
        if line is not None:
            return FieldError(one.field.key, "DUPLICATE_ROW", {"line": line})
        return FieldError(one.field.key, "NOT_UNIQUE", {"field": dict(one.field.labels)})

    def _not_unique(self, error: Exception) -> Problem:
        change = Change("create", self.obj.key)
        work = Work(self.uow, self.actor, None, change, schema_of(self.uow), self.obj, self.path)
        found = store.not_unique(work, error)
        if not isinstance(found, Problem):
            raise error
        return found

    def saved(self, place: int, change: Change, record_id: str, version: int, changed: bool) -> Outcome:
        """The outcome of a row that was saved."""
        outcome = "created" if change.kind == "create" else "updated" if changed else "unchanged"
        return {
            "line": self.sheet.line(place), "outcome": outcome, "record_id": record_id, "version": version,
            "errors": None, "cells": None,
        }  # fmt: skip

    def refused(self, place: int, problem: Problem) -> Outcome:
        """The outcome of a row that was refused, with its cells as they came."""
        if problem.status >= 500:
            raise problem
        errors = [_wire_error(e) for e in problem.errors] or [
            {"field": problem.field, "code": problem.code, "params": dict(problem.params)}
        ]
        cells = [_wire_cell(cell) for cell in self.sheet.rows[place]]
        return {
            "line": self.sheet.line(place), "outcome": "refused", "record_id": None, "version": None,
            "errors": errors, "cells": cells,
        }  # fmt: skip


def _duplicate(key: str, line: int) -> Problem:
    return invalid([FieldError(key, "DUPLICATE_ROW", {"line": line})])


def _wire_error(error: FieldError) -> dict[str, Any]:
    return {"field": error.field, "code": error.code, "params": dict(error.params)}


def _wire_cell(cell: Any) -> Any:
    return cell if cell is None or isinstance(cell, (str, int, float, bool)) else str(cell)
