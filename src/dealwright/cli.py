"""The command line: `dealwright --help`. Each command opens the same services as the server and calls one function."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from dealwright import app as application
from dealwright import operations
from dealwright.foundation.errors import Problem
from dealwright.foundation.jsonin import read_json
from dealwright.foundation.services import Services
from dealwright.foundation.settings import load_settings
from dealwright.foundation.texts import say

app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False, help="Dealwright: sales management, no code.")
config_app = typer.Typer(no_args_is_help=True, help="The workspace's configuration as one readable file.")
user_app = typer.Typer(no_args_is_help=True, help="People.")
token_app = typer.Typer(no_args_is_help=True, help="API tokens.")
app.add_typer(config_app, name="config")
app.add_typer(user_app, name="user")
app.add_typer(token_app, name="token")


def services() -> Services:
    """Services over a migrated database."""
    built = application.build_services(load_settings())
    application.migrate(built.db)
    return built


def out(text: str) -> None:
    """One line to standard output."""
    typer.echo(text)


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on (DEALWRIGHT_HOST).")] = None,
    port: Annotated[int | None, typer.Option(help="Port (DEALWRIGHT_PORT); 0 takes a free one.")] = None,
    workers: Annotated[int, typer.Option(help="Web processes; more than one needs PostgreSQL to pay.")] = 1,
    no_worker: Annotated[bool, typer.Option("--no-worker", help="Do not run the outbox worker here.")] = False,
    reload: Annotated[bool, typer.Option("--reload", help="Restart on change of the code.")] = False,
) -> None:
    """Start the server (and the worker in the same process)."""
    operations.serve(host, port, workers, with_worker=not no_worker, reload=reload)


@app.command()
def worker() -> None:
    """Run an outbox worker of its own until interrupted."""
    operations.run_worker(services())


@app.command()
def init(
    admin_email: Annotated[str, typer.Option()],
    admin_password: Annotated[str, typer.Option()],
    starter: Annotated[str, typer.Option(help="sales, simple, or none")] = "sales",
    admin_name: Annotated[str, typer.Option()] = "Administrator",
    workspace: Annotated[str, typer.Option(help="Name of the workspace")] = "Dealwright",
    locale: Annotated[str, typer.Option()] = "zh-CN",
    time_zone: Annotated[str, typer.Option()] = "Asia/Shanghai",
    currency: Annotated[str, typer.Option()] = "CNY",
) -> None:
    """Set the workspace up without the browser, for scripts."""
    operations.init(
        services(),
        {"name": workspace, "locale": locale, "time_zone": time_zone, "currency": currency},
        {"name": admin_name, "email": admin_email, "password": admin_password},
        None if starter == "none" else starter,
    )
    out("ready")


@app.command()
def demo(
    reset: Annotated[
        bool, typer.Option("--reset", help="Make the sample company anew; no other workspace is touched")
    ] = False,
    serve: Annotated[bool, typer.Option("--serve", help="Start the server afterwards")] = False,
    scale: Annotated[float, typer.Option(min=0.005, max=5, help="1 is the whole company, 0.1 a tenth of it")] = 1.0,
    seed: Annotated[int, typer.Option(help="Another seed is another company")] = 7,
) -> None:
    """Fill an empty database with the sample company: 12 people and 18 months of their work."""
    built = services()
    operations.sample_company(built, reset=reset, scale=scale, seed=seed)
    built.db.close()
    if serve:
        operations.serve(None, None, 1, with_worker=True, reload=False)


@app.command(name="import")
def import_(
    object_key: Annotated[str, typer.Argument(metavar="OBJECT")],
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False)],
    map: Annotated[Path | None, typer.Option("--map", help="JSON file: column → field (see docs)")] = None,
    key: Annotated[str | None, typer.Option(help="Field by which existing records are found")] = None,
    mode: Annotated[str, typer.Option(help="create, update or both; both when a key is given")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would happen, write nothing")] = False,
    refused: Annotated[Path | None, typer.Option(help="Where to write the refused rows (CSV)")] = None,
    user: Annotated[
        str | None, typer.Option(help="E-mail of the person on whose behalf; default: an administrator")
    ] = None,
) -> None:
    """Import a CSV or xlsx file into an object."""
    mapping = _map_file(map) if map else None
    report = operations.import_file(services(), object_key, file, mapping, key, mode or None, dry_run, refused, user)
    out(json.dumps(report, ensure_ascii=False, indent=2))
    if report.get("refused"):
        raise typer.Exit(1)


def _map_file(file: Path) -> Any:
    """The options in a JSON file. Problem 422 MAP_FILE when it holds none."""
    try:
        found = read_json(file.read_bytes())
    except (Problem, OSError) as error:
        raise Problem(422, "MAP_FILE", params={"file": file.name}) from error
    if not isinstance(found, dict):
        raise Problem(422, "MAP_FILE", params={"file": file.name})
    return found


@app.command()
def export(
    object_key: Annotated[str, typer.Argument(metavar="OBJECT")],
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="File; .xlsx or .csv. Default: CSV to standard output"),
    ] = None,
    user: Annotated[str | None, typer.Option(help="E-mail of the person whose rights apply")] = None,
) -> None:
    """Export all readable records of an object."""
    operations.export_records(services(), object_key, output, user)


@config_app.command("export")
def config_export(file: Annotated[Path | None, typer.Argument()] = None) -> None:
    """Write the configuration as YAML."""
    text = operations.config_export(services())
    if file is None:
        sys.stdout.write(text)
    else:
        file.write_text(text, "utf-8")


@config_app.command("import")
def config_import(file: Annotated[Path, typer.Argument(exists=True)]) -> None:
    """Lay a configuration file over the workspace: what is missing is made, nothing is taken away."""
    for line in operations.config_import(services(), file.read_text("utf-8")):
        out(line)


@config_app.command("diff")
def config_diff(file: Annotated[Path, typer.Argument(exists=True)]) -> None:
    """Show how a configuration file differs from the workspace; exit code 1 when it does."""
    lines = operations.config_diff(services(), file.read_text("utf-8"))
    for line in lines:
        out(line)
    if lines:
        raise typer.Exit(1)


@user_app.command("create")
def user_create(
    email: Annotated[str, typer.Option()],
    name: Annotated[str, typer.Option()],
    role: Annotated[list[str] | None, typer.Option(help="Role key; may be repeated")] = None,
    team: Annotated[str | None, typer.Option(help="Team by name; made if missing")] = None,
    password: Annotated[str | None, typer.Option(help="Without it the person is invited")] = None,
) -> None:
    """Add a person."""
    out(operations.create_user(services(), email, name, role or ["salesperson"], team, password))


@token_app.command("create")
def token_create(
    user: Annotated[str, typer.Option(help="E-mail of the owner")],
    name: Annotated[str, typer.Option()] = "command line",
    scope: Annotated[list[str] | None, typer.Option(help="Scopes; default: everything the owner may")] = None,
) -> None:
    """Make an API token; prints only the token."""
    out(operations.create_token(services(), user, name, scope))


@app.command()
def doctor() -> None:
    """Check the database, that metadata and columns agree, and that every recount agrees."""
    findings = operations.doctor(services())
    for line in findings:
        out(line)
    if findings:
        raise typer.Exit(1)
    out("healthy")


@app.command()
def backup(file: Path) -> None:
    """Write a consistent copy of database and files to FILE."""
    out(operations.backup(services(), file))


@app.command()
def restore(file: Annotated[Path, typer.Argument(exists=True)]) -> None:
    """Restore FILE into an empty database (SQLite or PostgreSQL, whichever is configured)."""
    out(operations.restore(application.build_services(load_settings()), file))


@app.command(hidden=True)
def openapi() -> None:
    """Print the OpenAPI description."""
    out(json.dumps(application.openapi(), ensure_ascii=False, indent=1))


def main(argv: list[str] | None = None) -> Any:
    """Run a command; an expected refusal is a sentence and exit code 2, never a traceback."""
    try:
        return app(argv)
    except Problem as problem:
        typer.echo(say(problem.code, "en", **problem.params), err=True)
        for error in problem.errors if len(problem.errors) > 1 else ():
            typer.echo(f"  {error.field}: {say(error.code, 'en', **error.params)}", err=True)
        sys.exit(2)


if __name__ == "__main__":
    main()
