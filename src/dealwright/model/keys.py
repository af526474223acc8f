"""Names: which keys an object or field may have, how one is made from a label, and names that fit the database."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Container

KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")
MAX_NAME_BYTES = 63  # PostgreSQL cuts longer identifiers silently

SYSTEM_COLUMNS = (
    "id", "version", "created_at", "created_by_id", "modified_at", "modified_by_id",
    "owner_id", "team_id", "deleted_at", "deleted_by_id",
)  # fmt: skip
SYSTEM_KEYS = frozenset((*SYSTEM_COLUMNS, "created_by", "modified_by", "owner", "team", "deleted_by"))

LINES_KEYS = SYSTEM_KEYS | {
    "parent",
    "parent_id",
    "position",
}  # a line also knows its document and its place in it

# Words that PostgreSQL or SQLite does not take as a bare identifier. Ours are always quoted, but the tables are
# meant to be read by people writing SQL by hand.
SQL_WORDS = frozenset(
    [
        "add",
        "all",
        "alter",
        "analyse",
        "analyze",
        "and",
        "any",
        "array",
        "as",
        "asc",
        "asymmetric",
        "authorization",
        "between",
        "binary",
        "both",
        "by",
        "case",
        "cast",
        "check",
        "collate",
        "collation",
        "column",
        "commit",
        "concurrently",
        "constraint",
        "create",
        "cross",
        "current_catalog",
        "current_date",
        "current_role",
        "current_schema",
        "current_time",
        "current_timestamp",
        "current_user",
        "default",
        "deferrable",
        "delete",
        "desc",
        "distinct",
        "do",
        "drop",
        "else",
        "end",
        "escape",
        "except",
        "exists",
        "false",
        "fetch",
        "for",
        "foreign",
        "freeze",
        "from",
        "full",
        "grant",
        "group",
        "having",
        "if",
        "ilike",
        "in",
        "index",
        "initially",
        "inner",
        "insert",
        "intersect",
        "into",
        "is",
        "isnull",
        "join",
        "lateral",
        "leading",
        "left",
        "like",
        "limit",
        "localtime",
        "localtimestamp",
        "natural",
        "not",
        "nothing",
        "notnull",
        "null",
        "offset",
        "on",
        "only",
        "or",
        "order",
        "outer",
        "overlaps",
        "placing",
        "primary",
        "references",
        "returning",
        "right",
        "rowid",
        "select",
        "session_user",
        "set",
        "similar",
        "some",
        "symmetric",
        "table",
        "tablesample",
        "then",
        "to",
        "trailing",
        "transaction",
        "true",
        "union",
        "unique",
        "update",
        "user",
        "using",
        "values",
        "variadic",
        "verbose",
        "view",
        "when",
        "where",
        "window",
        "with",
        "oid",
        "ctid",
        "xmin",
        "xmax",
        "cmin",
        "cmax",
        "tableoid",
    ]
)


def key_fault(key: object) -> str | None:
    """The error code for a key that may not be used (KEY_FORMAT, KEY_RESERVED), or None."""
    if not isinstance(key, str) or not KEY.fullmatch(key) or "__" in key:
        return "KEY_FORMAT"
    if key in SQL_WORDS or key in SYSTEM_KEYS or key.startswith(("dw_", "sqlite_", "pg_", "alembic_")):
        return "KEY_RESERVED"
    return None


def key_from_label(label: str, taken: Container[str] = ()) -> str:
    """A free key made from a label: 项目 gives xiang_mu, "Contract value" gives contract_value."""
    from pypinyin import Style, lazy_pinyin  # its dictionary takes 40 MB and a third of the start

    syllables = lazy_pinyin(label, style=Style.NORMAL, errors=lambda rest: "_".join(re.split(r"[^0-9A-Za-z]+", rest)))
    words = "_".join(part for part in syllables if part).lower()
    base = re.sub(r"_+", "_", re.sub(r"[^a-z0-9_]", "_", words.replace("ü", "v"))).strip("_")[:40].strip("_")
    if not base or not base[0].isalpha():
        base = f"f_{base}"[:40].strip("_")
    if key_fault(base):
        base = f"{base[:36]}_x"
    key, number = base, 2
    while key in taken:
        key = f"{base[:36].rstrip('_')}_{number}"
        number += 1
    return key


def short_name(name: str) -> str:
    """The name itself, or its beginning with a hash when it is longer than a database name may be."""
    if len(name.encode()) <= MAX_NAME_BYTES:
        return name
    return f"{name[:52]}_{hashlib.sha256(name.encode()).hexdigest()[:10]}"
