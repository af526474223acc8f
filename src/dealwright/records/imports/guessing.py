"""What kind of field a column of somebody's spreadsheet would be: judged by its name and by nearly all of its values.

A few cells that do not fit ("to be settled", a dash) do not change what the others are; they are named as doubtful.
Nothing is read or written here.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from dealwright.conditions import fold
from dealwright.model import FieldDef, ValueProblem, local_forms
from dealwright.model.field_types import CoerceContext, field_type
from dealwright.model.keys import key_from_label

ENOUGH = 0.8  # so much of the filled cells must fit a type
LOOKED_AT = 300  # different values
# What people write where they know nothing; such a cell is empty.
NOTHING = ("-", "—", "–", "--", "——", "/", "无", "暂无", "待定", "未定", "未知", "n/a", "na", "none", "tbd", "?", "？")
HINTS = {
    "phone": r"手机|电话|联系方式|座机|mobile|phone|\btel\b|cell",
    "email": r"邮箱|邮件|e-?mail",
    "url": r"网址|网站|链接|主页|website|\burl\b|link|homepage",
    "money": r"金额|价|费|收入|营收|预算|成本|货款|回款|合同额|产值|[￥¥$]|万元|（元）|\(元\)|amount|price|revenue|budget|value|cost|fee",
    "percent": r"比例|百分|概率|赢率|折扣|占比|完成度|率$|percent|probability|rate|discount|%",
    "user": r"负责人|业务员|销售(人员|员|代表)?$|跟进人|客户经理|owner|\bsales(person| rep)?\b|assigned|\brep\b",
    "region": r"地区|区域|省|城市|所在地|region|province|city",
    "stage": r"状态|阶段|进度|进展|status|stage|phase",
    "notes": r"备注|说明|描述|情况|记录$|note|comment|remark|description",
    "code": r"编号|编码|单号|合同号|代码|序列号|\bcode\b|\bid\b|\bno\b|number",
    "name": r"名称|姓名|客户|公司|单位|项目|商机|标题|名字|\bname\b|company|title|account|customer|project|deal",
    "close_date": r"预计.*(成交|签|日)|成交日|签约日|签单|close|expected",
}
_SIGNS = re.compile(r"[￥¥$€£]|元|万|亿")


def hinted(kind: str, column: str) -> bool:
    """Whether a column's name speaks for a kind."""
    return re.search(HINTS[kind], column, re.IGNORECASE) is not None


@dataclass(frozen=True)
class Known:
    """What the workspace knows: how values are read, who is there, and whose names some texts are.

    people: folded names and e-mail addresses. named: texts → [(object key, how many of them it has as names)].
    """

    context: CoerceContext
    people: frozenset[str] = frozenset()
    named: Callable[[Sequence[str]], Sequence[tuple[str, int]]] = field(default=lambda texts: [])


@dataclass(frozen=True)
class Guess:
    """The specification of a field, and what of the column does not fit it: [(place, value)]."""

    spec: Mapping[str, Any]
    doubtful: Sequence[tuple[int, str]] = ()


class Column:
    """A column's cells as texts, counted."""

    def __init__(self, name: str, cells: Sequence[Any]) -> None:
        self.name = name
        self.texts = [as_text(cell) for cell in cells]
        self.filled = [text for text in self.texts if text and text.lower() not in NOTHING]
        self.words = Counter(self.filled)
        self.sample = [word for word, _ in self.words.most_common(LOOKED_AT)]

    def share(self, fits: Callable[[str], bool]) -> float:
        """How much of the filled cells fits, as far as was looked."""
        seen = sum(self.words[word] for word in self.sample)
        return sum(self.words[word] for word in self.sample if fits(word)) / seen if seen else 0.0

    def mostly(self, fits: Callable[[str], bool], enough: float = ENOUGH) -> bool:
        """Whether nearly all cells fit."""
        return self.share(fits) >= enough

    def but(self, fits: Callable[[str], bool], most: int = 3) -> list[tuple[int, str]]:
        """The first cells that do not fit, by place."""
        verdicts: dict[str, bool] = {}
        found: list[tuple[int, str]] = []
        for place, text in enumerate(self.texts):
            if text in self.words and not verdicts.setdefault(text, fits(text)):
                found.append((place, text))
                if len(found) == most:
                    break
        return found

    @property
    def is_distinct(self) -> bool:
        """Whether no two filled cells are alike."""
        return len(self.words) == len(self.filled)

    @property
    def repeats(self) -> bool:
        """Whether it looks like a choice among a few."""
        few = len(self.words) <= 12 and len(self.filled) >= 2 * len(self.words) and len(self.filled) >= 4
        return (few or (len(self.words) <= 40 and len(self.filled) >= 5 * len(self.words))) and max(
            map(len, self.words), default=0
        ) <= 40


def as_text(cell: Any) -> str:
    """A cell as one reads it: whole numbers without a point, trimmed."""
    if cell is None:
        return ""
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell).strip()


def guess(name: str, cells: Sequence[Any], taken: Sequence[str], known: Known) -> Guess:
    """The field that a column would be: {"key", "labels", "type", ...} as `model.service` takes it."""
    column = Column(name, cells)
    found, fits = _type_of(column, known)
    spec: dict[str, Any] = {
        "key": key_from_label(name, set(taken)), "labels": {"zh": name, "en": name}, "on_form": True, **found,
    }  # fmt: skip
    return Guess(spec, column.but(fits) if fits else ())


def reads_as(type_: str, known: Known, **config: Any) -> Callable[[str], bool]:
    """Whether a text can be stored in a field of a type."""
    one = FieldDef("x", "x", "x", type_, {"zh": "x", "en": "x"}, config=config)
    ftype = field_type(type_)

    def fits(text: str) -> bool:
        try:
            return ftype.coerce(one, text, known.context) is not None
        except ValueProblem:
            return False

    return fits


def _type_of(column: Column, known: Known) -> tuple[dict[str, Any], Callable[[str], bool] | None]:
    name = column.name
    if not column.filled:
        return {"type": "text"}, None
    if {word.lower() for word in column.words} <= {"yes", "no", "true", "false", "是", "否", "√", "×"}:
        return {"type": "boolean"}, None
    is_phone = reads_as("phone", known)
    if (hinted("phone", name) and column.mostly(is_phone, 0.6)) or column.mostly(_is_mobile):
        return {"type": "phone"}, is_phone
    for type_ in ("email", "url"):
        fits = reads_as(type_, known)
        if column.mostly(fits) and (type_ == "email" or hinted("url", name) or column.mostly(_has_scheme)):
            return {"type": type_}, fits
    found = _moment_of(column) or _number_of(column, known)
    if found is not None:
        return found
    if hinted("region", name) and column.mostly(reads_as("region", known)):
        return {"type": "region"}, reads_as("region", known)
    if hinted("user", name) and column.share(lambda text: fold(text).strip() in known.people) >= 0.5:
        return {"type": "user"}, lambda text: fold(text).strip() in known.people
    target = _target_of(column, known)
    if target is not None:
        return {"type": "relation", "target": target}, None
    if hinted("notes", name) or max(map(len, column.words)) > 100 or any("\n" in word for word in column.words):
        return {"type": "long_text"}, None
    if column.repeats and not column.is_distinct:
        return {"type": "select", "options": options_of(column.words)}, None
    return {"type": "long_text" if max(map(len, column.words)) > 255 else "text"}, None


def _is_mobile(text: str) -> bool:
    return re.fullmatch(r"(?:\+?86[ -]?)?1[3-9]\d[ -]?\d{4}[ -]?\d{4}", unicodedata.normalize("NFKC", text)) is not None


def _has_scheme(text: str) -> bool:
    return re.match(r"https?://|www\.", text, re.IGNORECASE) is not None


def _moment_of(column: Column) -> tuple[dict[str, Any], Callable[[str], bool]] | None:
    def fits(text: str) -> bool:
        return local_forms.moment(text) is not None

    # 20250101 might as well be a number: without a name that speaks of a day, figures alone are none
    if not column.mostly(fits) or (
        all(word.isdecimal() for word in column.words) and not re.search("日|date|时间", column.name, re.I)
    ):
        return None
    with_clock = column.share(lambda text: local_forms.day(text) is None and fits(text)) > 0.5
    return {"type": "datetime" if with_clock else "date"}, fits


def _number_of(column: Column, known: Known) -> tuple[dict[str, Any], Callable[[str], bool] | None] | None:
    name = column.name

    def fits(text: str) -> bool:
        return local_forms.number(text) is not None

    if not column.mostly(fits):
        return None
    if column.share(lambda text: unicodedata.normalize("NFKC", text).endswith("%")) > 0.5:
        return {"type": "percent", "scale": 2}, fits
    if hinted("percent", name) and _are_parts(column):
        return {"type": "percent", "scale": 2, "factor": 100}, fits
    if (
        hinted("money", name)
        or column.share(lambda text: _SIGNS.search(unicodedata.normalize("NFKC", text)) is not None) > 0.5
    ):
        factor = {"factor": 10_000} if "万" in name else {"factor": 1_000} if "千元" in name else {}
        return {"type": "money", **factor}, fits
    if hinted("percent", name) and all(0 <= (local_forms.number(word) or 0) <= 100 for word in column.sample):
        return {"type": "percent", "scale": 2}, fits
    codes = sum(word[:1] == "0" and len(word) > 1 and word.isdecimal() for word in column.words)
    long = all(len(word) >= 8 and word.isdecimal() for word in column.words)
    if hinted("code", name) or codes or long:
        return {"type": "text"}, None
    plain = [local_forms.number(word) for word in column.words]
    places = max(
        (max(0, -int(value.normalize().as_tuple().exponent)) for value in plain if value is not None), default=0
    )
    return {"type": "number", "scale": min(6, places)}, fits


def _are_parts(column: Column) -> bool:
    """Whether the numbers are parts of one: what a spreadsheet keeps where it shows percent."""
    values = [local_forms.number(word) for word in column.words]
    known = [value for value in values if value is not None]
    return all(0 <= value <= 1 for value in known) and any(0 < value < 1 for value in known)


def _target_of(column: Column, known: Known) -> str | None:
    """The object whose records' names most of the values are; not for a few words that may be anything."""
    if len(column.words) < 2 or not any(len(word) > 2 for word in column.words):
        return None
    best = max(known.named(column.sample), key=lambda pair: pair[1], default=None)
    return best[0] if best is not None and best[1] >= 0.6 * len(column.sample) else None


def options_of(words: Counter[str]) -> list[dict[str, Any]]:
    """The options of a choice, the usual ones first; words that differ in case alone are one."""
    options: list[dict[str, Any]] = []
    seen: set[str] = set()
    for word, _ in words.most_common():
        if fold(word) not in seen:
            seen.add(fold(word))
            key = key_from_label(word, {option["key"] for option in options})
            options.append({"key": key, "labels": {"zh": word, "en": word}})
    return options


__all__ = ["NOTHING", "Column", "Guess", "Known", "as_text", "guess", "hinted", "options_of", "reads_as"]
