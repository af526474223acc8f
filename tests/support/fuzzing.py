"""Requests nobody would write by hand: words that the product knows, put together at random, with values of all kinds.

Schemathesis draws from the OpenAPI file; these draw from what the endpoints really look at, so they get further in.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from hypothesis import strategies as st

WORDS = [
    "all", "any", "not", "field", "op", "value", "eq", "ne", "in", "not_in", "gt", "lt", "between", "contains", "starts_with",
    "empty", "in_period", "period", "n", "relative", "today", "offset", "unit", "day", "who", "me", "my_team", "this_month",
    "last_n_days", "id", "ids", "filter", "values", "action", "preview", "group_by", "by", "month", "measures", "sum", "count",
    "median", "limit", "key", "type", "labels", "zh", "en", "text", "number", "money", "select", "options", "formula", "expression",
    "roll_up", "relation", "target", "object", "where", "unique", "required", "default", "scale", "min", "max", "level", "read",
    "user", "team", "amount", "currency", "CNY", "grants", "stages", "kind", "open", "won", "name", "email", "scopes", "roles",
    "mapping", "mode", "both", "create", "accept_loss", "config", "fields", "settings", "sort", "exclude", "search", "move",
]  # fmt: skip
ODD = [
    "", " ", "\u200b", "a\u0301", "\u202e", "😀", "𠮷", "%", "_", "'", '"', "\\", "0", "-1", "1e5", "01", "NaN", "null", "true",
    "2026-02-29", "2026-02-28", "2026-11-24T10:00:00", "9999-12-31", "0001-01-01", "12:00", "{amount} / 0", "{}", "((", "../x",
    "x" * 300, "1" * 40, "-0.00", "1,234.5", "12万", "+8613800138000", "a@example.com", "https://example.com", "110000",
]  # fmt: skip
NUMBERS = [0, 1, -1, 2, 5, 50, 200, 201, 10_001, 2**31, 2**63 - 1, -(2**63), 2**63, 0.1, 1.005, -1e-9, 1e20, 1e308]


@dataclass(frozen=True)
class Known:
    """What exists in the workspace that is asked: object keys, field keys, ids of records, people and the rest."""

    objects: Sequence[str]
    fields: Sequence[str]
    ids: Mapping[str, Sequence[str]]  # by the name of the path parameter


@dataclass(frozen=True)
class Asked:
    """One request: method, path below /api/v1 with its query, headers, and the body's bytes."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes | None


def values(known: Known) -> st.SearchStrategy[Any]:
    """JSON of any shape, made of known words, odd texts and numbers at their limits."""
    ids = [one for many in known.ids.values() for one in many]
    names = st.sampled_from([*WORDS, *known.fields, *known.objects])
    texts = st.one_of(names, st.sampled_from(ODD), st.sampled_from(ids), st.text(max_size=12))
    leaves = st.one_of(
        texts, st.sampled_from(NUMBERS), st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False)
    )
    leaf = st.builds(
        lambda field, op, value: {"field": field, "op": op, "value": value},
        st.sampled_from(list(known.fields)),
        names,
        leaves,
    )
    return st.recursive(
        st.one_of(leaves, leaf),
        lambda inner: st.one_of(
            st.lists(inner, max_size=4), st.dictionaries(st.one_of(names, texts), inner, max_size=5)
        ),
        max_leaves=12,
    )


def bodies(known: Known, properties: Sequence[str]) -> st.SearchStrategy[Any]:
    """A body whose keys are mostly those that the route knows."""
    anything = values(known)
    record = st.dictionaries(st.sampled_from(list(known.fields)), anything, max_size=6)
    if not properties:
        return st.one_of(record, anything)
    own = st.dictionaries(st.sampled_from(list(properties)), st.one_of(anything, record), max_size=len(properties))
    return st.one_of(own, own, own, record, anything)


def requests(described: Mapping[str, Any], known: Known) -> st.SearchStrategy[Asked]:
    """Requests to all routes of an OpenAPI description, weighted towards those that take a body."""
    routes: list[st.SearchStrategy[Asked]] = []
    for path, methods in sorted(described["paths"].items()):
        for method, operation in sorted(methods.items()):
            made = _request(method.upper(), path.removeprefix("/api/v1"), operation, described, known)
            routes += [made] * (2 if "requestBody" in operation else 1)
    return st.one_of(routes)


def _request(
    method: str, path: str, operation: Mapping[str, Any], described: Mapping[str, Any], known: Known
) -> st.SearchStrategy[Asked]:
    content = operation.get("requestBody", {}).get("content", {})
    schema = content.get("application/json", {}).get("schema", {})
    if "$ref" in schema:
        schema = described["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
    query = [p["name"] for p in operation.get("parameters", []) if p["in"] == "query"]
    takes_json = "application/json" in content

    @st.composite
    def draw_one(draw: Any) -> Asked:
        filled = path
        while "{" in filled:
            name = filled[filled.index("{") + 1 : filled.index("}")]
            good = known.ids.get(name, ["x"])
            value = draw(st.one_of(st.sampled_from(list(good)), st.sampled_from(list(good)), st.sampled_from(ODD)))
            filled = filled.replace(f"{{{name}}}", quote(value, safe="") or "x", 1)
        if query and draw(st.booleans()):
            chosen = draw(st.lists(st.sampled_from(query), max_size=3, unique=True))
            pairs = [(name, _as_text(draw(values(known)))) for name in chosen]
            filled += "?" + urlencode(pairs)
        headers: dict[str, str] = {}
        if method in ("PATCH", "DELETE"):
            headers["If-Match"] = draw(st.sampled_from(['"1"', '"2"', '"3"', "*", "x", '"0"']))
        body = None
        if takes_json:
            headers["Content-Type"] = "application/json"
            body = draw(
                st.one_of(
                    bodies(known, list(schema.get("properties", {}))).map(lambda v: json.dumps(v).encode()),
                    st.binary(max_size=20)
                    if draw(st.integers(0, 19)) == 0
                    else bodies(known, list(schema.get("properties", {}))).map(lambda v: json.dumps(v).encode()),
                )
            )
        return Asked(method, filled, headers, body)

    return draw_one()


def _as_text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)
