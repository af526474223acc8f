"""Text of one line and long text: cleaning, lengths, formats and normalised uniqueness."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

import sqlalchemy as sa

from dealwright.conditions import fold
from dealwright.foundation.database.types import Text_
from dealwright.foundation.errors import FieldError
from dealwright.model.field_types.base import BLANKS, CoerceContext, FieldType, ValueProblem, whole
from dealwright.model.normalise import company_name, credit_code_is_valid
from dealwright.model.shapes import FieldDef, Schema

# Marks that reorder or hide what is shown: embeddings, overrides, isolates and the marks for direction.
BIDI = re.compile("[\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c]")
CONTROLS = re.compile("[\x01-\x08\x0b\x0c\x0e-\x1f\x7f]")
# Printable ASCII and the common Han characters: none of them is a mark, a control or changed by NFC.
PLAIN = re.compile("[ -~\u4e00-\u9fff]*")
LINE_ENDS = re.compile("\r\n?|[\x85\u2028\u2029]")
MANY_MARKS = 8  # combining marks kept on one letter; real scripts need fewer
FORMATS = ("cn_credit_code", "domain")
DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}")


def clean(raw: str, *, lines: bool) -> str:
    """NFC, stripped, without control characters; one line unless `lines`. Raises ValueProblem BAD_TEXT."""
    if PLAIN.fullmatch(raw):  # nothing in it that anything below would change
        return raw.strip(BLANKS)
    if "\x00" in raw or any("\ud800" <= ch <= "\udfff" for ch in raw):
        raise ValueProblem("BAD_TEXT")
    text = CONTROLS.sub("", LINE_ENDS.sub("\n", raw))
    if not lines:
        text = BIDI.sub("", text).replace("\n", " ").replace("\t", " ")
    text = unicodedata.normalize("NFC", text).strip(BLANKS)
    return _few_marks(text) if any(map(unicodedata.combining, text)) else text


def _few_marks(text: str) -> str:
    kept, run = [], 0
    for ch in text:
        run = run + 1 if unicodedata.combining(ch) else 0
        if run <= MANY_MARKS:
            kept.append(ch)
    return "".join(kept)


class Text(FieldType):
    key = "text"
    kind = "text"
    may_be_unique = True
    lines = False
    longest = 255

    def column_type(self, field: FieldDef) -> sa.types.TypeEngine[Any]:
        return Text_()

    def check_config(self, field: FieldDef, schema: Schema) -> list[FieldError]:
        errors: list[FieldError] = []
        whole(errors, field.config, "max_length", 1, self.longest * 4 if not self.lines else 200_000)
        whole(errors, field.config, "min_length", 0, field.config.get("max_length") or self.longest)
        if field.config.get("format") not in (None, *FORMATS):
            errors.append(FieldError("format", "CONFIG_CHOICE", {"name": "format", "allowed": list(FORMATS)}))
        if field.config.get("normalise") not in (None, "company"):
            errors.append(FieldError("normalise", "CONFIG_CHOICE", {"name": "normalise", "allowed": ["company"]}))
        return errors

    def parse(self, field: FieldDef, raw: Any, ctx: CoerceContext) -> str | None:
        if ctx.mode == "text" and not isinstance(raw, str | bool | list | dict):
            raw = plain_text(raw)
        if not isinstance(raw, str):
            raise ValueProblem("TEXT_EXPECTED")
        text = clean(raw, lines=self.lines)
        longest = field.config.get("max_length") or self.longest
        if len(text) > longest:
            raise ValueProblem("TEXT_TOO_LONG", count=len(text), max=longest)
        if text and len(text) < (field.config.get("min_length") or 0):
            raise ValueProblem("TEXT_TOO_SHORT", count=len(text), min=field.config["min_length"])
        return self.formatted(field, text, ctx) or None

    def formatted(self, field: FieldDef, text: str, ctx: CoerceContext) -> str:
        wanted = field.config.get("format")
        if wanted == "cn_credit_code":
            text = unicodedata.normalize("NFKC", text).upper().replace(" ", "")
            if not credit_code_is_valid(text):
                raise ValueProblem("CREDIT_CODE", example="91330106673959654P")
        elif wanted == "domain":
            text = re.sub(r"^https?://(www\.)?|/.*$", "", text.lower()) if ctx.mode == "text" else text.lower()
            if not DOMAIN.fullmatch(text):
                raise ValueProblem("DOMAIN_FORMAT", example="example.com")
        return text

    def unique_key(self, field: FieldDef, value: str) -> str | None:
        if field.config.get("normalise") == "company":
            return company_name(value)
        return " ".join(fold(value).split()) or None

    def search_text(self, field: FieldDef, value: str) -> str | None:
        return value


class LongText(Text):
    key = "long_text"
    lines = True
    longest = 20_000
    may_be_unique = False


def plain_text(value: Any) -> str:
    """A number or date out of a spreadsheet cell as text: 1380013.0 is 1380013."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
