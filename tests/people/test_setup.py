"""The first hour: the one-time link, the first administrator, and how others get in."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient

from access.office import API, PASSWORD, Office
from dealwright.access.defaults import default_roles
from dealwright.foundation.database import Database
from dealwright.people import endpoints, roles, service
from dealwright.people.tables import dw_setup, dw_user


def code(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


@pytest.fixture(autouse=True)
def patient() -> Iterator[None]:
    """Every test begins with an unused budget of attempts."""
    endpoints._limiter.storage.reset()
    yield
    endpoints._limiter.storage.reset()


@pytest.fixture
def empty(db: Database, tmp_path: Path) -> Office:
    """A server whose workspace nobody has set up."""
    office = object.__new__(Office)
    office.db, office.ids, office.teams = db, {}, {}
    office.app = office._app(tmp_path)
    return office


def link(db: Database) -> str:
    with db.write() as uow:
        secret = service.new_setup_secret(uow)
    assert secret
    return secret


def first(token: Any, **changes: Any) -> dict[str, Any]:
    workspace = {"name": "Acme", "locale": "en", "time_zone": "Asia/Shanghai", "currency": "CNY"}
    body = {"token": token, "name": "Ann", "email": "ann@example.com", "password": PASSWORD, "workspace": workspace}
    return {**body, "starter": None, **changes}


def test_the_link_makes_the_first_administrator_and_signs_them_in(empty: Office) -> None:
    browser = empty.anybody()
    assert browser.get(f"{API}/setup").json() == {"needed": True}
    assert browser.post(f"{API}/setup", json=first(link(empty.db))).status_code == 201
    me = browser.get(f"{API}/me").json()
    assert (me["user"]["name"], me["workspace"]["name"]) == ("Ann", "Acme")
    assert me["rights"]["manage_users"] is True
    assert browser.get(f"{API}/setup").json() == {"needed": False}


def test_the_link_works_once(empty: Office) -> None:
    secret = link(empty.db)
    assert empty.anybody().post(f"{API}/setup", json=first(secret)).status_code == 201
    again = empty.anybody().post(f"{API}/setup", json=first(secret, email="eve@example.com"))
    assert code(again) == (403, "SETUP_LINK")
    with empty.db.read() as uow:
        assert uow.conn.execute(sa.select(sa.func.count()).select_from(dw_user)).scalar() == 1


@pytest.mark.parametrize("token", ["wrong", "", None, 7, [], "é" * 50])
def test_a_wrong_link_makes_nobody(empty: Office, token: Any) -> None:
    link(empty.db)
    assert code(empty.anybody().post(f"{API}/setup", json=first(token))) == (403, "SETUP_LINK")
    assert empty.anybody().get(f"{API}/setup").json() == {"needed": True}


def test_a_newer_link_replaces_the_older_one(empty: Office) -> None:
    older, newer = link(empty.db), link(empty.db)
    assert code(empty.anybody().post(f"{API}/setup", json=first(older))) == (403, "SETUP_LINK")
    assert empty.anybody().post(f"{API}/setup", json=first(newer)).status_code == 201


def test_no_link_is_printed_once_the_workspace_stands(office: Office) -> None:
    with office.db.write() as uow:
        assert service.new_setup_secret(uow) is None
        assert uow.conn.execute(sa.select(dw_setup)).first() is None


WRONG = [
    ({"password": "short"}, "WEAK_PASSWORD"), ({"password": "12345678"}, "WEAK_PASSWORD"),
    ({"password": None}, "WEAK_PASSWORD"), ({"password": "x" * 201}, "WEAK_PASSWORD"),
    ({"email": "a@b"}, None), ({"email": None}, "REQUIRED"), ({"email": 7}, None), ({"name": " "}, "REQUIRED"),
    ({"name": "x" * 101}, "TEXT_TOO_LONG"), ({"workspace": {"time_zone": "Mars/Base"}}, "ZONE_UNKNOWN"),
    ({"workspace": {"currency": "XXX"}}, "CURRENCY_UNKNOWN"), ({"workspace": {"locale": "fr"}}, "OPTION_UNKNOWN"),
    ({"workspace": []}, None), ({"workspace": ["a"]}, "BODY_OBJECT"), ({"starter": 5}, "TEXT_EXPECTED"),
    ({"workspace": {"currency": []}}, "CURRENCY_UNKNOWN"), ({"workspace": {"time_zone": 8}}, "ZONE_UNKNOWN"),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "expected"), WRONG)
def test_a_mistake_in_the_form_leaves_the_link_usable(empty: Office, changes: Any, expected: str | None) -> None:
    secret = link(empty.db)
    answer = empty.anybody().post(f"{API}/setup", json=first(secret, **changes))
    if changes != {"workspace": []}:  # an empty workspace is one with defaults
        assert answer.status_code == 422, answer.text
        assert expected is None or answer.json()["code"] == expected
        answer = empty.anybody().post(f"{API}/setup", json=first(secret))
    assert answer.status_code == 201, answer.text


def test_passwords_are_kept_as_argon2id(empty: Office) -> None:
    empty.anybody().post(f"{API}/setup", json=first(link(empty.db)))
    with empty.db.read() as uow:
        stored = uow.conn.execute(sa.select(dw_user.c.password_hash)).scalar_one()
    assert stored.startswith("$argon2id$") and PASSWORD not in stored


def test_set_up_is_refused_to_another_site_and_slowed_down(empty: Office) -> None:
    secret = link(empty.db)
    foreign = empty.anybody().post(f"{API}/setup", json=first(secret), headers={"Origin": "https://evil.example"})
    assert code(foreign) == (403, "CROSS_SITE")
    answers = [empty.anybody().post(f"{API}/setup", json=first("wrong")).status_code for _ in range(31)]
    assert answers[:30] == [403] * 30 and answers[30] == 429


# ── invitations ──


def invited(office: Office) -> tuple[str, str]:
    root = office.signed_in("root")
    made = root.post(f"{API}/users", json={"name": "Zoe", "email": "zoe@example.com", "roles": ["salesperson"]})
    assert made.status_code == 201, made.text
    return made.json()["id"], made.json()["invitation"]


def accept(office: Office, token: Any, password: Any = PASSWORD, **more: Any) -> tuple[TestClient, Any]:
    browser = office.anybody()
    return browser, browser.post(f"{API}/invitations/accept", json={"token": token, "password": password, **more})


def test_an_invited_person_chooses_a_password_and_is_in(office: Office) -> None:
    _, token = invited(office)
    browser, answer = accept(office, token, name="Zoe Z")
    assert answer.status_code == 201
    assert browser.get(f"{API}/me").json()["user"]["name"] == "Zoe Z"
    sign_in = office.anybody().post(f"{API}/session", json={"email": "ZOE@example.com", "password": PASSWORD})
    assert sign_in.status_code == 201


def test_nobody_signs_in_before_accepting(office: Office) -> None:
    invited(office)
    answer = office.anybody().post(f"{API}/session", json={"email": "zoe@example.com", "password": PASSWORD})
    assert code(answer) == (401, "WRONG_PASSWORD")


def test_an_invitation_works_once_and_for_a_week(office: Office) -> None:
    user_id, token = invited(office)
    assert accept(office, token)[1].status_code == 201
    assert code(accept(office, token)[1]) == (403, "INVITATION_LINK")
    again = office.signed_in("root").post(f"{API}/users/{user_id}/invitation").json()["invitation"]
    office.db.clock.advance(days=7)  # type: ignore[attr-defined]
    assert code(accept(office, again)[1]) == (403, "INVITATION_LINK")


def test_a_new_invitation_replaces_the_older_one(office: Office) -> None:
    user_id, older = invited(office)
    newer = office.signed_in("root").post(f"{API}/users/{user_id}/invitation").json()["invitation"]
    assert code(accept(office, older)[1]) == (403, "INVITATION_LINK")
    assert accept(office, newer)[1].status_code == 201


def test_a_weak_password_leaves_the_invitation_usable(office: Office) -> None:
    _, token = invited(office)
    assert code(accept(office, token, "short")[1]) == (422, "WEAK_PASSWORD")
    assert accept(office, token)[1].status_code == 201


@pytest.mark.parametrize("token", ["", None, 5, [], "wrong"])
def test_a_wrong_invitation_is_refused(office: Office, token: Any) -> None:
    invited(office)
    assert code(accept(office, token)[1]) == (403, "INVITATION_LINK")


def test_a_disabled_person_is_not_invited(office: Office) -> None:
    user_id, token = invited(office)
    root = office.signed_in("root")
    root.patch(f"{API}/users/{user_id}", json={"status": "disabled"})
    assert code(accept(office, token)[1]) == (403, "INVITATION_LINK")
    assert code(root.post(f"{API}/users/{user_id}/invitation")) == (409, "USER_DISABLED")
    assert code(root.post(f"{API}/users/nobody/invitation")) == (404, "NOT_FOUND")
    assert code(office.signed_in("bea").post(f"{API}/users/{user_id}/invitation")) == (403, "FORBIDDEN")


def test_a_new_password_by_link_ends_the_sessions_of_the_old_one(office: Office) -> None:
    old = office.signed_in("bea")
    token = office.signed_in("root").post(f"{API}/users/{office.ids['bea']}/invitation").json()["invitation"]
    new, answer = accept(office, token)
    assert answer.status_code == 201
    assert old.get(f"{API}/me").status_code == 401
    assert new.get(f"{API}/me").status_code == 200


def test_a_fresh_workspace_has_the_six_roles(empty: Office) -> None:
    empty.anybody().post(f"{API}/setup", json=first(link(empty.db)))
    with empty.db.read() as uow:
        assert {r["key"] for r in roles.list_roles(uow)} == {r["key"] for r in default_roles()}
