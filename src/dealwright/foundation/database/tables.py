"""The metadata of all system tables (names dw_*) and the table of the workspace's state.

Other packages register their tables by importing `metadata` in their own `tables.py`.
"""

import sqlalchemy as sa

from dealwright.foundation.database.types import Json

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# One row for ever: what every unit of work may want to know, read in one go.
dw_state = sa.Table(
    "dw_state",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("schema_version", sa.BigInteger, nullable=False, server_default="1"),
    sa.Column("rights_epoch", sa.BigInteger, nullable=False, server_default="1"),
    sa.Column("workspace", Json, nullable=False),
    sa.CheckConstraint("id = 1", name="only_one"),
)

# How often the records of an object have changed: the sum over its slots rises with every commit (decisions/0005).
dw_data_version = sa.Table(
    "dw_data_version",
    metadata,
    sa.Column("object_key", sa.Text, nullable=False),
    sa.Column("slot", sa.Integer, nullable=False),
    sa.Column("version", sa.BigInteger, nullable=False),
    sa.PrimaryKeyConstraint("object_key", "slot"),
)
