"""A full-text index over a table of tokens: FTS5 beside it on SQLite, a GIN index on PostgreSQL.

Tokens are made by whoever fills the table (letters and digits only, parted by spaces), so both databases find the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

Group = tuple[Sequence[str], bool]  # tokens that stand one after the other; whether the last one is a beginning


def index_tokens(table: sa.Table) -> None:
    """Give a table (integer `id`, text `tokens`) its index; SQLite's is kept up to date by triggers."""
    name = table.name
    table.info["fulltext"] = True
    sqlite = (
        f"CREATE VIRTUAL TABLE {name}_fts USING fts5(tokens, content='{name}', content_rowid='id', "
        'tokenize="unicode61 remove_diacritics 0")',
        f"CREATE TRIGGER {name}_added AFTER INSERT ON {name} BEGIN "
        f"INSERT INTO {name}_fts(rowid, tokens) VALUES (new.id, new.tokens); END",
        f"CREATE TRIGGER {name}_gone AFTER DELETE ON {name} BEGIN "
        f"INSERT INTO {name}_fts({name}_fts, rowid, tokens) VALUES ('delete', old.id, old.tokens); END",
    )
    for text in sqlite:
        sa.event.listen(table, "after_create", sa.DDL(text.replace("%", "%%")).execute_if(dialect="sqlite"))
    gin = f"CREATE INDEX ix_{name}_tokens ON {name} USING gin (to_tsvector('simple', tokens))"
    sa.event.listen(table, "after_create", sa.DDL(gin).execute_if(dialect="postgresql"))


def sqlite_match(table: sa.Table, bind_name: str) -> sa.ColumnElement[bool]:
    """Rows whose tokens match, by the FTS5 table."""
    fts = sa.table(f"{table.name}_fts", sa.column("rowid"), sa.column("tokens"))
    bind = sa.bindparam(bind_name, "", type_=sa.Text())
    hits = sa.select(fts.c.rowid).where(sa.text(f"{table.name}_fts MATCH :{bind_name}").bindparams(bind))
    return table.c.id.in_(hits)


def sqlite_query(groups: Sequence[Group]) -> str:
    """The MATCH text; tokens hold letters and digits only, so quoting them is enough."""
    return " AND ".join(f'"{" ".join(tokens)}"{"*" if is_prefix else ""}' for tokens, is_prefix in groups)


def postgres_match(table: sa.Table, bind_name: str) -> sa.ColumnElement[bool]:
    """Rows whose tokens match, by the GIN index."""
    simple: Any = sa.literal_column("'simple'")
    vector = sa.func.to_tsvector(simple, table.c.tokens)
    return vector.op("@@")(sa.func.to_tsquery(simple, sa.bindparam(bind_name, "", type_=sa.Text())))


def postgres_query(groups: Sequence[Group]) -> str:
    """The to_tsquery text."""
    return " & ".join(
        "(" + " <-> ".join(f"'{token}'{':*' if is_prefix else ''}" for token in tokens) + ")"
        for tokens, is_prefix in groups
    )
