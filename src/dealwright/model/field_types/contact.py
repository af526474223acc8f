"""E-mail address, telephone number, web address."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

import phonenumbers
import sqlalchemy as sa

from dealwright.conditions import fold
from dealwright.foundation.database.types import Text_
from dealwright.foundation.errors import FieldError
from dealwright.model.field_types.base import CoerceContext, FieldType, ValueProblem
from dealwright.model.field_types.text import clean, plain_text
from dealwright.model.shapes import FieldDef, Schema

LOCAL = re.compile(r"[\w!#$%&'*+/=?^`{|}~-]+(\.[\w!#$%&'*+/=?^`{|}~-]+)*")
LABEL = re.compile(r"[^\W_](?:[\w-]{0,61}[^\W_])?")
EXTENSION = re.compile(r"\s*(?:;?ext\.?=?|x|转|分机|#)\s*(\d{1,8})$", re.IGNORECASE)
SHORT_NUMBER = re.compile(r"\d{3,6}")
# Mobile numbers of the mainland as nearly all of them are written. What is not exactly so takes the long way.
MOBILE = re.compile(r"(?:\+86[ -]?)?(1[3-9]\d)[ -]?(\d{4})[ -]?(\d{4})", re.ASCII)


class _Line(FieldType):
    kind = "text"
    may_be_unique = True

    def column_type(self, field: FieldDef) -> sa.types.TypeEngine[Any]:
        return Text_()

    def search_text(self, field: FieldDef, value: str) -> str | None:
        return value


class Email(_Line):
    key = "email"

    def parse(self, field: FieldDef, raw: Any, ctx: CoerceContext) -> str | None:
        if not isinstance(raw, str):
            raise ValueProblem("TEXT_EXPECTED")
        if "\r" in raw.strip() or "\n" in raw.strip():
            raise ValueProblem("EMAIL_FORMAT", example="name@example.com")
        text = clean(raw, lines=False)
        if ctx.mode == "text":
            text = unicodedata.normalize("NFKC", text).removeprefix("mailto:")
        if len(text) > 254:
            raise ValueProblem("TEXT_TOO_LONG", count=len(text), max=254)
        local, _, domain = text.rpartition("@")
        labels = domain.split(".")
        if not (
            LOCAL.fullmatch(local)
            and len(local) <= 64
            and len(labels) > 1
            and all(map(LABEL.fullmatch, labels))
            and not labels[-1].isdecimal()
        ):
            raise ValueProblem("EMAIL_FORMAT", example="name@example.com")
        return f"{local}@{domain.lower()}"

    def unique_key(self, field: FieldDef, value: str) -> str:
        return fold(value)


@lru_cache(maxsize=1)
def _mobile_patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """What phonenumbers itself compares a mobile number of the mainland with."""
    known: Any = phonenumbers.PhoneMetadata.metadata_for_region("CN")
    return re.compile(known.mobile.national_number_pattern), re.compile(known.general_desc.national_number_pattern)


class Phone(_Line):
    """Kept as +8613800138000, an extension as " x123". Numbers without a country are those of config `region` (CN)."""

    key = "phone"

    def check_config(self, field: FieldDef, schema: Schema) -> list[FieldError]:
        region = field.config.get("region", "CN")
        if region not in phonenumbers.SUPPORTED_REGIONS:
            return [FieldError("region", "CONFIG_CHOICE", {"name": "region", "allowed": ["CN", "HK", "TW", "US"]})]
        return []

    def parse(self, field: FieldDef, raw: Any, ctx: CoerceContext) -> str:
        if ctx.mode == "text" and not isinstance(raw, str | bool | list | dict):
            raw = plain_text(raw)
        if not isinstance(raw, str):
            raise ValueProblem("TEXT_EXPECTED")
        region = field.config.get("region", "CN")
        mobile = MOBILE.fullmatch(raw) if region == "CN" or raw[:3] == "+86" else None
        if mobile is not None:
            number_ = "".join(mobile.groups())
            if all(pattern.fullmatch(number_) for pattern in _mobile_patterns()):
                return f"+86{number_}"
        text = unicodedata.normalize("NFKC", clean(raw, lines=False)).replace("(0)", "")
        extension = EXTENSION.search(text)
        bare = text[: extension.start()] if extension else text
        problem = ValueProblem("PHONE_FORMAT", example="+86 138 0013 8000")
        if len(bare) > 40 or not re.fullmatch(r"\+?[\d\s().\-/·]+", bare):
            raise problem
        try:
            number = phonenumbers.parse(bare, region)
        except phonenumbers.NumberParseException:
            raise problem from None
        digits = re.sub(r"\D", "", bare)
        if region == "CN" and SHORT_NUMBER.fullmatch(digits) and "+" not in bare:
            stored = digits  # service numbers such as 95588
        elif (
            number.country_code == 86 and not phonenumbers.is_valid_number(number)
        ) or not phonenumbers.is_possible_number(number):
            raise problem
        else:
            stored = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
        return f"{stored} x{extension[1]}" if extension else stored

    def unique_key(self, field: FieldDef, value: str) -> str:
        return re.sub(r"\D", "", value)


class Url(_Line):
    key = "url"
    may_be_unique = True

    def parse(self, field: FieldDef, raw: Any, ctx: CoerceContext) -> str:
        if not isinstance(raw, str):
            raise ValueProblem("TEXT_EXPECTED")
        text = clean(raw, lines=False)
        if ctx.mode == "text" and "://" not in text and re.match(r"[\w-]+(\.[\w-]+)+([/?#:]|$)", text):
            text = f"https://{text}"
        if len(text) > 2048:
            raise ValueProblem("TEXT_TOO_LONG", count=len(text), max=2048)
        try:
            parts = urlsplit(text)
            host, _port = parts.hostname, parts.port
        except ValueError:
            host, parts = None, urlsplit("")
        if parts.scheme not in ("http", "https") or not host or re.search(r"[\s\\<>\"]", text):
            raise ValueProblem("URL_FORMAT", example="https://example.com")
        return text

    def unique_key(self, field: FieldDef, value: str) -> str:
        return fold(re.sub(r"^https?://(www\.)?|/+$", "", value))
