"""People, teams, roles and tokens over HTTP: who is made, moved, disabled, and that somebody always administers."""

from datetime import timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient

from access.office import API, PASSWORD, Office
from dealwright.people import actor_of


def code(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


@pytest.fixture
def root(office: Office) -> TestClient:
    return office.signed_in("root")


def tree(office: Office, name: str) -> set[str]:
    """Names of the teams in which a person sees "team and below"."""
    with office.db.read() as uow:
        ids = actor_of(uow, office.ids[name]).team_tree_ids
    return {key for key, value in office.teams.items() if value in ids}


# ── people ──


def test_an_administrator_adds_and_changes_people(office: Office, root: TestClient) -> None:
    body = {"name": "Zoe", "email": "zoe@example.com", "password": PASSWORD, "roles": ["salesperson"], "locale": "en",
            "teams": [office.teams["north"]]}  # fmt: skip
    made = root.post(f"{API}/users", json=body)
    assert made.status_code == 201 and "invitation" not in made.json()
    found = {u["email"]: u for u in root.get(f"{API}/users").json()["users"]}["zoe@example.com"]
    assert (found["status"], found["teams"], found["locale"]) == ("active", [office.teams["north"]], "en")
    assert root.post(f"{API}/users", json={**body, "email": "z@example.com", "locale": "xx"}).status_code == 422
    assert root.patch(f"{API}/users/{made.json()['id']}", json={"name": "Zoe Z", "teams": []}).status_code == 200
    found = {u["email"]: u for u in root.get(f"{API}/users").json()["users"]}["zoe@example.com"]
    assert (found["name"], found["teams"]) == ("Zoe Z", [])


def test_others_see_only_the_names_of_active_people(office: Office, root: TestClient) -> None:
    root.patch(f"{API}/users/{office.ids['bob']}", json={"status": "disabled"})
    found = office.signed_in("bea").get(f"{API}/users").json()["users"]
    assert all(set(u) == {"id", "name", "label", "avatar", "away"} for u in found)
    assert office.ids["bob"] not in {u["id"] for u in found}


ADMINISTRATION = [
    ("POST", "/users", {"name": "X", "email": "x@example.com"}), ("PATCH", "/users/{bob}", {"name": "X"}),
    ("POST", "/users/{bob}/invitation", None), ("POST", "/teams", {"name": "X"}), ("PATCH", "/teams/{north}", {"name": "X"}),
    ("GET", "/roles", None), ("POST", "/roles", {"key": "x", "labels": "X", "grants": {}}),
    ("PATCH", "/roles/x", {"labels": "Y"}), ("PATCH", "/workspace", {"name": "X"}),
]  # fmt: skip


@pytest.mark.parametrize(("method", "path", "body"), ADMINISTRATION)
def test_only_those_with_the_right_administer(office: Office, method: str, path: str, body: Any) -> None:
    path = path.format(bob=office.ids["bob"], north=office.teams["north"])
    for name in ("ann", "bea", "ida", "eve"):
        refused = office.signed_in(name).request(method, f"{API}{path}", json=body)
        assert code(refused) == (403, "FORBIDDEN"), name
        assert refused.json()["params"]["who"] == ["Root"]
    assert code(office.anybody().request(method, f"{API}{path}", json=body)) == (401, "NOT_SIGNED_IN")


def test_an_email_belongs_to_one_person_however_it_is_written(office: Office, root: TestClient) -> None:
    taken = root.post(f"{API}/users", json={"name": "B", "email": "BEA@Example.com"})
    assert code(taken) == (409, "EMAIL_TAKEN")
    assert code(root.patch(f"{API}/users/{office.ids['bob']}", json={"email": "Bea@example.com"})) == (
        409,
        "EMAIL_TAKEN",
    )
    assert root.patch(f"{API}/users/{office.ids['bob']}", json={"email": "BOB@example.com"}).status_code == 200


def test_disabling_ends_sessions_and_enabling_lets_in_again(office: Office, root: TestClient) -> None:
    browser = office.signed_in("bea")
    root.patch(f"{API}/users/{office.ids['bea']}", json={"status": "disabled"})
    assert browser.get(f"{API}/me").status_code == 401
    root.patch(f"{API}/users/{office.ids['bea']}", json={"status": "active"})
    assert browser.get(f"{API}/me").status_code == 401  # the old session does not come back
    assert office.signed_in("bea").get(f"{API}/me").status_code == 200


def test_the_last_administrator_stays(office: Office, root: TestClient) -> None:
    me = f"{API}/users/{office.ids['root']}"
    for body in ({"status": "disabled"}, {"roles": []}, {"roles": ["designer"]}, {"status": "invited"}):
        assert code(root.patch(me, json=body)) == (409, "LAST_ADMINISTRATOR")
    assert root.get(f"{API}/me").json()["rights"]["manage_users"] is True
    assert root.patch(f"{API}/users/{office.ids['ann']}", json={"roles": ["administrator"]}).status_code == 200
    assert root.patch(me, json={"roles": ["designer"]}).status_code == 200
    assert code(office.signed_in("ann").patch(f"{API}/users/{office.ids['ann']}", json={"status": "disabled"})) == (
        409, "LAST_ADMINISTRATOR")  # fmt: skip


BAD_USERS = [
    {}, [], "x", {"name": "X"}, {"email": "x@example.com"}, {"name": "X", "email": "a@b"}, {"name": "X", "email": ["x"]},
    {"name": {"a": 1}, "email": "x@example.com"}, {"name": "X", "email": "x@example.com", "roles": ["nobody"]},
    {"name": "X", "email": "x@example.com", "roles": [{}]}, {"name": "X", "email": "x@example.com", "roles": "administrator"},
    {"name": "X", "email": "x@example.com", "teams": ["nowhere"]}, {"name": "X", "email": "x@example.com", "teams": [[]]},
    {"name": "X", "email": "x@example.com", "password": "short"}, {"name": "X", "email": "x@example.com\r\nBcc: y@z.cn"},
    {"name": "X", "email": "x@example.com", "password": 12345678},
]  # fmt: skip


@pytest.mark.parametrize("body", BAD_USERS)
def test_a_person_that_makes_no_sense_is_refused_and_not_made(office: Office, root: TestClient, body: Any) -> None:
    before = len(root.get(f"{API}/users").json()["users"])
    assert root.post(f"{API}/users", json=body).status_code == 422
    assert len(root.get(f"{API}/users").json()["users"]) == before


@pytest.mark.parametrize(
    "body",
    [
        {"status": "asleep"},
        {"status": []},
        {"locale": {}},
        {"roles": [1]},
        {"teams": "x"},
        {"name": None},
        {"password": 5},
    ],
)
def test_a_change_that_makes_no_sense_is_refused(office: Office, root: TestClient, body: Any) -> None:
    assert root.patch(f"{API}/users/{office.ids['bob']}", json=body).status_code == 422
    assert root.patch(f"{API}/users/nobody", json={"name": "X"}).status_code == 404


# ── teams ──


def test_a_manager_sees_the_team_and_all_below_it(office: Office, root: TestClient) -> None:
    assert tree(office, "ann") == {"north", "north_city"}
    made = root.post(f"{API}/teams", json={"name": "street", "parent": office.teams["north_city"]})
    office.teams["street"] = made.json()["id"]
    assert tree(office, "ann") == {"north", "north_city", "street"}


def test_a_moved_team_takes_its_people_and_what_is_below_along(office: Office, root: TestClient) -> None:
    made = root.post(f"{API}/teams", json={"name": "street", "parent": office.teams["north_city"]})
    office.teams["street"] = made.json()["id"]
    moved = root.patch(f"{API}/teams/{office.teams['north_city']}", json={"parent": office.teams["south"]})
    assert moved.status_code == 200
    assert tree(office, "ann") == {"north"}
    root.patch(f"{API}/teams/{office.teams['south']}", json={"manager": office.ids["dan"]})
    assert tree(office, "dan") == {"south", "north_city", "street"}
    root.patch(f"{API}/teams/{office.teams['north_city']}", json={"parent": None})
    assert tree(office, "dan") == {"south"}
    assert tree(office, "cat") == {"north_city", "street"}


def test_a_team_is_never_below_itself(office: Office, root: TestClient) -> None:
    for parent in ("north", "north_city"):
        refused = root.patch(f"{API}/teams/{office.teams['north']}", json={"parent": office.teams[parent]})
        assert code(refused) == (422, "CYCLE")
    assert tree(office, "ann") == {"north", "north_city"}


def test_teams_go_eight_levels_deep_also_by_moving(office: Office, root: TestClient) -> None:
    def chain(length: int) -> list[str]:
        ids: list[str] = []
        for place in range(length):
            made = root.post(f"{API}/teams", json={"name": f"t{place}", "parent": ids[-1] if ids else None})
            assert made.status_code == 201, made.text
            ids.append(made.json()["id"])
        return ids

    deep, short = chain(8), chain(2)
    assert code(root.post(f"{API}/teams", json={"name": "x", "parent": deep[-1]})) == (422, "TEAM_DEPTH")
    assert code(root.patch(f"{API}/teams/{short[0]}", json={"parent": deep[6]})) == (422, "TEAM_DEPTH")
    assert root.patch(f"{API}/teams/{short[0]}", json={"parent": deep[5]}).status_code == 200


BAD_TEAMS = [{}, [], {"name": ""}, {"name": 5}, {"name": "X", "parent": "nowhere"}, {"name": "X", "parent": []},
             {"name": "X", "manager": "nobody"}, {"name": "X", "manager": 5}, {"name": "X" * 101}]  # fmt: skip


@pytest.mark.parametrize("body", BAD_TEAMS)
def test_a_team_that_makes_no_sense_is_refused(office: Office, root: TestClient, body: Any) -> None:
    assert root.post(f"{API}/teams", json=body).status_code == 422
    if body and "name" in body and len(body) > 1:
        change = {k: v for k, v in body.items() if k != "name"}
        assert root.patch(f"{API}/teams/{office.teams['south']}", json=change).status_code == 422
    assert root.patch(f"{API}/teams/nowhere", json={"name": "X"}).status_code == 404


# ── roles ──


BAD_GRANTS: list[Any] = [
    None, [], "x", {"default": []}, {"default": {"read": "everything"}}, {"default": {"create": "yes"}},
    {"default": {"level": "secret"}}, {"default": {"fields": {"cost": "see"}}}, {"default": {"fields": []}},
    {"default": {"import": -1}}, {"default": {"bulk": "many"}}, {"default": {"unknown": 1}}, {"rights": ["fly"]},
    {"rights": "design"}, {"rights": [[]]}, {"objects": []}, {"objects": {"deal": {"read": []}}}, {"more": {}},
    {"default": {"transfer": "up"}},
]  # fmt: skip


@pytest.mark.parametrize("grants", BAD_GRANTS)
def test_grants_that_make_no_sense_are_refused_and_shut_nobody_out(
    office: Office, root: TestClient, grants: Any
) -> None:
    assert root.post(f"{API}/roles", json={"key": "odd", "labels": "Odd", "grants": grants}).status_code == 422
    made = root.post(f"{API}/roles", json={"key": "odd", "labels": "Odd", "grants": {"default": {"read": "own"}}})
    assert made.status_code == 201
    assert root.patch(f"{API}/roles/{made.json()['id']}", json={"grants": grants}).status_code == 422
    office.give("bea", "odd")
    assert office.signed_in("bea").get(f"{API}/me").json()["objects"]["deal"]["read"] == "own"


@pytest.mark.parametrize("body", [{"key": "A B", "labels": "X"}, {"key": 5, "labels": "X"}, {"labels": "X"}, {"key": "x"},
                                  {"key": "x", "labels": {}}, {"key": "x", "labels": 5}])  # fmt: skip
def test_a_role_needs_a_key_and_labels(root: TestClient, body: Any) -> None:
    assert root.post(f"{API}/roles", json={**body, "grants": {}}).status_code == 422


def test_a_changed_role_holds_for_the_next_request_and_the_administrators_is_fixed(
    office: Office, root: TestClient
) -> None:
    ids = {r["key"]: r["id"] for r in root.get(f"{API}/roles").json()["roles"]}
    bea = office.signed_in("bea")
    assert bea.get(f"{API}/me").json()["objects"]["deal"]["export"] is False
    grants = {"default": {"read": "own", "export": True}}
    assert root.patch(f"{API}/roles/{ids['salesperson']}", json={"grants": grants}).status_code == 200
    assert bea.get(f"{API}/me").json()["objects"]["deal"]["export"] is True
    assert code(root.patch(f"{API}/roles/{ids['administrator']}", json={"grants": grants})) == (409, "ROLE_FIXED")
    assert code(root.post(f"{API}/roles", json={"key": "salesperson", "labels": "X", "grants": {}})) == (
        409,
        "KEY_TAKEN",
    )


# ── tokens and the workspace ──


BAD_TOKENS = [{}, [], {"name": ""}, {"name": "x", "scopes": []}, {"name": "x", "scopes": ["fly"]}, {"name": "x", "scopes": "read"},
              {"name": "x", "scopes": [5]}, {"name": "x", "expires_at": "tomorrow"}, {"name": "x", "expires_at": 5},
              {"name": "x", "expires_at": "2026-12-31T00:00:00"}, {"name": "x", "expires_at": "9999-01-01T00:00:00Z"}]  # fmt: skip


@pytest.mark.parametrize("body", BAD_TOKENS)
def test_a_token_that_makes_no_sense_is_refused(office: Office, body: Any) -> None:
    bea = office.signed_in("bea")
    assert bea.post(f"{API}/tokens", json=body).status_code == 422
    assert bea.get(f"{API}/tokens").json() == {"tokens": []}


def test_one_sees_ones_own_tokens_and_never_their_secrets(office: Office) -> None:
    bea, bob = office.signed_in("bea"), office.signed_in("bob")
    until = (office.db.clock.now() + timedelta(days=1)).isoformat()
    made = bea.post(f"{API}/tokens", json={"name": "BI", "scopes": ["read"], "expires_at": until}).json()
    found = bea.get(f"{API}/tokens")
    assert [t["scopes"] for t in found.json()["tokens"]] == [["read"]] and made["token"] not in found.text
    assert bob.get(f"{API}/tokens").json() == {"tokens": []}


@pytest.mark.parametrize("body", [{"name": ""}, {"locale": []}, {"currency": []}, {"currency": "XXX"}, {"time_zone": 5},
                                  {"fiscal_start_month": 13}, {"fiscal_start_month": True}, {"fiscal_start_month": "1"}, []])  # fmt: skip
def test_the_workspace_is_not_changed_to_nonsense(root: TestClient, body: Any) -> None:
    before = root.get(f"{API}/me").json()["workspace"]
    answer = root.patch(f"{API}/workspace", json=body)
    assert answer.status_code == 422 or body == {"name": ""}
    after = root.get(f"{API}/me").json()["workspace"]
    assert after == before or body == {"name": ""}
