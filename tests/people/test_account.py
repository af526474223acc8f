"""One's own account: the second step of signing in, new passwords by a link, sessions, picture, days away."""

from __future__ import annotations

import struct
import zlib
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient

from access.office import API, PASSWORD, Office
from dealwright.people import absences, hashing, resets
from dealwright.people.tables import dw_user
from people.accounts import NEW, code, kinds, now_code, sign_in, with_second_step

# ── a new password by a link ──


def reset_link(office: Office, name: str = "bea") -> str:
    with office.db.write() as uow:
        return resets.make(uow, office.ids[name])


def test_a_link_sets_the_password_once_and_ends_all_sessions(office: Office, bea: TestClient) -> None:
    secret = reset_link(office)
    body = {"token": secret, "password": NEW}
    assert office.anybody().post(f"{API}/password/reset", json=body).status_code == 201
    assert code(bea.get(f"{API}/me")) == (401, "NOT_SIGNED_IN")
    assert code(sign_in(office)) == (401, "WRONG_PASSWORD")
    assert sign_in(office, password=NEW).status_code == 201
    assert code(office.anybody().post(f"{API}/password/reset", json=body)) == (403, "RESET_LINK")


def test_a_link_is_good_for_an_hour(office: Office, bea: TestClient) -> None:
    secret = reset_link(office)
    office.db.clock.advance(minutes=60)
    body = {"token": secret, "password": NEW}
    assert code(office.anybody().post(f"{API}/password/reset", json=body)) == (403, "RESET_LINK")
    for wrong in (None, 5, "", "x" * 5000):
        assert code(office.anybody().post(f"{API}/password/reset", json={**body, "token": wrong})) == (
            403,
            "RESET_LINK",
        )


def test_a_weak_password_leaves_the_link_usable(office: Office, bea: TestClient) -> None:
    secret = reset_link(office)
    weak = office.anybody().post(f"{API}/password/reset", json={"token": secret, "password": "short"})
    assert code(weak) == (422, "WEAK_PASSWORD")
    assert office.anybody().post(f"{API}/password/reset", json={"token": secret, "password": NEW}).status_code == 201


def test_a_link_opens_a_locked_account_but_is_no_way_around_the_second_step(office: Office, bea: TestClient) -> None:
    secret, _ = with_second_step(office, bea)
    office.db.clock.advance(seconds=30)
    for _ in range(5):
        sign_in(office, password="wrong wrong")
    assert code(sign_in(office)) == (429, "LOCKED_OUT")
    body = {"token": reset_link(office), "password": NEW}
    answer = office.anybody().post(f"{API}/password/reset", json=body)
    assert answer.status_code == 201 and "set-cookie" not in answer.headers
    assert code(sign_in(office, password=NEW)) == (401, "SECOND_STEP")
    assert sign_in(office, password=NEW, code=now_code(office, secret)).status_code == 201


def test_an_invitation_is_no_way_around_the_second_step_either(office: Office, bea: TestClient) -> None:
    with_second_step(office, bea)
    link = office.signed_in("root").post(f"{API}/users/{office.ids['bea']}/invitation").json()["invitation"]
    answer = office.anybody().post(f"{API}/invitations/accept", json={"token": link, "password": NEW})
    assert answer.status_code == 201 and answer.json()["signed_in"] is False and "set-cookie" not in answer.headers


def test_an_administrator_makes_a_link_that_only_they_may_make(office: Office, bea: TestClient) -> None:
    path = f"{API}/users/{office.ids['bea']}/reset"
    assert code(office.signed_in("ann").post(path)) == (403, "FORBIDDEN")
    secret = office.signed_in("root").post(path).json()["reset"]
    assert office.anybody().post(f"{API}/password/reset", json={"token": secret, "password": NEW}).status_code == 201
    assert "invitation.sent" in kinds(office)


def test_asking_for_a_link_answers_the_same_for_everybody(office: Office, bea: TestClient) -> None:
    answers = {
        (a.status_code, a.text)
        for email in ("bea@example.com", "nobody@example.com")
        for a in [office.anybody().post(f"{API}/password/forgot", json={"email": email})]
    }
    assert len(answers) == 1
    assert code(office.anybody().post(f"{API}/password/forgot", json={"email": 5})) == (422, "REQUIRED")


def test_asking_too_often_is_refused(office: Office) -> None:
    for _ in range(5):
        office.anybody().post(f"{API}/password/forgot", json={"email": "bea@example.com"})
    refused = office.anybody().post(f"{API}/password/forgot", json={"email": "bea@example.com"})
    assert code(refused) == (429, "TOO_OFTEN")


# ── passwords are hashed outside transactions ──


def test_no_password_is_hashed_while_a_transaction_is_open(office: Office) -> None:
    with office.db.write(), pytest.raises(AssertionError):
        hashing.hashed(NEW)
    office.with_password("root")
    root = office.signed_in("root")
    made = root.post(f"{API}/users", json={"name": "Z", "email": "z@example.com", "password": NEW})
    assert made.status_code == 201
    assert root.patch(f"{API}/users/{made.json()['id']}", json={"password": NEW}).status_code == 200
    assert root.patch(f"{API}/me", json={"password": NEW, "current_password": PASSWORD}).status_code == 200


# ── sessions ──


def test_one_ends_one_of_ones_own_sessions(office: Office, bea: TestClient) -> None:
    other = office.signed_in("bea")
    bob = office.signed_in("bob").get(f"{API}/sessions").json()["sessions"][0]["id"]
    mine = {s["current"]: s["id"] for s in bea.get(f"{API}/sessions").json()["sessions"]}
    assert bea.delete(f"{API}/sessions/{bob}").status_code == 404
    assert bea.delete(f"{API}/sessions/{mine[False]}").status_code == 204
    assert other.get(f"{API}/me").status_code == 401 and bea.get(f"{API}/me").status_code == 200


def test_one_signs_out_everywhere_but_here(office: Office, bea: TestClient) -> None:
    others = [office.signed_in("bea") for _ in range(3)]
    assert bea.delete(f"{API}/sessions/others").status_code == 204
    assert [o.get(f"{API}/me").status_code for o in others] == [401] * 3
    assert len(bea.get(f"{API}/sessions").json()["sessions"]) == 1


def test_the_workspace_says_how_long_an_unused_session_lasts(office: Office, bea: TestClient) -> None:
    root = office.signed_in("root")
    assert root.patch(f"{API}/workspace", json={"session_days": 1}).status_code == 200
    office.db.clock.advance(hours=25)
    assert code(bea.get(f"{API}/me")) == (401, "SESSION_EXPIRED")


# ── profile, picture ──


def png(width: int, height: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress(b"".join(b"\x00" + b"\x80" * width for _ in range(height)))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def test_a_picture_is_a_small_square_and_everybody_sees_it(office: Office, bea: TestClient) -> None:
    def upload(data: bytes) -> Any:
        return bea.post(f"{API}/me/avatar", files={"file": ("x.png", data)})

    for wrong, why in ((b"<svg onload=alert(1)>", 415), (b"GIF89a" + b"0" * 40, 415), (b"", 415), (png(40, 30), 422),
                       (png(600, 600), 422), (b"\xff\xd8\xff" + b"\x00" * 40, 422)):  # fmt: skip
        assert upload(wrong).status_code == why, wrong[:10]
    assert upload(png(64, 64) + b"0" * 300_000).status_code == 413
    first = upload(png(64, 64)).json()["avatar"]
    shown = office.signed_in("bob").get(f"{API}/users/{office.ids['bea']}/avatar")
    assert (shown.status_code, shown.headers["content-type"], shown.content) == (200, "image/png", png(64, 64))
    assert upload(png(32, 32)).status_code == 201
    store = office.app.state.services.extras["files"]
    assert not store.path(first.partition(".")[0]).exists()  # the old one is gone
    assert bea.delete(f"{API}/me/avatar").status_code == 204
    assert office.signed_in("bob").get(f"{API}/users/{office.ids['bea']}/avatar").status_code == 404


def test_one_changes_phone_and_language(office: Office, bea: TestClient) -> None:
    changed = bea.patch(f"{API}/me", json={"phone": "13812345678", "locale": "en", "time_zone": "Europe/Berlin"})
    assert changed.json()["user"] | {"phone": "+8613812345678", "time_zone": "Europe/Berlin"} == changed.json()["user"]
    assert bea.patch(f"{API}/me", json={"phone": "call me"}).status_code == 422
    assert bea.patch(f"{API}/me", json={"phone": ""}).json()["user"]["phone"] is None


# ── days away ──


def test_who_is_away_is_seen_with_who_stands_in(office: Office, bea: TestClient) -> None:
    body = {"from": "2026-11-23", "to": "2026-11-25", "deputy": office.ids["bob"]}
    made = bea.post(f"{API}/absences", json=body)
    assert made.status_code == 201
    seen = {u["id"]: u["away"] for u in office.signed_in("cat").get(f"{API}/users").json()["users"]}
    assert (
        seen[office.ids["bea"]] == {"to": "2026-11-25", "deputy": office.ids["bob"]} and seen[office.ids["bob"]] is None
    )
    assert bea.delete(f"{API}/absences/{made.json()['id']}").status_code == 204
    assert office.signed_in("cat").get(f"{API}/absences").json() == {"absences": []}


def test_an_absence_holds_on_both_its_days_and_on_no_other(office: Office) -> None:
    bea, today = office.ids["bea"], date(2026, 11, 24)
    with office.db.write() as uow:
        absences.add(uow, bea, "2026-11-24", "2026-11-26", None, today)
        absences.add(uow, bea, "2026-11-25", "2026-12-24", office.ids["bob"], today)

        def on(day: int) -> Any:
            found = absences.absence_of(uow, [bea, office.ids["bob"]], date(2026, 11, day))
            return {user_id: one.to_day for user_id, one in found.items()}

        assert on(23) == {} and on(24) == {bea: date(2026, 11, 26)}
        assert on(26) == {bea: date(2026, 12, 24)}  # of two, the one that ends last
        assert absences.absence_of(uow, [], today) == {}


def test_days_that_make_no_sense_are_refused(office: Office, bea: TestClient) -> None:
    good = {"from": "2026-11-25", "to": "2026-11-26"}
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"to": "2026-11-24"}, "DATE_ORDER"), ({"from": "2026-11-01", "to": "2026-11-23"}, "ABSENCE_OVER"),
        ({"to": "2028-01-01"}, "ABSENCE_LONG"), ({"from": "26.11.2026"}, "DATE_FORMAT"), ({"to": 5}, "DATE_FORMAT"),
        ({"deputy": office.ids["bea"]}, "DEPUTY"), ({"deputy": "nobody"}, "DEPUTY"), ({"deputy": 7}, "DEPUTY"),
    ]  # fmt: skip
    for change, why in wrong:
        assert code(bea.post(f"{API}/absences", json=good | change)) == (422, why), change
    assert bea.post(f"{API}/absences", json=good).status_code == 201


def test_only_administrators_set_the_days_of_others(office: Office, bea: TestClient) -> None:
    body = {"from": "2026-11-25", "to": "2026-11-26", "user": office.ids["bob"]}
    assert code(bea.post(f"{API}/absences", json=body)) == (403, "FORBIDDEN")
    made = office.signed_in("root").post(f"{API}/absences", json=body)
    assert made.status_code == 201
    assert code(bea.delete(f"{API}/absences/{made.json()['id']}")) == (403, "FORBIDDEN")
    assert office.signed_in("bob").delete(f"{API}/absences/{made.json()['id']}").status_code == 204


# ── the log ──


def test_the_log_says_who_came_in_and_who_was_refused_and_never_a_secret(office: Office, bea: TestClient) -> None:
    sign_in(office)
    sign_in(office, password="wrong wrong")
    root = office.signed_in("root")
    root.patch(f"{API}/users/{office.ids['bea']}", json={"password": NEW, "name": "Bee"})
    found = root.get(f"{API}/audit").json()["entries"]
    assert [e["kind"] for e in found[:3]] == ["user.changed", "session.refused", "session.opened"]
    assert found[0]["after"] == {"name": "Bee", "password": "changed"} and found[0]["actor"]["label"] == "Root"
    assert NEW not in str(found) and PASSWORD not in str(found)
    assert [e["kind"] for e in root.get(f"{API}/audit?kind=session.refused").json()["entries"]] == ["session.refused"]
    assert code(root.get(f"{API}/audit?kind=nothing")) == (422, "OPTION_UNKNOWN")
    assert code(office.signed_in("des").get(f"{API}/audit")) == (403, "FORBIDDEN")


def test_the_log_is_read_page_by_page(office: Office) -> None:
    with office.db.write() as uow:
        from dealwright.people import audit

        for number in range(130):
            audit.note(uow, "team.changed", None, target=str(number))
    root = office.signed_in("root")
    first = root.get(f"{API}/audit").json()
    second = root.get(f"{API}/audit?cursor={first['next']}").json()
    assert [int(e["target"]) for e in first["entries"] + second["entries"]] == list(range(129, -1, -1))
    assert second["next"] is None


def test_a_user_disabled_at_work_is_out_at_once(office: Office, bea: TestClient) -> None:
    office.signed_in("root").patch(f"{API}/users/{office.ids['bea']}", json={"status": "disabled"})
    assert bea.get(f"{API}/me").status_code == 401
    with office.db.read() as uow:
        assert (
            uow.conn.execute(sa.select(dw_user.c.status).where(dw_user.c.id == office.ids["bea"])).scalar()
            == "disabled"
        )
