"""Column types that mean the same on both databases and keep wire values wherever possible.

| type | SQLite | PostgreSQL | Python |
|---|---|---|---|
| Decimal_(scale) | INTEGER, scaled | NUMERIC(30, scale) | Decimal |
| Instant | TEXT, YYYY-MM-DDTHH:MM:SS.ffffffZ | TIMESTAMPTZ | aware datetime, UTC |
| Day | TEXT, YYYY-MM-DD | DATE | date |
| Json | TEXT, Chinese kept readable | JSONB | any JSON value |
| Id | TEXT | TEXT COLLATE "C" | str |
| Text_ | TEXT | TEXT | str |
| Flag | BOOLEAN (0/1) | BOOLEAN | bool |
"""

import re
from datetime import UTC, date, datetime
from decimal import ROUND_FLOOR, Context, Decimal
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.engine import Dialect as SaDialect
from sqlalchemy.types import TypeDecorator, TypeEngine

from dealwright.foundation.jsonout import encode

_INSTANT_TEXT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")
MAX_SCALED = 2**63 - 1


def instant_text(value: datetime) -> str:
    """The stored text of an instant on SQLite, of one width so that it sorts. Refuses naive values."""
    if value.tzinfo is None:
        raise ValueError("an instant needs a time zone")
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ") if value.year >= 1000 else _early(value)


def _early(value: datetime) -> str:
    """strftime pads years below 1000 differently from system to system."""
    return value.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def instant_of(text: str) -> datetime:
    """The instant of a stored text."""
    return datetime.fromisoformat(text)


def scaled(value: Decimal | int | str, scale: int) -> int:
    """`value` as a whole number of its smallest unit. Raises ValueError when digits would be lost or it is too big."""
    exact = Decimal(value).scaleb(scale)
    whole = int(exact)
    if whole != exact:
        raise ValueError(f"{value} has more than {scale} digits after the point")
    if abs(whole) > MAX_SCALED:
        raise ValueError(f"{value} is too big")
    return whole


def unscaled(value: int, scale: int) -> Decimal:
    """The decimal of a stored whole number."""
    return Decimal(value).scaleb(-scale) if scale else Decimal(value)


class Decimal_(TypeDecorator[Decimal]):
    """An exact decimal with `scale` digits after the point."""

    impl = sa.Numeric
    cache_ok = True

    def __init__(self, scale: int = 2) -> None:
        super().__init__(30, scale)
        self.scale = scale

    def load_dialect_impl(self, dialect: SaDialect) -> TypeEngine[Any]:
        if dialect.name == "sqlite":
            return dialect.type_descriptor(sa.BigInteger())
        return dialect.type_descriptor(sa.Numeric(30, self.scale))

    def process_bind_param(self, value: Any, dialect: SaDialect) -> Any:
        if value is None:
            return None
        if isinstance(value, float):
            raise TypeError("decimals never travel as float")
        whole = scaled(value, self.scale)
        return whole if dialect.name == "sqlite" else Decimal(value)

    def process_result_value(self, value: Any, dialect: SaDialect) -> Decimal | None:
        if value is None:
            return None
        if dialect.name != "sqlite":
            return value if isinstance(value, Decimal) else Decimal(value)
        if isinstance(value, float):  # avg() on whole numbers
            return (Decimal(repr(value)) / (10**self.scale)).quantize(Decimal(1).scaleb(-self.scale))
        return unscaled(value, self.scale)

    def coerce_compared_value(self, op: Any, value: Any) -> TypeEngine[Any]:
        return self


class AnyScale(TypeDecorator[Any]):
    """A number to compare a scaled column with by `op` (gt, gte, lt, lte, eq ...).

    SQLite holds whole numbers of the smallest unit: figures beyond the column's places are cut towards the side that
    keeps the comparison exact (x > 2.5 is x > 2, x >= 2.5 is x >= 3), and equal no stored number.
    """

    impl = sa.Numeric
    cache_ok = True

    def __init__(self, scale: int, op: str = "eq") -> None:
        super().__init__()
        self.scale = scale
        self.op = op

    def load_dialect_impl(self, dialect: SaDialect) -> TypeEngine[Any]:
        # Numeric would turn the bind into a float on SQLite
        return dialect.type_descriptor(sa.BigInteger() if dialect.name == "sqlite" else sa.Numeric())

    def process_bind_param(self, value: Any, dialect: SaDialect) -> Any:
        if value is None or dialect.name != "sqlite":
            return value
        exact = value.scaleb(self.scale, Context(prec=100))
        whole = int(exact.to_integral_value(ROUND_FLOOR))
        if whole != exact:
            if self.op not in ("gt", "gte", "lt", "lte"):
                return 0.5
            whole += self.op in ("gte", "lt")
        return whole if abs(whole) < 2**63 else float(whole)


class Instant(TypeDecorator[datetime]):
    """An instant in UTC. Takes aware datetimes or the stored text; refuses naive ones."""

    impl = sa.DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: SaDialect) -> TypeEngine[Any]:
        if dialect.name == "sqlite":
            return dialect.type_descriptor(sa.Text())
        return dialect.type_descriptor(sa.DateTime(timezone=True))

    def process_bind_param(self, value: Any, dialect: SaDialect) -> Any:
        if value is None:
            return None
        if isinstance(value, str):
            if not _INSTANT_TEXT.fullmatch(value):
                raise ValueError(f"not the stored text of an instant: {value!r}")
            return value if dialect.name == "sqlite" else datetime.fromisoformat(value)
        if value.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        return instant_text(value) if dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, dialect: SaDialect) -> datetime | None:
        if value is None:
            return None
        return datetime.fromisoformat(value) if isinstance(value, str) else value.astimezone(UTC)

    def coerce_compared_value(self, op: Any, value: Any) -> TypeEngine[Any]:
        return self


class Day(TypeDecorator[date]):
    """A calendar day. Takes dates or their ISO text."""

    impl = sa.Date
    cache_ok = True

    def load_dialect_impl(self, dialect: SaDialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(sa.Text() if dialect.name == "sqlite" else sa.Date())

    def process_bind_param(self, value: Any, dialect: SaDialect) -> Any:
        if value is None:
            return None
        if isinstance(value, datetime):
            raise TypeError("a day is not an instant; take its local date first")
        if isinstance(value, str):
            value = date.fromisoformat(value)
        return value.isoformat() if dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, dialect: SaDialect) -> date | None:
        return date.fromisoformat(value) if isinstance(value, str) else value

    def coerce_compared_value(self, op: Any, value: Any) -> TypeEngine[Any]:
        return self


class Json(TypeDecorator[Any]):
    """Any JSON value; None is SQL NULL. Decimals in it are stored as strings, Chinese as itself."""

    impl = sa.Text
    cache_ok = True

    def load_dialect_impl(self, dialect: SaDialect) -> TypeEngine[Any]:
        if dialect.name == "sqlite":
            return dialect.type_descriptor(sa.Text())
        return dialect.type_descriptor(postgresql.JSONB(none_as_null=True))

    def process_bind_param(self, value: Any, dialect: SaDialect) -> Any:
        if value is None or dialect.name != "sqlite":
            return value
        return encode(value).decode()

    def process_result_value(self, value: Any, dialect: SaDialect) -> Any:
        return msgspec.json.decode(value) if isinstance(value, str) and dialect.name == "sqlite" else value

    def coerce_compared_value(self, op: Any, value: Any) -> TypeEngine[Any]:
        return sa.Text() if isinstance(value, str) else self


class Id(TypeDecorator[str]):
    """An id of ours; compared byte by byte on both databases."""

    impl = sa.Text
    cache_ok = True

    def load_dialect_impl(self, dialect: SaDialect) -> TypeEngine[Any]:
        if dialect.name == "sqlite":
            return dialect.type_descriptor(sa.Text())
        # The driver's own string type writes VARCHAR in CREATE TABLE; tables are meant to be read by people.
        driver_text = type(dialect.type_descriptor(sa.Text()))
        return type("IdText", (driver_text,), {"__visit_name__": "TEXT"})(collation="C")


Text_ = sa.Text
Flag = sa.Boolean
