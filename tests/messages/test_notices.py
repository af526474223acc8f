"""Notices: who is told what, and that a notice says nothing about a record that is out of sight."""

from __future__ import annotations

from typing import Any

from dealwright.messages.notices.source import NoticeSource
from dealwright.operations import commands
from support.desk import ADMIN, Desk, Seat


def another(desk: Desk, email: str, team: str = "West") -> Seat:
    commands.create_user(
        desk.services, email, email.partition("@")[0].title(), ["salesperson"], team, ADMIN["password"]
    )
    return Seat(desk, email)


def notices(seat: Seat) -> list[dict[str, Any]]:
    return list(seat.get("/notices")["notices"])


def give(desk: Desk, record: dict[str, Any], to: Seat, field: str = "owner", object_key: str = "account") -> Any:
    headers = {**desk.admin.headers, "If-Match": f'"{record["version"]}"'}
    values = {field: desk.user_id(to.email)}
    reply = desk.client.patch(f"/api/v1/records/{object_key}/{record['id']}", json=values, headers=headers)
    assert reply.status_code == 200, reply.text
    return reply.json()


def test_a_record_given_to_somebody_is_told_to_that_person_and_to_nobody_else(desk: Desk) -> None:
    account = desk.admin.post("/records/account", {"name": "Acme"})

    give(desk, account, desk.seller)

    (notice,) = notices(desk.seller)
    assert notice["text"] == "Ada Admin gave you Account “Acme” (Owner)"
    assert notice["record"] == {"id": account["id"], "label": "Acme"}
    assert (notice["by"]["label"], notice["read"]) == ("Ada Admin", False)
    assert desk.seller.get("/notices")["unread"] == 1
    assert notices(desk.admin) == []


def test_an_assignee_is_told_and_whoever_takes_something_for_himself_is_not(desk: Desk) -> None:
    me = desk.user_id(desk.seller.email)
    desk.seller.post("/records/task", {"title": "Mine", "assignee": me})
    assert notices(desk.seller) == []

    desk.admin.post("/records/task", {"title": "Call them", "assignee": me, "owner": me})

    (notice,) = notices(desk.seller)  # owner and assignee in one save: one notice
    assert "Call them" in notice["text"]


def test_a_notice_about_a_record_out_of_sight_says_nothing_about_it(desk: Desk) -> None:
    other = another(desk, "olga@example.com")
    account = desk.admin.post("/records/account", {"name": "Zebra Canary"})
    mine = give(desk, account, desk.seller)
    assert "Zebra" in notices(desk.seller)[0]["text"]

    give(desk, mine, other)

    body = desk.seller.call("GET", "/notices").text
    (notice,) = notices(desk.seller)
    assert "Zebra" not in body and account["id"] not in body and "Ada" not in body
    assert (notice["kind"], notice["record"], notice["object"]) == ("out_of_sight", None, None)


def test_notices_are_ticked_off_by_their_person_only(desk: Desk) -> None:
    account = desk.admin.post("/records/account", {"name": "Acme"})
    give(desk, account, desk.seller)
    notice_id = notices(desk.seller)[0]["id"]

    desk.admin.post("/notices/read", {"ids": [notice_id]})
    assert desk.seller.get("/notices")["unread"] == 1
    assert desk.seller.post("/notices/read", {"all": True}) == {"unread": 0}
    assert notices(desk.seller)[0]["read"]


def test_pages_of_notices_leave_none_out(desk: Desk) -> None:
    me = desk.user_id(desk.seller.email)
    for number in range(5):
        desk.admin.post("/records/task", {"title": f"Task {number}", "assignee": me, "owner": me})

    first = desk.seller.get("/notices?limit=3")
    second = desk.seller.get(f"/notices?limit=3&cursor={first['next']}")

    titles = [one["record"]["label"] for one in [*first["notices"], *second["notices"]]]
    assert titles == [f"Task {number}" for number in (4, 3, 2, 1, 0)]
    assert second["next"] is None


def test_the_end_of_an_import_is_told_once_to_whoever_started_it(desk: Desk) -> None:
    desk.admin.import_file("account", "客户名称\nAcme\nBolt\n")
    desk.work()

    (notice,) = notices(desk.admin)
    assert notice["text"] == "Import “data.csv” is finished: 2 made, 0 changed, 0 refused"
    assert notice["params"]["state"] == "done"


def test_records_that_an_import_gives_away_make_no_notice_each(desk: Desk) -> None:
    desk.admin.import_file(
        "account", "客户名称,负责人\nAcme,sam@example.com\n", map={"客户名称": "name", "负责人": "owner"}
    )

    assert desk.count("account") == 1
    assert notices(desk.seller) == []


def test_what_makes_no_sense_is_refused(desk: Desk) -> None:
    wrong: list[Any] = [{}, {"ids": "x"}, {"ids": ["x"]}, {"all": False}, {"ids": [], "all": True}, {"more": 1}, []]
    for body in wrong:
        assert desk.seller.call("POST", "/notices/read", body).status_code == 422, body
    for query in ("cursor=x", "limit=0", "limit=1000", "limit=x", "other=1"):
        assert desk.seller.call("GET", f"/notices?{query}").status_code == 422, query


def test_the_stream_tells_the_person_once_and_nobody_else(desk: Desk) -> None:
    source = NoticeSource()
    sam, ada = desk.user_id(desk.seller.email), desk.user_id(desk.admin.email)
    account = desk.admin.post("/records/account", {"name": "Acme"})
    give(desk, account, desk.seller)

    def told(*users: str) -> list[tuple[str, str]]:
        with desk.db.read() as uow:
            return [(user, event.name) for user, event in source.read(uow, users)]

    assert told(ada) == []
    assert told(ada, sam) == [(sam, "notice")]
    assert told(ada, sam) == []
