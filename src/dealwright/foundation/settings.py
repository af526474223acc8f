"""What an operator may set from outside. One list (`SETTINGS`) documents every name; a test compares it with the manual."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Setting:
    """One environment variable: its name, default as an operator would write it, and one sentence."""

    name: str
    default: str
    meaning: str


SETTINGS: tuple[Setting, ...] = (
    Setting("DEALWRIGHT_DATA", "./data", "Folder of the embedded database, files and the session key."),
    Setting(
        "DEALWRIGHT_DATABASE_URL",
        "",
        "postgresql://user:password@host/name; empty: SQLite in the data folder.",
    ),
    Setting("DEALWRIGHT_HOST", "127.0.0.1", "Address the server listens on."),
    Setting("DEALWRIGHT_LOG_LEVEL", "info", "debug, info, warning or error."),
    Setting(
        "DEALWRIGHT_MAIL_FROM", "", "Address mails come from; empty: the mail server's user, else dealwright@ its host."
    ),
    Setting("DEALWRIGHT_PORT", "8000", "Port the server listens on."),
    Setting(
        "DEALWRIGHT_PUBLIC_URL",
        "",
        "Address people use, such as https://crm.example.com; an https one makes cookies secure.",
    ),
    Setting("DEALWRIGHT_SECURE_COOKIES", "", "1 or 0; empty: 1 when the public address begins with https."),
    Setting(
        "DEALWRIGHT_SMTP_URL",
        "",
        "smtp://user:password@host:587 (?starttls=require or off) or smtps://..; empty: no mail is sent.",
    ),
    Setting("DEALWRIGHT_THREADS", "4", "Requests answered at the same time by one process, 1 to 64."),
    Setting("DEALWRIGHT_WORKER", "1", "0: this process runs no outbox worker."),
)

_LOG_LEVELS = ("debug", "info", "warning", "error")


@dataclass(frozen=True)
class Settings:
    """The settings of one process. `database_url` is always filled and in SQLAlchemy's form."""

    database_url: str
    data_dir: Path
    host: str = "127.0.0.1"
    port: int = 8000
    smtp_url: str | None = None
    mail_from: str | None = None
    public_url: str | None = None
    log_level: str = "info"
    secure_cookies: bool = False
    threads: int = 4
    with_worker: bool = True


class SettingError(ValueError):
    """An environment variable holds something that cannot be used; the text names it."""


def database_url_of(url: str, data_dir: Path) -> str:
    """SQLAlchemy's form of an operator's database address; the SQLite file in `data_dir` when it is empty."""
    if not url:
        return f"sqlite:///{(data_dir / 'dealwright.sqlite3').resolve()}"
    scheme, _, rest = url.partition("://")
    if scheme in ("postgres", "postgresql", "postgresql+psycopg"):
        return f"postgresql+psycopg://{rest}"
    if scheme in ("sqlite", "sqlite+pysqlite"):
        return f"sqlite://{rest}"
    raise SettingError(f"DEALWRIGHT_DATABASE_URL: only sqlite:// and postgresql:// are known, not {scheme}://")


def _whole(name: str, text: str, least: int, most: int) -> int:
    if not text.isascii() or not text.isdigit() or not least <= int(text[:9]) <= most:
        raise SettingError(f"{name} must be a whole number from {least} to {most}")
    return int(text)


def load_settings(env: Mapping[str, str] = os.environ) -> Settings:
    """Read the DEALWRIGHT_* variables. Raises SettingError, naming the variable that is wrong."""

    def get(name: str) -> str:
        default = next(setting.default for setting in SETTINGS if setting.name == name)
        return env.get(name, "").strip() or default

    data_dir = Path(get("DEALWRIGHT_DATA"))
    port = _whole("DEALWRIGHT_PORT", get("DEALWRIGHT_PORT"), 0, 65535)
    threads = _whole("DEALWRIGHT_THREADS", get("DEALWRIGHT_THREADS"), 1, 64)
    log_level = get("DEALWRIGHT_LOG_LEVEL").lower()
    if log_level not in _LOG_LEVELS:
        raise SettingError(f"DEALWRIGHT_LOG_LEVEL must be one of {', '.join(_LOG_LEVELS)}")
    public_url = get("DEALWRIGHT_PUBLIC_URL").rstrip("/") or None
    if public_url and not public_url.startswith(("http://", "https://")):
        raise SettingError("DEALWRIGHT_PUBLIC_URL must begin with http:// or https://")
    secure = get("DEALWRIGHT_SECURE_COOKIES").lower()
    if secure not in ("", "0", "1", "true", "false"):
        raise SettingError("DEALWRIGHT_SECURE_COOKIES must be 1 or 0")
    return Settings(
        database_url=database_url_of(get("DEALWRIGHT_DATABASE_URL"), data_dir),
        data_dir=data_dir,
        host=get("DEALWRIGHT_HOST"),
        port=port,
        smtp_url=get("DEALWRIGHT_SMTP_URL") or None,
        mail_from=get("DEALWRIGHT_MAIL_FROM") or None,
        public_url=public_url,
        log_level=log_level,
        threads=threads,
        with_worker=get("DEALWRIGHT_WORKER") != "0",
        secure_cookies=secure in ("1", "true") if secure else bool(public_url and public_url.startswith("https")),
    )
