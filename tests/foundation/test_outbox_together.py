"""The outbox: jobs of a quick topic are taken together, and each is still done once."""

import threading
from typing import Any

import pytest

from dealwright.foundation.clock import FixedClock
from dealwright.foundation.database import Database
from dealwright.foundation.outbox import Handler, JobContext, Worker, counts
from tests.foundation.test_outbox import Act, Log, crashed, job, put, worker


def together(db: Database, clock: FixedClock, act: Act, name: str = "one", **options: Any) -> Worker:
    return worker(db, clock, act, name, at_once=10, **options)


def writes_of(db: Database, one: Worker) -> int:
    """How many write units a turn opens."""
    opened = 0
    write = db.write

    def counted() -> Any:
        nonlocal opened
        opened += 1
        return write()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(db, "write", counted)
        one.turn()
    return opened


def test_fresh_jobs_of_a_quick_topic_are_claimed_and_settled_together(db: Database, clock: FixedClock) -> None:
    put(db, *range(10))
    act = Log()
    assert writes_of(db, together(db, clock, act)) == 3  # claim, settle, find no more
    assert act.asked == list(range(10))
    with db.read() as uow:
        assert counts(uow) == {}


def test_one_of_many_that_fails_waits_alone(db: Database, clock: FixedClock) -> None:
    first, second, third = put(db, 1, 2, 3)
    act = Log(OSError("not now"))
    assert together(db, clock, act).turn() == 3
    assert [job(db, each)["state"] for each in (first, second, third)] == ["ready", "done", "done"]
    (fourth,) = put(db, 4)
    clock.advance(seconds=2)
    assert together(db, clock, act).turn() == 2
    assert (job(db, first)["attempts"], job(db, fourth)["attempts"], act.asked) == (2, 1, [1, 2, 3, 4, 1])


def test_jobs_of_one_record_are_not_taken_together(db: Database, clock: FixedClock) -> None:
    put(db, 1, 2, record=("opportunity", "a"))
    put(db, 3, record=("opportunity", "b"))
    act = Log(OSError("not now"))
    assert together(db, clock, act).turn() == 2
    assert act.asked == [1, 3]


def test_what_was_claimed_together_is_one_workers_and_another_ones_after_the_lease(
    db: Database, clock: FixedClock
) -> None:
    ids = put(db, 1, 2, 3)
    crashed(db, clock, timeout_s=60, at_once=10)
    act = Log()
    assert together(db, clock, act).turn() == 0
    clock.advance(seconds=61)
    assert together(db, clock, act).turn() == 3
    assert [job(db, each)["attempts"] for each in ids] == [2, 2, 2]


def test_actions_that_are_slow_after_all_give_back_what_they_have_not_begun(db: Database, clock: FixedClock) -> None:
    ids = put(db, 1, 2, 3)

    def slow(context: JobContext, payload: dict[str, Any]) -> None:
        clock.advance(seconds=31)

    one = together(db, clock, slow, timeout_s=60)
    one._run(one._claim())
    assert [job(db, each)["state"] for each in ids] == ["done", "ready", "ready"]
    assert [job(db, each)["attempts"] for each in ids] == [1, 0, 0]


def test_a_worker_that_slept_settles_none_of_many(db: Database, clock: FixedClock) -> None:
    ids = put(db, 1, 2)

    def sleep(context: JobContext, payload: dict[str, Any]) -> None:
        if payload["n"] == 2:
            clock.advance(minutes=5)
            crashed(db, clock)  # another has claimed the first one and has not finished

    together(db, clock, sleep, "slow", timeout_s=60).turn()
    assert (job(db, ids[0])["worker"], job(db, ids[0])["state"]) == ("dead", "running")


def test_only_what_settles_nothing_and_may_be_repeated_is_taken_together() -> None:
    with pytest.raises(ValueError):
        Handler("a", Log(), at_once=2, on_doubt="unknown")
    with pytest.raises(ValueError):
        Handler("a", Log(), settle=lambda *_: None, at_once=2)


def test_a_running_worker_lets_quick_jobs_gather(db: Database, clock: FixedClock) -> None:
    put(db, 1)
    waits: list[float] = []

    class Waiting(threading.Event):
        def wait(self, timeout: float | None = None) -> bool:
            waits.append(timeout or 0)
            if len(waits) == 1:
                put(db, 2, 3)
            else:
                self.set()
            return True

    stop = Waiting()
    act = Log()
    together(db, clock, act).run(stop, idle_s=0.01)
    assert (act.asked, waits) == ([1, 2, 3], [0.01, 0.01])
