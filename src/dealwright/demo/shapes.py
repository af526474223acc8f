"""What the sample company's history is made of: events that name each other by number, as ids do not exist yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, NamedTuple


class Ref(NamedTuple):
    """A record or person to be: the object's key ("user" for people) and a number."""

    object: str
    number: int


class Yuan(NamedTuple):
    """An amount in whole yuan."""

    amount: int


@dataclass(frozen=True)
class Event:
    """One save. values: by field key; Ref, Yuan, date and datetime stand for what they become on the wire."""

    at: datetime
    kind: Literal["create", "update"]
    ref: Ref
    by: Ref
    values: Mapping[str, Any]


@dataclass
class Account:
    """What deals and leads need to know of a customer."""

    ref: Ref
    name: str
    owner: int
    tier: str
    industry: str
    since: datetime
    contacts: list[tuple[Ref, str, str]] = field(default_factory=list)  # with name and mobile


@dataclass
class Story:
    """All events so far, in whatever order they were thought up, and how many records there are of each object."""

    events: list[Event] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)

    def new(self, object_key: str) -> Ref:
        """The next record of an object."""
        number = self.counts[object_key] = self.counts.get(object_key, 0) + 1
        return Ref(object_key, number)

    def create(self, at: datetime, object_key: str, by: int, **values: Any) -> Ref:
        """A record comes into being, made and owned by a person."""
        ref, person = self.new(object_key), Ref("user", by)
        self.events.append(Event(at, "create", ref, person, {"owner": person, **values}))
        return ref

    def update(self, at: datetime, ref: Ref, by: int, **values: Any) -> None:
        """A record changes."""
        self.events.append(Event(at, "update", ref, Ref("user", by), values))
