"""One row per record and field with its tokens; the full-text index beside it is kept by the database itself."""

import sqlalchemy as sa

from dealwright.foundation.database import Id, metadata
from dealwright.foundation.database.fulltext import index_tokens

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

index_tokens(dw_search)
