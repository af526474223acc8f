"""Signing in and out: passwords, lock-out, how long a session lives."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import sqlalchemy as sa

from access.office import API, PASSWORD, Office
from dealwright.foundation.errors import Problem
from dealwright.people import endpoints, sessions
from dealwright.people.tables import dw_sign_in_failure


def code(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


@pytest.fixture(autouse=True)
def patient() -> Iterator[None]:
    """Every test begins with an unused budget of attempts."""
    endpoints._limiter.storage.reset()
    yield


def sign_in(office: Office, password: str = PASSWORD, email: str = "bea@example.com", browser: Any = None) -> Any:
    return (browser or office.anybody()).post(f"{API}/session", json={"email": email, "password": password})


def test_a_right_password_opens_a_session_in_a_guarded_cookie(office: Office) -> None:
    office.with_password("bea")
    browser = office.anybody()
    answer = sign_in(office, browser=browser)
    assert answer.status_code == 201
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie and "samesite=lax" in cookie and "path=/" in cookie
    assert browser.get(f"{API}/me").json()["user"]["email"] == "bea@example.com"


def test_unknown_wrong_and_disabled_get_the_same_answer(office: Office) -> None:
    office.with_password("bea")
    office.with_password("bob")
    office.signed_in("root").patch(f"{API}/users/{office.ids['bob']}", json={"status": "disabled"})
    answers = [
        sign_in(office, "wrong password"), sign_in(office, email="nobody@example.com"), sign_in(office, email="bob@example.com"),
    ]  # fmt: skip
    assert {code(a) for a in answers} == {(401, "WRONG_PASSWORD")}
    assert len({(a.json()["message"], a.json()["field"]) for a in answers}) == 1


def test_five_wrong_passwords_lock_the_account_for_a_quarter_of_an_hour(office: Office) -> None:
    office.with_password("bea")
    for _ in range(5):
        assert code(sign_in(office, "wrong password")) == (401, "WRONG_PASSWORD")
    locked = sign_in(office)
    assert code(locked) == (429, "LOCKED_OUT") and int(locked.headers["retry-after"]) <= 901
    assert sign_in(office, email="BEA@example.com ").status_code == 429  # written otherwise, the same account
    office.db.clock.advance(minutes=15)  # type: ignore[attr-defined]
    assert sign_in(office).status_code == 201


def test_accounts_that_do_not_exist_lock_as_well(office: Office) -> None:
    answers = [code(sign_in(office, email="nobody@example.com"))[0] for _ in range(6)]
    assert answers == [401] * 5 + [429]


def test_a_right_password_forgets_the_wrong_ones(office: Office) -> None:
    office.with_password("bea")
    for _ in range(4):
        sign_in(office, "wrong password")
    assert sign_in(office).status_code == 201
    with office.db.read() as uow:
        assert uow.conn.execute(sa.select(dw_sign_in_failure)).all() == []


def test_guesses_sent_at_once_are_all_counted(office: Office) -> None:
    office.with_password("bea")

    def guess(place: int) -> str:
        try:
            sessions.sign_in(office.db, "bea@example.com", f"wrong password {place}", "", "")
        except Problem as problem:
            return problem.code
        return "in"

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(guess, range(16)))
    assert answers.count("WRONG_PASSWORD") == 5 and answers.count("LOCKED_OUT") == 11


def test_one_address_is_slowed_down(office: Office) -> None:
    answers = [sign_in(office, email=f"n{place}@example.com").status_code for place in range(31)]
    assert answers == [401] * 30 + [429]


@pytest.mark.parametrize("body", [[], {}, {"email": 1, "password": "x"}, {"email": "a@b.cn"}, {"email": "a\u0000", "password": "x"},
                                  {"email": "x" * 10_000, "password": "y" * 10_000}])  # fmt: skip
def test_a_form_that_is_no_form_is_refused(office: Office, body: Any) -> None:
    assert office.anybody().post(f"{API}/session", json=body).status_code in (401, 422)


def test_a_session_ends_when_nobody_uses_it(office: Office) -> None:
    browser = office.signed_in("bea")
    office.db.clock.advance(days=13)  # type: ignore[attr-defined]
    assert browser.get(f"{API}/me").status_code == 200  # and is noted as used
    office.db.clock.advance(days=13)  # type: ignore[attr-defined]
    assert browser.get(f"{API}/me").status_code == 200
    office.db.clock.advance(days=14, seconds=1)  # type: ignore[attr-defined]
    assert code(browser.get(f"{API}/me")) == (401, "SESSION_EXPIRED")


def test_a_session_ends_after_ninety_days_however_much_it_is_used(office: Office) -> None:
    browser = office.signed_in("bea")
    for _ in range(9):
        office.db.clock.advance(days=10)  # type: ignore[attr-defined]
        assert browser.get(f"{API}/me").status_code == 200
    office.db.clock.advance(seconds=1)  # type: ignore[attr-defined]
    assert code(browser.get(f"{API}/me")) == (401, "SESSION_EXPIRED")


def test_signing_out_ends_this_session_and_no_other(office: Office) -> None:
    here, there = office.signed_in("bea"), office.signed_in("bea")
    assert here.delete(f"{API}/session").status_code == 204
    assert here.get(f"{API}/me").status_code == 401
    assert there.get(f"{API}/me").status_code == 200


def test_signing_out_everywhere_ends_all_of_ones_own_sessions(office: Office) -> None:
    here, there, other = office.signed_in("bea"), office.signed_in("bea"), office.signed_in("bob")
    assert here.delete(f"{API}/session?everywhere=true").status_code == 204
    assert there.get(f"{API}/me").status_code == 401
    assert other.get(f"{API}/me").status_code == 200


def test_a_person_sees_where_they_are_signed_in(office: Office) -> None:
    here, _ = office.signed_in("bea"), office.signed_in("bea")
    office.signed_in("bob")
    found = here.get(f"{API}/sessions").json()["sessions"]
    assert [s["current"] for s in found].count(True) == 1 and len(found) == 2


def test_a_new_password_needs_the_old_one_and_ends_the_other_sessions(office: Office) -> None:
    office.with_password("bea")
    here, there = office.signed_in("bea"), office.signed_in("bea")
    new = "another good password"
    wrong = here.patch(f"{API}/me", json={"password": new, "current_password": "guess"})
    assert code(wrong) == (422, "PASSWORD_IS_WRONG")
    assert code(here.patch(f"{API}/me", json={"password": new})) == (422, "PASSWORD_IS_WRONG")
    assert there.get(f"{API}/me").status_code == 200
    assert here.patch(f"{API}/me", json={"password": new, "current_password": PASSWORD}).status_code == 200
    assert here.get(f"{API}/me").status_code == 200
    assert there.get(f"{API}/me").status_code == 401
    assert sign_in(office, new).status_code == 201


def test_oneself_is_changed_and_nothing_else(office: Office) -> None:
    browser = office.signed_in("bea")
    body = {
        "name": "Bea B",
        "locale": "en",
        "time_zone": "Europe/Berlin",
        "roles": ["administrator"],
        "status": "disabled",
    }
    assert browser.patch(f"{API}/me", json=body).json()["user"]["name"] == "Bea B"
    me = browser.get(f"{API}/me").json()
    assert (me["user"]["locale"], me["rights"]["design"]) == ("en", False)


@pytest.mark.parametrize("body", [{"name": ""}, {"name": 5}, {"locale": "fr"}, {"locale": []}, {"time_zone": "X"},
                                  {"time_zone": {}}, {"password": "short", "current_password": PASSWORD}, [], "x"])  # fmt: skip
def test_oneself_is_not_changed_to_nonsense(office: Office, body: Any) -> None:
    assert office.signed_in("bea").patch(f"{API}/me", json=body).status_code == 422
