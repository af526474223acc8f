"""An import before it begins: looked at, changed, remembered for the next file of its kind, sent again after a repair."""

from __future__ import annotations

import json
from typing import Any

import pytest

from support.desk import Desk, Seat
from support.sheets import workbook

ACCOUNTS = "客户名称,电话,行业\n甲公司,0571-88156688,电子\n乙公司,not-a-phone,金融\n丙公司,neither,电子\n"


def draft(seat: Seat, text: str | bytes = ACCOUNTS, name: str = "a.csv", **options: Any) -> dict[str, Any]:
    reply = seat.upload("account", text, name, **options)
    assert reply.status_code == 201, reply.text
    return dict(reply.json())


def put(seat: Seat, found: dict[str, Any], **options: Any) -> Any:
    return seat.call("PUT", f"/imports/{found['id']}/options", options)


def test_a_draft_is_found_again_under_its_address(admin: Seat) -> None:
    made = draft(admin)

    changed = put(admin, made, mapping={"客户名称": "name"}, key="name").json()
    again = admin.get(f"/imports/{made['id']}/draft")

    assert changed["mapping"] == again["mapping"] == {"客户名称": "name"}
    assert (again["options"]["key"], again["options"]["mode"], again["header_line"]) == ("name", "both", 1)
    assert again["sample"][0] == ["甲公司", "0571-88156688", "电子"]


def test_reading_can_be_put_right(admin: Seat) -> None:
    made = draft(admin, workbook(), "sheet.xlsx")
    assert (made["sheet"], made["header_line"], made["totals"]) == ("2026年", 3, [12])

    other = put(admin, made, read={"sheet": "联系方式"}).json()
    assert (other["header"], other["total"], other["mapping"]) == (
        ["姓名", "手机", "邮箱"],
        2,
        {"姓名": "name", "邮箱": "email"},
    )

    text = "标题\n名称;电话\n甲;0571-88156688\n".encode("gb18030")
    wrong = draft(admin, text, "b.csv")
    right = put(admin, wrong, read={"encoding": "gb18030", "delimiter": ";", "header": 2}).json()
    assert (right["header"], right["encoding"], right["delimiter"]) == (["名称", "电话"], "gb18030", ";")


@pytest.mark.parametrize("read", [{"header": "two"}, {"delimiter": "ab"}, {"sheet": 4}, {"encoding": ["x"]}])
def test_nonsense_about_reading_is_refused(admin: Seat, read: Any) -> None:
    assert put(admin, draft(admin), read=read).status_code == 422


def test_odd_rows_are_shown_with_the_reason(admin: Seat) -> None:
    found = draft(admin, "名称,电话\n甲,0571-88156688\n乙\n名称,电话\n")
    assert [(one["line"], one["cells"][0]) for one in found["odd"]] == [(3, "乙"), (4, "名称")]
    assert "repeats the header" in found["odd"][1]["reason"]


def test_a_trial_groups_what_is_refused_and_names_the_first_rows(admin: Seat) -> None:
    tried = admin.post(f"/imports/{draft(admin)['id']}/try")

    assert [(one["key"], one["count"], one["lines"]) for one in tried["groups"]] == [
        (["phone", "PHONE_FORMAT"], 2, [3, 4])
    ]
    assert tried["first"]["created"] == [{"line": 2, "label": "甲公司"}]
    assert [one["label"] for one in tried["first"]["refused"]] == ["乙公司", "丙公司"]


def test_the_next_file_of_its_kind_is_mapped_alike(desk: Desk, admin: Seat) -> None:
    text = "Firm,Tel\n甲公司,0571-88156688\n"
    assert draft(admin, text)["mapping"] == {"Tel": "phone"}
    done = admin.import_file("account", text, mapping={"Firm": "name", "Tel": "phone"}, key="name")

    next_one = draft(admin, text, "next month.csv")

    assert next_one["mapping"] == {"Firm": "name", "Tel": "phone"}
    assert (next_one["options"]["key"], next_one["remembered"]["id"]) == ("name", done["id"])
    assert draft(admin, "Firm,Phone no\nx,y\n")["remembered"] is None, "another shape"
    assert desk.seller.upload("account", text).json()["remembered"] is None, "somebody else's habit"


def test_what_starts_at_once_leans_on_nothing_remembered(desk: Desk, admin: Seat) -> None:
    admin.import_file("account", "客户名称\n甲公司\n", mapping={"客户名称": "short_name"}, defaults={"name": "x"})
    admin.import_file("account", "客户名称\n甲公司\n")
    assert desk.rows("account", "name") == ["x", "甲公司"]


def test_refused_rows_come_back_repaired(desk: Desk, admin: Seat) -> None:
    first = admin.import_file("account", ACCOUNTS, mapping={"客户名称": "name", "电话": "phone"})
    assert (first["created"], first["refused"]) == (1, 2)
    repaired = desk_text(admin.refused(first))

    again = draft(admin, repaired, "refused.csv", again=first["id"])
    assert again["mapping"] == {"客户名称": "name", "电话": "phone"}
    admin.post(f"/imports/{again['id']}/start")
    desk.work()

    assert admin.get(f"/imports/{again['id']}")["created"] == 2
    assert desk.count("account") == 3


def desk_text(refused: str) -> str:
    return refused.replace("not-a-phone", "0571-88156689").replace("neither", "0571-88156690")


def test_people_that_nobody_knows_are_named_before_the_start(desk: Desk, admin: Seat) -> None:
    text = "客户名称,负责人\n甲公司,老王\n乙公司,Sam Seller\n丙公司,老王\n"
    found = draft(admin, text)
    assert found["unknown_people"] == {"owner": ["老王"]}

    known = put(admin, found, mapping=found["mapping"], values={"owner": {"老王": "ada@example.com"}}).json()

    assert known["unknown_people"] == {}
    admin.post(f"/imports/{found['id']}/start")
    desk.work()
    assert admin.get(f"/imports/{found['id']}")["created"] == 3


def test_an_undo_is_told_before_it_is_done(desk: Desk, admin: Seat) -> None:
    admin.import_file("account", "客户名称\n甲公司\n")
    found = admin.import_file("account", "客户名称,行业\n甲公司,电子\n乙公司,金融\n丙公司,金融\n", key="name")
    record = admin.get("/records/account?search=丙公司")["records"][0]
    reply = desk.client.patch(
        f"/api/v1/records/account/{record['id']}",
        json={"short_name": "丙"},
        headers={**admin.headers, "If-Match": '"1"'},
    )
    assert reply.status_code == 200

    told = admin.get(f"/imports/{found['id']}/undo")
    assert told == {"removed": 1, "reverted": 1, "kept": 1, "object": None}
    admin.post(f"/imports/{found['id']}/undo")
    desk.work()

    undone = admin.get(f"/imports/{found['id']}")["undo"]
    assert {name: undone[name] for name in ("removed", "reverted", "kept")} == {"removed": 1, "reverted": 1, "kept": 1}


def test_what_has_begun_is_not_changed_any_more(desk: Desk, admin: Seat) -> None:
    found = admin.import_file("account", ACCOUNTS)
    refused = put(admin, found, mapping={"客户名称": "name"})
    assert (refused.status_code, refused.json()["code"]) == (409, "IMPORT_STATE")


def test_a_draft_is_its_makers_own(desk: Desk, admin: Seat) -> None:
    made = draft(admin)
    for method, path in (("GET", "draft"), ("PUT", "options"), ("GET", "undo")):
        assert (
            desk.seller.call(method, f"/imports/{made['id']}/{path}", {} if method == "PUT" else None).status_code
            == 404
        )
    assert desk.seller.upload("account", ACCOUNTS, options=json.dumps({}), again=made["id"]).status_code == 404
