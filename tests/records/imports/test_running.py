"""What an import does with its rows: made, changed, refused, each for itself and on both databases."""

import csv
import io
import json

import sqlalchemy as sa

from dealwright.records.imports.tables import dw_import_row
from dealwright.records.tables import dw_history


def counts(found):
    return {name: found[name] for name in ("created", "updated", "unchanged", "refused") if found[name]}


def reasons(text):
    return [row[-1] for row in list(csv.reader(io.StringIO(text)))[1:]]


def hits(seat, words):
    return [hit["label"] for group in seat.get(f"/search?q={words}")["results"] for hit in group["hits"]]


ACCOUNTS = "客户名称,电话,行业\n甲公司,0571-88156688,电子\n乙公司,,金融\n"


def test_a_file_is_uploaded_tried_started_and_counted(desk, admin):
    proposed = admin.upload("account", ACCOUNTS).json()
    assert proposed["mapping"] == {"客户名称": "name", "电话": "phone", "行业": "industry"}
    assert (proposed["state"], proposed["total"], proposed["sample"][0][0]) == ("ready", 2, "甲公司")

    tried = admin.post(f"/imports/{proposed['id']}/try")
    assert (tried["created"], tried["refused"], desk.count("account")) == (2, 0, 0)

    admin.post(f"/imports/{proposed['id']}/start")
    desk.work()

    found = admin.get(f"/imports/{proposed['id']}")
    assert (found["state"], counts(found), found["done"]) == ("done", {"created": 2}, 2)
    assert found["rate"] > 0
    assert desk.rows("account", "name", "phone", "industry") == [
        ("甲公司", "+8657188156688", "electronics"),
        ("乙公司", None, "finance"),
    ]


def test_every_record_has_its_number_its_history_and_is_found_by_search(desk, admin):
    found = admin.import_file("account", ACCOUNTS)

    assert desk.rows("account", "serial") == ["KH-2026-00001", "KH-2026-00002"]
    history = desk.ask(sa.select(dw_history.c.channel, dw_history.c.kind, dw_history.c.version, dw_history.c.changes))
    assert [tuple(row[:3]) for row in history] == [(f"import:{found['id']}", "created", 1)] * 2
    assert history[0].changes["name"] == [None, "甲公司"]
    assert hits(admin, "甲公") == ["甲公司"]
    assert desk.findings() == []


def test_a_refused_row_leaves_the_others_alone_and_comes_back_with_its_reason(desk, admin):
    text = "客户名称,邮箱,年营收\n甲公司,a@example.com,1200\n,b@example.com,5\n丙公司,nonsense,12万\n丁公司,,abc\n"

    found = admin.import_file("account", text)

    assert counts(found) == {"created": 1, "refused": 3}
    rows = list(csv.reader(io.StringIO(admin.refused(found))))
    assert rows[0] == ["客户名称", "邮箱", "年营收", "Reason"]
    assert [row[:3] for row in rows[1:]] == [
        ["", "b@example.com", "5"], ["丙公司", "nonsense", "12万"], ["丁公司", "", "abc"],
    ]  # fmt: skip
    assert rows[1][3].startswith("Row 3: ")
    assert "Name" in rows[1][3]
    assert rows[2][3].startswith("Row 4: Email")


def test_the_file_of_refused_rows_can_be_corrected_and_imported_again(desk, admin):
    found = admin.import_file("account", "客户名称,电话\n甲公司,12\n=cmd|'/c calc'!A1,1\n")
    text = admin.refused(found)
    assert text.splitlines()[2].startswith("'=cmd")  # a spreadsheet does not run it

    again = admin.import_file("account", text.replace(",12,", ",0571-88156688,").replace(",1,", ",,"))

    assert counts(again) == {"created": 2}
    assert desk.rows("account", "name") == ["甲公司", "=cmd|'/c calc'!A1"]


def test_a_cell_that_looks_like_a_formula_is_text_and_is_exported_inert(desk, admin):  # 46
    admin.import_file("account", "客户名称,电话\n@SUM(A1),+8613800138000\n")

    assert desk.rows("account", "name", "phone") == [("@SUM(A1)", "+8613800138000")]
    text = admin.call("GET", "/records/account/export?format=csv&fields=name,phone").content.decode("utf-8-sig")
    assert next(csv.reader(io.StringIO(text.splitlines()[1]))) == ["'@SUM(A1)", "+8613800138000"]


def test_the_reason_is_in_the_language_of_whoever_imports(desk):
    found = desk.seller.import_file("account", "客户名称,电话\n甲公司,12\n")
    desk.seller.call("PATCH", "/me", {"locale": "zh-CN"})

    assert "第 2 行：电话：" in desk.seller.refused(found)


def test_rows_of_different_width_are_refused_and_the_others_imported(desk, admin):  # 38
    found = admin.import_file("account", "客户名称,电话,网站\n甲公司\n乙公司,,\n丙公司,,,x\n")

    assert counts(found) == {"created": 1, "refused": 2}
    assert reasons(admin.refused(found)) == [
        "Row 2: This row has 1 of 3 columns; from “电话” on they are missing.",
        "Row 4: This row has 4 columns, the header has 3.",
    ]


def test_a_failed_formula_in_a_cell_refuses_its_row(desk, admin):  # 44
    found = admin.import_file("account", "客户名称,年营收\n甲公司,#REF!\n乙公司,7\n")

    assert counts(found) == {"created": 1, "refused": 1}
    assert "#REF!" in reasons(admin.refused(found))[0]


def test_the_same_unique_value_twice_in_a_file_is_a_duplicate_of_the_first_row(desk, admin):  # 40
    admin.import_file("account", "客户名称\n旧公司\n")

    found = admin.import_file("account", "客户名称\nAcme\nACME Ltd.\n旧公司\nBolt\n")

    assert counts(found) == {"created": 2, "refused": 2}
    assert reasons(admin.refused(found)) == [
        "Row 3: Name: Duplicate of row 2.",
        "Row 4: This value of “Name” is used already.",
    ]


def test_a_duplicate_is_found_far_down_the_file_too(desk, admin):  # 40
    names = [f"Firm {n}" for n in range(620)]
    found = admin.import_file("account", "\n".join(["name", *names, "firm 3"]))

    assert counts(found) == {"created": 620, "refused": 1}
    assert reasons(admin.refused(found)) == ["Row 622: Name: Duplicate of row 5."]


def test_records_are_created_changed_or_left_by_a_key(desk, admin):
    admin.import_file("account", "客户名称,网站\n甲公司,https://a.example.com\n乙公司,https://b.example.com\n")

    text = "客户名称,网站\n甲公司,https://new.example.com\n乙公司,https://b.example.com\n丙公司,\n"
    found = admin.import_file("account", text, key="name", mode="both")

    assert counts(found) == {"created": 1, "updated": 1, "unchanged": 1}
    assert desk.rows("account", "name", "website", "version") == [
        ("甲公司", "https://new.example.com", 2), ("乙公司", "https://b.example.com", 1), ("丙公司", None, 1),
    ]  # fmt: skip
    assert desk.findings() == []


def test_a_changed_record_is_found_by_its_new_words_only(desk, admin):
    admin.import_file("account", "客户名称,简称\n甲公司,旧称呼\n")
    admin.import_file("account", "客户名称,简称\n甲公司,新叫法\n", key="name")

    assert hits(admin, "旧称呼") == []
    assert hits(admin, "新叫法") == ["甲公司"]


def test_in_update_mode_an_unknown_key_is_refused_and_in_create_mode_a_known_one(desk, admin):
    admin.import_file("account", "客户名称,网站\n甲公司,\n")
    text = "客户名称,网站\n甲公司,https://a.example.com\n乙公司,https://b.example.com\n"

    update = admin.import_file("account", text, key="name", mode="update")
    create = admin.import_file("account", text, key="name", mode="create")

    assert (counts(update), reasons(admin.refused(update))) == (
        {"updated": 1, "refused": 1},
        ["Row 3: No record has “乙公司” in “Name”."],
    )
    assert counts(create) == {"created": 1, "refused": 1}


def test_the_same_key_twice_changes_a_record_once(desk, admin):  # 40
    admin.import_file("account", "客户名称\n甲公司\n")
    text = "客户名称,简称\n甲公司,一\n甲公司,二\n丙公司,三\n丙公司,四\n"

    found = admin.import_file("account", text, key="name", mode="both")

    assert counts(found) == {"created": 1, "updated": 1, "refused": 2}
    assert reasons(admin.refused(found)) == ["Row 3: Name: Duplicate of row 2.", "Row 5: Name: Duplicate of row 4."]
    assert desk.rows("account", "short_name") == ["一", "三"]


def test_a_row_that_means_two_records_changes_neither(desk, admin):  # 41
    admin.import_file("contact", "姓名,微信号\n王芳,w1\n王芳,w2\n李雷,w3\n")

    found = admin.import_file("contact", "姓名,职位\n王芳,经理\n李雷,总监\n", key="name", mode="update")

    assert counts(found) == {"updated": 1, "refused": 1}
    assert "2 records have “王芳”" in reasons(admin.refused(found))[0]
    assert desk.rows("contact", "title") == [None, None, "总监"]


def test_an_export_can_be_edited_and_imported_again_by_its_number(desk, admin):
    admin.import_file("account", "客户名称\n甲公司\n乙公司\n")
    text = "编号,客户名称\nKH-2026-00002,乙集团\nKH-2026-99999,无此\n"

    found = admin.import_file("account", text, key="serial", mapping={"编号": "serial", "客户名称": "name"})

    assert counts(found) == {"updated": 1, "refused": 1}
    assert desk.rows("account", "serial", "name") == [("KH-2026-00001", "甲公司"), ("KH-2026-00002", "乙集团")]


def test_relations_are_found_by_name_by_number_and_by_id_and_people_by_name_or_address(desk, admin, made):
    acme, bolt = made("account", name="Acme 有限公司"), made("account", name="Bolt")
    text = (
        "商机名称,客户,负责人\n"
        f"一,Acme,Sam Seller\n二,KH-2026-00002,sam@example.com\n三,{acme},SAM@EXAMPLE.COM\n四,Nobody,Sam Seller\n"
        "五,Bolt,Nobody\n"
    )

    found = admin.import_file("opportunity", text)

    sam = desk.user_id("sam@example.com")
    assert counts(found) == {"created": 3, "refused": 2}
    assert desk.rows("opportunity", "name", "account_id", "owner_id") == [
        ("一", acme, sam), ("二", bolt, sam), ("三", acme, sam),
    ]  # fmt: skip
    assert reasons(admin.refused(found)) == [
        "Row 5: Account: “Nobody” was not found.",
        "Row 6: Owner: “Nobody” was not found.",
    ]


def test_a_name_that_two_records_have_is_ambiguous(desk, admin, made):  # 41
    for _ in range(2):
        made("contact", name="王芳")

    found = admin.import_file("opportunity", "商机名称,主要联系人\n一,王芳\n")

    assert (counts(found), desk.count("opportunity")) == ({"refused": 1}, 0)
    assert reasons(admin.refused(found)) == ["Row 2: Main contact: 2 records are called “王芳”. Use the number, or choose from the list."]  # fmt: skip


def test_missing_targets_are_made_once_when_that_is_asked_for(desk, admin):
    text = "商机名称,客户\n一,Newco\n二,newco Ltd\n三,Other\n"

    found = admin.import_file("opportunity", text, make=["account"])

    assert counts(found) == {"created": 3}
    newco, other = desk.rows("account", "id")
    assert desk.rows("account", "name") == ["Newco", "Other"]
    assert desk.rows("opportunity", "account_id") == [newco, newco, other]
    assert desk.findings() == []


def test_a_refused_row_makes_no_target_either(desk, admin):
    found = admin.import_file(
        "opportunity", "商机名称,客户,金额\n一,Newco,abc\n二,Newco,1\n三,Third,-\n", make=["account"]
    )

    assert counts(found) == {"created": 1, "refused": 2}
    assert desk.rows("account", "name") == ["Newco"]


def test_parents_and_children_may_stand_in_any_order(desk, admin):
    found = admin.import_file("account", "name,parent\nLeaf,Branch\nBranch,Root\nRoot,\nOther,Root\n")

    assert counts(found) == {"created": 4}
    names = dict(desk.rows("account", "id", "name"))
    parents = {name: names.get(parent) for name, parent in desk.rows("account", "name", "parent_id")}
    assert parents == {"Leaf": "Branch", "Branch": "Root", "Root": None, "Other": "Root"}


def test_many_valued_relations_and_options_come_from_one_cell(desk, admin, made):
    first, second = made("product", name="甲"), made("product", name="乙")
    found = admin.import_file("lead", "姓名,意向产品,标签\n王芳,甲；乙,重点;老客户\n")

    assert counts(found) == {"created": 1}
    lead = admin.get("/records/lead")["records"][0]
    assert [one["id"] for one in lead["products_of_interest"]] == [first, second]
    assert lead["tags"] == ["重点", "老客户"]


def test_words_are_translated_and_words_for_nothing_are_left_out(desk, admin, made):
    made("product", name="GTX Pro")
    text = "商机名称,产品,阶段,来源\n一,GTXPro,Prospecting,Select\n"
    mapping = {"商机名称": "name", "产品": "product", "阶段": "stage", "来源": "source"}
    values = {"product": {"GTXPro": "GTX Pro"}, "stage": {"Prospecting": "lead"}}

    found = admin.import_file("opportunity", text, mapping=mapping, values=values, empty_words=["Select"])

    assert counts(found) == {"created": 1}
    assert desk.rows("opportunity", "stage", "source") == [("lead", None)]


def test_the_gate_of_a_stage_holds_for_imported_rows(desk, admin):  # P1
    pipeline = admin.get("/pipelines")["pipelines"][0]
    next(stage for stage in pipeline["stages"] if stage["key"] == "solution")["required"] = ["amount"]
    assert admin.call("PUT", "/pipelines", pipeline).status_code == 200

    found = admin.import_file("opportunity", "商机名称,阶段,金额\n一,方案呈现,\n二,方案呈现,100\n三,线索获取,\n")

    assert counts(found) == {"created": 2, "refused": 1}
    assert "Amount" in reasons(admin.refused(found))[0]
    assert desk.rows("opportunity", "name", "stage") == [("二", "solution"), ("三", "lead")]


def test_a_salesperson_imports_up_to_five_hundred_rows(desk):
    row = "name\n" + "\n".join(f"Firm {n}" for n in range(501))

    refused = desk.seller.upload("account", row)
    allowed = desk.seller.upload("account", row.rsplit("\n", 1)[0])

    assert (refused.status_code, refused.json()["code"]) == (403, "IMPORT_LIMIT")
    assert allowed.status_code == 201


def test_a_name_out_of_sight_is_as_unknown_as_one_that_does_not_exist(desk, admin, made):
    made("account", name="Secret Firm")  # the administrator's own

    found = desk.seller.import_file("opportunity", "商机名称,客户\n一,Secret Firm\n二,No Such Firm\n")

    assert reasons(desk.seller.refused(found)) == [
        "Row 2: Account: “Secret Firm” was not found.",
        "Row 3: Account: “No Such Firm” was not found.",
    ]


def test_somebody_elses_import_is_not_found(desk, admin):
    found = admin.import_file("account", ACCOUNTS)

    for path in ("", "/refused"):
        assert desk.seller.call("GET", f"/imports/{found['id']}{path}").status_code == 404
    assert desk.seller.get("/imports")["imports"] == []


def test_unknown_columns_become_fields_in_place(desk, admin):
    text = "姓名,Score,Joined,Level,Opted in\n" + "".join(
        f"L{n},{n}.5,2026-01-{n + 1:02d},{'High' if n % 2 else 'Low'},{'Yes' if n % 3 else 'No'}\n" for n in range(20)
    )
    found = admin.import_file("lead", text, mapping={"姓名": "name"}, new_fields=True)

    assert counts(found) == {"created": 20}
    fields = {
        f["labels"]["en"]: f for f in next(o for o in admin.get("/objects")["objects"] if o["key"] == "lead")["fields"]
    }
    assert [fields[name]["type"] for name in ("Joined", "Level", "Opted in")] == ["date", "select", "boolean"]
    totals = admin.aggregate("lead", [fields["Level"]["key"]], [{"op": "count"}])
    assert sorted(row["count"] for row in totals) == [10, 10]


def test_only_a_designer_makes_fields(desk):
    reply = desk.seller.upload("lead", "姓名,Score\nA,1\n", mapping={"姓名": "name"}, new_fields=True)
    assert reply.status_code == 403


def test_a_mapping_that_makes_no_sense_is_refused_in_one_answer(desk, admin):
    reply = admin.upload(
        "account", "name,x,y\nAcme,1,2\n", mapping={"name": "name", "x": "nothing", "gone": "phone", "y": "name"}
    )

    assert reply.status_code == 422
    assert {error["code"] for error in reply.json()["errors"]} == {"UNKNOWN_FIELD", "COLUMN_UNKNOWN", "MAPPED_TWICE"}


def test_options_of_the_wrong_shape_are_refused(desk, admin):
    for bad in (
        {"make": 5},
        {"values": [1]},
        {"empty_words": "Select"},
        {"defaults": 1},
        {"mapping": []},
        {"key": 7},
        {"mapping": {"name": ["name"]}},
    ):
        reply = admin.upload("account", "name\nAcme\n", **bad)
        assert reply.status_code == 422, (bad, reply.text)


def test_options_that_are_no_json_are_refused(desk, admin):
    reply = desk.client.post(
        "/api/v1/imports", files={"file": ("a.csv", b"name\nAcme\n")}, data={"object": "account", "options": "{bad"},
        headers=admin.headers,
    )  # fmt: skip
    assert reply.status_code == 400
    assert json.loads(reply.text)["code"] == "BAD_JSON"


def test_each_line_of_a_file_is_written_down_once(desk, admin):  # S24
    found = admin.import_file("account", ACCOUNTS)

    rows = desk.ask(sa.select(dw_import_row.c.line).where(dw_import_row.c.import_id == found["id"]))
    assert [row.line for row in rows] == [2, 3]
