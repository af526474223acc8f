"""Everything that may be asked: a request for each reading route and each clause, aimed at each secret."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from rights.company import Company, Secret

BUCKET = {"date": "week", "datetime": "month"}


@dataclass(frozen=True)
class Ask:
    """One request; `route` is the path of the API's description that it belongs to."""

    method: str
    route: str
    path: str
    body: Any = None

    @property
    def text(self) -> str:
        """All that the asker sent: what the answer may repeat."""
        return self.path + json.dumps(self.body)


def get(route: str, query: Mapping[str, str] | None = None, **names: str) -> Ask:
    path = route.format(**{key: quote(value) for key, value in names.items()})
    return Ask("GET", route, f"{path}?{urlencode(query)}" if query else path)


def post(route: str, body: Any, **names: str) -> Ask:
    return Ask("POST", route, route.format(**names), body)


LIST, ONE = "/records/{object_key}", "/records/{object_key}/{record_id}"
AGGREGATE = "/records/{object_key}/aggregate"
PLAIN = ("/health", "/setup", "/me", "/users", "/teams", "/roles", "/tokens", "/sessions", "/objects", "/pipelines",
         "/configuration", "/schema-changes", "/imports", "/regions", "/workspace", "/absences", "/audit", "/design/counts",
         "/operations/jobs", "/operations/backups", "/stream", "/notices", "/desk", "/counts")  # fmt: skip
NOWHERE = "018f2b6e-7c1a-7000-8000-000000000001"


def core(company: Company, objects: Mapping[str, Mapping[str, Any]]) -> Iterator[Ask]:
    """Every route plainly, every object, every record."""
    for route in PLAIN:
        yield get(route)
    yield get("/imports/{import_id}", import_id=NOWHERE)
    for part in ("refused", "draft", "undo"):
        yield get(f"/imports/{{import_id}}/{part}", import_id=NOWHERE)
    yield get("/bulk/{bulk_id}", bulk_id=NOWHERE)
    yield get("/operations")
    yield get("/users/{user_id}/avatar", user_id=NOWHERE)
    yield get("/users/{user_id}/records", user_id=NOWHERE)
    yield get("/search", {"q": "zqa"})
    yield get("/calendar", {"from": "2026-11-01", "to": "2026-11-30"})
    for key, fields in objects.items():
        yield get(LIST, {"total": "true"}, object_key=key)
        yield get(LIST, {"bin": "true", "total": "true"}, object_key=key)
        yield get("/records/{object_key}/export", {"format": "csv"}, object_key=key)
        yield get("/records/{object_key}/lookup", {"q": ""}, object_key=key)
        yield get("/views", {"object": key})
        yield get("/views/counts", {"object": key})
        yield post("/records/{object_key}/narrowing", {"filter": {}, "search": "zqa"}, object_key=key)
        yield get("/records/{object_key}/duplicates", object_key=key)
        yield get("/objects/{object_key}", object_key=key)
        for part in ("uses", "rights", "draft"):
            yield get(f"/objects/{{object_key}}/{part}", object_key=key)
        for name in list(fields)[:3]:
            yield get("/objects/{object_key}/fields/{field_key}/uses", object_key=key, field_key=name)
        yield get("/pipelines/counts", {"object": key})
        yield post(AGGREGATE, {}, object_key=key)
        yield get("/records/{object_key}/stays", object_key=key)
        relations = [name for name, one in fields.items() if one["type"] == "relation"][:4]
        for relation in relations:
            yield get(LIST, {"expand": relation}, object_key=key)
    yield get("/records/{object_key}/export", {"format": "xlsx"}, object_key="opportunity")
    for object_key, record_id in company.records.values():
        names = {"object_key": object_key, "record_id": record_id}
        yield get(ONE, **names)
        yield get(ONE + "/timeline", **names)
        yield get(ONE + "/shares", **names)
        yield get(ONE + "/path", **names)
        yield get(ONE + "/conversion", **names)
        yield get("/access/explain", {"user": NOWHERE, "object": object_key, "record": record_id})
        others = [one for at, one in company.records.values() if at == object_key and one != record_id][:9]
        yield get(ONE + "/merge", {"others": ",".join(others)}, **names)
        yield get(ONE, {"bin": "true"}, **names)
        yield post(
            "/records/{object_key}/bulk",
            {"ids": [record_id], "action": "delete", "preview": True},
            object_key=object_key,
        )
    yield get("/files", {"ids": ",".join(company.files.values())})
    for file_id in company.files.values():
        yield get("/files/{file_id}", file_id=file_id)


def aimed(company: Company, objects: Mapping[str, Mapping[str, Any]], secret: Secret) -> Iterator[Ask]:
    """Every clause that could tell something of one secret."""
    yield get("/search", {"q": secret.text})
    if secret.object_key not in objects:
        for path in ("owner.email", "created_by.email"):
            leaf = {"field": path, "op": "starts_with", "value": secret.text}
            yield from clauses("opportunity", path, leaf)
        return
    key, name = secret.object_key, secret.field_key
    yield from clauses(key, name, leaf_of(name, secret))
    yield get(LIST, {"search": secret.text, "total": "true"}, object_key=key)
    yield get(LIST, {"fields": name}, object_key=key)
    yield get("/records/{object_key}/lookup", {"q": secret.text}, object_key=key)
    yield post("/records/{object_key}/duplicates", {"values": {name: secret.text}}, object_key=key)
    yield get(
        "/records/{object_key}/export", {"filter": json.dumps(leaf_of(name, secret)), "fields": name}, object_key=key
    )
    if secret.record in company.records:
        record_id = company.records[secret.record][1]
        yield get(ONE + "/history", {"field": name}, object_key=key, record_id=record_id)
        yield get(ONE, {"fields": name}, object_key=key, record_id=record_id)
    for holder, fields in objects.items():
        for relation, one in fields.items():
            if one.get("target") != key:
                continue
            if secret.record in company.records:
                record_id = company.records[secret.record][1]
                many = one["type"] == "relation_many"
                leaf = {
                    "field": relation,
                    "op": "contains_any" if many else "eq",
                    "value": [record_id] if many else record_id,
                }
                yield get(LIST, {"filter": json.dumps(leaf), "total": "true"}, object_key=holder)
            if one["type"] == "relation":
                path = f"{relation}.{name}"
                yield from clauses(holder, path, leaf_of(path, secret))
                yield get(LIST, {"expand": relation, "sort": path}, object_key=holder)
                yield post(AGGREGATE, {"group_by": [{"field": relation}]}, object_key=holder)


def leaf_of(path: str, secret: Secret) -> dict[str, Any]:
    if secret.text[0] == "z":
        return {"field": path, "op": "contains", "value": secret.text}
    return {"field": path, "op": "gte", "value": secret.text}


def clauses(key: str, path: str, leaf: Mapping[str, Any]) -> Iterator[Ask]:
    where = json.dumps(leaf)
    yield get(LIST, {"filter": where, "total": "true"}, object_key=key)
    yield get(LIST, {"filter": json.dumps({"not": leaf}), "total": "true"}, object_key=key)
    yield get(LIST, {"filter": json.dumps({"field": path, "op": "empty"}), "total": "true"}, object_key=key)
    yield get(LIST, {"sort": path}, object_key=key)
    yield get(LIST, {"sort": f"-{path}", "limit": "1"}, object_key=key)
    yield post(AGGREGATE, {"group_by": [{"field": path}]}, object_key=key)
    measures = [
        {"op": op, "field": path}
        for op in (("count", "distinct") if leaf["op"] == "contains" else ("sum", "min", "max", "median"))
    ]
    yield post(AGGREGATE, {"measures": measures}, object_key=key)
    yield post(AGGREGATE, {"filter": leaf}, object_key=key)
    yield post("/records/{object_key}/words", {"filter": leaf}, object_key=key)
    yield post("/records/{object_key}/narrowing", {"filter": {"all": [leaf, leaf]}}, object_key=key)


def asks(company: Company, objects: Mapping[str, Mapping[str, Any]], role: str, probes: int) -> list[Ask]:
    """All plain requests, and so many aimed ones: the same for the same role every time."""
    every = [ask for secret in company.secrets for ask in aimed(company, objects, secret)]
    every = list({ask.text: ask for ask in every}.values())
    chosen = every if probes >= len(every) else random.Random(role).sample(every, probes)
    return [*core(company, objects), *chosen]
