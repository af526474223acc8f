"""A condition in words over HTTP: in the reader's language, naming only what the reader may see."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from dealwright.foundation.texts import files_of
from dealwright.people.tables import dw_user
from world import Person, World


def said(person: Person, where: Any, object_key: str = "opportunity") -> Any:
    return person.http.post(f"/records/{object_key}/words", {"filter": where}).json()


def test_records_and_people_are_called_by_their_names(world: World) -> None:
    acme = world.account(world.seller, name="Acme")
    where = {"all": [{"field": "account", "op": "in", "value": [acme.id]},
                     {"field": "owner", "op": "ne", "value": world.manager.id}]}  # fmt: skip

    assert said(world.seller, where)["text"] == "Account is Acme and Owner is not Manager"


def test_the_reader_gets_the_reader_s_language(world: World) -> None:
    seller = world.seller
    with world.db.write() as uow:
        uow.conn.execute(sa.update(dw_user).where(dw_user.c.id == seller.id).values(locale="zh-CN"))
    where = {"any": [{"field": "owner", "op": "eq", "value": {"who": "me"}}, {"field": "owner", "op": "empty"}]}

    body = said(seller, where)
    assert body["text"] == "负责人是我，或者负责人为空"
    assert [part["text"] for part in body["parts"] if part["strong"]] == ["我", "为空"]


def test_a_record_out_of_sight_is_not_named(world: World) -> None:
    secret = world.account(world.colleague, name="Secret plc")
    where = {"field": "account", "op": "eq", "value": secret.id}

    assert said(world.seller, where)["text"] == "Account is a record"
    assert said(world.colleague, where)["text"] == "Account is Secret plc"


def test_a_hidden_field_is_unknown(world: World) -> None:
    where = {"field": "secret_cost", "op": "gt", "value": "1"}

    assert said(world.seller, where, "account")["code"] == said(world.seller, {"field": "x"}, "account")["code"]
    assert said(world.admin, where, "account")["text"] == "Secret cost is above 1"


def test_a_wrong_condition_is_refused(world: World) -> None:
    for body in ([], {"filter": {"field": "name", "op": "like"}}, {"where": {}}):
        assert world.seller.http.post("/records/opportunity/words", body).status_code == 422
    assert world.seller.http.post("/records/nothing/words", {"filter": {}}).status_code == 404
    assert said(world.seller, {}) == {"text": "", "parts": []}


def test_the_browser_has_the_same_texts() -> None:
    web = Path(__file__).parents[2] / "web" / "src" / "i18n"
    for language, folder in (("zh", "zh-CN"), ("en", "en")):
        server = files_of(language)[f"conditions/texts/{language}.json"]
        browser = json.loads((web / folder / "condition.json").read_text("utf-8"))
        assert browser == {key: re.sub(r"\{(\w+)\}", r"{{\1}}", server[key]) for key in browser}
