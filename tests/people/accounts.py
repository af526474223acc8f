"""What tests of accounts share."""

from __future__ import annotations

from typing import Any

import pyotp
import sqlalchemy as sa
from fastapi.testclient import TestClient

from access.office import API, PASSWORD, Office
from dealwright.people.tables import dw_audit

NEW = "paper lantern 77"


def code(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def now_code(office: Office, secret: str, step: int = 0) -> str:
    with office.db.read() as uow:
        return pyotp.TOTP(secret).generate_otp(int(uow.now.timestamp()) // 30 + step)


def with_second_step(office: Office, browser: TestClient) -> tuple[str, list[str]]:
    """(secret, recovery codes) of somebody who has switched it on, and whose code of this half minute is used up."""
    secret = browser.post(f"{API}/me/second-step", json={"current_password": PASSWORD}).json()["secret"]
    answer = browser.post(f"{API}/me/second-step/confirm", json={"code": now_code(office, secret)})
    assert answer.status_code == 200, answer.text
    return secret, answer.json()["codes"]


def sign_in(office: Office, name: str = "bea", **more: Any) -> Any:
    return office.anybody().post(f"{API}/session", json={"email": f"{name}@example.com", "password": PASSWORD, **more})


def kinds(office: Office) -> list[str]:
    with office.db.read() as uow:
        return [r[0] for r in uow.conn.execute(sa.select(dw_audit.c.kind).order_by(dw_audit.c.id))]
