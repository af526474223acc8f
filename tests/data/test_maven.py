"""A year of a sales department, out of its files into the product, and its figures against the files themselves.

Everything goes through the API, as a new customer would do it: teams and people, accounts with their parents, products,
opportunities. The figures are computed twice: by the product, and here with the csv module alone.
"""

import csv
import re
from collections import Counter, defaultdict
from decimal import Decimal

import pytest

STAGES = {"Prospecting": "lead", "Engaging": "first_contact", "Won": "won", "Lost": "lost"}
NEW_INDUSTRIES = {
    "technolgy": "technology",
    "entertainment": "",
    "marketing": "",
    "telecommunications": "",
    "employment": "",
}
WON = {"field": "stage", "op": "eq", "value": "won"}
SUM = [{"op": "sum", "field": "amount"}]


def rows_of(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def people(admin, maven):
    """Offices as teams, a team for each manager below, everybody in the team of their manager."""
    sellers = rows_of(maven / "sales_teams.csv")

    def add(name, **more):
        address = re.sub(r"\W+", ".", name.lower()) + "@example.com"
        return admin.post("/users", {"name": name, "email": address, **more})["id"]

    offices = {
        name: admin.post("/teams", {"name": name})["id"] for name in sorted({s["regional_office"] for s in sellers})
    }
    teams = {}
    for manager, office in sorted({(s["manager"], s["regional_office"]) for s in sellers}):
        team = teams[manager] = admin.post("/teams", {"name": manager, "parent": offices[office]})["id"]
        lead = add(manager, roles=["sales_manager"], teams=[team])
        assert admin.call("PATCH", f"/teams/{team}", {"manager": lead}).status_code == 200
    for seller in sellers:
        add(seller["sales_agent"], roles=["salesperson"], teams=[teams[seller["manager"]]])


def industries(admin):
    """The industries of this company that the starter does not have."""
    account = next(o for o in admin.get("/objects")["objects"] if o["key"] == "account")
    field = next(f for f in account["fields"] if f["key"] == "industry")
    options = [{k: v for k, v in o.items() if k in ("key", "labels", "color", "active")} for o in field["options"]]
    for word, key in NEW_INDUSTRIES.items():
        name = key or word
        options.append({"key": name, "labels": {"zh": name, "en": name.capitalize()}})
    reply = admin.call("PATCH", "/objects/account/fields/industry", {"options": options})
    assert reply.status_code == 200, reply.text


def imported(admin, object_key, file, **options):
    found = admin.import_file(object_key, file.read_bytes(), file.name, **options)
    total = len(rows_of(file))
    refused = admin.refused(found) if found["refused"] else ""
    assert (found["state"], found["created"], found["refused"]) == ("done", total, 0), refused
    return found


@pytest.fixture(scope="module")
def company(shared_desk, maven):
    admin = shared_desk.admin
    reply = admin.call("PATCH", "/workspace", {"currency": "USD", "time_zone": "America/Chicago"})
    assert reply.status_code == 200, reply.text
    people(admin, maven)
    industries(admin)
    imported(
        admin, "account", maven / "accounts.csv", new_fields=True,
        mapping={"account": "name", "sector": "industry", "revenue": "annual_revenue", "subsidiary_of": "parent"},
        values={"industry": {word: key for word, key in NEW_INDUSTRIES.items() if key}},
    )  # fmt: skip
    imported(
        admin, "product", maven / "products.csv",
        mapping={"product": "name", "series": "product_line", "sales_price": "list_price"},
    )  # fmt: skip
    imported(
        admin, "opportunity", maven / "sales_pipeline.csv", new_fields=True, key="name", mode="create",
        mapping={
            "opportunity_id": "name", "sales_agent": "owner", "product": "product", "account": "account",
            "deal_stage": "stage", "close_date": "close_date", "close_value": "amount",
        },
        values={"stage": STAGES, "product": {"GTXPro": "GTX Pro"}},
    )  # fmt: skip
    return shared_desk


@pytest.fixture
def deals(maven):
    return rows_of(maven / "sales_pipeline.csv")


def won_by(deals, key):
    found = defaultdict(Decimal)
    for deal in deals:
        if deal["deal_stage"] == "Won":
            found[key(deal)] += Decimal(deal["close_value"])
    return dict(found)


def sums(company, group, where=WON):
    name = group if isinstance(group, str) else f"{group['field']}:{group['by']}"
    rows = company.admin.aggregate("opportunity", [group], SUM, filter=where)
    shown = {}
    for row in rows:
        value = row[name]
        shown[value["label"] if isinstance(value, dict) else value] = Decimal(row["sum_amount"])
    return shown


def test_every_row_of_every_file_is_there(company, maven):
    for object_key, file in (("account", "accounts"), ("product", "products"), ("opportunity", "sales_pipeline")):
        assert company.count(object_key) == len(rows_of(maven / f"{file}.csv")), object_key
    assert company.findings() == []


def test_accounts_have_their_parents(company, maven):
    names = dict(company.rows("account", "id", "name"))
    found = {name: names.get(parent, "") for name, parent in company.rows("account", "name", "parent_id")}

    assert found == {row["account"]: row["subsidiary_of"] for row in rows_of(maven / "accounts.csv")}


def test_every_deal_has_its_product_its_owner_and_its_account_if_it_had_one(company, deals):
    rows = company.admin.aggregate("opportunity", ["product"], [{"op": "count"}])
    assert {row["product"]["label"]: row["count"] for row in rows} == dict(
        Counter({"GTXPro": "GTX Pro"}.get(d["product"], d["product"]) for d in deals)
    )
    rows = company.admin.aggregate("opportunity", ["account"], [{"op": "count"}])
    assert {row["account"]["label"] if row["account"] else "": row["count"] for row in rows} == dict(
        Counter(d["account"] for d in deals)
    )
    rows = company.admin.aggregate("opportunity", ["owner"], [{"op": "count"}])
    assert {row["owner"]["label"]: row["count"] for row in rows} == dict(Counter(d["sales_agent"] for d in deals))


def test_columns_that_the_starter_does_not_know_became_fields(company, deals, maven):
    engaged = company.admin.aggregate("opportunity", [{"field": "engage_date", "by": "month"}], [{"op": "count"}])
    assert {row["engage_date:month"]: row["count"] for row in engaged} == dict(
        Counter(d["engage_date"][:7] or None for d in deals)
    )
    founded = [int(value) for value in company.rows("account", "year_established")]
    assert sorted(founded) == sorted(int(row["year_established"]) for row in rows_of(maven / "accounts.csv"))


def test_counts_by_stage_and_the_win_rate(company, deals):
    rows = company.admin.aggregate("opportunity", ["stage"], [{"op": "count"}])
    found = {row["stage"]: row["count"] for row in rows}
    wanted = Counter(STAGES[d["deal_stage"]] for d in deals)

    assert found == dict(wanted)
    rate = Decimal(found["won"]) / (found["won"] + found["lost"])
    assert rate == Decimal(wanted["won"]) / (wanted["won"] + wanted["lost"])


def test_won_value_in_all_and_by_quarter(company, deals):
    total = company.admin.aggregate("opportunity", [], SUM, filter=WON)[0]["sum_amount"]
    assert Decimal(total) == sum(won_by(deals, lambda d: "all").values())

    quarters = won_by(deals, lambda d: f"{d['close_date'][:4]}-Q{(int(d['close_date'][5:7]) + 2) // 3}")
    assert sums(company, {"field": "close_date", "by": "quarter"}) == quarters
    # a deal that was closed long ago counts for the day on which it was closed, not for that of the import
    assert sums(company, {"field": "closed_at", "by": "quarter"}) == quarters


def test_won_value_by_seller_and_by_manager(company, deals, maven):
    manager = {row["sales_agent"]: row["manager"] for row in rows_of(maven / "sales_teams.csv")}

    assert sums(company, "owner") == won_by(deals, lambda d: d["sales_agent"])
    assert sums(company, "team") == won_by(deals, lambda d: manager[d["sales_agent"]])


def test_won_value_by_sector(company, deals, maven):
    sector = {row["account"]: row["sector"] for row in rows_of(maven / "accounts.csv")}

    wanted = won_by(deals, lambda d: sector[d["account"]])
    wanted["technology"] = wanted.pop("technolgy")
    assert sums(company, "account.industry") == wanted


def test_a_manager_sees_the_deals_of_the_own_team_only(company, deals, maven):
    from support.desk import Seat

    name = "Dustin Brinkmann"
    team = {row["sales_agent"] for row in rows_of(maven / "sales_teams.csv") if row["manager"] == name}
    user = next(u for u in company.admin.get("/users")["users"] if u["name"] == name)
    company.admin.call("PATCH", f"/users/{user['id']}", {"password": "correct horse battery 9", "status": "active"})

    rows = Seat(company, user["email"]).aggregate("opportunity", ["owner"], [{"op": "count"}])

    assert {row["owner"]["label"]: row["count"] for row in rows} == dict(
        Counter(d["sales_agent"] for d in deals if d["sales_agent"] in team)
    )


def test_the_whole_is_undone_and_nothing_is_left(company, deals):
    """Last: it takes the opportunities away again."""
    admin = company.admin
    found = next(one for one in admin.get("/imports")["imports"] if one["object"] == "opportunity")
    admin.post(f"/imports/{found['id']}/undo")
    company.work()

    undo = admin.get(f"/imports/{found['id']}")["undo"]
    assert (undo["removed"], undo["kept"], company.count("opportunity")) == (len(deals), 0, 0)
    assert company.findings() == []
