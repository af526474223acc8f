"""The second step of signing in: codes, recovery codes, who may switch it off, who must have it."""

from __future__ import annotations

import sqlalchemy as sa
from fastapi.testclient import TestClient

from access.office import API, PASSWORD, Office
from dealwright.people import hashing
from dealwright.people.tables import dw_recovery_code, dw_second_step
from people.accounts import NEW, code, kinds, now_code, sign_in, with_second_step

# ── the second step ──


def test_with_a_second_step_the_password_alone_lets_nobody_in(office: Office, bea: TestClient) -> None:
    secret, _ = with_second_step(office, bea)
    office.db.clock.advance(seconds=30)
    assert code(sign_in(office)) == (401, "SECOND_STEP")
    assert sign_in(office, code=now_code(office, secret)).status_code == 201


def test_a_code_is_good_once(office: Office, bea: TestClient) -> None:
    secret, _ = with_second_step(office, bea)
    assert code(sign_in(office, code=now_code(office, secret))) == (401, "WRONG_CODE")  # it switched the step on
    office.db.clock.advance(seconds=30)
    good = now_code(office, secret)
    assert sign_in(office, code=good).status_code == 201
    assert code(sign_in(office, code=good)) == (401, "WRONG_CODE")
    assert code(sign_in(office, code=now_code(office, secret, -1))) == (401, "WRONG_CODE")  # and none before it


def test_a_clock_may_be_half_a_minute_off_and_no_more(office: Office, bea: TestClient) -> None:
    secret, _ = with_second_step(office, bea)
    office.db.clock.advance(minutes=10)
    assert code(sign_in(office, code=now_code(office, secret, -2))) == (401, "WRONG_CODE")
    assert sign_in(office, code=now_code(office, secret, -1)).status_code == 201
    assert sign_in(office, code=now_code(office, secret, 1)).status_code == 201


def test_a_recovery_code_is_good_once_however_it_is_typed(office: Office, bea: TestClient) -> None:
    _, codes = with_second_step(office, bea)
    assert len(codes) == len(set(codes)) == 10
    typed = f" {codes[0].upper().replace('-', ' ')} "
    assert sign_in(office, code=typed).status_code == 201
    assert code(sign_in(office, code=codes[0])) == (401, "WRONG_CODE")
    assert bea.get(f"{API}/me").json()["user"]["recovery_codes"] == 9


def test_recovery_codes_are_stored_as_hashes(office: Office, bea: TestClient) -> None:
    _, codes = with_second_step(office, bea)
    with office.db.read() as uow:
        stored = {r[0] for r in uow.conn.execute(sa.select(dw_recovery_code.c.code_hash))}
    plain = [one.replace("-", "") for one in codes]
    assert stored == {hashing.digest(one) for one in plain} and not stored & {*codes, *plain}


def test_new_recovery_codes_replace_the_old_ones(office: Office, bea: TestClient) -> None:
    _, old = with_second_step(office, bea)
    assert code(bea.post(f"{API}/me/second-step/codes", json={"current_password": "x"})) == (422, "PASSWORD_IS_WRONG")
    new = bea.post(f"{API}/me/second-step/codes", json={"current_password": PASSWORD}).json()["codes"]
    assert code(sign_in(office, code=old[3])) == (401, "WRONG_CODE")
    assert sign_in(office, code=new[3]).status_code == 201


def test_wrong_codes_lock_out_like_wrong_passwords(office: Office, bea: TestClient) -> None:
    secret, _ = with_second_step(office, bea)
    office.db.clock.advance(seconds=30)
    for _ in range(5):
        assert code(sign_in(office, code="000000")) == (401, "WRONG_CODE")
    assert code(sign_in(office, code=now_code(office, secret))) == (429, "LOCKED_OUT")


def test_a_right_password_without_its_code_is_no_failure(office: Office, bea: TestClient) -> None:
    secret, _ = with_second_step(office, bea)
    office.db.clock.advance(seconds=30)
    for _ in range(8):
        assert code(sign_in(office)) == (401, "SECOND_STEP")
    assert sign_in(office, code=now_code(office, secret)).status_code == 201


def test_setting_it_up_needs_the_password_and_a_first_code(office: Office, bea: TestClient) -> None:
    assert code(bea.post(f"{API}/me/second-step", json={})) == (422, "PASSWORD_IS_WRONG")
    assert code(bea.post(f"{API}/me/second-step/confirm", json={"code": "123456"})) == (409, "SECOND_STEP_NOT_BEGUN")
    secret = bea.post(f"{API}/me/second-step", json={"current_password": PASSWORD}).json()["secret"]
    for wrong in ("000000", 5, None, "１２３４５６", "x" * 50):
        assert code(bea.post(f"{API}/me/second-step/confirm", json={"code": wrong})) == (422, "WRONG_CODE")
    assert sign_in(office).status_code == 201  # begun is not on
    assert bea.post(f"{API}/me/second-step/confirm", json={"code": now_code(office, secret)}).status_code == 200
    assert code(bea.post(f"{API}/me/second-step", json={"current_password": PASSWORD})) == (409, "SECOND_STEP_ON")


def test_the_key_of_an_authenticator_names_workspace_and_person(office: Office, bea: TestClient) -> None:
    address = bea.post(f"{API}/me/second-step", json={"current_password": PASSWORD}).json()["address"]
    assert address.startswith("otpauth://totp/") and "bea%40example.com" in address


def test_it_is_switched_off_with_the_password(office: Office, bea: TestClient) -> None:
    with_second_step(office, bea)
    assert code(bea.post(f"{API}/me/second-step/off", json={"current_password": NEW})) == (422, "PASSWORD_IS_WRONG")
    assert bea.post(f"{API}/me/second-step/off", json={"current_password": PASSWORD}).status_code == 200
    assert sign_in(office).status_code == 201
    with office.db.read() as uow:
        assert uow.conn.execute(sa.select(dw_second_step)).all() == []
        assert uow.conn.execute(sa.select(dw_recovery_code)).all() == []


def test_an_administrator_lets_somebody_in_who_lost_the_phone(office: Office, bea: TestClient) -> None:
    with_second_step(office, bea)
    office.with_password("root")
    root, path = office.signed_in("root"), f"{API}/users/{office.ids['bea']}/second-step/off"
    assert code(office.signed_in("ann").post(path, json={"current_password": PASSWORD})) == (403, "FORBIDDEN")
    assert code(root.post(path, json={})) == (422, "PASSWORD_IS_WRONG")
    assert root.post(path, json={"current_password": PASSWORD}).status_code == 200
    assert sign_in(office).status_code == 201
    assert kinds(office).count("second_step.off") == 1


def test_a_program_has_no_second_step(office: Office) -> None:
    for path in ("", "/confirm", "/codes", "/off"):
        answer = office.token("bea").post(
            f"{API}/me/second-step{path}", json={"code": "1", "current_password": PASSWORD}
        )
        assert code(answer) == (403, "SCOPE_MISSING")


def test_the_workspace_may_ask_for_it_and_nothing_else_is_open_until_then(office: Office, bea: TestClient) -> None:
    office.with_password("root")
    root = office.signed_in("root")
    everybody = {"second_step": {"everybody": True, "roles": []}}
    assert code(root.patch(f"{API}/workspace", json=everybody)) == (422, "SECOND_STEP_FIRST")
    with_second_step(office, root)
    assert bea.get(f"{API}/users").status_code == 200
    assert root.patch(f"{API}/workspace", json=everybody).status_code == 200
    assert code(bea.get(f"{API}/users")) == (403, "SECOND_STEP_NEEDED")
    told = bea.get(f"{API}/me").json()
    assert told["user"]["must_set_up_second_step"] and told["objects"] == {} and not any(told["rights"].values())
    assert office.token("bea").get(f"{API}/users").status_code == 200  # a program types no code
    with_second_step(office, bea)
    assert bea.get(f"{API}/users").status_code == 200
    assert code(bea.post(f"{API}/me/second-step/off", json={"current_password": PASSWORD})) == (
        409,
        "SECOND_STEP_REQUIRED",
    )


def test_it_may_be_asked_of_one_role(office: Office, bea: TestClient) -> None:
    root = office.signed_in("root")
    roles = {r["key"]: r["id"] for r in root.get(f"{API}/roles").json()["roles"]}
    asked = {"second_step": {"everybody": False, "roles": [roles["salesperson"]]}}
    assert root.patch(f"{API}/workspace", json=asked).status_code == 200
    assert code(bea.get(f"{API}/users")) == (403, "SECOND_STEP_NEEDED")
    assert office.signed_in("ann").get(f"{API}/users").status_code == 200
