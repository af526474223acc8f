"""A sales company with a secret in every row and field that some role may not see.

The workspace is the sales starter's. Each secret is a word or a number that stands nowhere else; `secrets_of(role)`
says which of them a role may not learn, `changed_for(role)` what has to be written otherwise to get a second company
that this role cannot tell from the first. Both follow the manual's page on rights, not the code that is tested.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from fastapi import FastAPI
from starlette.testclient import TestClient

from dealwright.access.tables import dw_share
from dealwright.app import create_app
from dealwright.foundation.clock import FixedClock
from dealwright.foundation.ids import new_id
from dealwright.foundation.settings import Settings
from dealwright.model import schema_of
from dealwright.model import service as model
from dealwright.people import actor_of, roles, service, sessions
from dealwright.people.tables import dw_user
from dealwright.records.shapes import Change
from dealwright.records.tables import dw_file
from dealwright.starters import service as starters

API = "/api/v1"
# Who may not see a secret: its field is sensitive, an amount or personal; its row lies with the team North.
SENSITIVE, AMOUNT, PERSONAL, NORTH, PEOPLE, COLLEAGUE = (
    "sensitive",
    "amount",
    "personal",
    "north",
    "people",
    "colleague",
)
HIDDEN: Mapping[str, frozenset[str]] = {
    "administrator": frozenset(),
    "designer": frozenset({SENSITIVE, AMOUNT, PERSONAL, NORTH, PEOPLE, COLLEAGUE, "plain"}),
    "manager": frozenset({SENSITIVE, NORTH, PEOPLE}),
    "seller": frozenset({SENSITIVE, NORTH, PEOPLE, COLLEAGUE}),
    "assistant": frozenset({SENSITIVE, AMOUNT, NORTH, PEOPLE}),
    "analyst": frozenset({SENSITIVE, PERSONAL, PEOPLE}),
    # tokens of the seller, narrowed by their scopes
    "reading token": frozenset({SENSITIVE, NORTH, PEOPLE, COLLEAGUE}),
    "exporting token": frozenset({SENSITIVE, AMOUNT, PERSONAL, NORTH, PEOPLE, COLLEAGUE, "plain"}),
}
ROLES = tuple(role for role in HIDDEN if role != "administrator")
PEOPLE_OF = {
    "administrator": "administrator", "designer": "designer", "manager": "sales_manager", "seller": "salesperson",
    "assistant": "assistant", "analyst": "analyst",
}  # fmt: skip


@dataclass(frozen=True)
class Secret:
    """One value: the words or digits by which it is recognised, and what hides it from somebody."""

    text: str
    object_key: str
    record: str
    field_key: str
    hidden_by: frozenset[str]


@dataclass
class Company:
    """Addresses, people's tokens, records by name, and all secrets."""

    tokens: dict[str, str] = field(default_factory=dict)
    users: dict[str, str] = field(default_factory=dict)
    records: dict[str, tuple[str, str]] = field(default_factory=dict)
    hidden_by: dict[str, frozenset[str]] = field(default_factory=dict)
    secrets: list[Secret] = field(default_factory=list)
    files: dict[str, str] = field(default_factory=dict)
    share_id: str = ""

    def secrets_of(self, role: str) -> list[str]:
        """Texts that must not reach a role: values, and ids of records out of its sight."""
        reasons = HIDDEN[role]
        mine = "seller" if role.endswith("token") else role
        texts = [s.text for s in self.secrets if s.hidden_by & reasons and (s.object_key, s.record) != ("user", mine)]
        return texts + [self.records[name][1] for name, why in self.hidden_by.items() if why & reasons]


def word(number: int) -> str:
    return f"zqa{number:05d}x"


def amount(number: int) -> str:
    return f"73{number:05d}7.00"


def digits(text: str) -> str:
    """By what an amount is recognised however it is written."""
    return text.removesuffix(".00")


def open_app(url: str, folder: Path, clock: FixedClock) -> FastAPI:
    return create_app(Settings(url, folder), clock, worker=False)


def client(app: FastAPI, token: str) -> TestClient:
    headers = {"Authorization": f"Bearer {token}", "X-Request-Id": "r", "Accept-Language": "en"}
    return TestClient(app, headers=headers, raise_server_exceptions=True)


class Builder:
    """Builds the company through the product's own write path."""

    def __init__(self, app: FastAPI) -> None:
        self.services = app.state.services
        self.db, self.path = self.services.db, self.services.extras["write_path"]
        self.company = Company()
        self.number = 0

    def build(self) -> Company:
        with self.db.ddl() as uow:
            starters.apply_named(uow, None, "sales")
        self._fields()
        self._people()
        self._records()
        self._around()
        return self.company

    def _fields(self) -> None:
        def labels(text: str) -> dict[str, str]:
            return {"zh": text, "en": text}

        def total(key: str, over: str) -> dict[str, Any]:
            return {"key": key, "type": "roll_up", "labels": labels(key), "object": "opportunity", "relation": "account",
                    "op": "sum", "field": over}  # fmt: skip

        with self.db.ddl() as uow:
            model.add_field(
                uow,
                "opportunity",
                {"key": "deal_cost", "type": "money", "labels": labels("Deal cost"), "sensitive": True},
            )
            expression = "coalesce({deal_cost}, 0) + 0"
            model.add_field(uow, "opportunity", {"key": "cost_again", "type": "formula", "labels": labels("Cost again"),
                                                 "result": "number", "expression": expression})  # fmt: skip
            model.add_field(
                uow,
                "opportunity_lines",
                {"key": "line_cost", "type": "money", "labels": labels("Line cost"), "sensitive": True},
            )
            model.add_field(
                uow, "opportunity", {"key": "papers", "type": "file", "labels": labels("Papers"), "sensitive": True}
            )
            model.add_field(uow, "account", total("cost_total", "deal_cost"))
            model.add_field(uow, "account", total("deal_total", "amount"))

    def _people(self) -> None:
        company = self.company
        with self.db.write() as uow:
            teams = {name: service.create_team(uow, name) for name in ("South", "North")}
            members = {**PEOPLE_OF, "colleague": "salesperson", "stranger": "salesperson"}
            for name, role in members.items():
                self.number += 1
                email = f"{word(self.number)}@example.com"
                user_id = service.create_user(uow, email, name.capitalize())
                # past the password, whose hashing takes longer than all the rest
                uow.conn.execute(sa.update(dw_user).where(dw_user.c.id == user_id).values(status="active", locale="en"))
                roles.set_roles(uow, user_id, [role])
                if name not in ("administrator", "designer", "analyst"):
                    service.set_teams(uow, user_id, [teams["North" if name == "stranger" else "South"]])
                company.users[name] = user_id
                company.secrets.append(Secret(word(self.number), "user", name, "email", frozenset({PEOPLE})))
            service.change_team(uow, teams["South"], {"manager": company.users["manager"]})
            for name in PEOPLE_OF:
                company.tokens[name] = sessions.create_token(uow, company.users[name], name, None)[1]
            for name, scopes in (("reading token", ["read"]), ("exporting token", ["export", "import", "design"])):
                company.tokens[name] = sessions.create_token(uow, company.users["seller"], name, scopes)[1]

    # ── records ──

    def secret(self, object_key: str, record: str, field_key: str, why: set[str], *, kind: str = "word") -> str:
        self.number += 1
        row = self.company.hidden_by.get(record, frozenset())
        value = word(self.number) if kind == "word" else amount(self.number)
        text = word(self.number) if kind == "word" else digits(value)
        self.company.secrets.append(Secret(text, object_key, record, field_key, frozenset(why) | row))
        return value

    def save(self, owner: str, object_key: str, record: str, row: set[str], /, **values: Any) -> str:
        self.company.hidden_by[record] = frozenset(row)
        filled = {key: value() if callable(value) else value for key, value in values.items()}
        with self.db.write() as uow:
            actor = actor_of(uow, self.company.users["administrator"])
            filled["owner"] = self.company.users[owner]
            saved = self.path.save(uow, actor, Change("create", object_key, None, filled))
        self.company.records[record] = (object_key, saved.record_id)
        return str(saved.record_id)

    def _records(self) -> None:
        places = (("own", "seller", set()), ("team", "colleague", {COLLEAGUE}), ("far", "stranger", {NORTH, COLLEAGUE}))
        product = self.save(
            "administrator", "product", "product", {NORTH, COLLEAGUE}, name=lambda: self.secret("product", "product", "name", set()),
            cost=lambda: self.secret("product", "product", "cost", {SENSITIVE, AMOUNT}, kind="number"),
            list_price=lambda: self.secret("product", "product", "list_price", {AMOUNT}, kind="number"),
        )  # fmt: skip
        for place, owner, row in places:
            self.place(place, owner, row, product)
        far = self.company.records["far account"][1]
        self.save("seller", "task", "own task", set(), title="Call", related_to={"object": "account", "id": far})
        self.save("seller", "opportunity", "own deal of a far account", set(), name="Far away", account=far,
                  campaign=self.company.records["far campaign"][1])  # fmt: skip
        self.save("seller", "activity", "own activity", set(), subject="Met", contacts=[self.company.records["far contact"][1],
                  self.company.records["own contact"][1]])  # fmt: skip
        # a deal of the other team on one's own account: its amount stays out of the account's totals
        self.company.hidden_by["far deal of an own account"] = frozenset({NORTH, COLLEAGUE})
        self.save("stranger", "opportunity", "far deal of an own account", {NORTH, COLLEAGUE},
                  name=lambda: self.secret("opportunity", "far deal of an own account", "name", set()),
                  account=self.company.records["own account"][1],
                  amount=lambda: self.secret("opportunity", "far deal of an own account", "amount", {AMOUNT}, kind="number"))  # fmt: skip

    def place(self, place: str, owner: str, row: set[str], product: str) -> None:
        def s(object_key: str, key: str, *why: str, kind: str = "word") -> Any:
            return lambda: self.secret(
                object_key, f"{place} {NAMES[object_key]}", key, {*why, *row} or {"plain"}, kind=kind
            )

        campaign = self.save(owner, "campaign", f"{place} campaign", row, name=s("campaign", "name"))
        account = self.save(
            owner, "account", f"{place} account", row, name=s("account", "name"), bank_account=s("account", "bank_account", SENSITIVE),
            credit_limit=s("account", "credit_limit", AMOUNT, kind="number"), tags=["vip"],
        )  # fmt: skip
        contact = self.save(
            owner, "contact", f"{place} contact", row, name=s("contact", "name"), account=account,
            email=lambda: s("contact", "email", PERSONAL)() + "@example.com", wechat=s("contact", "wechat", PERSONAL),
        )  # fmt: skip
        lines = [{"product": product, "quantity": "1", "price": s("opportunity", "lines", AMOUNT, kind="number")(),
                  "line_cost": s("opportunity", "lines", SENSITIVE, AMOUNT, kind="number")()}]  # fmt: skip
        deal = self.save(
            owner, "opportunity", f"{place} deal", row, name=s("opportunity", "name"), account=account, main_contact=contact,
            amount=s("opportunity", "amount", AMOUNT, kind="number"), lines=lines, campaign=campaign, close_date="2026-12-01",
            deal_cost=s("opportunity", "deal_cost", SENSITIVE, AMOUNT, kind="number"), next_step=s("opportunity", "next_step"),
        )  # fmt: skip
        self.save(
            owner, "contract", f"{place} contract", row, name=s("contract", "name"), account=account, opportunity=deal
        )
        self.save(owner, "lead", f"{place} lead", row, name=s("lead", "name"), mobile="13800138" + str(700 + len(row)))
        self.change(f"{place} deal", deal_cost=s("opportunity", "deal_cost", SENSITIVE, AMOUNT, kind="number")())
        self.change(f"{place} account", bank_account=s("account", "bank_account", SENSITIVE)())
        self._file(f"{place} deal", s("opportunity", "papers", SENSITIVE)())

    def change(self, record: str, /, **values: Any) -> None:
        object_key, record_id = self.company.records[record]
        with self.db.write() as uow:
            actor = actor_of(uow, self.company.users["administrator"])
            self.path.save(uow, actor, Change("update", object_key, record_id, values))

    def _file(self, record: str, name: str) -> None:
        import io

        stored = self.services.extras["files"].save(io.BytesIO(name.encode()), 1_000)
        file_id = new_id()
        with self.db.write() as uow:
            row = {"id": file_id, "stored_key": stored.key, "name": f"{name}.txt", "size": stored.size, "sha256": stored.sha256,
                   "mime": "text/plain", "uploaded_by_id": self.company.users["administrator"], "uploaded_at": uow.now,
                   "is_public": False}  # fmt: skip
            uow.conn.execute(sa.insert(dw_file).values(row))
        self.change(record, papers=[file_id])
        self.company.files[record] = file_id

    def _around(self) -> None:
        """What surrounds records: a share, a bin, a view that names a hidden field."""
        company = self.company
        shared = self.save("stranger", "account", "shared account", set(), name="Shared with the south",
                           bank_account=lambda: self.secret("account", "shared account", "bank_account", {SENSITIVE}))  # fmt: skip
        company.hidden_by["shared account"] = frozenset()
        with self.db.write() as uow:
            company.share_id = new_id()
            for number, name in enumerate(("seller", "manager", "assistant")):
                uow.conn.execute(
                    sa.insert(dw_share).values(
                        id=company.share_id if not number else new_id(), object_key="account", record_id=shared,
                        user_id=company.users[name], level="read", by_id=company.users["stranger"], created_at=uow.now,
                    )
                )  # fmt: skip
        for place, owner, row in (("own", "seller", set()), ("far", "stranger", {NORTH, COLLEAGUE})):
            name = f"{place} binned account"
            self.save(
                owner, "account", name, row, name=lambda name=name: self.secret("account", name, "name", {"plain"})
            )
            object_key, record_id = company.records[name]
            with self.db.write() as uow:
                self.path.save(
                    uow, actor_of(uow, company.users["administrator"]), Change("delete", object_key, record_id)
                )
        text = self.secret("view", "view", "filter", {SENSITIVE})
        where = {"field": "bank_account", "op": "eq", "value": text}
        with self.db.write() as uow:
            from dealwright.records.views import dw_view

            uow.conn.execute(
                sa.insert(dw_view).values(
                    id=new_id(), key=None, object_key="account", labels={"zh": "B", "en": "B"},
                    owner_id=company.users["administrator"], is_shared=True, is_default=False, filter=where, sort="name",
                    settings={"columns": ["name", "bank_account"]}, position=1, created_at=uow.now,
                )
            )  # fmt: skip
        with self.db.read() as uow:
            assert schema_of(uow).object("opportunity").fields["cost_again"].type == "formula"


NAMES = {
    "account": "account",
    "contact": "contact",
    "opportunity": "deal",
    "contract": "contract",
    "lead": "lead",
    "campaign": "campaign",
}
