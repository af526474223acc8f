"""Cells that repeat and rows that are many: what is done once for a chunk is right for every row of it."""

import csv
import io

import sqlalchemy as sa

from dealwright.records.tables import dw_history


def counts(found):
    return {name: found[name] for name in ("created", "updated", "unchanged", "refused") if found[name]}


def hits(seat, words):
    return [hit["label"] for group in seat.get(f"/search?q={words}")["results"] for hit in group["hits"]]


def test_a_word_that_comes_again_means_the_same_and_a_wrong_one_is_refused_each_time(desk, admin):
    text = "客户名称,行业\n甲公司,电子\n乙公司,不存在\n丙公司,电子\n丁公司,不存在\n"

    found = admin.import_file("account", text)

    assert counts(found) == {"created": 2, "refused": 2}
    assert desk.rows("account", "name", "industry") == [("甲公司", "electronics"), ("丙公司", "electronics")]
    refused = list(csv.reader(io.StringIO(admin.refused(found))))[1:]
    assert [row[0] for row in refused] == ["乙公司", "丁公司"]
    assert all("不存在" in row[-1] for row in refused)


def test_rows_with_the_same_list_of_words_have_lists_of_their_own(desk, admin):
    found = admin.import_file("account", "客户名称,标签\n甲公司,重点；华东\n乙公司,重点；华东\n")

    assert counts(found) == {"created": 2}
    history = desk.ask(sa.select(dw_history.c.changes))
    assert [row.changes["tags"] for row in history] == [[None, ["重点", "华东"]]] * 2
    assert desk.findings() == []


def test_more_rows_than_one_statement_of_the_search_index_holds_are_all_found(desk, admin):
    text = "客户名称,电话\n" + "".join(f"第{n:03d}公司,1380013{n:04d}\n" for n in range(230))

    found = admin.import_file("account", text)

    assert counts(found) == {"created": 230}
    for n in (0, 33, 99, 100, 229):
        assert hits(admin, f"第{n:03d}") == [f"第{n:03d}公司"]
        assert hits(admin, f"1380013{n:04d}") == [f"第{n:03d}公司"]
    assert desk.findings() == []
