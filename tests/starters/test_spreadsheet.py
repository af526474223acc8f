"""From somebody's messy spreadsheet to an object with a board, and back."""

from __future__ import annotations

import json
from typing import Any

import pytest

from dealwright.model import schema_of
from support.desk import Desk, Seat
from support.sheets import workbook


@pytest.fixture
def admin(desk: Desk) -> Seat:
    return desk.admin


FIELDS = "ke_hu_ming_cheng,amount,lian_xi_dian_hua,mao_li_lv,close_date,da_qu"


def send(seat: Seat, path: str, data: bytes, name: str = "2026年项目跟进表（最终版）.xlsx", **options: Any) -> Any:
    return seat.desk.client.post(
        f"/api/v1/imports/{path}",
        files={"file": (name, data)},
        data={"options": json.dumps(options)},
        headers=seat.headers,
    )


def proposal(
    seat: Seat, data: bytes | None = None, name: str = "2026年项目跟进表（最终版）.xlsx", **options: Any
) -> dict[str, Any]:
    reply = send(seat, "propose-object", workbook() if data is None else data, name, **options)
    assert reply.status_code == 200, reply.text
    return dict(reply.json())


def specs(found: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {one["column"]: one["spec"] for one in found["columns"]}


def begin(seat: Seat, found: dict[str, Any], **changes: Any) -> dict[str, Any]:
    plan = {name: found[name] for name in ("object", "columns", "pipeline")} | changes
    reply = send(seat, "from-spreadsheet", workbook(), **plan)
    assert reply.status_code == 201, reply.text
    seat.desk.work()
    return dict(seat.get(f"/imports/{reply.json()['id']}"))


def test_a_messy_sheet_is_understood(admin: Seat) -> None:
    found = proposal(admin)

    assert (found["object"]["labels"]["zh"], found["header_line"], found["rows"]) == ("项目", 3, 8)
    assert (found["sheets"], found["sheet"], found["totals"]) == (["2026年", "联系方式"], "2026年", [12])
    types = {column: spec["type"] for column, spec in specs(found).items()}
    assert types == {
        "序号": "number", "客户名称": "text", "项目内容": "text", "跟进状态": "stage", "合同金额（万元）": "money", "预计签约日期": "date",
        "联系人": "text", "联系电话": "phone", "负责人": "select", "毛利率": "percent", "备注": "long_text", "大区": "select",
    }  # fmt: skip
    left_out = [one["column"] for one in found["columns"] if not one["include"]]
    assert left_out == ["序号"]
    assert [one["column"] for one in found["columns"] if one["is_name"]] == ["客户名称"]


def test_stages_stand_in_the_order_of_a_sale(admin: Seat) -> None:
    stages = proposal(admin)["pipeline"]["stages"]

    assert [(one["labels"]["zh"], one["kind"], one["count"]) for one in stages] == [
        ("初步接触", "open", 2), ("报价中", "open", 2), ("谈判", "open", 2), ("已签约", "won", 1), ("丢单", "lost", 1),
    ]  # fmt: skip


def test_object_fields_pipeline_and_rows_are_there_afterwards(desk: Desk, admin: Seat) -> None:
    found = begin(admin, proposal(admin))

    assert (found["state"], found["created"], found["refused"]) == ("done", 8, 0)
    rows = admin.get(f"/records/{found['object']}?sort=amount&limit=50&fields={FIELDS}")["records"]
    by_name = {row["ke_hu_ming_cheng"]: row for row in rows}
    assert by_name["青禾精密"]["amount"] == "125000.00"
    assert by_name["临澜装备"]["amount"] == "360000.00", "full-width figures"
    assert by_name["南溪热力"]["amount"] == "88000.00", "a cell that names its own unit keeps it"
    assert by_name["云岭轴承"]["amount"] is None, "to be settled is no amount"
    assert by_name["青禾精密"]["lian_xi_dian_hua"] == "+8613800000001", "a phone that was a number"
    assert by_name["青禾精密"]["mao_li_lv"] in ("35", "35.00"), "a part of one is shown as percent"
    assert [by_name[name]["close_date"] for name in ("青禾精密", "临澜装备", "远汀物流", "南溪热力", "白石医疗")] == [
        "2026-12-01", "2026-12-15", "2026-10-08", "2026-09-30", "2026-12-20",
    ]  # fmt: skip
    regions = {row["ke_hu_ming_cheng"]: row["da_qu"] for row in rows}
    assert regions["云岭轴承"] == regions["青禾精密"] != regions["白石医疗"], (
        "a merged cell counts for each of its lines"
    )
    pipeline = next(one for one in admin.get("/pipelines")["pipelines"] if one["object"] == found["object"])
    assert [stage["kind"] for stage in pipeline["stages"]] == ["open", "open", "open", "won", "lost"]
    assert desk.findings() == []


def test_what_is_changed_before_the_start_is_what_is_made(desk: Desk, admin: Seat) -> None:
    found = proposal(admin)
    columns = {one["column"]: one for one in found["columns"]}
    columns["备注"]["include"] = False
    columns["项目内容"]["spec"]["labels"] = {"zh": "做什么", "en": "What"}
    stages = found["pipeline"]["stages"]
    stages[0]["labels"] = {"zh": "刚认识", "en": "Just met"}
    stages[1]["words"] += stages.pop(2)["words"]  # 谈判 goes into 报价中
    found["object"] = {"labels": {"zh": "生意", "en": "Business"}}

    done = begin(admin, found)

    assert (done["created"], done["object"]) == (8, "business")
    with desk.db.read() as uow:
        obj = schema_of(uow).object("business")
        assert "bei_zhu" not in obj.fields and obj.fields["xiang_mu_nei_rong"].labels["zh"] == "做什么"
    assert sorted(desk.rows("business", "stage")).count(stages[1]["key"]) == 4


def test_either_all_of_it_is_made_or_nothing(desk: Desk, admin: Seat) -> None:
    found = proposal(admin)
    found["pipeline"]["stages"] = [{**one, "kind": "won"} for one in found["pipeline"]["stages"]]  # nothing is open

    refused = send(admin, "from-spreadsheet", workbook(), **{n: found[n] for n in ("object", "columns", "pipeline")})

    assert (refused.status_code, refused.json()["code"]) == (422, "STAGES_NO_OPEN")
    with desk.db.read() as uow:
        assert found["object"]["key"] not in schema_of(uow).objects
    assert begin(admin, proposal(admin))["created"] == 8


@pytest.mark.parametrize(
    "change, code",
    [
        ({"columns": []}, "SHEET_NO_NAME"), ({"columns": "all"}, "LIST_EXPECTED"), ({"object": None}, "REQUIRED"),
        ({"pipeline": None}, "REQUIRED"), ({"pipeline": {"stages": ["x"]}}, "STAGES_FORMAT"),
        ({"columns": [{"column": "nothing", "is_name": True, "spec": {"key": "a", "type": "text", "labels": "A"}}]}, "COLUMN_UNKNOWN"),
        ({"columns": [{"column": "客户名称", "is_name": True, "spec": {"key": "a", "type": "spell", "labels": "A"}}]}, "CONFIG_CHOICE"),
        ({"object": {"key": "account", "labels": "A"}}, "KEY_TAKEN"),
    ],
)  # fmt: skip
def test_a_plan_that_cannot_be_is_refused_in_a_sentence(admin: Seat, change: dict[str, Any], code: str) -> None:
    found = proposal(admin)
    plan = {name: found[name] for name in ("object", "columns", "pipeline")} | change

    refused = send(admin, "from-spreadsheet", workbook(), **plan)

    assert refused.status_code in (409, 422), refused.text
    assert code in {refused.json()["code"], *(error["code"] for error in refused.json()["errors"])}


def test_another_sheet_and_another_header_row_can_be_chosen(admin: Seat) -> None:
    contacts = proposal(admin, read={"sheet": "联系方式"})
    assert {column: spec["type"] for column, spec in specs(contacts).items()} == {
        "姓名": "text",
        "手机": "phone",
        "邮箱": "email",
    }
    assert contacts["pipeline"] is None

    assert proposal(admin, read={"header": 4})["columns"][1]["column"] == "青禾精密"


def test_names_of_records_that_are_there_become_a_relation(admin: Seat) -> None:
    for name in ("青禾精密", "临澜装备", "远汀物流", "云岭轴承", "南溪热力", "白石医疗"):
        admin.post("/records/account", {"name": name})
    text = "项目,客户\n产线监测,青禾精密\n网关,临澜装备\n冷链,远汀物流\n温振,云岭轴承\n锅炉,南溪热力\n"

    spec = specs(proposal(admin, text.encode(), "projects.csv"))["客户"]

    assert (spec["type"], spec["target"]) == ("relation", "account")


def test_people_of_the_workspace_become_the_owner(desk: Desk, admin: Seat) -> None:
    text = "项目,负责人,状态\n甲,Sam Seller,进行中\n乙,Ada Admin,完成\n丙,Sam Seller,进行中\n"
    found = proposal(admin, text.encode(), "work.csv")
    assert specs(found)["负责人"]["type"] == "owner"

    reply = send(
        admin, "from-spreadsheet", text.encode(), "work.csv", **{n: found[n] for n in ("object", "columns", "pipeline")}
    )
    desk.work()

    assert reply.status_code == 201, reply.text
    owners = desk.rows(reply.json()["object"], "owner_id")
    assert owners.count(desk.user_id("sam@example.com")) == 2


def test_it_needs_the_right_to_design(desk: Desk) -> None:
    for path in ("propose-object", "from-spreadsheet"):
        assert send(desk.seller, path, workbook()).status_code == 403


def test_all_of_it_is_taken_back(desk: Desk, admin: Seat) -> None:
    found = begin(admin, proposal(admin))

    admin.post(f"/imports/{found['id']}/undo", {"object": True})
    desk.work()

    undone = admin.get(f"/imports/{found['id']}")
    assert (undone["state"], undone["undo"]["removed"], undone["undo"]["object_retired"]) == ("undone", 8, True)
    with desk.db.read() as uow:
        assert found["object"] in schema_of(uow).retired
    assert desk.findings() == []


def test_an_object_that_somebody_works_with_is_kept(desk: Desk, admin: Seat) -> None:
    found = begin(admin, proposal(admin))
    row = admin.get(f"/records/{found['object']}?limit=1")["records"][0]
    reply = desk.client.patch(
        f"/api/v1/records/{found['object']}/{row['id']}",
        json={"bei_zhu": "mine"},
        headers={**admin.headers, "If-Match": '"1"'},
    )
    assert reply.status_code == 200, reply.text

    admin.post(f"/imports/{found['id']}/undo", {"object": True})
    desk.work()

    undone = admin.get(f"/imports/{found['id']}")
    assert (undone["undo"]["removed"], undone["undo"]["kept"], undone["undo"]["object_retired"]) == (7, 1, False)
    with desk.db.read() as uow:
        assert found["object"] in schema_of(uow).objects
