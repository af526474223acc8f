"""The OpenAPI file describes every route, and real answers are as it says."""

from __future__ import annotations

from typing import Any

import pytest
from jsonschema_rs import Draft202012Validator

from dealwright.description.operations import OPERATIONS, WITHOUT_CONTENT
from support.office import Office


@pytest.fixture
def described(office: Office) -> dict[str, Any]:
    found: dict[str, Any] = office.client.get("/api/v1/openapi.json").json()
    return found


def test_every_route_says_what_it_takes_and_what_it_gives(described: dict[str, Any]) -> None:
    routes = {
        f"{method.upper()} {path.removeprefix('/api/v1')}": operation
        for path, methods in described["paths"].items()
        for method, operation in methods.items()
    }
    assert set(routes) - set(OPERATIONS) - WITHOUT_CONTENT == set(), "routes that nobody described"
    assert (set(OPERATIONS) | WITHOUT_CONTENT) - set(routes) == set(), "descriptions of routes that are gone"
    for name, operation in routes.items():
        first = next(iter(operation["responses"].values()))
        assert name in WITHOUT_CONTENT or name == "DELETE /session" or first.get("content"), name
        assert "application/problem+json" in operation["responses"]["default"]["content"], name


def test_every_name_that_is_referred_to_exists(described: dict[str, Any]) -> None:
    def refs(node: Any) -> set[str]:
        if isinstance(node, dict):
            own = {node["$ref"]} if isinstance(node.get("$ref"), str) else set()
            return own.union(*(refs(value) for value in node.values()))
        return set().union(*(refs(value) for value in node)) if isinstance(node, list) else set()

    known = {f"#/components/schemas/{name}" for name in described["components"]["schemas"]}
    assert refs(described) - known == set()


def test_real_answers_are_as_described(office: Office, described: dict[str, Any]) -> None:
    account = office.make("account", name="Described Ltd")
    deal = office.make("opportunity", name="Deal", account=account["id"], amount="5.00")
    user = office.send("GET", "/me").json()["user"]["id"]
    deal_path, whole = f"/records/opportunity/{deal['id']}", "/records/{object_key}/{record_id}"
    calls: list[tuple[str, str, str, Any]] = [
        ("GET", "/health", "/health", None), ("GET", "/setup", "/setup", None), ("GET", "/me", "/me", None),
        ("GET", "/sessions", "/sessions", None), ("GET", "/users", "/users", None), ("GET", "/teams", "/teams", None),
        ("GET", "/roles", "/roles", None), ("GET", "/tokens", "/tokens", None), ("GET", "/objects", "/objects", None),
        ("GET", "/objects/account", "/objects/{object_key}", None), ("GET", "/schema-changes", "/schema-changes", None),
        ("GET", "/regions", "/regions", None), ("GET", "/views?object=account", "/views", None), ("GET", "/pipelines", "/pipelines", None),
        ("GET", "/imports", "/imports", None), ("GET", "/search?q=Described", "/search", None),
        ("GET", "/records/opportunity?total=true", "/records/{object_key}", None), ("GET", deal_path, whole, None),
        ("GET", "/records/opportunity/stays", "/records/{object_key}/stays", None), ("GET", "/calendar?from=2026-11-01&to=2026-11-30", "/calendar", None),
        ("GET", f"{deal_path}/path", f"{whole}/path", None), ("GET", f"{deal_path}/timeline", f"{whole}/timeline", None),
        ("GET", f"{deal_path}/history?field=amount", f"{whole}/history", None), ("GET", f"{deal_path}/shares", f"{whole}/shares", None),
        ("GET", "/records/account/lookup?q=Des", "/records/{object_key}/lookup", None),
        ("POST", "/records/account", "/records/{object_key}", {"name": "Another"}),
        ("POST", "/records/account", "/records/{object_key}", {"name": ""}),
        ("POST", "/records/opportunity/aggregate", "/records/{object_key}/aggregate", {"group_by": [{"field": "stage"}], "measures": [{"op": "sum", "field": "amount"}]}),
        ("POST", "/records/opportunity/words", "/records/{object_key}/words", {"filter": {"field": "amount", "op": "gt", "value": 1}}),
        ("POST", "/records/account/duplicates", "/records/{object_key}/duplicates", {"values": {"name": "Described Ltd"}}),
        ("POST", "/records/account/bulk", "/records/{object_key}/bulk", {"ids": [account["id"]], "values": {"short_name": "D"}}),
        ("POST", "/records/account/bulk", "/records/{object_key}/bulk", {"ids": [account["id"]], "action": "delete", "preview": True}),
        ("POST", f"{deal_path}/shares", f"{whole}/shares", {"user": user, "level": "read"}),
        ("POST", "/objects/account/fields", "/objects/{object_key}/fields", {"type": "text", "labels": {"zh": "新", "en": "Described"}}),
        ("POST", "/objects/account/fields/short_name/type-preview", "/objects/{object_key}/fields/{field_key}/type-preview", {"type": "long_text"}),
        ("PATCH", "/objects/account/fields/short_name", "/objects/{object_key}/fields/{field_key}", {"labels": {"zh": "简称", "en": "Short"}}),
        ("POST", "/teams", "/teams", {"name": "Described"}), ("PATCH", "/me", "/me", {"name": "Admin"}),
        ("GET", "/records/nothing", "/records/{object_key}", None), ("POST", "/configuration/diff", "/configuration/diff", {}),
    ]  # fmt: skip
    wrong = {}
    for method, path, route, body in calls:
        answer = office.send(method, path, body)
        operation = described["paths"][f"/api/v1{route}"][method.lower()]
        told = operation["responses"].get(str(answer.status_code)) or operation["responses"]["default"]
        kind = answer.headers["content-type"].split(";")[0]
        assert kind in told["content"], (method, path, answer.status_code, answer.text[:200])
        schema = {**told["content"][kind]["schema"], "components": described["components"]}
        errors = [
            f"{list(e.instance_path)}: {e.message[:200]}"
            for e in Draft202012Validator(schema).iter_errors(answer.json())
        ]
        sent = operation.get("requestBody")
        if body is not None and answer.status_code < 300:
            schema = {**sent["content"]["application/json"]["schema"], "components": described["components"]}
            errors += [f"body {e.message[:200]}" for e in Draft202012Validator(schema).iter_errors(body)]
        if errors:
            wrong[f"{method} {path}"] = errors[:3]
    assert wrong == {}
