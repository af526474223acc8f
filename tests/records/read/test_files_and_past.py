"""Exports and the timeline: what leaves as a file, and what the past shows to whom."""

import csv
import io
from typing import Any

import openpyxl

from world import World

INERT = [
    "=1+1",
    "+1+1",
    "-1+1",
    "@SUM(A1)",
    "\tx",
    "=cmd|' /C calc'!A0",
    "＝1+1",
    "-",
    "+abc",
    '=HYPERLINK("http://x")',
]


def sheet(answer: Any) -> list[list[Any]]:
    assert answer.status_code == 200, answer.text
    return [list(row) for row in openpyxl.load_workbook(io.BytesIO(answer.content)).active.iter_rows(values_only=True)]


def table(answer: Any) -> list[list[str]]:
    assert answer.status_code == 200, answer.text
    assert answer.content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))


def test_no_cell_of_an_export_is_run_by_a_spreadsheet_and_phones_stay_whole(world: World) -> None:  # bad input 46
    for place, text in enumerate(INERT):
        world.opportunity(world.manager, name=f"N{place}", next_step=text)
    http = world.manager.http
    cells = [row[1] for row in table(http.get("/records/opportunity/export?fields=name,next_step&sort=name"))[1:]]
    stored = [r["next_step"] for r in http.get("/records/opportunity?fields=next_step&sort=name").json()["records"]]
    assert cells == [f"'{text}" if text[0] in "=+-@＝\t" else text for text in stored]
    rows = openpyxl.load_workbook(
        io.BytesIO(http.get("/records/opportunity/export?format=xlsx&fields=name,next_step&sort=name").content)
    )
    found = [row[1] for row in rows.active.iter_rows(min_row=2)]
    assert [cell.value for cell in found] == stored and {cell.data_type for cell in found} == {"s"}

    world.account(world.manager, name="杭州云帆", phone="13812345678", industry="software")
    for kind in ("csv", "xlsx"):
        answer = http.get(f"/records/account/export?format={kind}&fields=name,phone,industry")
        data = table(answer) if kind == "csv" else sheet(answer)
        assert data[1] == ["杭州云帆", "+8613812345678", "Software"], kind


def test_an_export_holds_all_rows_of_the_filter_and_only_what_the_reader_may_read(world: World) -> None:
    for place in range(205):
        world.account(world.seller, name=f"N{place:03}")
    world.account(world.colleague, name="elsewhere")
    data = table(world.manager.http.get("/records/account/export?sort=name"))
    assert [row[0] for row in data[1:]] == [f"N{place:03}" for place in range(205)]
    assert "Secret cost" not in data[0]
    refused = world.manager.http.get("/records/account/export?fields=name,secret_cost")
    assert (refused.status_code, refused.json()["code"]) == (422, "UNKNOWN_FIELD")
    assert world.seller.http.get("/records/account/export").status_code == 403
    assert world.manager.http.get("/records/account/export?format=pdf").json()["code"] == "EXPORT_FORMAT"


def test_numbers_stay_exact_in_a_sheet(world: World) -> None:
    world.opportunity(world.manager, name="A", amount="1234.50")
    world.opportunity(world.manager, name="B", amount="12345678901234.56")
    rows = sheet(world.manager.http.get("/records/opportunity/export?format=xlsx&fields=name,amount&sort=name"))
    assert rows[1][1] == 1234.5 and rows[2][1] == "12345678901234.56"


def test_the_timeline_tells_who_changed_what_and_when_with_names(world: World) -> None:
    account, other = world.account(world.seller, name="K"), world.account(world.colleague, name="Elsewhere")
    deal = world.opportunity(world.seller, name="A", amount="1.00")
    world.clock.advance(minutes=1)
    world.seller.patch(deal, account=account.id, amount="2.00")
    world.admin.patch(world.now_of(deal), account=other.id)
    entries = world.seller.http.get(f"/records/opportunity/{deal.id}/timeline").json()["entries"]
    assert [e["kind"] for e in entries] == ["changed", "changed", "created"]
    assert entries[1]["changes"]["account"] == [None, {"id": account.id, "label": "K"}]
    assert entries[0]["changes"]["account"] == [{"id": account.id, "label": "K"}, None]
    assert entries[1]["actor"] == {"id": world.seller.id, "label": "Seller"}
    one = world.seller.http.get(f"/records/opportunity/{deal.id}/history?field=amount").json()["entries"]
    assert [set(e["changes"]) for e in one] == [{"amount"}, {"amount"}]
    assert world.colleague.http.get(f"/records/opportunity/{deal.id}/timeline").status_code == 404


def test_the_past_of_a_hidden_field_is_as_hidden_as_the_field(world: World) -> None:
    account = world.account(world.admin, name="K", owner=world.seller.id, secret_cost="5.00")
    world.admin.patch(account, secret_cost="6.00")
    path = f"/records/account/{account.id}"
    mine, all_ = (p.http.get(f"{path}/timeline").json()["entries"] for p in (world.seller, world.admin))
    assert len(all_) == 2 and "secret_cost" in all_[0]["changes"]
    assert len(mine) == 1 and "secret_cost" not in str(mine)
    hidden, unknown = (world.seller.http.get(f"{path}/history?field={f}") for f in ("secret_cost", "nothing_cost"))
    assert hidden.status_code == unknown.status_code == 422
    assert hidden.json()["message"].replace("secret_cost", "nothing_cost") == unknown.json()["message"]
    for bad in ("cursor=x", "cursor=%27", "cursor=" + "a" * 500):
        assert world.seller.http.get(f"{path}/timeline?{bad}").json()["code"] == "BAD_CURSOR"


def test_a_long_past_comes_in_pages(world: World) -> None:
    deal = world.opportunity(world.seller, name="A")
    for place in range(60):
        deal = world.seller.patch(deal, next_step=f"step {place}").record
    path = f"/records/opportunity/{deal.id}/timeline"
    first = world.seller.http.get(path).json()
    rest = world.seller.http.get(f"{path}?cursor={first['next']}").json()
    ids = [e["id"] for e in first["entries"] + rest["entries"]]
    assert (len(ids), len(set(ids)), rest["next"]) == (61, 61, None)
