"""Second step, resets, absences, the log, mails and tasks: tables only, which `migrate` makes when it finds them missing."""

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Nothing: see above."""
