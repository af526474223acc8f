"""The edge of a request: who asks, from where, with which token; and what a change of rights does to the next request."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from access.office import API, Office
from dealwright.access import Access
from dealwright.foundation.database import Database
from dealwright.people import roles, sessions
from dealwright.people.tables import dw_api_token, dw_session


def code(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def test_a_request_without_credentials_is_refused_before_any_transaction(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(office.db, "read", lambda: pytest.fail("a transaction was opened"))
    answer = office.anybody().get(f"{API}/me")
    assert code(answer) == (401, "NOT_SIGNED_IN")
    assert answer.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize(
    "header", ["Bearer dw_wrong", "Bearer", "Bearer  ", "Basic YTpi", "Bearer " + "x" * 5000, "Bearer é"]
)
def test_a_wrong_token_is_refused(office: Office, header: str) -> None:
    answer = office.anybody().get(f"{API}/me", headers={"Authorization": header.encode("latin-1")})  # type: ignore[dict-item]
    assert answer.status_code == 401, answer.text


def test_a_refusal_speaks_the_readers_language(office: Office) -> None:
    chinese = office.anybody(**{"Accept-Language": "zh-CN"}).get(f"{API}/me").json()["message"]
    english = office.anybody(**{"Accept-Language": "en-GB"}).get(f"{API}/me").json()["message"]
    assert chinese != english and "Sign in" in english


def test_a_signed_in_person_learns_who_they_are_and_what_they_may(office: Office) -> None:
    body = office.signed_in("bea").get(f"{API}/me").json()
    assert body["user"]["email"] == "bea@example.com"
    assert body["rights"]["manage_users"] is False
    assert body["objects"]["deal"]["read"] == "own" and body["objects"]["deal"]["export"] is False


def test_a_disabled_person_is_out_at_once(office: Office) -> None:
    browser, program = office.signed_in("bea"), office.token("bea")
    assert browser.get(f"{API}/me").status_code == program.get(f"{API}/me").status_code == 200
    root = office.signed_in("root")
    assert root.patch(f"{API}/users/{office.ids['bea']}", json={"status": "disabled"}).status_code == 200
    assert browser.get(f"{API}/me").status_code == program.get(f"{API}/me").status_code == 401


# ── forged requests ──

FORGED = [
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Sec-Fetch-Site": "cross-site", "Origin": "http://testserver"},
]
HONEST = [{}, {"Sec-Fetch-Site": "same-origin"}, {"Sec-Fetch-Site": "none"}, {"Origin": "http://testserver"}]


@pytest.mark.parametrize("headers", FORGED)
def test_a_change_from_another_site_is_refused(office: Office, headers: dict[str, str]) -> None:
    browser = office.signed_in("bea")
    assert code(browser.patch(f"{API}/me", json={"name": "X"}, headers=headers)) == (403, "CROSS_SITE")
    assert browser.get(f"{API}/me", headers=headers).status_code == 200
    program = office.token("bea")
    assert program.patch(f"{API}/me", json={"name": "X"}, headers=headers).status_code == 200


@pytest.mark.parametrize("headers", HONEST)
def test_a_change_from_our_own_pages_passes(office: Office, headers: dict[str, str]) -> None:
    assert office.signed_in("bea").patch(f"{API}/me", json={"name": "Bea B"}, headers=headers).status_code == 200


@pytest.mark.parametrize("headers", FORGED)
def test_another_site_cannot_sign_somebody_in(office: Office, headers: dict[str, str]) -> None:
    body = {"email": "bea@example.com", "password": "whatever it is"}
    assert code(office.anybody().post(f"{API}/session", json=body, headers=headers)) == (403, "CROSS_SITE")


# ── tokens ──


def test_a_token_that_only_reads_cannot_write(office: Office) -> None:
    reader, writer = office.token("root", "read"), office.token("root", "read", "write", "design")
    assert reader.get(f"{API}/users").status_code == 200
    assert code(reader.post(f"{API}/teams", json={"name": "West"})) == (403, "SCOPE_MISSING")
    assert writer.post(f"{API}/teams", json={"name": "West"}).status_code == 201


@pytest.mark.parametrize("scope", ["export", "import", "design", "write"])
def test_a_token_without_the_scope_to_read_does_not_read_rows(office: Office, scope: str) -> None:
    deal = office.deal("bea")
    assert office.token("bea", scope).get(f"{API}/records/deal/{deal}/shares").status_code in (403, 404)
    assert office.token("bea", "read").get(f"{API}/records/deal/{deal}/shares").status_code == 200


@pytest.mark.parametrize("scope", ["export", "import", "design", "read"])
def test_a_token_without_the_scope_to_write_changes_nothing(office: Office, scope: str) -> None:
    deal = office.deal("bea")
    body = {"user": office.ids["dan"], "level": "read"}
    assert office.token("bea", scope).post(f"{API}/records/deal/{deal}/shares", json=body).status_code in (403, 404)
    assert office.token("bea", scope).patch(f"{API}/me", json={"name": "Z"}).status_code == 403
    assert office.token("bea", "read", "write").post(f"{API}/records/deal/{deal}/shares", json=body).status_code == 201


def test_a_token_never_has_more_rights_than_its_owner(office: Office) -> None:
    program = office.token("bea", "read", "write", "export", "design")
    assert code(program.post(f"{API}/teams", json={"name": "West"})) == (403, "FORBIDDEN")
    with office.db.read() as uow:
        access = Access.for_actor(uow, office.actor(uow, "bea"))
        assert not access.object("deal").can_export


def test_a_token_makes_no_further_tokens(office: Office) -> None:
    assert code(office.token("bea").post(f"{API}/tokens", json={"name": "more"})) == (403, "SCOPE_MISSING")
    assert office.signed_in("bea").post(f"{API}/tokens", json={"name": "more"}).status_code == 201


def test_a_token_ends_at_its_end_date(office: Office) -> None:
    program = office.token("bea", "read", expires_at=office.db.clock.now() + timedelta(days=1))
    assert program.get(f"{API}/me").status_code == 200
    office.db.clock.advance(days=1)  # type: ignore[attr-defined]
    assert program.get(f"{API}/me").status_code == 401


def test_a_revoked_token_is_out_at_once_and_only_its_owner_revokes_it(office: Office) -> None:
    made = office.signed_in("bea").post(f"{API}/tokens", json={"name": "x", "scopes": ["read"]}).json()
    program = office.anybody(Authorization=f"Bearer {made['token']}")
    assert program.get(f"{API}/me").status_code == 200
    assert office.signed_in("dan").delete(f"{API}/tokens/{made['id']}").status_code == 404
    assert office.signed_in("bea").delete(f"{API}/tokens/{made['id']}").status_code == 204
    assert program.get(f"{API}/me").status_code == 401


def test_the_database_holds_no_secret(office: Office) -> None:
    made = office.signed_in("bea").post(f"{API}/tokens", json={"name": "x"}).json()
    with office.db.read() as uow:
        rows = [*uow.conn.execute(sa.select(dw_api_token)).all(), *uow.conn.execute(sa.select(dw_session)).all()]
    assert made["token"] not in str(rows)


def test_the_last_use_of_a_token_is_noted_seldom(office: Office) -> None:
    def last() -> Any:
        with office.db.read() as uow:
            return uow.conn.execute(sa.select(dw_api_token.c.last_used_at)).scalar_one()

    program = office.token("bea", "read")
    program.get(f"{API}/me")
    first = last()
    assert first == office.db.clock.now()
    office.db.clock.advance(minutes=5)  # type: ignore[attr-defined]
    program.get(f"{API}/me")
    assert last() == first
    office.db.clock.advance(minutes=30)  # type: ignore[attr-defined]
    program.get(f"{API}/me")
    assert last() > first


# ── one statement, and never old rights ──


def test_knowing_who_asks_takes_one_statement(office: Office) -> None:
    with office.db.write() as uow:
        secret = sessions.open_session(uow, office.ids["bea"], "", "")
    credentials = sessions.Credentials(secret, True)
    with office.db.read() as uow:
        Access.for_actor(uow, sessions.authenticate(uow, credentials))
    with office.db.read() as uow:
        access = Access.for_actor(uow, sessions.authenticate(uow, credentials))
        assert access.object("deal").grant.read == "own"
        assert uow.statements == 1


def test_a_role_narrowed_by_another_process_is_felt_at_once(office: Office, db_url: str) -> None:
    browser = office.signed_in("bea")
    assert browser.get(f"{API}/me").json()["objects"]["deal"]["read"] == "own"
    other = Database(db_url, office.db.clock)
    with other.write() as uow:
        role = next(r for r in roles.list_roles(uow) if r["key"] == "salesperson")
        roles.change_role(uow, role["id"], {"grants": {"default": {"read": "none"}}})
    other.close()
    assert browser.get(f"{API}/me").json()["objects"]["deal"]["read"] == "none"


def test_rights_of_a_change_that_was_rolled_back_are_not_remembered(office: Office) -> None:
    browser = office.signed_in("bea")
    with pytest.raises(RuntimeError), office.db.write() as uow:
        roles.set_roles(uow, office.ids["bea"], ["administrator"])
        assert office.access(uow, "bea").may("design")
        raise RuntimeError
    office.give("dan", "analyst")  # takes the epoch that was rolled back
    assert browser.get(f"{API}/me").json()["rights"]["design"] is False
