"""Letting the story happen: every event is a save through the ordinary write path, with the clock of its moment.

One unit of work holds what happened on one day, as one batch (`records.batch`). A record changes once in a batch, so
whatever changes twice on a day is in two of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from dealwright.demo.shapes import Event, Ref, Yuan
from dealwright.foundation.clock import FixedClock
from dealwright.foundation.database import Database, UnitOfWork
from dealwright.foundation.ids import new_id
from dealwright.model import schema_of
from dealwright.people.shapes import Actor
from dealwright.records.batch import batch_of
from dealwright.records.rights import load_ahead
from dealwright.records.shapes import Change
from dealwright.records.write_path import WritePath

CHANNEL = "demo"
MOST = 400  # saves of one batch
Progress = Callable[[date, int, int], None]  # the day it has come to, saves done, saves in all


class Player:
    """Plays events into a database whose clock is `clock`. people: who acts, by number."""

    def __init__(self, db: Database, clock: FixedClock, path: WritePath, people: Mapping[int, Actor]) -> None:
        self.db, self.clock, self.path, self.people = db, clock, path, people
        self.ids: dict[Ref, str] = {Ref("user", number): str(actor.user_id) for number, actor in people.items()}
        self.known: dict[str, dict[str, str]] = {}

    def play(self, events: Sequence[Event], progress: Progress) -> int:
        """Save everything; the number of saves."""
        done = 0
        for batch in batches(events):
            self.clock.set(batch[0].at)
            with self.db.write() as uow:
                self._save(uow, batch)
            done += len(batch)
            progress(batch[-1].at.date(), done, len(events))
        return done

    def _save(self, uow: UnitOfWork, events: Sequence[Event]) -> None:
        first = self.people[events[0].by.number]
        with batch_of(uow, self.path, first, len(events)) as batch:
            batch.checked.update(self.known)
            self._load(uow, first, events)
            for event in events:
                # a batch's saves lie apart by minutes and hours, and each is written with its own moment
                uow.now = event.at.astimezone(UTC)
                batch.actor = self.people[event.by.number]
                batch.save(self._change(event))
                if event.kind == "create":
                    names = self.known.setdefault(event.ref.object, {})
                    names[self.ids[event.ref]] = str(event.values.get("name", ""))
                    batch.checked[event.ref.object] = names
            batch.send(set())

    def _load(self, uow: UnitOfWork, actor: Actor, events: Sequence[Event]) -> None:
        """Read the rows that will change, those of one object together."""
        changed: dict[str, list[str]] = {}
        for event in events:
            if event.kind == "update":
                changed.setdefault(event.ref.object, []).append(self.ids[event.ref])
        for key, ids in changed.items():
            load_ahead(uow, actor, None, schema_of(uow).object(key), self.path, ids)

    def _change(self, event: Event) -> Change:
        if event.kind == "create":
            self.ids[event.ref] = new_id()
        values = {
            key: self._any(value) if key == "related_to" else self._wire(value) for key, value in event.values.items()
        }
        return Change(event.kind, event.ref.object, self.ids[event.ref], values, channel=CHANNEL)

    def _any(self, value: Ref) -> dict[str, str]:
        return {"object": value.object, "id": self.ids[value]}

    def _wire(self, value: Any) -> Any:
        if isinstance(value, Ref):
            return self.ids[value]
        if isinstance(value, Yuan):
            return {"amount": str(value.amount), "currency": "CNY"}
        if isinstance(value, datetime):
            return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
        if isinstance(value, date):
            return value.isoformat()
        if isinstance(value, dict):
            return {key: self._wire(one) for key, one in value.items()}
        if isinstance(value, list):
            return [self._wire(one) for one in value]
        return value


def batches(events: Sequence[Event]) -> Iterator[list[Event]]:
    """The events of each day in their order, cut where a record comes a second time."""
    batch: list[Event] = []
    seen: set[Ref] = set()
    for event in events:
        if batch and (event.at.date() != batch[0].at.date() or event.ref in seen or len(batch) >= MOST):
            yield batch
            batch, seen = [], set()
        batch.append(event)
        seen.add(event.ref)
    if batch:
        yield batch
