"""Somebody leaves: what was theirs is counted, given to others, and can be taken back; and why somebody sees a record."""

from __future__ import annotations

from support.desk import ADMIN, Desk


def test_what_somebody_owns_goes_to_others_and_comes_back(desk: Desk) -> None:
    sam, ada = desk.user_id("sam@example.com"), desk.user_id(ADMIN["email"])
    for name in ("Acme", "Bolt"):
        desk.seller.post("/records/account", {"name": name})
    desk.seller.post("/records/lead", {"name": "Lea", "source": "website"})
    counted = desk.admin.get(f"/users/{sam}/records")["objects"]
    assert {one["object"]: one["count"] for one in counted} == {"account": 2, "lead": 1}

    done = desk.admin.post(f"/users/{sam}/handover", {"to": {"account": ada}})["objects"]

    assert [(one["object"], one["count"], one["state"]) for one in done] == [("account", 2, "done")]
    assert set(desk.rows("account", "owner_id")) == {ada}
    assert [one["object"] for one in desk.admin.get(f"/users/{sam}/records")["objects"]] == ["lead"]
    logged = desk.admin.get("/audit?kind=records.handed_over")["entries"]
    assert logged[0]["after"]["counts"] == {"account": 2}

    desk.admin.post(f"/bulk/{done[0]['id']}/undo")
    assert set(desk.rows("account", "owner_id")) == {sam}


def test_nobody_is_given_records_who_cannot_have_them(desk: Desk) -> None:
    sam = desk.user_id("sam@example.com")
    desk.seller.post("/records/account", {"name": "Acme"})
    for receiver in (sam, "018f2b6e-7c1a-7000-8000-000000000001"):
        answer = desk.admin.call("POST", f"/users/{sam}/handover", {"to": {"account": receiver}})
        assert (answer.status_code, answer.json()["code"]) == (422, "RECEIVER")
    assert desk.seller.call("POST", f"/users/{sam}/handover", {"to": {"account": sam}}).status_code == 403
    assert set(desk.rows("account", "owner_id")) == {sam}


def test_why_somebody_sees_a_record_is_told_by_role_and_by_share(desk: Desk) -> None:
    sam = desk.user_id("sam@example.com")
    own = desk.seller.post("/records/account", {"name": "Acme"})["id"]
    other = desk.admin.post("/records/account", {"name": "Bolt"})["id"]

    def why(record_id: str) -> tuple[bool, list[str]]:
        found = desk.admin.get(f"/access/explain?user={sam}&object=account&record={record_id}")["actions"]["read"]
        return found["allowed"], [one["kind"] for one in found["because"]]

    assert why(own) == (True, ["role"])
    assert why(other) == (False, [])
    desk.admin.post(f"/records/account/{other}/shares", {"user": sam, "level": "read"})
    assert why(other) == (True, ["share"])
    assert desk.seller.call("GET", f"/access/explain?user={sam}&object=account").status_code == 403
