"""Aggregates may be kept, but never answer with anything that is no longer so (decisions/0005)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import sqlalchemy as sa

from dealwright.access import Access
from dealwright.foundation.clock import FixedClock
from dealwright.foundation.database import Database, UnitOfWork
from dealwright.model import schema_of
from dealwright.records import Change
from dealwright.records.query import AggregateRequest, aggregate
from world import Person, World

BY_STAGE = {"group_by": [{"field": "stage"}], "measures": [{"op": "count"}, {"op": "sum", "field": "amount"}]}
BY_INDUSTRY = {"group_by": [{"field": "account.industry"}]}


def ask(person: Person, question: dict[str, Any] = BY_STAGE, object_key: str = "opportunity") -> list[dict[str, Any]]:
    reply = person.http.post(f"/records/{object_key}/aggregate", question)
    assert reply.status_code == 200, reply.text
    rows: list[dict[str, Any]] = reply.json()["rows"]
    return rows


@pytest.fixture
def worked_out(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], int]]:
    """How many statements on the object's table have begun since the last look, as the database would say."""
    seen: list[int] = [0]
    fetch = UnitOfWork.fetch

    def listening(uow: UnitOfWork, prepared: Any, values: Any = None, **how: Any) -> Any:
        rows = fetch(uow, prepared, values, **how)
        if "k_version" in prepared.keys and rows[0][-1] is not None:
            seen[0] += 1
        return rows

    monkeypatch.setattr(UnitOfWork, "fetch", listening)

    def look() -> int:
        found, seen[0] = seen[0], 0
        return found

    yield look


def test_a_question_is_worked_out_once_until_something_changes(world: World, worked_out: Callable[[], int]) -> None:
    world.opportunity(world.seller, amount="10.00")
    first = ask(world.seller)

    assert worked_out() == 1
    assert [ask(world.seller) for _ in range(3)] == [first] * 3
    assert worked_out() == 0


@pytest.mark.parametrize("act", ["create", "change", "delete", "restore", "bulk", "line"])
def test_every_kind_of_change_is_in_the_next_answer(world: World, act: str) -> None:
    seller = world.seller
    deal = world.opportunity(seller, amount="10.00", lines=[{"product": world.product(seller).id, "price": "3.00"}])
    question = {"measures": [{"op": "count"}, {"op": "sum", "field": "amount"}, {"op": "sum", "field": "line_count"}]}
    before = ask(seller, question)[0]
    assert (before["count"], before["sum_amount"]) == (1, "10.00")

    if act == "create":
        world.opportunity(seller, amount="5.00")
        assert ask(seller, question)[0] == {**before, "count": 2, "sum_amount": "15.00"}
    elif act == "change":
        seller.patch(deal, amount="11.00")
        assert ask(seller, question)[0]["sum_amount"] == "11.00"
    elif act in ("delete", "restore"):
        gone = seller.delete(deal).record
        assert ask(seller, question)[0]["count"] == 0
        if act == "restore":
            seller.restore(gone)
            assert ask(seller, question)[0] == before
    elif act == "bulk":
        reply = seller.http.post("/records/opportunity/bulk", {"ids": [deal.id], "values": {"amount": "7.00"}})
        assert reply.status_code == 200
        assert ask(seller, question)[0]["sum_amount"] == "7.00"
    else:
        seller.patch(deal, lines=[])
        assert ask(seller, question)[0]["sum_line_count"] != before["sum_line_count"]


def test_a_change_of_a_joined_record_and_of_a_total_above_is_in_the_next_answer(world: World) -> None:
    account = world.account(world.seller, industry="food")
    world.opportunity(world.seller, account=account.id)
    totals = {"measures": [{"op": "sum", "field": "received"}]}
    assert ask(world.seller, BY_INDUSTRY) == [{"account.industry": "food", "count": 1}]
    assert ask(world.admin, totals, "account")[0]["sum_received"] is None

    world.seller.patch(world.now_of(account), industry="software")
    world.made("payment", world.seller, account=account.id, amount="8.00")
    assert ask(world.seller, BY_INDUSTRY) == [{"account.industry": "software", "count": 1}]
    assert ask(world.admin, totals, "account")[0]["sum_received"] == "8.00"


def test_no_answer_is_given_to_somebody_else(world: World) -> None:
    world.opportunity(world.seller)
    world.opportunity(world.colleague)
    question = {"measures": [{"op": "count"}]}

    assert [ask(p, question) for p in (world.admin, world.seller, world.colleague, world.manager)] == [
        [{"count": n}] for n in (2, 1, 1, 1)
    ]


def test_rights_that_change_change_the_answer(world: World, clock: FixedClock) -> None:
    theirs = world.opportunity(world.colleague)
    question = {"measures": [{"op": "count"}]}
    assert ask(world.seller, question) == [{"count": 0}]

    # a share opens the row, until it ends by itself
    until = "2026-11-24T03:00:00.000000Z"
    with world.db.write() as uow:
        share(uow, theirs.id, world.seller.id, until)
    assert ask(world.seller, question) == [{"count": 1}]
    clock.advance(minutes=59)
    assert ask(world.seller, question) == [{"count": 1}]
    clock.advance(minutes=2)
    assert ask(world.seller, question) == [{"count": 0}]


def share(uow: UnitOfWork, record_id: str, user_id: str, until: str) -> None:
    from dealwright.access.tables import dw_share
    from dealwright.foundation.database import touch
    from dealwright.foundation.ids import new_id

    row = {"id": new_id(), "object_key": "opportunity", "record_id": record_id, "user_id": user_id, "level": "read"}
    uow.conn.execute(sa.insert(dw_share).values(**row, until=until, by_id=user_id, created_at=uow.now))
    touch(uow, "opportunity")


def test_what_another_process_changes_is_in_the_next_answer(world: World, db_url: str, clock: FixedClock) -> None:
    world.opportunity(world.seller, amount="10.00")
    assert ask(world.seller)[0]["count"] == 1

    other = Database(db_url, clock)  # its own pool and its own kept answers, as another process has
    with other.write() as uow:
        world.path.save(uow, world.seller.actor, Change("create", "opportunity", None, {"name": "Elsewhere"}))
    other.close()
    assert ask(world.seller)[0]["count"] == 2


def test_a_change_that_is_rolled_back_or_not_committed_yet_is_in_no_answer(world: World) -> None:
    world.opportunity(world.seller)
    actor = world.seller.actor
    with pytest.raises(ZeroDivisionError), world.db.write() as uow:
        world.path.save(uow, actor, Change("create", "opportunity", None, {"name": "Never"}))
        own = aggregate(uow, Access.for_actor(uow, actor), AggregateRequest("opportunity"))
        assert own == [{"count": 2}]  # whoever writes sees it ...
        raise ZeroDivisionError

    assert ask(world.seller, {"measures": [{"op": "count"}]}) == [{"count": 1}]  # ... and nobody else


def test_two_savers_at_once_raise_the_version_without_waiting_for_each_other(world: World, db_url: str) -> None:
    if world.db.dialect.is_sqlite:
        pytest.skip("SQLite has one writer")
    actor = world.seller.actor
    one, two = (world.opportunity(world.seller).id for _ in range(2))
    with world.db.write() as first:
        world.path.save(first, actor, Change("update", "opportunity", one, {"next_step": "a"}))
        other = Database(db_url, world.clock)
        with other.write() as second:  # would time out if it waited for the first one's slot
            second.raw("SET LOCAL lock_timeout = 500")
            world.path.save(second, actor, Change("update", "opportunity", two, {"next_step": "b"}))
        other.close()


def test_a_table_changed_by_hand_is_seen_after_a_while(world: World, clock: FixedClock) -> None:
    world.opportunity(world.seller, amount="10.00")
    assert ask(world.seller)[0]["sum_amount"] == "10.00"
    with world.db.write() as uow:
        table = schema_of(uow).object("opportunity").table
        uow.conn.execute(sa.update(table).values(amount=20))

    clock.advance(minutes=11)
    assert ask(world.seller)[0]["sum_amount"] == "20.00"


def test_an_empty_answer_is_kept_too_and_groups_past_the_limit_are_refused(world: World) -> None:
    assert ask(world.seller) == ask(world.seller) == []
    for stage in ("lead", "lost"):
        world.opportunity(world.seller, stage=stage, lost_reason="price")

    for _ in range(2):
        reply = world.seller.http.post("/records/opportunity/aggregate", {**BY_STAGE, "limit": 1})
        assert reply.json()["code"] == "TOO_MANY_GROUPS"
