"""A region of China (province, city or district) by its administrative code."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from dealwright.foundation.database.types import Text_
from dealwright.model import regions
from dealwright.model.field_types.base import CoerceContext, FieldType, ValueProblem
from dealwright.model.field_types.text import plain_text
from dealwright.model.shapes import FieldDef


class RegionType(FieldType):
    key = "region"
    kind = "region"

    def column_type(self, field: FieldDef) -> sa.types.TypeEngine[Any]:
        return Text_()

    def parse(self, field: FieldDef, raw: Any, ctx: CoerceContext) -> str:
        if ctx.mode == "text" and isinstance(raw, int | float) and not isinstance(raw, bool):
            raw = plain_text(raw)
        if not isinstance(raw, str):
            raise ValueProblem("REGION_UNKNOWN", value=str(raw)[:80], example="330106")
        code = raw.strip()
        if code in regions.regions():
            return code
        if ctx.mode == "text":
            if code.isdecimal() and len(code) in (6, 12):  # national codes fill with zeros: 330100
                trimmed = code[:6]
                while trimmed.endswith("00"):
                    trimmed = trimmed[:-2]
                if trimmed in regions.regions():
                    return trimmed
            found = regions.find(code)
            if len(found) == 1:
                return found[0]
            if found:
                raise ValueProblem("REGION_AMBIGUOUS", value=code[:80], allowed=[regions.name_of(c) for c in found[:5]])
        raise ValueProblem("REGION_UNKNOWN", value=code[:80], example="330106")

    def to_text(self, field: FieldDef, value: str, locale: str) -> str:
        return regions.name_of(value)

    def search_text(self, field: FieldDef, value: str) -> str | None:
        return regions.name_of(value)
