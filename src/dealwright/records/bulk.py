"""Changing many records at once: counted before, refused row by row, undone by its id.

Each record takes the write path as if it were changed alone, inside a savepoint, 500 to a transaction. What is too
much for one request runs as a job that knows how far it has come.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa

from dealwright.access import Access
from dealwright.conditions import All, parse
from dealwright.foundation.database import Database, UnitOfWork
from dealwright.foundation.errors import FieldError, Problem, forbidden, invalid, problem_body
from dealwright.foundation.ids import new_id
from dealwright.foundation.outbox import queue
from dealwright.people.shapes import Actor
from dealwright.records.bulk_changes import change_for, followers, old_values, undo_change
from dealwright.records.history import rows_of_channel
from dealwright.records.query import Builder
from dealwright.records.shapes import Change, Saved
from dealwright.records.tables import dw_bulk
from dealwright.records.write_path import WritePath

MOST = 10_000
AT_ONCE = 500  # rows to a transaction, and the most that one request does itself
NAMED = 100  # refused rows whose reasons are kept
TOPIC = "records.bulk"


class _Undo(Exception):
    """Takes a preview's savepoint back."""


def chosen_ids(uow: UnitOfWork, access: Access, object_key: str, ids: Any, where: Any) -> list[str]:
    """The records meant, of those the actor may see: by ids or by filter. Problem 422 TOO_MANY above 10,000."""
    if (ids is None) == (where is None):
        raise invalid([FieldError("ids", "BULK_CHOICE", {})])
    builder = Builder(uow, access, object_key)
    condition = All(())
    if ids is not None:
        if not isinstance(ids, list) or not all(isinstance(one, str) for one in ids):
            raise invalid([FieldError("ids", "LIST_EXPECTED", {})])
        if len(ids) > MOST:
            raise invalid([FieldError("ids", "TOO_MANY", {"count": len(ids), "max": MOST})])
        # Named ones are not looked up here: each is refused by name if it is out of scope.
        return list(dict.fromkeys(ids))
    condition = parse(where, object_key, builder.visible)  # type: ignore[assignment]
    clause = builder.where(condition)
    query = (
        sa.select(builder.root.c.id)
        .select_from(builder.from_clause())
        .where(*builder.base_where(), clause)
        .order_by(builder.root.c.id)
        .limit(MOST + 1)
    )
    found = [row[0] for row in uow.conn.execute(query, access.row_parameters())]
    if len(found) > MOST:
        raise invalid([FieldError("filter", "TOO_MANY", {"count": len(found), "max": MOST})])
    return found


def check_allowed(access: Access, object_key: str, count: int) -> None:
    """The right to change many records at once goes up to a number per role."""
    most = access.object(object_key).grant.bulk
    if not most:
        raise forbidden("bulk", object=object_key)
    if count > most:
        raise Problem(403, "BULK_LIMIT", params={"count": count, "max": most, "right": "bulk"})


@contextmanager
def quietly(uow: UnitOfWork) -> Iterator[None]:
    """A savepoint that is always taken back."""
    try:
        with uow.savepoint():
            yield
            raise _Undo
    except _Undo:
        pass


def preview(
    path: WritePath,
    uow: UnitOfWork,
    actor: Actor,
    object_key: str,
    ids: Sequence[str],
    given: Mapping[str, Any],
) -> dict[str, Any]:
    """{"total", "changes", "unchanged", "refused", "also", "reasons": [{code, message, count, examples}]}; nothing stays.

    Above 500 records the first 500 are tried and the counts say so by `tried`.
    """
    outcome = Outcome()
    with quietly(uow):
        for record_id in ids[:AT_ONCE]:
            one_of_many(path, uow, actor, object_key, record_id, given, "preview", outcome)
    return {
        "total": len(ids), "tried": min(len(ids), AT_ONCE), "changes": outcome.changed, "unchanged": outcome.unchanged,
        "refused": len(outcome.refused), "also": outcome.also, "reasons": outcome.reasons(actor.locale),
    }  # fmt: skip


class Outcome:
    """Counts of a run, and why rows were refused."""

    def __init__(self) -> None:
        self.changed = 0
        self.unchanged = 0
        self.also = 0  # records that went along with those that were meant
        self.refused: list[tuple[str, Problem]] = []

    def reasons(self, locale: str) -> list[dict[str, Any]]:
        """Refusals put together by their sentence, the most frequent first."""
        found: dict[str, dict[str, Any]] = {}
        for record_id, problem in self.refused:
            body = problem_body(problem, locale, None)
            entry = found.setdefault(
                body["message"],
                {
                    "code": problem.code,
                    "message": body["message"],
                    "count": 0,
                    "examples": [],
                    "errors": body["errors"],
                },
            )
            entry["count"] += 1
            if len(entry["examples"]) < 5:
                entry["examples"].append(record_id)
        return sorted(found.values(), key=lambda e: -e["count"])


def one(path: WritePath, uow: UnitOfWork, actor: Actor, change: Change, outcome: Outcome) -> Saved | None:
    """One record in its savepoint; a refusal is counted, anything else goes on."""
    try:
        with uow.savepoint():
            saved = path.save(uow, actor, change)
    except Problem as problem:
        _refused(outcome, change.record_id, problem)
        return None
    if saved.changed or change.kind != "update":
        outcome.changed += 1
    else:
        outcome.unchanged += 1
    return saved


def _refused(outcome: Outcome, record_id: str | None, problem: Problem) -> None:
    if problem.status >= 500:
        raise problem
    outcome.refused.append((record_id or "", problem))


def one_of_many(
    path: WritePath, uow: UnitOfWork, actor: Actor, object_key: str, record_id: str, given: Mapping[str, Any],
    bulk_id: str, outcome: Outcome,
) -> None:  # fmt: skip
    """One record that is meant, and those that go along with it when it is handed over."""
    try:
        change = change_for(uow, actor, object_key, record_id, given, bulk_id)
    except Problem as problem:
        return _refused(outcome, record_id, problem)
    saved = one(path, uow, actor, change, outcome)
    if not given.get("also") or saved is None or saved.work is None or "owner" not in saved.changed:
        return None
    beside = Outcome()
    for follower, follower_id in list(followers(uow, actor, record_id, saved.work.before["owner"], given["also"])):
        handed = Change("update", follower, follower_id, given["values"], None, f"bulk:{bulk_id}", given.get("reason"))
        one(path, uow, actor, handed, beside)
    outcome.also += beside.changed
    outcome.refused += beside.refused
    return None


def start(
    path: WritePath, uow: UnitOfWork, actor: Actor, object_key: str, ids: Sequence[str], given: Mapping[str, Any], *,
    undo_of: str | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Do it: at once up to 500 records, else as a job. Returns the progress as `progress` does.

    given: {"action", "values", "reason"?, "also"?}.
    """
    bulk_id = new_id()
    row = {
        "id": bulk_id, "object_key": object_key, "actor_id": actor.user_id or "",
        "action": given["action"], "field_values": {**given, "went_along": 0}, "record_ids": list(ids), "state": "running",
        "total": len(ids), "done": 0, "changed": 0, "refused": [], "undo_of": undo_of, "created_at": uow.now,
        "finished_at": None,
    }  # fmt: skip
    uow.conn.execute(sa.insert(dw_bulk).values(row))
    if len(ids) > AT_ONCE:
        queue(uow, TOPIC, {"bulk_id": bulk_id}, key=f"bulk:{bulk_id}")
    else:
        run_chunk(path, uow, actor, bulk_id)
    return progress(uow, bulk_id, actor.user_id)


def run_chunk(path: WritePath, uow: UnitOfWork, actor: Actor, bulk_id: str) -> bool:
    """The next 500 records of a bulk change; True when that was the last of them."""
    row = uow.conn.execute(uow.dialect.for_update(sa.select(dw_bulk).where(dw_bulk.c.id == bulk_id))).mappings().one()
    if row["state"] != "running":
        return True
    ids = row["record_ids"][row["done"] : row["done"] + AT_ONCE]
    outcome = Outcome()
    given = row["field_values"]
    before = None
    if row["action"] == "undo":
        before = old_values(uow, row["undo_of"], set(ids))
    for record_id in ids:
        if before is None:
            meant = {**given, "action": row["action"]}
            one_of_many(path, uow, actor, row["object_key"], record_id, meant, bulk_id, outcome)
        elif (change := undo_change(uow, record_id, before.get(record_id), bulk_id)) is not None:
            one(path, uow, actor, change, outcome)
    done = row["done"] + len(ids)
    last = done >= row["total"]
    refused = list(row["refused"]) + [
        {
            "id": record_id,
            **{
                k: v for k, v in problem_body(problem, actor.locale, None).items() if k in ("code", "message", "errors")
            },
        }
        for record_id, problem in outcome.refused
    ]
    uow.conn.execute(
        sa.update(dw_bulk)
        .where(dw_bulk.c.id == bulk_id)
        .values(
            done=done, changed=row["changed"] + outcome.changed, refused=refused,
            field_values={**given, "went_along": given.get("went_along", 0) + outcome.also},
            state="done" if last else "running", finished_at=uow.now if last else None,
        )
    )  # fmt: skip
    return last


def progress(uow: UnitOfWork, bulk_id: str, user_id: str | None) -> dict[str, Any]:
    """How far a bulk change has come; 404 for somebody else's."""
    row = uow.conn.execute(sa.select(dw_bulk).where(dw_bulk.c.id == bulk_id)).mappings().first()
    if row is None or row["actor_id"] != (user_id or ""):
        raise Problem(404, "NOT_FOUND")
    return {
        "id": row["id"], "object": row["object_key"], "action": row["action"], "state": row["state"],
        "total": row["total"], "done": row["done"], "changed": row["changed"], "refused": len(row["refused"]),
        "also": row["field_values"].get("went_along", 0),
        "refusals": row["refused"][:NAMED], "undo_of": row["undo_of"], "created_at": row["created_at"],
        "finished_at": row["finished_at"],
    }  # fmt: skip


def undo(path: WritePath, uow: UnitOfWork, actor: Actor, bulk_id: str) -> dict[str, Any]:
    """Take a bulk change back: each record that nobody has changed since gets its old values again."""
    row = uow.conn.execute(sa.select(dw_bulk).where(dw_bulk.c.id == bulk_id)).mappings().first()
    if row is None or row["actor_id"] != (actor.user_id or ""):
        raise Problem(404, "NOT_FOUND")
    twice = uow.conn.execute(sa.select(dw_bulk.c.id).where(dw_bulk.c.undo_of == bulk_id)).first()
    if row["state"] != "done" or twice is not None or row["action"] == "undo":
        raise Problem(409, "BULK_NOT_UNDOABLE", params={"state": row["state"]})
    ids = [change["record_id"] for change in rows_of_channel(uow, f"bulk:{bulk_id}")]
    given = {"action": "undo", "values": {}}
    return start(path, uow, actor, row["object_key"], list(dict.fromkeys(ids)), given, undo_of=bulk_id)


def run_job(
    db: Database, path: WritePath, actor_of: Any, bulk_id: str, alive: Callable[[], bool] = lambda: True
) -> None:
    """The job: chunk after chunk, each in a transaction of its own. A restart goes on behind the last chunk.

    alive: renews the lease; False means that another worker has taken over.
    """
    while alive():
        with db.write() as uow:
            user_id = uow.conn.execute(sa.select(dw_bulk.c.actor_id).where(dw_bulk.c.id == bulk_id)).scalar_one()
            # rights as they are now: who has lost them in between changes nothing any more
            if run_chunk(path, uow, actor_of(uow, user_id), bulk_id):
                return
