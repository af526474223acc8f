"""Spreadsheets as people really keep them: a title, merged cells, a total, five ways to write a date."""

from __future__ import annotations

import io
from typing import Any

import xlsxwriter

HEADER = (
    "序号", "客户名称", "项目内容", "跟进状态", "合同金额（万元）", "预计签约日期", "联系人", "联系电话", "负责人", "毛利率", "", "备注",
)  # fmt: skip
ROWS: tuple[tuple[Any, ...], ...] = (
    (1, "青禾精密", "产线监测", "报价中", 12.5, "2026/12/1", "谢望舒", 13800000001, "张伟", 0.35, None, "老板很急"),
    (2, "临澜装备", "网关 40 台", "谈判", "３６", "2026年12月15日", "陶简", "138 0000 0002", "李娜", 0.28, None, None),
    (3, "远汀物流", "冷链监测", "已签约", "1,286", "2026-10-08", "季云归", "13800000003", "张伟", 0.4, None, "已回款"),
    (4, "云岭轴承", "温振监测", "初步接触", "待定", "待定", "陆知遥", "0512-66668888", "李娜", None, None, None),
    (5, "南溪热力", "锅炉房", "丢单", "¥8.8万", "2026.9.30", "沈砚秋", 13800000005, "张伟", 0.2, None, "价格"),
    (6, "白石医疗", "洁净室", "报价中", 54, "20261220", "江晚舟", 13800000006, "李娜", 0.31, None, None),
    (7, "沐川食品", "冷库一期", "初步接触", 6.6, "2027/1/10", "韩知白", 13800000007, "张伟", 0.33, None, None),
    (8, "岚桥纺织", "织机振动", "谈判", 23, "2026/12/28", "卫青崖", 13800000008, "李娜", 0.3, None, None),
)  # fmt: skip


def workbook(rows: tuple[tuple[Any, ...], ...] = ROWS, *, second_sheet: bool = True) -> bytes:
    """The messy sheet as xlsx: title over the header, a total below, the region merged down, another sheet."""
    data = io.BytesIO()
    book = xlsxwriter.Workbook(data, {"in_memory": True})
    sheet = book.add_worksheet("2026年")
    sheet.merge_range(0, 0, 0, 11, "2026年度项目跟进表")
    sheet.write(1, 0, "填表人：销售部")
    for place, name in enumerate((*HEADER, "大区")):
        sheet.write(2, place, name)
    for line, row in enumerate(rows, 3):
        for place, cell in enumerate(row):
            if cell is not None:
                sheet.write(line, place, cell)
    half = len(rows) // 2
    sheet.merge_range(3, 12, 2 + half, 12, "华东区")
    sheet.merge_range(3 + half, 12, 2 + len(rows), 12, "华南区")
    sheet.write(3 + len(rows), 0, "合计")
    sheet.write(3 + len(rows), 4, 1439.9)
    if second_sheet:
        other = book.add_worksheet("联系方式")
        other.write_row(0, 0, ["姓名", "手机", "邮箱"])
        other.write_row(1, 0, ["谢望舒", 13800000001, "xie@example.com"])
        other.write_row(2, 0, ["陶简", 13800000002, "tao@example.com"])
    book.close()
    return data.getvalue()
