"""Which column goes into which field: proposed from names, and the type a new field would get from its values."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from dealwright.conditions import fold
from dealwright.model import FieldDef, local_forms
from dealwright.model.keys import key_from_label
from dealwright.records.imports.reading import Sheet

ALIASES = {
    "name": ("名称", "姓名", "name", "客户", "公司", "company name", "account", "title", "product"),
    "owner": ("负责人", "owner", "sales_agent", "销售", "sales rep"),
    "amount": ("金额", "amount", "close_value", "value", "deal value"),
    "stage": ("阶段", "stage", "deal_stage"),
    "close_date": ("预计成交日", "close date", "expected close", "close_date"),
    "mobile": ("手机", "手机号", "mobile", "cell"), "phone": ("电话", "phone", "tel"),
    "email": ("邮箱", "email", "e-mail", "mail"), "industry": ("行业", "industry", "sector"),
    "account": ("客户", "客户名称", "account", "company"), "list_price": ("标准价", "list price", "sales_price", "price"),
    "parent": ("上级客户", "parent", "subsidiary_of"), "annual_revenue": ("年营收", "revenue", "annual revenue"),
    "source": ("来源", "source", "lead source"),
}  # fmt: skip


def _plain(text: str) -> str:
    return re.sub(r"[\s_\-()（）:：*.]+", "", fold(text))


def propose(sheet: Sheet, fields: Mapping[str, FieldDef]) -> dict[str, str | None]:
    """{column: field key} for the columns that can be told; each field at most once, of repeated columns none."""
    names: dict[str, str] = {}
    for field in fields.values():
        if not field.read_only:
            for text in (field.key, *field.labels.values()):
                names.setdefault(_plain(text), field.key)
    for key, aliases in ALIASES.items():
        if key in fields:
            for alias in aliases:
                names.setdefault(_plain(alias), key)
    found: dict[str, str | None] = {}
    for column in sheet.header:
        wanted = names.get(_plain(column)) if column and column not in sheet.repeated else None
        if wanted and wanted not in found.values():
            found[column] = wanted
    return found


def guess_field(column: str, values: Sequence[Any], taken: Sequence[str]) -> dict[str, Any]:
    """The specification of a new field for a column, from its name and values."""
    known = [str(v).strip() for v in values if v is not None and str(v).strip()]
    spec: dict[str, Any] = {
        "key": key_from_label(column, set(taken)),
        "labels": {"zh": column, "en": column},
        "on_form": False,
    }
    words = Counter(known)
    lowered = {word.lower() for word in words}
    if not known:
        return {**spec, "type": "text"}
    if lowered <= {"yes", "no", "true", "false", "是", "否"}:
        return {**spec, "type": "boolean"}
    if all(re.fullmatch(r"-?\d{1,15}(\.\d{1,6})?", word) for word in words):
        places = max((len(word.partition(".")[2].rstrip("0")) for word in words), default=0)
        return {**spec, "type": "number", "scale": min(6, places)}
    if all(local_forms.day(word) for word in list(words)[:200]):
        return {**spec, "type": "date"}
    longest = max(map(len, words))
    if len(words) <= 40 and longest <= 80 and len(known) >= 5 * len(words):
        options: list[dict[str, Any]] = []
        for word, _ in words.most_common():
            if fold(word) not in {fold(option["labels"]["en"]) for option in options}:
                key = key_from_label(word, {option["key"] for option in options})
                options.append({"key": key, "labels": {"zh": word, "en": word}})
        return {**spec, "type": "select", "options": options}
    if longest > 255:
        return {**spec, "type": "long_text"}
    return {**spec, "type": "text"}


def columns_for(mapping: Mapping[str, Any], header: Sequence[str]) -> list[tuple[int, str]]:
    """(place in the row, field key) of a mapping {column: field key | null}."""
    return [(header.index(column), key) for column, key in mapping.items() if key and column in header]
