"""P14: a lead becomes account, contact and opportunity; all of it or nothing; and it can be taken back."""

import threading

import pytest

from support.desk import Desk

LEAD = {
    "name": "谢望舒", "company": "青禾精密制造", "job_title": "生产副总", "mobile": "13800138000", "email": "xie@example.com",
    "region": "3205", "industry": "manufacturing", "need": "主轴监测", "expected_amount": "128600.00", "source": "exhibition",
    "tags": ["展会"],
}  # fmt: skip
ALL = {"account": {"values": {}}, "contact": {"values": {}}, "opportunity": {"values": {}}}


def call(seat, method, path, body=None, **headers):
    given = {**seat.headers, **{name.replace("_", "-"): value for name, value in headers.items()}}
    return seat.desk.client.request(method, f"/api/v1{path}", json=body, headers=given)


def lead_of(seat, **values):
    return seat.post("/records/lead", {**LEAD, **values})


def convert(seat, lead, targets=None, **headers):
    body = {"targets": ALL if targets is None else targets}
    path = f"/records/lead/{lead['id']}/conversion"
    return call(seat, "POST", path, body, If_Match=f'"{lead["version"]}"', **headers)


def results(reply):
    assert reply.status_code == 201, reply.text
    return {one["object"]: one["id"] for one in reply.json()["results"]}


def patch(seat, object_key, record_id, **values):
    version = seat.get(f"/records/{object_key}/{record_id}")["version"]
    return call(seat, "PATCH", f"/records/{object_key}/{record_id}", values, If_Match=f'"{version}"')


def undo(seat, reply):
    return call(seat, "POST", f"/conversions/{reply.json()['id']}/undo")


def test_a_lead_becomes_account_contact_and_opportunity_with_its_values(desk: Desk) -> None:  # P14
    lead = lead_of(desk.seller)

    made = results(convert(desk.seller, lead))

    account, contact, deal = (desk.seller.get(f"/records/{key}/{one}") for key, one in made.items())
    assert (account["name"], account["industry"], account["region"]) == ("青禾精密制造", "manufacturing", "3205")
    assert account["original_lead"]["id"] == lead["id"]
    assert (contact["name"], contact["title"], contact["account"]["id"]) == ("谢望舒", "生产副总", made["account"])
    assert (deal["amount"], deal["need"], deal["stage"], deal["tags"]) == ("128600.00", "主轴监测", "lead", ["展会"])
    assert (deal["account"]["id"], deal["main_contact"]["id"]) == (made["account"], made["contact"])
    now = desk.seller.get(f"/records/lead/{lead['id']}")
    assert now["status"] == "converted" and now["converted_at"]
    assert now["converted_opportunity"]["id"] == made["opportunity"]
    assert desk.findings() == []


def test_fields_of_the_same_key_and_type_are_carried_though_nobody_mapped_them(desk: Desk) -> None:  # P14
    for key in ("lead", "account"):
        labels = {"zh": "车间数", "en": "Workshops"}
        desk.admin.post(f"/objects/{key}/fields", {"key": "workshops", "type": "number", "labels": labels})
    desk.admin.post("/objects/lead/fields", {"key": "booth", "type": "text", "labels": {"zh": "展位", "en": "Booth"}})
    lead = lead_of(desk.admin, workshops=7, booth="B12")

    made = results(convert(desk.admin, lead))

    assert desk.admin.get(f"/records/account/{made['account']}")["workshops"] == 7
    assert desk.admin.get(f"/records/lead/{lead['id']}")["booth"] == "B12"  # what fits nowhere stays readable here


def test_timeline_tasks_and_files_come_along(desk: Desk) -> None:  # P14
    seat = desk.seller
    sent = desk.client.post("/api/v1/files", files={"file": ("需求.txt", b"spindle")}, headers=seat.headers)
    lead = lead_of(seat, files=[sent.json()["id"]])
    call_ = seat.post("/records/activity", {"subject": "打过电话", "lead": lead["id"]})
    task = seat.post("/records/task", {"title": "寄样品", "related_to": {"object": "lead", "id": lead["id"]}})

    reply = convert(seat, seat.get(f"/records/lead/{lead['id']}"))

    made = results(reply)
    assert reply.json()["moved"] == 2
    activity = seat.get(f"/records/activity/{call_['id']}")
    assert (activity["lead"]["id"], activity["account"]["id"]) == (lead["id"], made["account"])
    assert activity["opportunity"]["id"] == made["opportunity"]
    assert [one["id"] for one in activity["contacts"]] == [made["contact"]]
    assert seat.get(f"/records/task/{task['id']}")["related_to"]["id"] == made["opportunity"]
    (copy,) = seat.get(f"/records/opportunity/{made['opportunity']}")["files"]
    assert call(seat, "GET", f"/files/{copy}").content == b"spindle"
    assert call(seat, "GET", f"/files/{sent.json()['id']}").content == b"spindle"  # and the lead has its own still


def test_who_is_a_customer_already_is_found_and_used(desk: Desk) -> None:  # P14
    account = desk.seller.post("/records/account", {"name": "青禾精密制造有限公司"})
    lead = lead_of(desk.seller)

    shown = desk.seller.get(f"/records/lead/{lead['id']}/conversion")

    by_key = {one["object"]: one for one in shown["targets"]}
    assert [(one["id"], one["fields"]) for one in by_key["account"]["matches"]] == [(account["id"], ["name"])]
    made = results(convert(desk.seller, lead, {**ALL, "account": {"use": account["id"]}}))
    assert made["account"] == account["id"]
    assert desk.seller.get(f"/records/account/{account['id']}") == account  # nothing written into it
    assert desk.seller.get(f"/records/contact/{made['contact']}")["account"]["id"] == account["id"]


def test_a_customer_out_of_sight_is_counted_but_not_named_and_cannot_be_used(desk: Desk) -> None:
    hidden = desk.admin.post("/records/account", {"name": "青禾精密制造"})
    lead = lead_of(desk.seller)

    shown = desk.seller.get(f"/records/lead/{lead['id']}/conversion")["targets"][0]
    refused = convert(desk.seller, lead, {**ALL, "account": {"use": hidden["id"]}})

    assert (shown["matches"], shown["others"]) == ([], 1)
    assert (refused.status_code, [(e["field"], e["code"]) for e in refused.json()["errors"]]) == (
        422, [("account", "NOT_FOUND")],
    )  # fmt: skip


def test_everything_that_is_missing_is_named_at_once_and_nothing_is_saved(desk: Desk) -> None:
    desk.admin.call("PATCH", "/objects/contact/fields/department", {"required": True})
    pipeline = next(p for p in desk.admin.get("/pipelines")["pipelines"] if p["object"] == "opportunity")
    pipeline["stages"][1]["required"] = ["close_date"]
    assert desk.admin.call("PUT", "/pipelines", pipeline).status_code == 200
    lead = lead_of(desk.seller)
    wanted = {
        "account": {"values": {"name": "", "phone": "letters"}}, "contact": {"values": {}},
        "opportunity": {"values": {"stage": "first_contact"}},
    }  # fmt: skip

    refused = convert(desk.seller, lead, wanted)

    assert (refused.status_code, refused.json()["code"]) == (422, "CONVERSION_REFUSED")
    fields = {(e["field"], e["code"]) for e in refused.json()["errors"]}
    assert {field for field, _ in fields} == {
        "account.name", "account.phone", "contact.department", "opportunity.close_date",
    }  # fmt: skip
    assert [desk.count(key) for key in ("account", "contact", "opportunity")] == [0, 0, 0]
    assert desk.seller.get(f"/records/lead/{lead['id']}") == lead
    mended = {
        "account": {"values": {}}, "contact": {"values": {"department": "设备部"}},
        "opportunity": {"values": {"stage": "first_contact", "close_date": "2026-12-31"}},
    }  # fmt: skip
    assert convert(desk.seller, lead, mended).status_code == 201


def test_what_is_not_wanted_is_not_made_but_the_required_one_must_be(desk: Desk) -> None:
    lead = lead_of(desk.seller)

    refused = convert(desk.seller, lead, {"account": None})
    made = results(convert(desk.seller, lead, {"account": {"values": {}}, "opportunity": None}))

    assert [(e["field"], e["code"]) for e in refused.json()["errors"]] == [("account", "REQUIRED")]
    assert set(made) == {"account"} and desk.count("opportunity") == 0


def test_sent_twice_it_is_made_once(desk: Desk) -> None:
    lead = lead_of(desk.seller)

    first, again = (convert(desk.seller, lead, Idempotency_Key="k1") for _ in range(2))
    other = convert(desk.admin, lead)

    assert first.json() == again.json()
    assert (other.status_code, other.json()["code"]) == (409, "ALREADY_CONVERTED")
    assert [desk.count(key) for key in ("account", "contact", "opportunity")] == [1, 1, 1]


def test_two_people_at_the_same_moment_one_conversion(desk: Desk) -> None:
    lead = lead_of(desk.seller)
    seats, codes = [desk.seller, desk.admin] * 3, []
    start = threading.Barrier(len(seats))

    def one(seat) -> None:
        start.wait()
        codes.append(convert(seat, lead).status_code)

    threads = [threading.Thread(target=one, args=(seat,)) for seat in seats]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(codes) == [201, 409, 409, 409, 409, 409]
    assert [desk.count(key) for key in ("account", "contact", "opportunity")] == [1, 1, 1]


def test_a_lead_changed_since_it_was_read_is_not_converted_unseen(desk: Desk) -> None:
    lead = lead_of(desk.seller)
    patch(desk.seller, "lead", lead["id"], company="改名了")

    assert convert(desk.seller, lead).status_code == 412
    assert desk.count("account") == 0


def test_who_may_not_change_the_lead_or_see_it_does_not_convert_it(desk: Desk) -> None:
    lead = lead_of(desk.admin)

    assert convert(desk.seller, lead).status_code == 404
    share = {"user": desk.user_id("sam@example.com"), "level": "read"}
    desk.admin.post(f"/records/lead/{lead['id']}/shares", share)
    assert convert(desk.seller, lead).status_code == 403
    assert desk.count("account") == 0


def test_who_may_not_create_a_target_is_told_so_among_the_rest(desk: Desk) -> None:
    role = next(one for one in desk.admin.get("/roles")["roles"] if one["key"] == "salesperson")
    grants = role["grants"]
    objects = {
        **grants.get("objects", {}),
        "opportunity": {**grants.get("default", {}), "create": False, "read": "own"},
    }
    reply = desk.admin.call("PATCH", f"/roles/{role['id']}", {"grants": {**grants, "objects": objects}})
    assert reply.status_code == 200, reply.text
    lead = lead_of(desk.seller)

    refused = convert(desk.seller, lead)

    assert ("opportunity", "FORBIDDEN") in [(e["field"], e["code"]) for e in refused.json()["errors"]]
    assert convert(desk.seller, lead, {**ALL, "opportunity": None}).status_code == 201


def test_taken_back_everything_is_as_before(desk: Desk) -> None:  # P14
    seat = desk.seller
    lead = lead_of(seat)
    activity = seat.post("/records/activity", {"subject": "打过电话", "lead": lead["id"]})
    task = seat.post("/records/task", {"title": "寄样品", "related_to": {"object": "lead", "id": lead["id"]}})
    reply = convert(seat, seat.get(f"/records/lead/{lead['id']}"))

    back = undo(seat, reply)

    assert (back.status_code, back.json()) == (200, {"undone": True, "left": []})
    assert [desk.count(key) for key in ("account", "contact", "opportunity")] == [0, 0, 0]
    now = seat.get(f"/records/lead/{lead['id']}")
    assert (now["status"], now["converted_at"], now["converted_account"]) == ("new", None, None)
    then = seat.get(f"/records/activity/{activity['id']}")
    assert (then["lead"]["id"], then["account"], then["contacts"]) == (lead["id"], None, [])
    assert seat.get(f"/records/task/{task['id']}")["related_to"]["id"] == lead["id"]
    assert undo(seat, reply).status_code == 409
    assert convert(seat, now).status_code == 201  # and may be done again
    assert desk.findings() == []


def test_what_was_changed_since_stays_and_is_named(desk: Desk) -> None:
    seat = desk.seller
    lead = lead_of(seat)
    reply = convert(seat, lead)
    made = results(reply)
    assert patch(seat, "opportunity", made["opportunity"], next_step="寄合同").status_code == 200

    left = undo(seat, reply).json()["left"]

    assert [(one["object"], one["reason"]) for one in left] == [
        ("opportunity", "changed"), ("contact", "in_use"), ("account", "in_use"),
    ]  # fmt: skip
    assert seat.get(f"/records/opportunity/{made['opportunity']}")["next_step"] == "寄合同"
    assert seat.get(f"/records/lead/{lead['id']}")["status"] == "new"


def test_a_value_that_somebody_changed_on_the_lead_since_is_not_overwritten(desk: Desk) -> None:
    lead = lead_of(desk.seller)
    reply = convert(desk.seller, lead)
    patch(desk.seller, "lead", lead["id"], status="invalid")

    left = undo(desk.seller, reply).json()["left"]

    assert [(one["object"], one["reason"]) for one in left] == [("lead", "changed")]
    now = desk.seller.get(f"/records/lead/{lead['id']}")
    assert (now["status"], now["converted_account"]) == ("invalid", None)


def test_who_did_not_convert_it_needs_the_right_to_delete_what_it_made(desk: Desk) -> None:
    lead = lead_of(desk.admin)
    desk.admin.post(f"/records/lead/{lead['id']}/shares", {"user": desk.user_id("sam@example.com"), "level": "edit"})
    reply = convert(desk.admin, desk.admin.get(f"/records/lead/{lead['id']}"))

    assert undo(desk.seller, reply).status_code == 200
    assert desk.count("account") == 1  # out of the seller's reach


@pytest.mark.parametrize(
    "body", [{}, {"targets": []}, {"targets": {"account": 7}}, {"targets": {"account": {"use": 1}}}, {"targets": {"x": {}}},
             {"targets": {"account": {"values": []}}}, {"targets": {"account": {"use": "a", "values": {}}}}]
)  # fmt: skip
def test_what_makes_no_sense_is_refused(desk: Desk, body: dict) -> None:
    lead = lead_of(desk.seller)
    path = f"/records/lead/{lead['id']}/conversion"

    assert call(desk.seller, "POST", path, body, If_Match='"1"').status_code == 422
    assert call(desk.seller, "POST", path, {"targets": ALL}).status_code == 428


def test_an_object_that_becomes_nothing_says_so(desk: Desk) -> None:
    account = desk.seller.post("/records/account", {"name": "A"})

    reply = call(desk.seller, "GET", f"/records/account/{account['id']}/conversion")

    assert (reply.status_code, reply.json()["code"]) == (404, "NO_CONVERSION")


def test_every_field_that_the_starter_maps_is_there(desk: Desk) -> None:
    from dealwright.conversion.shapes import conversion_of
    from dealwright.model import schema_of
    from dealwright.starters import service

    (raw,) = [one for one in service.starter("sales")["objects"] if "conversion" in one]
    with desk.db.read() as uow:
        schema = schema_of(uow)
        found = conversion_of(schema, schema.object(raw["key"]))

    assert found is not None
    for target, given in zip(found.targets, raw["conversion"]["targets"], strict=True):
        assert (target.link, set(target.fields), set(target.relations)) == (
            given["link"], set(given["fields"]), set(given["links"]),
        )  # fmt: skip
        assert target.ask == tuple(given.get("ask", ()))
