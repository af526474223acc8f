"""A column that says how far things are, as stages in a sensible order: what is open, what was won, what was lost."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from dealwright.model.keys import key_from_label
from dealwright.records.imports.guessing import Column, hinted

MOST = 12
# Words by how far they are, from first to last. The later ones are looked for first: 待签约 is not 签约.
LOST = r"丢单|输单|失单|失败|流失|放弃|取消|终止|无效|未中标|落标|战败|搁置|拒绝|关闭|\blost\b|cancel|dropped|dead|rejected|declined"
WON = r"成交|赢单|赢了|已签|签约|签单|成功|中标|完成|回款|交付|验收|\bwon\b|signed|done|closed?$|success|delivered|paid"
WAITING = r"(待|未|准备|即将|拟|等)\s*(签|成交|完成|回款|交付|验收)|pending|to sign|not signed"
AHEAD: tuple[tuple[int, str], ...] = (
    (80, WAITING),
    (70, r"谈判|议价|商务|合同|审批|审核|negotiat|contract|approv|legal"),
    (60, r"报价|投标|招标|proposal|quot|bid|offer"),
    (50, r"方案|演示|demo|试用|测试|试点|poc|trial|present|solution"),
    (40, r"需求|意向|跟进|沟通|qualif|interest|need|discovery|working|进行|in progress|推进"),
    (20, r"联系|接触|初访|拜访|contact|visit|reached|meeting"),
    (10, r"线索|潜在|新|未开始|待跟进|\bnew\b|lead|prospect|not started|open|todo|backlog"),
)
UNKNOWN = 35


def kind_of(word: str) -> tuple[str, int]:
    """("open" | "won" | "lost", how far from 0 to 100) of the name of a stage."""
    text = word.strip().lower()
    if re.search(WAITING, text):
        return "open", 80
    if re.search(LOST, text):
        return "lost", 100
    # a step that is done for now ("报价完成") is not the end: only a word of its own, or one without a step before it
    step = next((rank for rank, words in AHEAD if re.search(words, text)), None)
    if re.search(WON, text) and (step is None or step <= 10 or re.search(r"成交|赢|签约|签单|已签|\bwon\b", text)):
        return "won", 95
    return "open", step if step is not None else UNKNOWN


def looks_like_stages(column: Column) -> bool:
    """Whether a column may be a pipeline: named so, few words, and something still open."""
    if not hinted("stage", column.name) or not 2 <= len(column.words) <= MOST or max(map(len, column.words)) > 20:
        return False
    if column.is_distinct and len(column.words) > 4:
        return False
    return any(kind_of(word)[0] == "open" for word in column.words)


def stages_of(column: Column) -> list[dict[str, Any]]:
    """[{"key", "labels", "kind", "probability", "count"}] from first to last; lost ones stand at the end."""
    first = {word: place for place, word in reversed(list(enumerate(column.filled)))}
    ordered = sorted(column.words, key=lambda word: (kind_of(word)[1], first[word]))
    opened = [word for word in ordered if kind_of(word)[0] == "open"]
    keys: list[str] = []
    found = []
    for word in ordered:
        kind = kind_of(word)[0]
        keys.append(key_from_label(word, set(keys)))
        found.append(
            {
                "key": keys[-1], "labels": {"zh": word, "en": word}, "kind": kind, "count": column.words[word], "words": [word],
                "probability": {"won": 100, "lost": 0}.get(kind, _likely(opened, word)),
            }
        )  # fmt: skip
    return found


def _likely(opened: Sequence[str], word: str) -> int:
    """Evenly between 10 and 80, in steps of five: a first guess that everybody will change."""
    if word not in opened:
        return 0
    step = 70 / max(1, len(opened) - 1) if len(opened) > 1 else 0
    return round((10 + step * opened.index(word)) / 5) * 5
