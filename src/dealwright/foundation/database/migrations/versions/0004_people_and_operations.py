"""Second step, resets, absences, the log, mails and tasks: tables only, which `migrate` makes when it finds them missing."""

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Nothing: see above."""
