"""Rights: roles × routes × clauses let no secret out, and nobody can tell two companies apart by what they may not see.

DEALWRIGHT_RIGHTS_PROBES says how many aimed requests each role makes besides the plain ones (`make soak`: all).
"""

from __future__ import annotations

import io
import os
import zipfile
from typing import Any

import pytest

from rights.asking import Ask, asks
from rights.company import API, ROLES, client
from rights.conftest import House

PROBES = int(os.environ.get("DEALWRIGHT_RIGHTS_PROBES", "110"))


def objects_of(house: House) -> dict[str, dict[str, Any]]:
    """Fields by object, as the administrator sees them."""
    found = client(house.app, house.company.tokens["administrator"]).get(f"{API}/objects").json()["objects"]
    return {o["key"]: {f["key"]: f for f in o["fields"]} for o in found if o["kind"] == "object"}


def answer_of(browser: Any, ask: Ask) -> tuple[int, str, str]:
    """Status, body and headers as text; sheets are unpacked."""
    answer = browser.request(ask.method, f"{API}{ask.path}", json=ask.body)
    assert answer.status_code < 500, (ask, answer.text)
    body = answer.content
    if body[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(body)) as book:
            body = b"".join(book.read(name) for name in sorted(book.namelist()) if "docProps" not in name)
    headers = {k: v for k, v in answer.headers.items() if k not in ("content-length", "date")}
    return answer.status_code, body.decode("utf-8", "replace"), str(headers)


def faults(house: House, twin: Any, role: str, wanted: list[Ask], *, first: bool = False) -> list[str]:
    """What a role learns that it should not: secrets in answers, and answers that differ between the twins."""
    company = house.company
    secrets = company.secrets_of(role)
    here, there = client(house.app, company.tokens[role]), client(twin, company.tokens[role])
    found: list[str] = []
    for ask in wanted:
        one = answer_of(here, ask)
        shown = one[1] + one[2]
        leaked = [secret for secret in secrets if secret in shown and secret not in ask.text]
        if leaked:
            found.append(f"{role} {ask.method} {ask.path} {ask.body}: shows {leaked[:3]}")
        if one != (two := answer_of(there, ask)):
            found.append(
                f"{role} {ask.method} {ask.path} {ask.body}: {one[0]} {one[1][:300]} | {two[0]} {two[1][:300]}"
            )
        if found and first:
            break
    return found


@pytest.mark.parametrize("role", ROLES)
def test_no_role_learns_what_it_may_not_see(house: House, role: str) -> None:
    twin = house.twin(role)
    wanted = asks(house.company, objects_of(house), role, PROBES)
    found = faults(house, twin, role, wanted)
    assert not found, "\n".join(found[:20]) + f"\n{len(found)} of {len(wanted)}"


def test_the_secrets_are_there_for_those_who_may_see_them(house: House) -> None:
    """Or a crawl that finds nothing would prove nothing."""
    browser = client(house.app, house.company.tokens["administrator"])
    wanted = asks(house.company, objects_of(house), "administrator", 0)
    shown = "".join("".join(map(str, answer_of(browser, ask)[1:])) for ask in wanted)
    missing = [s for s in house.company.secrets if s.text not in shown]
    assert not missing


PUBLIC = {"/health", "/setup", "/session", "/invitations/accept", "/password/forgot", "/password/reset"}
# Other POSTs, PATCH, PUT and DELETE change things; what they answer is the record as reading gives it (tests/records).
READING_POSTS = ("aggregate", "bulk", "duplicates", "narrowing", "words")


def test_every_reading_route_is_crawled(house: House) -> None:
    description = client(house.app, house.company.tokens["administrator"]).get(f"{API}/openapi.json").json()
    crawled = {(ask.method, ask.route) for ask in asks(house.company, objects_of(house), "x", 10**9)}
    missing = []
    for path, methods in description["paths"].items():
        route = path.removeprefix(API)
        for method in (m.upper() for m in methods):
            reads = method == "GET" or (method == "POST" and route.rsplit("/", 1)[-1] in READING_POSTS)
            if reads and route not in PUBLIC and (method, route) not in crawled:
                missing.append((method, route))
    assert not missing, "these routes read something and no role is sent to them: add them to asking.py"
