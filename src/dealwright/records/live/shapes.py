"""What the live stream is made of."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from dealwright.foundation.database import UnitOfWork
from dealwright.foundation.jsonout import encode


@dataclass(frozen=True)
class Event:
    """One event as it is sent. `id`: the place in the history from which a reader goes on after a break."""

    name: str
    data: Mapping[str, Any]
    id: str | None = None

    def wire(self) -> bytes:
        """The event in the format of `text/event-stream`."""
        place = f"id: {self.id}\n".encode() if self.id else b""
        return b"%sevent: %s\ndata: %s\n\n" % (place, self.name.encode(), encode(self.data))


@dataclass(frozen=True)
class Happening:
    """One save, out of the history; it holds no value of any field."""

    id: str
    object_key: str
    record_id: str
    version: int
    kind: str
    actor_id: str | None


@dataclass(frozen=True)
class News:
    """What is new: single saves by object, and objects of which only "ask again" is said. `last`: the newest id."""

    happenings: Mapping[str, Sequence[Happening]] = field(default_factory=dict)
    changed: Collection[str] = ()
    last: str | None = None

    def __bool__(self) -> bool:
        return bool(self.happenings or self.changed)


class Source(Protocol):
    """Something else that readers are told of, by user: `read` answers what is new since it was last asked."""

    def read(self, uow: UnitOfWork, user_ids: Collection[str]) -> Sequence[tuple[str, Event]]: ...
