"""Bad input 1 to 29: what a field refuses, by the API, as people type it, and in an import; and what it takes instead."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import dataclass
from typing import Any

import pytest

from dealwright.app import build_worker
from support.office import Office

NAMES_OF_OURS = re.compile(
    r"dw_|sample__|_norm\b|sqlite|psycopg|sqlalchemy|Traceback|SELECT |UPDATE |INSERT |\bNULL\b|uq_|ix_|None|Decimal\(|\.py\b",
    re.I,
)
HAN = re.compile("[\u4e00-\u9fff]")
TAKEN = "taken"  # this channel takes the value


@dataclass(frozen=True)
class Case:
    """One value of one field. `api`, `form`: the code it is refused with, or TAKEN. `raw` is the JSON text."""

    number: int
    field: str
    raw: str
    api: str
    form: str = ""
    status: int = 422
    whole: bool = False  # the whole body, not a field, is refused

    @property
    def id(self) -> str:
        return f"{self.number}-{self.field}-{self.raw[:24]}"


def text(number: int, field: str, value: Any, api: str, form: str = "", **more: Any) -> Case:
    return Case(number, field, json.dumps(value), api, form or api, **more)


LONG_AGO, FAR = "0001-01-01", "9999-12-31"
CASES = [
    *(Case(1, "ratio", raw, "NOT_FINITE", "NOT_FINITE", whole=True) for raw in ("NaN", "Infinity", "-Infinity", "1e999")),
    *(Case(2, "name", raw, "BAD_TEXT", "BAD_TEXT") for raw in (r'"\ud800"', r'"a\udfff"')),
    *(Case(3, key, r'"a\u0000b"', "BAD_TEXT", "BAD_TEXT") for key in ("name", "note", "mail", "colour")),
    *(Case(4, key, "9223372036854775808", "OUT_OF_RANGE", "OUT_OF_RANGE", whole=True) for key in ("pieces", "price")),
    Case(4, "pieces", "9" * 400, "OUT_OF_RANGE", "OUT_OF_RANGE", whole=True),
    text(4, "pieces", "9" * 400, "OUT_OF_RANGE"),
    Case(5, "name", '"a", "name": "b"', "DUPLICATE_KEY", "DUPLICATE_KEY", status=400),
    text(6, "ownr", "x", "UNKNOWN_FIELD"),
    text(11, "price", "1,234.50", "NUMBER_FORMAT", TAKEN), text(11, "price", "１２", "NUMBER_FORMAT", TAKEN),
    text(11, "price", "12万", "NUMBER_FORMAT", TAKEN), text(11, "price", "a lot", "NUMBER_FORMAT"),
    text(11, "ratio", "1,234.50", "NUMBER_FORMAT", TAKEN), text(11, "ratio", "12万", "NUMBER_FORMAT", TAKEN),
    Case(12, "price", "0.30000000000000004", "SCALE_EXCEEDED", "SCALE_EXCEEDED"),
    text(12, "price", "1234567890123456789.00", "OUT_OF_RANGE"),
    Case(13, "pieces", "true", "NUMBER_FORMAT", "NUMBER_FORMAT"), Case(13, "price", "true", "NUMBER_FORMAT", "NUMBER_FORMAT"),
    text(13, "agreed", "yes", "BOOLEAN_EXPECTED", TAKEN), Case(13, "agreed", "1", "BOOLEAN_EXPECTED", TAKEN),
    text(13, "agreed", "maybe", "BOOLEAN_EXPECTED"), text(13, "name", 5, "TEXT_EXPECTED", TAKEN),
    text(14, "price", {"amount": "1.00"}, "CURRENCY_MISSING"), text(14, "price", {"amount": "1", "currency": "XXX"}, "CURRENCY_UNKNOWN"),
    *(text(15, "begins", day, "DATE_IMPOSSIBLE") for day in ("2027-02-29", "2027-04-31")),
    *(text(15, "begins", day, "DATE_FORMAT") for day in ("31.04.", "soon", "2027-1-1x")),
    text(15, "begins", "0000-00-00", "YEAR_RANGE"), text(15, "moment", "2027-02-29T10:00:00Z", "DATE_IMPOSSIBLE"),
    text(15, "birthday", "02-30", "DATE_IMPOSSIBLE"),
    *(text(17, "begins", day, "YEAR_RANGE") for day in (LONG_AGO, FAR, "1899-12-31", "2201-01-01")),
    text(17, "begins", "12027-01-01", "YEAR_RANGE"), text(17, "moment", "9999-12-31T23:59:59Z", "YEAR_RANGE"),
    *(text(19, "mail", mail, "EMAIL_FORMAT") for mail in
      ("a@b", "a@b.com, c@d.com", "a@b.com;c@d.com", "a@b.com\r\nBcc: x@y.com", "no at", "a@@b.com")),
    text(19, "mail", "x" * 320 + "@example.com", "TEXT_TOO_LONG"),
    *(text(20, "mobile", number, "PHONE_FORMAT") for number in ("call me", "1", "1" * 40)),
    *(text(21, "site", url, "URL_FORMAT") for url in
      ("javascript:alert(1)", "data:text/html,x", "//x", "ftp://example.com", "https://", "http://a b")),
    *(text(22, "name", blank, "REQUIRED") for blank in ("", "   ", "\u200b\u200d", "\u3000", None)),
    text(24, "name", "x" * 1_000_000, "TEXT_TOO_LONG"), text(24, "name", "字" * 256, "TEXT_TOO_LONG"),
    text(26, "colour", "green", "OPTION_UNKNOWN"), text(26, "colour", "old", "OPTION_UNKNOWN"),
    text(26, "sizes", ["small", "huge"], "OPTION_UNKNOWN"),
    text(27, "parent", "018f2b6e-7c1a-7000-8000-000000000000", "NOT_FOUND"), text(27, "customer", "nobody", "ID_EXPECTED", "NOT_FOUND"),
    text(27, "friends", ["018f2b6e-7c1a-7000-8000-000000000000"], "NOT_FOUND"), text(27, "helper", "nobody", "ID_EXPECTED", "NOT_FOUND"),
    text(29, "sizes", ["small"] * 10_001, "TOO_MANY"), text(29, "friends", ["x"] * 10_001, "TOO_MANY"),
]  # fmt: skip


def body_of(case: Case) -> str:
    name = "" if case.field == "name" else '"name": "Somebody", '
    return f"{{{name}{json.dumps(case.field)}: {case.raw}}}"


@pytest.mark.parametrize("case", CASES, ids=[case.id for case in CASES])
def test_a_bad_value_is_refused_by_name_in_both_languages_and_nothing_is_written(office: Office, case: Case) -> None:
    before = office.counts()
    for channel, wanted in (("api", case.api), ("form", case.form)):
        for who in ("admin", "chinese") if wanted != TAKEN else ():
            answer = office.send("POST", f"/records/sample?channel={channel}", raw=body_of(case), who=who)
            told = answer.json()
            errors = {error["field"]: error["code"] for error in told["errors"]} or {told["field"]: told["code"]}
            field = None if case.whole else case.field

            assert (answer.status_code, errors) == (case.status, {field: wanted}), told
            assert answer.headers["content-type"] == "application/problem+json"
            for message in (told["message"], *(error["message"] for error in told["errors"])):
                said = message.replace(
                    json.loads(case.raw) if case.raw.startswith('"') and case.number not in (2, 5) else "\0", ""
                )
                assert bool(HAN.search(said)) == (who == "chinese"), message
                assert not NAMES_OF_OURS.search(said), message
                assert "{" not in said, f"a blank was not filled: {message}"
    assert office.counts() == before


@pytest.mark.parametrize(("field", "raw", "channel", "stored"), [
    ("price", '"1,234.50"', "form", "1234.50"), ("price", '"１２"', "form", "12.00"), ("price", '"12万"', "form", "120000.00"),
    ("price", '"1234.5"', "api", "1234.50"), ("price", "0.1", "api", "0.10"), ("price", '"12345678901234.56"', "api", "12345678901234.56"),
    ("agreed", '"yes"', "form", True), ("agreed", '"是"', "form", True), ("agreed", "false", "api", False),
    ("pieces", "9007199254740993", "api", 9007199254740993), ("ratio", '"-0.05"', "api", "-0.05"),
    ("begins", '"2028-02-29"', "api", "2028-02-29"), ("begins", '"2028年2月29日"', "form", "2028-02-29"),
    ("moment", '"2026-11-24T10:00:00"', "api", "2026-11-24T02:00:00.000000Z"),
    ("moment", '"2026-11-24T10:00:00+09:00"', "api", "2026-11-24T01:00:00.000000Z"),
    ("moment", '"1988-04-17T02:30:00"', "api", "1988-04-16T18:00:00.000000Z"),  # 16: in the gap of a clock change
    ("mail", '" Ann@Example.COM "', "form", "Ann@example.com"), ("mobile", '"+86 (0) 138 0013 8000"', "form", "+8613800138000"),
    ("mobile", '"138-0013-8000"', "api", "+8613800138000"), ("site", '"https://example.com/a?b=1"', "api", "https://example.com/a?b=1"),
    ("note", '"\U00020bb7 \U0001f600 é"', "api", "\U00020bb7 \U0001f600 é"), ("name", '"e\u0301"', "api", "é"),
    ("colour", '"red"', "api", "red"), ("colour", '"Option red"', "form", "red"), ("sizes", '["large", "small"]', "api", ["large", "small"]),
])  # fmt: skip
def test_the_good_twin_is_stored_exactly(office: Office, field: str, raw: str, channel: str, stored: Any) -> None:
    name = "" if field == "name" else '"name": "Twin", '
    answer = office.send("POST", f"/records/sample?channel={channel}", raw=f'{{{name}"{field}": {raw}}}'.encode())
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert made[field] == stored
    assert office.send("GET", f"/records/sample/{made['id']}").json()[field] == stored


def test_18_an_end_before_its_beginning_is_refused(office: Office) -> None:
    before = office.counts()
    told = office.send("POST", "/records/sample", {"name": "A", "begins": "2026-12-02", "ends": "2026-12-01"}).json()
    assert (told["status"], told["code"], told["field"]) == (422, "DATE_ORDER", "ends")
    assert office.counts() == before
    office.make("sample", name="A", begins="2026-12-01", ends="2026-12-01")


def test_23_a_name_that_turns_the_line_or_towers_is_stored_normalised_and_bounded(office: Office) -> None:
    made = office.make("sample", name="gpj\u202e.exe")
    assert "\u202e" not in made["name"]
    tower = office.make("sample", name="a" + "\u0301" * 200)
    assert len(tower["name"]) <= 20


def test_25_two_spellings_of_one_letter_are_one_value_where_it_is_unique(office: Office) -> None:
    office.make("sample", name="A", code="Caf\u00e9")
    before = office.counts()
    for twin in ("Cafe\u0301", "CAF\u00c9", " caf\u00e9 "):
        told = office.send("POST", "/records/sample", {"name": "A", "code": twin}).json()
        assert (told["status"], told["code"], told["field"]) == (422, "NOT_UNIQUE", "code"), twin
    assert office.counts() == before
    office.make("sample", name="A", code="Cafe")


def test_26_the_refusal_of_an_option_names_those_that_may_be_chosen(office: Office) -> None:
    told = office.send("POST", "/records/sample", {"name": "A", "colour": "old"}).json()
    assert told["params"]["allowed"] == ["red", "blue"]


def test_27_missing_deleted_and_invisible_records_are_refused_in_the_same_words(office: Office) -> None:
    gone = office.make("account", "seller", name="Gone Ltd")
    assert office.send("DELETE", f"/records/account/{gone['id']}", who="seller", If_Match='"1"').status_code == 200
    theirs = office.make("account", "colleague", name="Theirs Ltd")
    answers = []
    for account in ("018f2b6e-7c1a-7000-8000-000000000000", gone["id"], theirs["id"]):
        told = office.send("POST", "/records/contact", {"name": "A", "account": account}, who="seller").json()
        assert told["status"] == 422
        answers.append([(e["field"], e["code"], e["message"]) for e in told["errors"]])
    assert answers[0] == answers[1] == answers[2]
    assert answers[0][0][:2] == ("account", "NOT_FOUND")


def test_28_a_parent_may_not_be_the_record_itself_or_one_below_it(office: Office) -> None:
    top = office.make("sample", name="Top")
    middle = office.make("sample", name="Middle", parent=top["id"])
    low = office.make("sample", name="Low", parent=middle["id"])
    before = office.counts()
    for below in (top, middle, low):
        told = office.send("PATCH", f"/records/sample/{top['id']}", {"parent": below["id"]}, If_Match='"1"').json()
        assert (told["status"], told["code"], told["field"]) == (422, "CYCLE", "parent")
    assert office.counts() == before


def test_every_wrong_field_is_named_in_one_answer(office: Office) -> None:
    told = office.send("POST", "/records/sample", {"name": " ", "mail": "x", "pieces": "y", "begins": "z"}).json()
    assert (told["status"], told["code"]) == (422, "INVALID")
    assert {error["field"] for error in told["errors"]} == {"name", "mail", "pieces", "begins"}


def test_the_same_values_are_refused_with_the_same_codes_in_an_import(office: Office) -> None:
    """A row for each text of the table above; its code is the form's, because an import reads as people write."""
    cases = [
        case for case in CASES
        if case.number in (11, 12, 13, 15, 17, 19, 20, 21, 22, 24, 26) and case.raw.startswith('"')
        and len(case.raw) < 1_000 and case.form != TAKEN and "\\r" not in case.raw
    ]  # fmt: skip
    columns = ["note", "name", *sorted({case.field for case in cases} - {"name"})]
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(columns)
    for case in cases:
        row = {"note": "a row", "name": "Somebody", case.field: json.loads(case.raw)}
        writer.writerow([row.get(column, "") for column in columns])
    writer.writerow(["a row", "The good one", *[""] * (len(columns) - 2)])
    before = office.counts()["sample"]
    answer = office.client.post(
        "/api/v1/imports", files={"file": ("bad.csv", out.getvalue().encode())}, data={"object": "sample"},
        headers={"Authorization": f"Bearer {office.tokens['admin']}"},
    )  # fmt: skip
    assert answer.status_code == 201, answer.text
    import_id = answer.json()["id"]
    assert office.send("POST", f"/imports/{import_id}/start").status_code == 202
    worker = build_worker(office.client.app.state.services)  # type: ignore[attr-defined]
    while worker.turn():
        pass

    done = office.send("GET", f"/imports/{import_id}").json()
    assert (done["state"], done["created"], done["refused"]) == ("done", 1, len(cases))
    with office.db.read() as uow:
        rows = uow.raw("SELECT line, errors FROM dw_import_row WHERE outcome = 'refused' ORDER BY line")
    found = [json.loads(row[1]) if isinstance(row[1], str) else row[1] for row in rows][-len(cases) :]
    differing = {
        case.id: (case.form, [(e["field"], e["code"]) for e in errors])
        for case, errors in zip(cases, found, strict=True)
        if [(e["field"], e["code"]) for e in errors] != [(case.field, case.form)]
    }
    assert differing == {}
    assert office.counts()["sample"] == before + 1
