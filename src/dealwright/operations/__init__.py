"""What an operator does from the command line: serve, set up, import and export, check, back up and restore."""

from dealwright.operations.backup import backup, restore
from dealwright.operations.commands import (
    config_diff,
    config_export,
    config_import,
    create_token,
    create_user,
    export_records,
    import_file,
    init,
)
from dealwright.operations.doctor import doctor
from dealwright.operations.sample import sample_company
from dealwright.operations.serving import run_worker, serve

__all__ = [
    "backup", "config_diff", "config_export", "config_import", "create_token", "create_user", "doctor",
    "export_records", "import_file", "init", "restore", "run_worker", "sample_company", "serve",
]  # fmt: skip
