"""What is measured: the requests of each operation, in as many variants as keep a cache from answering for all."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from bench import dataset

API = "/api/v1/records"
COLUMNS = "name,account,stage,amount,probability,close_date,next_step,owner"


@dataclass(frozen=True)
class Call:
    """One request to the product, without the credentials."""

    method: str
    path: str
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)

    def wire(self, token: str) -> str:
        """The bytes (as latin-1 text) to send."""
        payload = b"" if self.body is None else json.dumps(self.body, ensure_ascii=False).encode()
        head = [f"{self.method} {self.path} HTTP/1.1", "Host: bench", f"Authorization: Bearer {token}"]
        head += [f"{name}: {value}" for name, value in self.headers.items()]
        if self.body is not None:
            head += ["Content-Type: application/json", f"Content-Length: {len(payload)}"]
        return ("\r\n".join(head) + "\r\n\r\n").encode().decode("latin-1") + payload.decode("latin-1")


@dataclass(frozen=True)
class Operation:
    """key, title, the calls, who makes them, and the figures to reach (issue "Figures to reach")."""

    key: str
    title: str
    calls: list[Call]
    who: str = "director"
    of_limit: float | None = None
    cpu_ms: float | None = None
    statements: int | None = None
    has_limit: bool = True
    again: bool = True
    limit_calls: list[Call] | None = None


def listing(where: Any, sort: str, fields: str = COLUMNS, **more: str) -> str:
    """The path of a list of opportunities."""
    return f"{API}/opportunity?" + urlencode(
        {"filter": json.dumps(where), "sort": sort, "fields": fields, "limit": "50", **more}
    )


def reads(record_ids: list[str]) -> list[Operation]:
    """Operations that change nothing."""
    months = [(dataset.TODAY - timedelta(days=30 * n)).replace(day=1) for n in range(2, 42)]
    spans = [
        {"field": "close_date", "op": "between", "value": [m.isoformat(), (m + timedelta(days=40)).isoformat()]}
        for m in months
    ]
    open_ = {"field": "stage", "op": "not_in", "value": ["won", "lost"]}
    words = [first + second for first in dataset.FIRST[:8] for second in dataset.SECOND[:5]]
    by_month = {
        "group_by": [{"field": "stage"}, {"field": "close_date", "by": "month"}],
        "measures": [{"op": "count"}, {"op": "sum", "field": "amount"}],
    }
    by_trade = {
        "group_by": [{"field": "account.industry"}],
        "measures": [{"op": "count"}, {"op": "sum", "field": "amount"}],
    }
    amounts = range(1_200_000, 1_900_000, 20_000)
    return [
        Operation("list_indexed", "list, 50 rows with joined names, filtered and sorted on an index",
            [Call("GET", listing(span, "close_date")) for span in spans], of_limit=0.45, cpu_ms=3, statements=2),
        Operation("list_view", "list of the default view (open deals by close date)", [Call("GET", listing(open_, "close_date"))],
            of_limit=0.45, cpu_ms=3, statements=2),
        Operation("list_seller", "the same for a salesperson (own rows)", [Call("GET", listing(open_, "close_date"))], who="seller",
            cpu_ms=3, statements=2, has_limit=False),
        Operation("list_unindexed", "list, filtered and sorted without an index",
            [Call("GET", listing({"field": "amount", "op": "gt", "value": str(n)}, "-amount")) for n in amounts], cpu_ms=20, statements=2),
        Operation("list_offered", "the same with the index that it offered",
            [Call("GET", listing({"field": "amount", "op": "gt", "value": str(n)}, "-amount")) for n in amounts],
            of_limit=0.45, cpu_ms=3, statements=2),
        Operation("read_one", "read one", [Call("GET", f"{API}/opportunity/{one}") for one in record_ids],
            of_limit=0.45, cpu_ms=1.2, statements=2),
        Operation("by_month", "count and sum by stage × month", [Call("POST", f"{API}/opportunity/aggregate", by_month)],
            of_limit=1.0, cpu_ms=25, statements=2),
        Operation("by_industry", "count and sum by account industry (joined)", [Call("POST", f"{API}/opportunity/aggregate", by_trade)],
            of_limit=1.0, cpu_ms=40, statements=2),
        Operation("search", "search by part of a name, 2 Chinese characters",
            [Call("GET", f"{API}/account?" + urlencode({"search": w, "limit": "50", "fields": "name,industry,tier,phone,owner"})) for w in words],
            of_limit=0.40, cpu_ms=2.5, statements=2),
    ]  # fmt: skip


def creates(accounts: list[str], count: int) -> Operation:
    """New opportunities, each with a name of its own."""
    chance = random.Random(dataset.SEED + 9)
    calls = [
        Call("POST", f"{API}/opportunity", {
            "name": f"新商机{place:06d}{chance.choice(dataset.WISHES)}", "account": chance.choice(accounts), "amount": "125000.00",
            "close_date": "2027-02-28", "source": "exhibition", "next_step": "电话回访",
        })
        for place in range(count)
    ]  # fmt: skip
    bare = [Call("POST", "/create", call.body) for call in calls]
    return Operation(
        "create",
        "create, with history and outbox",
        calls,
        of_limit=0.30,
        cpu_ms=2.5,
        statements=5,
        again=False,
        limit_calls=bare,
    )


def moves(record_ids: list[str]) -> Operation:
    """Stage changes: a record of version 1 is moved once, so no two requests meet."""
    half = len(record_ids) // 2
    calls = [
        Call("PATCH", f"{API}/opportunity/{one}?channel=board", {"stage": "negotiation"}, {"If-Match": '"1"'})
        for one in record_ids[:half]
    ]
    bare = [Call("PATCH", f"/stage/{one}", {"stage": "negotiation"}) for one in record_ids[half:]]
    return Operation(
        "change_stage",
        "change stage, with history and stage log",
        calls,
        of_limit=0.30,
        cpu_ms=2.5,
        statements=6,
        again=False,
        limit_calls=bare,
    )
