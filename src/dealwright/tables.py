"""Every system table of every package, imported in one place so that migrations forget none."""

from importlib import import_module

MODULES = (
    "foundation.outbox.tables", "model.tables", "people.tables", "access.tables", "records.tables",
    "records.search.tables", "records.merging.tables", "records.views", "records.view_choice", "records.imports.tables", "process.tables",
    "messages.mail.tables", "messages.notices.tables", "operations.tables",
    "conversion.tables", "desk.tables",
)  # fmt: skip


def load() -> None:
    """Import them; each registers its tables with the shared metadata."""
    for name in MODULES:
        import_module(f"dealwright.{name}")
