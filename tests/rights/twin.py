"""A company equal to another one except for what one role may not see: other words, other amounts, a record less."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from fastapi import FastAPI

from dealwright.model import schema_of
from dealwright.people.tables import dw_user
from dealwright.records.search.tables import dw_search
from dealwright.records.tables import dw_file, dw_history
from dealwright.records.views import dw_view
from rights.company import COLLEAGUE, HIDDEN, NORTH, SENSITIVE, Company


def other(text: str) -> str:
    """The secret that the twin has in the place of one."""
    return "zqb" + text[3:] if text.startswith("zqa") else "74" + text[2:]


def change_what_is_hidden(app: FastAPI, company: Company, role: str) -> None:
    """Write otherwise whatever a role may not see, past the product: neither versions nor times may differ."""
    reasons = HIDDEN[role]
    hidden = set(company.secrets_of(role))
    pairs = {s.text: other(s.text) for s in company.secrets if s.text in hidden}
    db = app.state.services.db
    with db.write() as uow:
        schema = schema_of(uow)
        tables = [(obj.table, obj.table.c.id) for obj in schema.objects.values()]
        tables += [(t, t.c.id) for t in (dw_history, dw_file, dw_view, dw_user)]
        for table, key in tables:
            for row in list(uow.conn.execute(sa.select(table)).mappings()):
                changed = {name: new for name, old in row.items() if (new := rewritten(old, pairs)) != old}
                if changed:
                    uow.conn.execute(sa.update(table).where(key == row[key.name]).values(changed))
        for found in list(uow.conn.execute(sa.select(dw_search)).mappings()):
            tokens = rewritten(found["tokens"], pairs)
            if tokens != found["tokens"]:
                uow.conn.execute(sa.delete(dw_search).where(dw_search.c.id == found["id"]))
                uow.conn.execute(sa.insert(dw_search).values({**found, "tokens": tokens}))
        account = schema.object("account").table
        if SENSITIVE in reasons:
            uow.conn.execute(sa.update(account).values(cost_total=sa.func.coalesce(account.c.cost_total, 0) + 5))
        if NORTH in reasons or COLLEAGUE in reasons:
            uow.conn.execute(sa.update(account).values(deal_total=sa.func.coalesce(account.c.deal_total, 0) + 5))
        if NORTH in reasons:
            # one's own records that lead out of sight lead to another place out of sight
            far, elsewhere = (company.records[f"far {name}"][1] for name in ("account", "binned account"))
            for key, name in (("opportunity", "account_id"), ("task", "related_to_id")):
                table = schema.object(key).table
                moved = sa.update(table).where(table.c[name] == far).values({name: elsewhere})
                uow.conn.execute(moved)
            lead, gone = schema.object("lead").table, company.records["far lead"][1]
            uow.conn.execute(sa.delete(dw_search).where(dw_search.c.record_id == gone))
            uow.conn.execute(sa.delete(lead).where(lead.c.id == gone))


def rewritten(value: Any, pairs: Mapping[str, str]) -> Any:
    """A value with the secrets of the twin in it."""
    if isinstance(value, Decimal):
        text = format(value, "f").split(".")[0]
        return value + Decimal(int(pairs[text]) - int(text)) if text in pairs else value
    if isinstance(value, (dict, list)):
        text = json.dumps(value, ensure_ascii=False)
        return json.loads(_replaced(text, pairs))
    return _replaced(value, pairs) if isinstance(value, str) else value


def _replaced(text: str, pairs: Mapping[str, str]) -> str:
    if "zqa" in text or "73" in text:
        for old, new in pairs.items():
            text = text.replace(old, new)
    return text
