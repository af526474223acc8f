"""The sample company: the same for everybody on one day, whole on both databases, and never laid over somebody's work."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from dealwright import demo
from dealwright.demo.dice import ZONE
from dealwright.demo.history import history
from dealwright.demo.playing import batches
from dealwright.demo.shapes import Ref
from dealwright.foundation.errors import Problem
from dealwright.foundation.outbox.tables import dw_job
from dealwright.foundation.services import Services
from dealwright.model import schema_of
from dealwright.operations import commands, doctor
from dealwright.people.tables import dw_user
from dealwright.process.tables import dw_stage_visit
from dealwright.records.tables import dw_history

Silent = Callable[[date, int, int], None]
DAY = date(2026, 11, 24)
SCALE = 0.02


def test_one_seed_and_one_day_tell_one_story() -> None:
    told = history(DAY, 7, 0.05)

    assert told == history(DAY, 7, 0.05)
    assert told != history(DAY, 8, 0.05)
    assert [event.at for event in told] == sorted(event.at for event in told)
    assert told[-1].at.date() < DAY, "nothing happens after yesterday"


def test_the_whole_company_has_the_size_of_the_manual() -> None:
    counts: dict[str, int] = {}
    for event in history(DAY, 7):
        if event.kind == "create":
            counts[event.ref.object] = counts.get(event.ref.object, 0) + 1
    assert (counts["account"], counts["contact"]) == (2_000, 4_000)
    assert 4_900 <= counts["opportunity"] <= 5_000


def test_names_and_numbers_are_given_out_once() -> None:
    made = [event for event in history(DAY, 7) if event.kind == "create"]
    for object_key, field in (("account", "name"), ("contact", "mobile"), ("contract", "name"), ("product", "code")):
        values = [event.values[field] for event in made if event.ref.object == object_key]
        assert len(set(values)) == len(values), (object_key, field)


def test_a_record_changes_once_in_a_batch() -> None:
    for batch in batches(history(DAY, 7, SCALE)):
        refs = [event.ref for event in batch]
        assert len(set(refs)) == len(refs)
        assert len({event.at.date() for event in batch}) == 1


@pytest.fixture
def company(services: Services, silent: Silent) -> Services:
    demo.make(services, silent, scale=SCALE)
    return services


def _table(services: Services, uow: Any, key: str) -> sa.Table:
    return schema_of(uow).object(key).table


def test_the_company_is_whole_and_its_past_lies_where_it_belongs(company: Services) -> None:
    now = company.clock.now()

    assert doctor(company) == []
    with company.db.read() as uow:
        deal = _table(company, uow, "opportunity")
        made = sorted(row[0] for row in uow.conn.execute(sa.select(deal.c.created_at)))
        assert now - timedelta(days=549) < made[0] < now - timedelta(days=400)
        assert now - timedelta(days=40) < made[-1] < now
        visits = uow.conn.execute(sa.select(dw_stage_visit.c.entered_at, dw_stage_visit.c.left_at)).all()
        stays = [(left - entered).days for entered, left in visits if left is not None]
        assert len(visits) > 2.5 * len(made) and 3 <= sorted(stays)[len(stays) // 2] <= 21, "days in a stage"
        told = uow.conn.execute(sa.select(dw_history.c.channel, dw_history.c.actor_id).distinct()).all()
        assert {row[0] for row in told} == {"demo"}
        sellers = {row[0] for row in uow.conn.execute(sa.select(deal.c.owner_id).distinct())}
        assert len(sellers) > 6 and sellers <= {row[1] for row in told}, "people act for themselves"
        assert uow.conn.execute(sa.select(sa.func.count()).select_from(dw_job)).scalar_one() == 0


def test_the_desk_of_today_has_something_of_everything() -> None:
    now: dict[Ref, dict[str, Any]] = {}
    for event in history(DAY, 7, 0.3):
        now.setdefault(event.ref, {}).update(event.values)
    of = lambda key: [values for ref, values in now.items() if ref.object == key]  # noqa: E731
    midnight = datetime(2026, 11, 24, tzinfo=ZONE)
    deals, tasks = of("opportunity"), [task for task in of("task") if task["status"] == "open"]
    at_work = [deal for deal in deals if deal["stage"] not in ("won", "lost")]
    won, lost = ([deal for deal in deals if deal["stage"] == stage] for stage in ("won", "lost"))

    assert 80 <= len(at_work) <= 220, "a board that is full and can be read"
    assert 0.03 < sum(deal["close_date"] < DAY for deal in at_work) / len(at_work) < 0.2, "slipped"
    assert 0.08 < sum(task["due_at"] < midnight for task in tasks) / len(tasks) < 0.35, "overdue"
    assert sum(task["due_at"].date() == DAY for task in tasks) >= 12, "for today"
    assert 5 <= sum(lead["status"] == "new" for lead in of("lead")) <= 40, "not answered"
    month = DAY + timedelta(days=30)
    assert sum(one["status"] == "active" and DAY <= one["end_date"] <= month for one in of("contract")) >= 3, "ending"
    assert 0.2 < len(won) / (len(won) + len(lost)) < 0.45
    assert all(deal["lost_reason"] for deal in lost)


def test_everybody_signs_in_with_the_one_password(company: Services) -> None:
    from dealwright.people.sessions import sign_in

    with company.db.read() as uow:
        emails = [row[0] for row in uow.conn.execute(sa.select(dw_user.c.email))]
    assert len(emails) == 12
    for email in (emails[0], emails[-1]):
        assert sign_in(company.db, email, demo.PASSWORD, "", "")


def test_an_interrupted_company_says_so_and_reset_mends_it(services: Services, silent: Silent) -> None:
    def cut(_day: date, done: int, total: int) -> None:
        if done > total // 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        demo.make(services, cut, scale=0.005)
    state = demo.demo_state(services)
    assert state is not None and not state.ready
    with pytest.raises(Problem) as refused:
        demo.make(services, silent, scale=0.005)
    assert refused.value.code == "DEMO_HALF_MADE"

    demo.reset(services)
    assert demo.demo_state(services) is None
    demo.make(services, silent, scale=0.005)

    state = demo.demo_state(services)
    assert state is not None and state.ready and state.day == DAY
    assert doctor(services) == []


def test_a_workspace_of_somebodys_own_is_left_alone(services: Services, silent: Silent) -> None:
    admin = {"name": "Ada", "email": "ada@example.com", "password": "correct horse battery 9"}
    commands.init(services, {"name": "Mine", "locale": "en"}, admin, "simple")

    for act, code in (
        (lambda: demo.make(services, silent), "DEMO_NOT_EMPTY"),
        (lambda: demo.reset(services), "DEMO_FOREIGN"),
    ):
        with pytest.raises(Problem) as refused:
            act()
        assert refused.value.code == code

    with services.db.read() as uow:
        assert [row[0] for row in uow.conn.execute(sa.select(dw_user.c.email))] == ["ada@example.com"]
        assert schema_of(uow).objects


def test_the_company_of_another_day_is_another_one() -> None:
    assert history(DAY, 7, SCALE)[0].at != history(DAY + timedelta(days=1), 7, SCALE)[0].at
