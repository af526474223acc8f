"""The readers of this process, and the one thread that asks for news while there are any."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress

import structlog

from dealwright.access import Access
from dealwright.foundation.database import Database, UnitOfWork
from dealwright.foundation.errors import Problem
from dealwright.model import schema_of
from dealwright.people import sessions
from dealwright.records.live.shapes import Event, News, Source
from dealwright.records.live.sight import events_for
from dealwright.records.live.tail import OVERLAP_S, Tail, id_at

log = structlog.get_logger("dealwright.live")
EVERY_S = 1.0
CHECK_EVERY_S = 15.0  # a session that has ended is noticed after this even when nothing happens
MOST_OF_ONE_USER = 12
MOST_WAITING = 200  # events not taken by a reader; one that is slower is let go and comes back by itself


class Connection:
    """One open stream: who reads it and what waits to be sent. `wake` is called, from any thread, when there is something."""

    def __init__(self, credentials: sessions.Credentials, user_id: str, resume: str | None = None) -> None:
        self.credentials, self.user_id = credentials, user_id
        self.resume = resume
        self.checked_at = 0.0
        self.ended = False
        self.wake: Callable[[], None] = lambda: None
        self._waiting: deque[Event] = deque()

    def offer(self, events: Sequence[Event]) -> None:
        """Put events up for sending; a reader who has left too many lying is let go."""
        if len(self._waiting) + len(events) > MOST_WAITING:
            self.end()
        elif events and not self.ended:
            self._waiting.extend(events)
            self.wake()

    def take(self) -> list[Event]:
        """All that waits."""
        found = []
        with suppress(IndexError):
            while True:
                found.append(self._waiting.popleft())
        return found

    def end(self) -> None:
        """Close the stream."""
        self.ended = True
        self.wake()


class Hub:
    """Who listens in this process. `join` and `leave` come from the event loop, `turn` from the hub's own thread."""

    def __init__(self, db: Database, sources: Sequence[Source] = (), every_s: float = EVERY_S) -> None:
        self.db, self.sources, self.every_s = db, sources, every_s
        self.closed = False
        self._tail = Tail()
        self._lock = threading.Lock()
        self._listening: list[Connection] = []
        self._thread: threading.Thread | None = None
        self._stop = threading.Event()

    def admit(self, user_id: str) -> None:
        """Problem 429 TOO_MANY_STREAMS for somebody who has many open already; 503 while the server ends."""
        with self._lock:
            mine = sum(one.user_id == user_id for one in self._listening)
        if self.closed:
            raise Problem(503, "BUSY", headers={"Retry-After": "5"})
        if mine >= MOST_OF_ONE_USER:
            raise Problem(429, "TOO_MANY_STREAMS", params={"max": MOST_OF_ONE_USER}, headers={"Retry-After": "30"})

    def join(self, connection: Connection, *, alone: bool = False) -> None:
        """Begin to tell a reader; a first one starts the thread (`alone`: whoever calls turns the hub)."""
        # The few seconds before are told again: what was saved between a page's reading and now must not be missed.
        connection.resume = connection.resume or id_at(time.time() - OVERLAP_S)
        with self._lock:
            self._listening.append(connection)
            if self._thread is None and not alone:
                self._thread = threading.Thread(target=self._run, name="live", daemon=True)
                self._thread.start()
        if self.closed:
            connection.end()

    def leave(self, connection: Connection) -> None:
        """Forget a reader."""
        with self._lock, suppress(ValueError):
            self._listening.remove(connection)

    def close(self) -> None:
        """Let every reader go: the server ends."""
        self.closed = True
        self._stop.set()
        with self._lock:
            listening = list(self._listening)
        for connection in listening:
            connection.end()

    def _run(self) -> None:
        self._tail = Tail()
        while True:
            with self._lock:
                if self.closed or not self._listening:
                    self._thread = None
                    return
            try:
                self.turn()
            except Problem as problem:  # the database is away
                log.warning("live_waits", code=problem.code)
            except Exception:
                log.exception("live_failed")
            self._stop.wait(self.every_s)

    def turn(self) -> None:
        """Ask once for what is new and tell each reader what that reader may see."""
        with self._lock:
            listening = [one for one in self._listening if not one.ended]
        if not listening:
            return
        try:
            with self.db.read() as uow:
                news = self._tail.read(uow)
                users = {one.user_id for one in listening}
                told = [pair for source in self.sources for pair in source.read(uow, users)]
        except Exception:
            # What was read, if anything, is lost to these readers: they come back and go on from their last event.
            for connection in listening:
                connection.end()
            raise
        now = time.monotonic()
        for connection in listening:
            own = [event for user_id, event in told if user_id == connection.user_id]
            if news or own or connection.resume or now - connection.checked_at >= CHECK_EVERY_S:
                self._tell(connection, news, own, now)

    def _tell(self, connection: Connection, news: News, own: Sequence[Event], now: float) -> None:
        try:
            # A unit of its own: rights are those of this moment, and no reader's answer is another's.
            with self.db.read() as uow:
                actor = sessions.authenticate(uow, connection.credentials)
                access = Access.for_actor(uow, actor)
                if actor.scopes is not None and "read" not in actor.scopes:
                    raise Problem(401, "NOT_SIGNED_IN")
                events = []
                if connection.resume:
                    missed = self._tail.since(uow, connection.resume)
                    events = events_for(uow, access, self._everything(uow) if missed is None else missed)
                    events += events_for(uow, access, News({}, news.changed, news.last))
                elif news:
                    events = events_for(uow, access, news)
        except Problem as problem:
            if problem.status != 401:
                log.warning("live_reader_failed", code=problem.code)
            connection.end()  # signed out, or not to be told now: it comes back and goes on from its last event
            return
        except Exception:
            log.exception("live_reader_failed")
            connection.end()
            return
        connection.resume, connection.checked_at = None, now
        connection.offer([*events, *own])

    def _everything(self, uow: UnitOfWork) -> News:
        """For a reader who was away too long: every object may have changed."""
        objects = schema_of(uow).objects.values()
        return News({}, [obj.key for obj in objects if obj.kind == "object"], id_at(time.time()))
