"""Notices, sources of the desk and what rests: tables only, which `migrate` makes when it finds them missing."""

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Nothing: see above."""
