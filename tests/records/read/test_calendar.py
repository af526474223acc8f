"""The calendar: records by the day of their dates, as their objects' configuration asks for, in the reader's sight."""

from typing import Any

import pytest

from dealwright.foundation.database import UnitOfWork
from dealwright.model import service as model
from world import World

CLOSE = {"field": "close_date", "color": "3", "done": {"field": "stage", "op": "in", "value": ["won", "lost"]}}


@pytest.fixture
def dated(world: World) -> World:
    """Deals by the day they are to close, and by the moment they were closed."""
    with world.db.ddl() as uow:
        model.change_object(uow, "opportunity", {"config": {"calendar": [CLOSE, {"field": "closed_at"}]}})
    return world


def asked(person: Any, more: str = "", first: str = "2026-11-01", last: str = "2026-11-30") -> dict[str, Any]:
    reply = person.http.get(f"/calendar?from={first}&to={last}{more}")
    assert reply.status_code == 200, reply.text
    found: dict[str, Any] = reply.json()
    return found


def titles(found: dict[str, Any], source: str = "opportunity.close_date") -> list[str]:
    return [item["title"] for item in found["items"] if item["source"] == source]


def test_the_days_asked_for_are_shown_first_and_last_included(dated: World) -> None:
    for name, day in (
        ("before", "2026-10-31"),
        ("first", "2026-11-01"),
        ("last", "2026-11-30"),
        ("after", "2026-12-01"),
    ):
        dated.opportunity(name=name, close_date=day)
    found = asked(dated.admin)
    assert titles(found) == ["first", "last"]
    assert [source["key"] for source in found["sources"]] == ["opportunity.close_date", "opportunity.closed_at"]
    assert found["items"][0] | {"id": "", "version": 0} == {
        "source": "opportunity.close_date", "object": "opportunity", "id": "", "version": 0, "title": "first",
        "at": "2026-11-01", "person": None, "done": False,
    }  # fmt: skip


def test_a_settled_record_says_so_and_stands_on_the_local_day_of_its_moment(dated: World) -> None:
    dated.opportunity(name="won", close_date="2026-11-02", next_step="x", amount="1", account=dated.account().id,
                      stage="won", closed_at="2026-10-31T20:00:00Z")  # fmt: skip
    dated.opportunity(name="open", close_date="2026-11-02")
    found = asked(dated.admin)
    done = {item["title"]: item["done"] for item in found["items"] if item["source"] == "opportunity.close_date"}
    assert done == {"won": True, "open": False}
    zone_says = titles(found, "opportunity.closed_at")  # 04:00 on the first of November in Shanghai
    assert zone_says == (["won"] if _zone(dated) == "Asia/Shanghai" else [])


def _zone(world: World) -> str:
    from dealwright.foundation.database import state_of

    with world.db.read() as uow:
        return state_of(uow).workspace.time_zone


def test_a_reader_sees_own_records_only_and_may_ask_for_mine_or_one_object_under_a_condition(dated: World) -> None:
    dated.opportunity(dated.seller, name="mine", close_date="2026-11-05", amount="9")
    dated.opportunity(dated.admin, name="theirs", close_date="2026-11-06")
    assert titles(asked(dated.seller)) == ["mine"]
    assert sorted(titles(asked(dated.admin))) == ["mine", "theirs"]
    assert titles(asked(dated.admin, "&person=me")) == ["theirs"]
    assert titles(asked(dated.admin, f"&person={dated.seller.id}")) == ["mine"]
    assert "theirs" in titles(asked(dated.admin, "&person=team"))
    where = '{"field": "amount", "op": "gt", "value": "5"}'
    assert titles(asked(dated.admin, f"&object=opportunity&filter={where}")) == ["mine"]
    assert asked(dated.admin, "&sources=opportunity.closed_at")["items"] == []


def test_a_date_that_the_reader_may_not_see_is_no_source(world: World) -> None:
    with world.db.ddl() as uow:
        day = {"key": "review_on", "type": "date", "labels": {"zh": "复核", "en": "Review"}, "sensitive": True}
        model.add_field(uow, "account", day)
        model.change_object(uow, "account", {"config": {"calendar": [{"field": "review_on"}]}})
    world.account(review_on="2026-11-03", name="Secret")
    assert titles(asked(world.admin), "account.review_on") == ["Secret"]
    assert asked(world.seller) == {"sources": [], "items": [], "more": []}


@pytest.mark.parametrize("raw", [
    "x", ["x"], [{}], [{"field": "nothing"}], [{"field": "amount"}], [{"field": ["close_date"]}], {"field": "close_date"},
])  # fmt: skip
def test_a_configuration_that_makes_no_sense_shows_nothing_and_breaks_nothing(world: World, raw: Any) -> None:
    with world.db.ddl() as uow:
        model.change_object(uow, "opportunity", {"config": {"calendar": raw}})
    assert asked(world.admin)["sources"] == []


@pytest.mark.parametrize("done", [
    "x", [], {"field": "nothing", "op": "eq", "value": 1}, {"field": "close_date", "op": "lt", "value": "2026-11-02"}, {"field": "account.name", "op": "empty"},
])  # fmt: skip
def test_a_condition_of_being_settled_that_cannot_be_asked_here_is_left_out(world: World, done: Any) -> None:
    with world.db.ddl() as uow:
        model.change_object(uow, "opportunity", {"config": {"calendar": [{**CLOSE, "done": done}]}})
    world.opportunity(close_date="2026-11-01")
    assert [item["done"] for item in asked(world.admin)["items"]] == [False]


@pytest.mark.parametrize(("query", "code"), [
    ("", "DAY_FORMAT"), ("from=2026-11-01", "DAY_FORMAT"), ("from=2026-11-02&to=2026-11-01", "DAYS_RANGE"),
    ("from=2026-01-01&to=2026-11-01", "DAYS_RANGE"), ("from=9999-12-31&to=9999-12-31", "DAY_FORMAT"),
    ("from=2026-11-01&to=2026-11-02&object=opportunity&filter=[]x", "BAD_JSON"), ("from=2026-11-01&to=2026-11-02&x=1", "UNKNOWN_PARAMETER"),
])  # fmt: skip
def test_a_question_that_makes_no_sense_is_refused(dated: World, query: str, code: str) -> None:
    reply = dated.admin.http.get(f"/calendar?{query}")
    assert (reply.status_code in (400, 404, 422), reply.json()["code"]) == (True, code)


def test_one_statement_a_source_however_many_records(dated: World, sent: list[UnitOfWork]) -> None:
    counted = []
    for _ in range(2):
        for _ in range(15):
            dated.opportunity(close_date="2026-11-05")
        asked(dated.admin)  # the statement is made
        sent.clear()
        assert len(asked(dated.admin)["items"]) > 0
        counted.append(sum(unit.statements for unit in sent))
    assert counted[0] == counted[1]
    sent.clear()
    asked(dated.admin, "&sources=opportunity.close_date")
    assert counted[0] - sum(unit.statements for unit in sent) == 1


def test_more_than_an_answer_holds_is_said(dated: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dealwright.records.calendar.MOST", 2)
    for name in ("a", "b", "c"):
        dated.opportunity(name=name, close_date="2026-11-05")
    found = asked(dated.admin)
    assert (len(found["items"]), found["more"]) == (2, ["opportunity.close_date"])
