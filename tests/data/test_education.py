"""Leads of a company that sells courses: 37 columns, of which the starter knows next to none."""

import csv
import gzip
import io
from collections import Counter
from decimal import Decimal

import pytest

NOTHING = "Select"  # what this company's forms store when nothing was picked


@pytest.fixture(scope="module")
def text(education):
    return gzip.decompress((education / "leads.csv.gz").read_bytes()).decode()


@pytest.fixture(scope="module")
def leads(text):
    return list(csv.DictReader(io.StringIO(text)))


@pytest.fixture(scope="module")
def company(shared_desk, text, leads):
    admin = shared_desk.admin
    found = admin.import_file(
        "lead", text, "leads.csv", mapping={"Lead Number": "name"}, new_fields=True, empty_words=[NOTHING]
    )
    refused = admin.refused(found)[:2_000] if found["refused"] else ""
    assert (found["created"], found["refused"]) == (len(leads), 0), refused
    return shared_desk


@pytest.fixture(scope="module")
def fields(company):
    lead = next(o for o in company.admin.get("/objects")["objects"] if o["key"] == "lead")
    return {field["labels"]["en"]: field for field in lead["fields"]}


def counted(company, field):
    rows = company.admin.aggregate("lead", [field["key"]], [{"op": "count"}])
    names = {o["key"]: o["labels"]["en"] for o in field.get("options") or []}
    return {names.get(row[field["key"]], row[field["key"]]): row["count"] for row in rows}


def test_every_column_has_a_field_and_every_lead_is_there(company, leads, fields):
    named = [name for name in leads[0] if name and name != "Lead Number"]
    assert [name for name in named if name not in fields] == []
    assert company.count("lead") == len(leads) == 9_240
    assert company.findings() == []


@pytest.mark.parametrize(
    "column", ["Lead Origin", "Lead Quality", "Specialization", "City", "Lead Profile", "Last Activity"]
)
def test_counts_by_an_answer_are_those_of_the_file(company, leads, fields, column):
    wanted = Counter(None if row[column] in ("", NOTHING) else row[column] for row in leads)
    assert counted(company, fields[column]) == dict(wanted)


def test_words_that_differ_in_case_only_are_one_option(company, leads, fields):
    wanted = Counter(row["Lead Source"].casefold() or None for row in leads)
    found = {name and name.casefold(): count for name, count in counted(company, fields["Lead Source"]).items()}
    assert found == dict(wanted)


def test_figures_are_figures(company, leads, fields):
    visits, spent = fields["TotalVisits"]["key"], fields["Total Time Spent on Website"]["key"]
    row = company.admin.aggregate(
        "lead", [], [{"op": "sum", "field": visits}, {"op": "max", "field": spent}, {"op": "avg", "field": spent}]
    )[0]
    assert Decimal(row[f"sum_{visits}"]) == sum(Decimal(r["TotalVisits"]) for r in leads if r["TotalVisits"])
    assert Decimal(row[f"max_{spent}"]) == max(Decimal(r["Total Time Spent on Website"]) for r in leads)


def test_the_share_of_converted_leads_is_that_of_the_file(company, leads, fields):
    key = fields["Converted"]["key"]
    rows = company.admin.aggregate("lead", [key], [{"op": "count"}])
    found = {int(Decimal(str(row[key]))): row["count"] for row in rows}
    assert found == dict(Counter(int(row["Converted"]) for row in leads))
