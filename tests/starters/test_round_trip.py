"""A starter is nothing but an exported configuration: exported and laid over an empty workspace it gives an equal one."""

import pytest
import yaml

from dealwright.foundation.errors import Problem
from dealwright.model import layout
from dealwright.operations import commands
from dealwright.starters import format, service

ENGINES = ["sqlite", "postgresql"]
LABELS = {"zh": "项目", "en": "Project"}
PROJECT = {
    "key": "project", "labels": LABELS, "plural": {"zh": "项目", "en": "Projects"}, "icon": "folder", "name_field": "name",
    "fields": [
        {"key": "name", "type": "text", "labels": {"zh": "名称", "en": "Name"}, "required": True, "unique": True},
        {"key": "account", "type": "relation", "target": "account", "labels": {"zh": "客户", "en": "Account"}},
        {"key": "budget", "type": "money", "labels": {"zh": "预算", "en": "Budget"}, "min": 0},
        {"key": "phase", "type": "select", "labels": {"zh": "阶段", "en": "Phase"}, "default": "plan", "options": [
            {"key": "plan", "labels": {"zh": "计划", "en": "Plan"}, "color": "blue"},
            {"key": "run", "labels": {"zh": "进行", "en": "Run"}}]},
        {"key": "spent", "type": "formula", "result": "money", "expression": "coalesce({budget}, 0) * 2",
         "labels": {"zh": "两倍", "en": "Twice"}},
        {"key": "parts", "type": "line_items", "labels": {"zh": "明细", "en": "Parts"}, "fields": [
            {"key": "what", "type": "text", "labels": {"zh": "什么", "en": "What"}, "required": True}]},
        {"key": "stage", "type": "stage", "labels": {"zh": "环节", "en": "Stage"}},
    ],
}  # fmt: skip
PIPELINE = {
    "key": "build", "object": "project", "labels": {"zh": "实施", "en": "Build"}, "default": True,
    "stages": [
        {"key": "start", "labels": {"zh": "开始", "en": "Start"}, "kind": "open", "probability": 10, "stale_factor": 2.5},
        {"key": "end", "labels": {"zh": "结束", "en": "End"}, "kind": "won", "probability": 100, "required": ["budget"],
         "hint": {"zh": "先填预算", "en": "Budget first"}},
    ],
}  # fmt: skip
VIEW = {
    "key": "running", "object": "project", "labels": {"zh": "进行中", "en": "Running"},
    "filter": {"all": [{"field": "phase", "op": "eq", "value": "run"}]}, "sort": "name", "default": True,
}  # fmt: skip


def exported(desk):
    return commands.config_export(desk.services)


def empty(open_desk, engine):
    return open_desk(engine, "none")


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("starter", service.STARTERS)
def test_a_starter_exported_and_imported_into_an_empty_workspace_gives_an_equal_one(open_desk, engine, starter):
    text = exported(open_desk(engine, starter))
    other = empty(open_desk, engine)

    made = commands.config_import(other.services, text)

    assert made
    assert commands.config_diff(other.services, text) == []
    assert yaml.safe_load(exported(other)) == yaml.safe_load(text)
    assert other.findings() == []


@pytest.mark.parametrize("starter", service.STARTERS)
def test_a_workspace_made_from_a_starter_is_as_its_file_says(open_desk, starter):
    desk = open_desk("sqlite", starter)
    with desk.db.read() as uow:
        assert service.diff(uow, service.starter(starter)) == []


@pytest.mark.parametrize("engine", ENGINES)
def test_what_a_company_made_itself_travels_too(open_desk, engine):
    desk = open_desk(engine, "simple")
    admin = desk.admin
    admin.post("/objects", PROJECT)
    assert admin.call("PUT", "/pipelines", PIPELINE).status_code in (200, 201)
    with desk.db.write() as uow:
        from dealwright.records import views

        views.put_default(uow, VIEW)
    admin.post(
        "/objects/account/fields", {"key": "score", "type": "number", "labels": {"zh": "分", "en": "Score"}, "scale": 1}
    )
    text = exported(desk)
    other = empty(open_desk, engine)

    commands.config_import(other.services, text)

    assert yaml.safe_load(exported(other)) == yaml.safe_load(text)
    found = {
        field["key"] for field in next(o for o in yaml.safe_load(text)["objects"] if o["key"] == "project")["fields"]
    }
    assert found == {field["key"] for field in PROJECT["fields"]}
    made = other.admin.post("/records/project", {"name": "Bridge", "budget": "5.00", "parts": [{"what": "steel"}]})
    assert (made["spent"], made["stage"]) == ("10.00", "start")


@pytest.mark.parametrize("engine", ENGINES)
def test_a_layout_travels_with_its_order(open_desk, engine):
    desk = open_desk(engine, "simple")
    sections = [
        {"key": "reach", "labels": {"zh": "联系", "en": "Reach"}, "columns": 1, "collapsed": True, "fields": ["phone"]},
        {"key": "core", "labels": {"zh": "基本", "en": "Core"}, "fields": ["name", "industry"]},
    ]
    with desk.services.db.write() as uow:
        layout.set_layout(uow, "account", {"sections": sections})
    text = exported(desk)
    other = empty(open_desk, engine)

    commands.config_import(other.services, text)

    assert yaml.safe_load(exported(other)) == yaml.safe_load(text)
    made = other.admin.get("/objects/account")["layout"]
    assert [(one["key"], one["columns"], one["collapsed"], one["fields"]) for one in made["sections"]] == [
        ("reach", 1, True, ["phone"]),
        ("core", 2, False, ["name", "industry"]),
    ]
    turned = yaml.safe_load(text)
    block = next(one for one in turned["objects"] if one["key"] == "account")
    block["layout"].reverse()
    with other.services.db.read() as uow:
        assert service.diff(uow, yaml.safe_load(text)) == []
        assert service.diff(uow, turned) == ["objects.account.layout_order: ['reach', 'core'] → ['core', 'reach']"]


@pytest.mark.parametrize("engine", ENGINES)
def test_the_rest_can_be_switched_on_later_without_loss(open_desk, engine):
    desk = open_desk(engine, "simple")
    admin = desk.admin
    account = admin.post("/records/account", {"name": "Acme", "industry": "software"})
    deal = admin.post(
        "/records/opportunity", {"name": "Deal", "account": account["id"], "amount": "12.00", "stage": "solution"}
    )

    done = commands.config_import(desk.services, (service.FOLDER / "sales.yaml").read_text("utf-8"))

    assert "+ object lead" in "\n".join(done)
    assert "+ field account.tier" in done
    kept = admin.get(f"/records/opportunity/{deal['id']}")
    assert (kept["name"], kept["amount"], kept["stage"], kept["account"]["id"]) == (
        "Deal",
        "12.00",
        "solution",
        account["id"],
    )
    later = admin.post("/records/quote", {"name": "Offer", "opportunity": deal["id"], "lines": []})
    assert later["opportunity"]["id"] == deal["id"]
    assert admin.post("/records/account", {"name": "Bolt"})["tier"] == "none"
    assert desk.findings() == []


def test_roles_that_people_have_stay_as_they_are_where_there_is_something_to_see(open_desk):
    """The simple starter lets everybody see everything; laid over another workspace it must not open that one up."""
    desk = open_desk("sqlite", "sales")
    before = desk.admin.get("/roles")["roles"]

    commands.config_import(desk.services, (service.FOLDER / "simple.yaml").read_text("utf-8"))

    assert desk.admin.get("/roles")["roles"] == before


def test_laying_a_file_over_a_workspace_a_second_time_changes_nothing(open_desk):
    desk = open_desk("sqlite", "sales")
    assert commands.config_import(desk.services, exported(desk)) == []


def test_a_difference_names_the_thing_and_both_sides(open_desk):
    desk = open_desk("sqlite", "simple")
    changed = yaml.safe_load(exported(desk))
    account = next(o for o in changed["objects"] if o["key"] == "account")
    account["labels"]["en"] = "Customer"
    account["fields"].append({"key": "vat", "type": "text", "zh": "税号", "en": "VAT"})

    lines = commands.config_diff(desk.services, yaml.safe_dump(changed, allow_unicode=True))

    assert "objects.account.labels.en: 'Account' → 'Customer'" in lines
    assert [line for line in lines if ".fields.vat" in line] == ["objects.account.fields.vat: +"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("a: [", "BAD_CONFIGURATION"),
        ("hello", "UNKNOWN_CONFIGURATION"),
        ("format: dealwright/9", "UNKNOWN_CONFIGURATION"),
        ("format: dealwright/1\nsurprise: 1", "UNKNOWN_FIELD"),
        ("format: dealwright/1\nobjects: 5", "CONFIGURATION_SHAPE"),
        ("format: dealwright/1\nobjects: [5]", "CONFIGURATION_SHAPE"),
        ("format: dealwright/1\nobjects: [{key: a}]", "CONFIGURATION_SHAPE"),
        (
            "format: dealwright/1\nobjects: [{key: a, labels: {zh: 甲, en: A}, fields: [{key: b}]}]",
            "CONFIGURATION_SHAPE",
        ),
        ("format: dealwright/1\npipelines: [{key: a}]", "CONFIGURATION_SHAPE"),
        ("format: dealwright/1\nroles: nobody", "CONFIGURATION_SHAPE"),
        ("format: dealwright/1\nroles: [{key: a}]", "CONFIGURATION_SHAPE"),
        ("format: dealwright/1\nviews: [{key: a}]", "CONFIGURATION_SHAPE"),
        ("!!python/object/apply:os.system ['true']", "BAD_CONFIGURATION"),
    ],
)
def test_a_file_that_is_no_configuration_is_refused_and_nothing_is_made(open_desk, text, code):
    desk = open_desk("sqlite", "simple")
    before = exported(desk)

    with pytest.raises(Problem) as refused:
        commands.config_import(desk.services, text)

    found = refused.value
    assert found.status == 422
    assert code in (found.code, *(error.code for error in found.errors))
    assert exported(desk) == before


def test_the_files_of_the_starters_are_written_as_we_write_them():
    for name in service.STARTERS:
        config = service.starter(name)
        assert format.read(format.write(config)) == config
