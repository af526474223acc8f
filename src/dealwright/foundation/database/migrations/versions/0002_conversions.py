"""Conversions: a table only, which `migrate` makes when it finds it missing."""

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Nothing: see above."""
