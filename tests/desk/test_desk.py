"""My desk: what stands on it and why, in which order, what rests, and what a reader may not see."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from dealwright.access import Access
from dealwright.desk import put_source
from dealwright.desk.service import desk as read_desk
from dealwright.desk.words import Moment, money, sentence
from dealwright.foundation.clock import FixedClock
from dealwright.foundation.errors import Problem
from dealwright.model import schema_of
from dealwright.people import actor_of
from support.desk import Desk, Seat

NOON = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)  # noon in Shanghai


@pytest.fixture(params=["sqlite", "postgresql"])
def office(request: pytest.FixtureRequest, open_desk: Callable[..., Desk]) -> Desk:
    """The sales starter at noon on Tuesday, 24 November 2026."""
    return open_desk(request.param, clock=FixedClock(NOON))


def items(seat: Seat) -> list[dict[str, Any]]:
    return list(seat.get("/desk")["items"])


def task(office: Desk, title: str, days: float, **values: Any) -> dict[str, Any]:
    due = (NOON + timedelta(days=days)).isoformat()
    me = office.user_id(office.seller.email)
    return dict(office.seller.post("/records/task", {"title": title, "due_at": due, "assignee": me, **values}))


def deal(office: Desk, name: str, **values: Any) -> dict[str, Any]:
    return dict(office.seller.post("/records/opportunity", {"name": name, **values}))


def change(seat: Seat, object_key: str, item: dict[str, Any], **values: Any) -> dict[str, Any]:
    record = item.get("record", item)
    headers = {**seat.headers, "If-Match": f'"{record["version"]}"'}
    reply = seat.desk.client.patch(f"/api/v1/records/{object_key}/{record['id']}", json=values, headers=headers)
    assert reply.status_code == 200, reply.text
    return dict(reply.json())


def test_what_is_due_stands_there_with_its_reason_the_latest_first(office: Desk) -> None:
    task(office, "Send the offer", 0.2)
    task(office, "Call back", -3)
    task(office, "Not before Friday", 3)
    task(office, "Long done", -5, status="done")

    found = items(office.seller)

    assert [(one["title"], one["days_late"], one["late"]) for one in found] == [
        ("Call back", 3, True),
        ("Send the offer", 0, False),
    ]
    assert found[0]["reason"] == "promised for Nov 21 12:00"
    assert office.seller.get("/desk")["late"] == 1


def test_a_deal_whose_close_date_has_passed_says_since_when_and_how_much(office: Desk) -> None:
    deal(office, "Gateway", amount="215000.00", close_date="2026-11-21", stage="negotiation")
    deal(office, "In time", amount="1.00", close_date="2026-12-21", stage="negotiation")

    (item,) = items(office.seller)

    assert item["title"] == "Gateway: the expected close has passed"
    assert item["reason"] == "expected on Nov 21, 3 days ago, and still counted in the forecast"
    assert (item["amount"], item["currency"], item["stage"], item["days_late"]) == (
        "215000.00",
        "CNY",
        "negotiation",
        3,
    )
    assert [one["key"] for one in item["actions"]] == ["postpone", "log", "open"]
    assert item["values"] == {"close_date": "2026-11-21"}


def test_of_two_things_alike_the_one_with_more_money_comes_first(office: Desk) -> None:
    deal(office, "Small", amount="1000.00", close_date="2026-11-21")
    deal(office, "Large", amount="900000.00", close_date="2026-11-21")

    assert [one["record"]["label"] for one in items(office.seller)] == ["Large", "Small"]


def test_a_record_with_two_reasons_stands_there_once(office: Desk) -> None:
    clock = office.services.clock
    assert isinstance(clock, FixedClock)
    deal(office, "Gateway", close_date="2026-11-20")
    clock.advance(days=10)

    (item,) = items(office.seller)

    assert item["source"] == "slipped"
    assert [one["source"] for one in item["also"]] == ["untouched"]
    assert item["also"][0]["reason"] == "made 10 days ago and never logged"


def test_what_one_tap_does_goes_through_the_write_path_and_back(office: Desk) -> None:
    task(office, "Call back", -3)
    (item,) = items(office.seller)
    done = item["actions"][0]
    assert (done["kind"], done["set"]) == ("set", {"status": "done"})

    saved = change(office.seller, "task", item, **done["set"])
    assert items(office.seller) == []
    assert office.seller.get("/desk")["done_today"] == 1

    change(office.seller, "task", saved, **item["values"] | {"due_at": item["values"]["due_at"]})
    assert [one["title"] for one in items(office.seller)] == ["Call back"]
    assert office.seller.get("/desk")["done_today"] == 0


def test_what_rests_comes_back_on_its_day_and_only_for_whom_it_rests(office: Desk) -> None:
    clock = office.services.clock
    assert isinstance(clock, FixedClock)
    task(office, "Call back", -3)
    (item,) = items(office.seller)
    rest = {"source": item["source"], "record": item["record"]["id"]}

    office.seller.post("/desk/snooze", {**rest, "until": "2026-11-26"})
    assert items(office.seller) == []
    office.seller.post("/desk/snooze", {**rest, "until": None})
    assert len(items(office.seller)) == 1
    office.seller.post("/desk/snooze", {**rest, "until": "2026-11-26"})
    clock.advance(days=2)
    assert len(items(office.seller)) == 1


def test_somebody_elses_work_is_not_on_the_desk(office: Desk) -> None:
    task(office, "Call back", -3)
    deal(office, "Gateway", close_date="2026-11-21")

    assert items(office.admin) == []


def test_a_hidden_field_takes_what_speaks_of_it_off_the_desk(office: Desk) -> None:
    deal(office, "Gateway", amount="215000.00", close_date="2026-11-21")
    roles = office.admin.get("/roles")["roles"]
    role = next(one for one in roles if one["key"] == "salesperson")
    grants = role["grants"]
    objects = {**grants.get("objects", {})}
    objects["opportunity"] = {**objects.get("opportunity", {}), "fields": {"amount": "hidden"}}
    assert (
        office.admin.call("PATCH", f"/roles/{role['id']}", {"grants": {**grants, "objects": objects}}).status_code
        == 200
    )

    body = office.seller.call("GET", "/desk").text

    assert "215000" not in body and '"amount":null' in body
    objects["opportunity"]["fields"] = {"close_date": "hidden"}
    office.admin.call("PATCH", f"/roles/{role['id']}", {"grants": {**grants, "objects": objects}})
    assert items(office.seller) == []  # its condition asks for the hidden field


def test_counts_beside_the_places_hold_the_rights_of_their_reader(office: Desk) -> None:
    task(office, "Call back", -3)
    deal(office, "Gateway")
    office.admin.post("/records/opportunity", {"name": "Not Sam's"})

    found = office.seller.get("/counts")

    assert (found["objects"]["opportunity"], found["objects"]["task"]) == (1, 1)
    assert found["desk"] == {"items": 1, "late": 1}
    assert office.admin.get("/counts")["objects"]["opportunity"] == 2


def test_the_number_of_statements_does_not_grow_with_what_is_found(office: Desk) -> None:
    def statements() -> int:
        with office.db.read() as uow:
            access = Access.for_actor(uow, actor_of(uow, office.user_id(office.seller.email)))
            before = uow.statements
            read_desk(uow, access)
            return uow.statements - before

    statements()  # what is kept for the process is read once
    few = statements()
    for number in range(25):
        task(office, f"Task {number}", -1)
        deal(office, f"Deal {number}", close_date="2026-11-21")
    statements()

    assert statements() == few
    assert few <= 12
    assert set(office.seller.get("/desk")["more"]) == {"task", "slipped"}


@pytest.mark.parametrize(
    ("part", "spec"),
    [
        ("object", {"object": "nothing"}),
        ("key", {"key": "No Key"}),
        ("reason", {"reason": "text"}),
        ("budget", {"reason": {"zh": "{budget}", "en": "{budget}"}}),
        ("due", {"due": "title"}),
        ("actions.0", {"actions": [{"key": "a", "zh": "a", "en": "a"}]}),
        ("actions.0", {"actions": [{"key": "a", "zh": "a", "en": "a", "set": {}, "open": True}]}),
        ("actions.a", {"actions": [{"key": "a", "zh": "a", "en": "a", "date": "title"}]}),
        ("other", {"other": 1}),
        ("weight", {"weight": "much"}),
    ],
)
def test_a_source_that_could_not_be_asked_is_refused_by_its_part(office: Desk, part: str, spec: dict[str, Any]) -> None:
    labels = {"zh": "任务", "en": "Tasks"}
    whole = {"key": "more", "object": "task", "labels": labels, "reason": {"zh": "{title}", "en": "{title}"}}
    with office.db.write() as uow:
        assert put_source(uow, {**whole, "key": "good"})
        assert not put_source(uow, {**whole, "key": "good"})
    with pytest.raises(Problem) as refused, office.db.write() as uow:
        put_source(uow, {**whole, **spec})
    assert part in [error.field.split(".", 2)[2] for error in refused.value.errors]


def test_what_makes_no_sense_is_refused(office: Desk) -> None:
    record = "018f2b6e-7c1a-7000-8000-000000000001"
    good = {"source": "task", "record": record, "until": "2026-11-26"}
    wrong: list[Any] = [
        {}, {**good, "until": "2026-11-24"}, {**good, "until": "2029-01-01"}, {**good, "until": "soon"}, {**good, "until": 3},
        {**good, "record": "x"}, {**good, "source": "X Y"}, {**good, "more": 1}, [good],
    ]  # fmt: skip
    for body in wrong:
        assert office.seller.call("POST", "/desk/snooze", body).status_code == 422, body
    assert office.seller.call("GET", "/desk?x=1").status_code == 422


@pytest.mark.parametrize(
    ("locale", "said"),
    [("zh-CN", "3 天前：¥ 215,000，11月21日，不到 1 小时"), ("en", "3 days ago: ¥215,000, Nov 21, less than an hour")],
)
def test_sentences_speak_the_readers_language(office: Desk, locale: str, said: str) -> None:
    with office.db.read() as uow:
        fields = schema_of(uow).object("opportunity").fields
    texts = {
        "zh": "{since:close_date}前：{amount}，{close_date}，{since:closed_at}",
        "en": "{since:close_date} ago: {amount}, {close_date}, {since:closed_at}",
    }
    at = Moment(NOON, ZoneInfo("Asia/Shanghai"), locale)
    record = {
        "close_date": "2026-11-21", "amount": "215000.00", "amount_currency": "CNY",
        "closed_at": (NOON - timedelta(minutes=5)).isoformat(),
    }  # fmt: skip
    assert sentence(texts, None, fields, record, at) == said


def test_money_of_another_currency_says_which() -> None:
    assert money("1200.50", "USD", "en") == "USD 1,200"
    assert money("-5", "CNY", "zh") == "¥ -5"
