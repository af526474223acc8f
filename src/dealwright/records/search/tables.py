"""One row per record and field with its tokens; the full-text index beside it is kept by the database itself."""

import sqlalchemy as sa

from dealwright.foundation.database import Id, metadata

dw_search = sa.Table(
    "dw_search",
    metadata,
    sa.Column("id", sa.Integer().with_variant(sa.BigInteger, "postgresql"), primary_key=True, autoincrement=True),
    sa.Column("object_key", sa.Text, nullable=False),
    sa.Column("record_id", Id, nullable=False),
    sa.Column("field_key", sa.Text, nullable=False),
    sa.Column("tokens", sa.Text, nullable=False),
    sa.Index("ix_dw_search_record", "record_id", "field_key"),
)

_SQLITE = (
    "CREATE VIRTUAL TABLE dw_search_fts USING fts5(tokens, content='dw_search', content_rowid='id', "
    'tokenize="unicode61 remove_diacritics 0")',
    "CREATE TRIGGER dw_search_added AFTER INSERT ON dw_search BEGIN "
    "INSERT INTO dw_search_fts(rowid, tokens) VALUES (new.id, new.tokens); END",
    "CREATE TRIGGER dw_search_gone AFTER DELETE ON dw_search BEGIN "
    "INSERT INTO dw_search_fts(dw_search_fts, rowid, tokens) VALUES ('delete', old.id, old.tokens); END",
)
_POSTGRES = "CREATE INDEX ix_dw_search_tokens ON dw_search USING gin (to_tsvector('simple', tokens))"

for _text in _SQLITE:
    sa.event.listen(dw_search, "after_create", sa.DDL(_text.replace("%", "%%")).execute_if(dialect="sqlite"))
sa.event.listen(dw_search, "after_create", sa.DDL(_POSTGRES).execute_if(dialect="postgresql"))
