"""The outbox: a job exists when its transaction does, and is done once, late rather than never."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from dealwright.foundation.clock import FixedClock
from dealwright.foundation.database import Database, unit_open
from dealwright.foundation.errors import Problem
from dealwright.foundation.outbox import (
    GiveUp,
    Handler,
    InDoubt,
    JobContext,
    Worker,
    counts,
    dead_jobs,
    dw_job,
    purge,
    queue,
    replay,
)  # fmt: skip

Act = Callable[[JobContext, dict[str, Any]], Any]


class Log:
    """An action that notes what it was asked."""

    def __init__(self, *failures: Exception) -> None:
        self.asked: list[Any] = []
        self.failures = list(failures)

    def __call__(self, context: JobContext, payload: dict[str, Any]) -> str:
        assert not unit_open()
        self.asked.append(payload.get("n"))
        if self.failures:
            raise self.failures.pop(0)
        return "result"


def put(db: Database, *numbers: int, topic: str = "mail.requested", **options: Any) -> list[str]:
    with db.write() as uow:
        return [queue(uow, topic, {"n": number}, **options) for number in numbers]


def job(db: Database, job_id: str) -> dict[str, Any]:
    with db.read() as uow:
        return dict(uow.conn.execute(sa.select(dw_job).where(dw_job.c.id == job_id)).mappings().one())


def worker(db: Database, clock: FixedClock, act: Act, name: str = "one", **options: Any) -> Worker:
    return Worker(db, [Handler("mail.requested", act, **options)], clock, name)


def test_a_job_commits_with_its_transaction_and_is_done_once(db: Database, clock: FixedClock) -> None:
    with pytest.raises(KeyError), db.write() as uow:
        queue(uow, "mail.requested", {"n": 0})
        raise KeyError
    (job_id,) = put(db, 1)
    act = Log()
    assert [worker(db, clock, act).turn(), worker(db, clock, act, "two").turn()] == [1, 0]
    assert act.asked == [1]
    assert (job(db, job_id)["state"], job(db, job_id)["done_at"]) == ("done", clock.now())
    with db.read() as uow:
        assert counts(uow) == {}


def test_a_second_job_of_the_same_key_is_the_first(db: Database, clock: FixedClock) -> None:
    (first,) = put(db, 1, key="rule:7:2026")
    assert put(db, 2, key="rule:7:2026") == [first]
    assert put(db, 3, key="rule:7:2027") != [first]
    act = Log()
    worker(db, clock, act).turn()
    assert act.asked == [1, 3]


def test_a_job_for_later_waits(db: Database, clock: FixedClock) -> None:
    put(db, 1, run_at=clock.now() + timedelta(hours=1))
    act = Log()
    one = worker(db, clock, act)
    assert one.turn() == 0
    clock.advance(hours=1)
    assert one.turn() == 1


def test_topics_without_a_handler_are_left_alone(db: Database, clock: FixedClock) -> None:
    put(db, 1, topic="nobody.cares")
    assert worker(db, clock, Log()).turn() == 0
    with db.read() as uow:
        assert counts(uow) == {"ready": 1}


def test_a_failure_waits_twice_as_long_each_time_and_ends_among_the_dead(db: Database, clock: FixedClock) -> None:
    (job_id,) = put(db, 1)
    act = Log(*(OSError("mail server: 没有回应") for _ in range(3)))
    one = worker(db, clock, act, max_attempts=3)
    waits = []
    for _ in range(3):
        assert one.turn() == 1
        waits.append((job(db, job_id)["run_at"] - clock.now()).total_seconds())
        assert one.turn() == 0
        clock.advance(hours=1)
    assert waits[:2] == [2, 4]
    assert job(db, job_id)["state"] == "dead"
    with db.read() as uow:
        (dead,) = dead_jobs(uow)
    assert dead["id"] == job_id and "没有回应" in dead["error"]

    with db.write() as uow:
        assert replay(uow, job_id) is True
        assert replay(uow, job_id) is False
    assert one.turn() == 1
    assert job(db, job_id)["state"] == "done"


def test_an_action_may_give_up_at_once(db: Database, clock: FixedClock) -> None:
    (job_id,) = put(db, 1)
    worker(db, clock, Log(GiveUp("no such address"))).turn()
    assert job(db, job_id)["state"] == "dead"


def test_effect_and_done_are_one_transaction(db: Database, clock: FixedClock) -> None:
    (job_id,) = put(db, 1)
    seen: list[Any] = []

    def settle(uow: Any, payload: dict[str, Any], result: Any) -> None:
        uow.raw("UPDATE dw_state SET schema_version = 99")
        seen.append(result)
        if len(seen) == 1:
            raise OSError("stop")

    one = worker(db, clock, Log(), settle=settle)
    one.turn()
    with db.read() as uow:
        assert uow.raw("SELECT schema_version FROM dw_state") != [(99,)]
    assert job(db, job_id)["state"] == "ready"
    clock.advance(minutes=1)
    one.turn()
    with db.read() as uow:
        assert uow.raw("SELECT schema_version FROM dw_state") == [(99,)]
    assert (job(db, job_id)["state"], seen) == ("done", ["result", "result"])


class Crash(BaseException):
    """What a killed process looks like from inside."""


def crashed(db: Database, clock: FixedClock, **options: Any) -> None:
    def die(context: JobContext, payload: dict[str, Any]) -> None:
        raise Crash

    with pytest.raises(Crash):
        worker(db, clock, die, "dead", **options).turn()


def test_a_lost_worker_is_replaced_when_its_lease_has_run_out(db: Database, clock: FixedClock) -> None:
    (job_id,) = put(db, 1)
    crashed(db, clock, timeout_s=60)
    act = Log()
    one = worker(db, clock, act)
    clock.advance(seconds=59)
    assert one.turn() == 0
    clock.advance(seconds=2)
    assert one.turn() == 1
    assert (job(db, job_id)["state"], job(db, job_id)["attempts"], act.asked) == ("done", 2, [1])


def test_what_must_not_happen_twice_waits_for_a_person(db: Database, clock: FixedClock) -> None:
    first, second = put(db, 1, 2)
    crashed(db, clock, on_doubt="unknown", timeout_s=60)
    clock.advance(seconds=61)
    act = Log()
    assert worker(db, clock, act, on_doubt="unknown").turn() == 1
    assert act.asked == [2]
    assert [job(db, first)["state"], job(db, second)["state"]] == ["unknown", "done"]
    with db.read() as uow:
        assert [dead["id"] for dead in dead_jobs(uow)] == [first]


def test_an_effect_that_may_have_happened_is_not_repeated(db: Database, clock: FixedClock) -> None:
    def settle(uow: Any, payload: dict[str, Any], result: Any) -> None:
        raise OSError("after the mail went out")

    unsettled, doubted, failed = put(db, 1, 2, 3)
    act = Log()
    worker(db, clock, act, on_doubt="unknown", settle=settle).turn(1)
    act.failures = [InDoubt("connection lost after DATA"), OSError("refused")]
    worker(db, clock, act, on_doubt="unknown").turn(2)
    assert [job(db, each)["state"] for each in (unsettled, doubted, failed)] == ["unknown", "unknown", "ready"]


def test_a_job_that_kills_its_worker_each_time_is_given_up(db: Database, clock: FixedClock) -> None:
    (job_id,) = put(db, 1)
    for _ in range(2):
        crashed(db, clock, max_attempts=2)
        clock.advance(hours=1)
    assert worker(db, clock, Log(), max_attempts=2).turn() == 0
    assert job(db, job_id)["state"] == "dead"


def test_a_worker_that_slept_through_its_lease_settles_nothing(db: Database, clock: FixedClock) -> None:
    (job_id,) = put(db, 1)
    settled: list[str] = []

    def sleep(context: JobContext, payload: dict[str, Any]) -> str:
        clock.advance(minutes=5)
        quick = worker(db, clock, Log(), "quick", settle=lambda *_: settled.append("quick"))
        assert quick.turn() == 1
        assert context.extend() is False
        return "late"

    worker(db, clock, sleep, "slow", settle=lambda *_: settled.append("slow"), timeout_s=60).turn()
    assert (settled, job(db, job_id)["worker"]) == (["quick"], "quick")


def test_a_worker_that_slept_and_then_failed_disturbs_nothing(db: Database, clock: FixedClock) -> None:
    (job_id,) = put(db, 1)

    def sleep(context: JobContext, payload: dict[str, Any]) -> str:
        clock.advance(minutes=5)
        worker(db, clock, Log(), "quick").turn()
        raise OSError("late")

    worker(db, clock, sleep, "slow", timeout_s=60).turn()
    assert (job(db, job_id)["state"], job(db, job_id)["error"]) == ("done", None)


def test_a_worker_that_slept_cannot_settle_what_another_is_doing(db: Database, clock: FixedClock) -> None:
    (job_id,) = put(db, 1)

    def sleep(context: JobContext, payload: dict[str, Any]) -> None:
        clock.advance(minutes=5)
        crashed(db, clock)  # another has claimed it and has not finished

    settled: list[str] = []
    worker(db, clock, sleep, "slow", settle=lambda *_: settled.append("slow"), timeout_s=60).turn()
    assert (settled, job(db, job_id)["state"], job(db, job_id)["worker"]) == ([], "running", "dead")


def test_a_timer_that_comes_due_waits_for_the_job_that_runs(db: Database, clock: FixedClock) -> None:
    put(db, 1, record=("opportunity", "a"), run_at=clock.now() + timedelta(seconds=1))
    put(db, 2, record=("opportunity", "a"))
    meanwhile: list[int] = []

    def act(context: JobContext, payload: dict[str, Any]) -> None:
        if payload["n"] == 2:
            clock.advance(seconds=2)
            meanwhile.append(worker(db, clock, Log(), "two").turn())

    assert worker(db, clock, act).turn() == 2
    assert meanwhile == [0]


def test_a_long_job_keeps_its_lease_by_extending_it(db: Database, clock: FixedClock) -> None:
    put(db, 1)
    others: list[int] = []

    def long(context: JobContext, payload: dict[str, Any]) -> None:
        for _ in range(3):
            clock.advance(seconds=50)
            assert context.extend() is True
            others.append(worker(db, clock, Log(), "other").turn())

    assert worker(db, clock, long, timeout_s=60).turn() == 1
    assert others == [0, 0, 0]


def test_jobs_of_one_record_run_in_order_and_one_at_a_time(db: Database, clock: FixedClock) -> None:
    put(db, 1, 2, record=("opportunity", "a"))
    put(db, 3, record=("opportunity", "b"))
    act = Log(OSError("not now"))
    one = worker(db, clock, act)
    assert one.turn() == 2
    assert act.asked == [1, 3]  # 2 stays behind 1, which failed
    clock.advance(seconds=2)
    assert one.turn() == 2
    assert act.asked == [1, 3, 1, 2]


def test_two_workers_never_hold_two_jobs_of_one_record(db: Database, clock: FixedClock) -> None:
    put(db, 1, 2, record=("opportunity", "a"))
    inside: list[int] = []

    def act(context: JobContext, payload: dict[str, Any]) -> None:
        inside.append(worker(db, clock, Log(), "two").turn() if payload["n"] == 1 else -1)

    assert worker(db, clock, act).turn() == 2
    assert inside == [0, -1]


def test_a_timer_of_a_record_does_not_hold_up_what_is_due(db: Database, clock: FixedClock) -> None:
    put(db, 1, record=("opportunity", "a"), run_at=clock.now() + timedelta(days=30))
    put(db, 2, record=("opportunity", "a"))
    act = Log()
    assert worker(db, clock, act).turn() == 1
    assert act.asked == [2]


def test_many_workers_do_each_job_once(db: Database, clock: FixedClock) -> None:
    put(db, *range(40))
    done: list[int] = []

    def act(context: JobContext, payload: dict[str, Any]) -> None:
        done.append(payload["n"])

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda n: worker(db, clock, act, f"w{n}").turn(100), range(4)))
    while worker(db, clock, act).turn():
        pass
    assert sorted(done) == list(range(40))


def test_a_running_worker_stops_when_asked_and_outlives_trouble(db: Database, clock: FixedClock) -> None:
    put(db, 1, 2)
    stop = threading.Event()
    act = Log()

    class Flaky(Worker):
        troubles = 2

        def turn(self, limit: int = 20) -> int:
            self.troubles -= 1
            if self.troubles >= 0:
                raise Problem(503, "BUSY") if self.troubles else OSError()
            ran = super().turn(limit)
            if not ran:
                stop.set()
            return ran

    Flaky(db, [Handler("mail.requested", act)], clock).run(stop, idle_s=0.01)
    assert act.asked == [1, 2]


def test_a_topic_has_one_handler(db: Database, clock: FixedClock) -> None:
    with pytest.raises(ValueError):
        Worker(db, [Handler("a", Log()), Handler("a", Log())], clock)
    Worker(db, [Handler("a", Log()), Handler("b", Log())], clock)


def test_old_finished_jobs_are_removed_and_dead_ones_stay(db: Database, clock: FixedClock) -> None:
    put(db, 1, 2)
    worker(db, clock, Log(GiveUp())).turn()
    clock.advance(days=91)
    with db.write() as uow:
        assert purge(uow, clock.now() - timedelta(days=90)) == 1
        assert counts(uow) == {"dead": 1}


def test_looking_for_work_does_not_read_the_finished_jobs(db: Database, clock: FixedClock) -> None:
    put(db, *range(300), record=("opportunity", "a"))
    with db.write() as uow:
        uow.raw("UPDATE dw_job SET state = 'done'")
        uow.raw("ANALYZE")
    seen: list[str] = []

    @sa.event.listens_for(db.engine, "before_cursor_execute")
    def explain(conn: Any, cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if statement.startswith("SELECT") and "dw_job" in statement and not seen:
            prefix = "EXPLAIN QUERY PLAN " if db.dialect.is_sqlite else "EXPLAIN "
            seen.append("placeholder")
            rows = conn.connection.dbapi_connection.execute(prefix + statement, parameters).fetchall()
            seen[0] = " ".join(str(row) for row in rows)

    one = worker(db, clock, Log())
    one._claim()
    claim = seen.pop()
    one._due()
    assert "ix_dw_job_" in claim and "SCAN dw_job" not in claim and "Seq Scan on dw_job" not in claim
    assert "ix_dw_job_" in seen[0] and "Seq Scan on dw_job" not in seen[0]
