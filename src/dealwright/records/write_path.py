"""Walking the list: one change, one transaction, the steps in the order that `app.py` wrote down."""

from __future__ import annotations

from collections.abc import Sequence

from dealwright.access import Access
from dealwright.foundation.database import UnitOfWork
from dealwright.foundation.errors import Problem
from dealwright.foundation.ids import new_id
from dealwright.model import schema_of
from dealwright.people.shapes import Actor
from dealwright.records import store
from dealwright.records.shapes import MAX_DEPTH, MAX_WRITES, Cause, Change, Saved, Step, Work
from dealwright.records.writes import NotInBatch

HALFWAY = "derive"  # up to here a line is worked on with its document, so that all errors are in one answer


class WritePath:
    """The one way by which records change. It holds the steps and nothing else, so it can be shared by threads."""

    def __init__(self, steps: Sequence[Step]) -> None:
        self.steps = tuple(steps)
        self.names = [name_of(step) for step in self.steps]
        self._half = next((i + 1 for i, step in enumerate(self.steps) if step.__name__ == HALFWAY), len(self.steps))

    def save(self, uow: UnitOfWork, actor: Actor, change: Change) -> Saved:
        """Carry out a change inside the caller's unit of work.

        Raises Problem: 403 FORBIDDEN or FIELD_FORBIDDEN, 404 outside the actor's scope, 409 of a gate, 412 STALE,
        422 with every wrong field at once. Nothing is written when it raises and the unit is rolled back.
        """
        cause = change.cause
        if cause is None:
            cause = change.cause = Cause(new_id())
        access = None if actor.kind == "automation" else access_of(uow, actor)
        schema = schema_of(uow)
        work = Work(uow, actor, access, change, schema, schema.object(change.object_key), self)
        self.prepare(work)
        self.finish(work)
        return Saved(work.obj.key, work.record_id, work.version, frozenset(work.changed), work)

    def follow(self, work: Work, change: Change) -> Saved:
        """A change that a step of `work` causes: through this same list, one deeper, by the same actor (S3, S9)."""
        if work.writes.batch:
            raise NotInBatch  # the next save may read what this one writes
        store.send(work)
        cause = work.change.cause
        assert cause is not None
        cause.writes += 1
        if work.depth + 1 > MAX_DEPTH or cause.writes > MAX_WRITES:
            raise Problem(422, "RULE_LOOP", params={"depth": MAX_DEPTH, "writes": MAX_WRITES})
        change.cause = cause
        obj = work.schema.object(change.object_key)
        next_ = Work(work.uow, work.actor, work.access, change, work.schema, obj, self, depth=work.depth + 1)
        self.prepare(next_)
        self.finish(next_)
        return Saved(next_.obj.key, next_.record_id, next_.version, frozenset(next_.changed), next_)

    def prepare(self, work: Work) -> None:
        """The steps up to and with `derive`."""
        for step in self.steps[: self._half]:
            step(work)

    def finish(self, work: Work) -> None:
        """The steps after `derive`, unless there is nothing to do (S5)."""
        for step in self.steps[self._half :]:
            if work.nothing_to_do:
                return
            step(work)


def name_of(step: Step) -> str:
    """The name under which a step is printed and tested: package and function."""
    package = step.__module__.removeprefix("dealwright.").partition(".")[0]
    return f"{package}.{step.__name__}"


def access_of(uow: UnitOfWork, actor: Actor) -> Access:
    """The actor's access, made once per unit of work."""
    access: Access | None = uow.memo.get("access")
    if access is None or access.actor.user_id != actor.user_id:
        access = Access.for_actor(uow, actor)
        uow.memo.setdefault("access", access)
    return access
