"""Every command of the contract, run as somebody at a terminal or a script would run it."""

import csv
import io
import json
import os
import re
import signal
import subprocess
import time
import urllib.request
from contextlib import suppress

import pytest
import yaml

ENGINES = ["sqlite", "postgresql"]
ACCOUNTS = "name,phone\nAcme,0571-88156688\nBolt,\n"


@pytest.mark.parametrize("engine", ENGINES)
def test_from_an_empty_database_to_records_and_back(shell, engine):
    """init, import, export, doctor."""
    sh = shell(engine)
    assert sh.run(
        "init", "--starter", "sales", "--admin-email", "ada@example.com", "--admin-password", "correct horse battery 9"
    ).stdout == "ready\n"  # fmt: skip
    again = sh.run(
        "init", "--admin-email", "ada@example.com", "--admin-password", "correct horse battery 9", status=2
    )  # fmt: skip
    assert again.stderr == "The workspace is set up already.\n"

    file = sh.file("accounts.csv", ACCOUNTS)
    tried = json.loads(sh.run("import", "account", file, "--dry-run").stdout)
    assert (tried["created"], tried["refused"]) == (2, 0)
    done = json.loads(sh.run("import", "account", file).stdout)
    assert (done["state"], done["created"]) == ("done", 2)

    rows = list(csv.reader(io.StringIO(sh.run("export", "account").stdout.lstrip("\ufeff"))))
    assert [row[:1] for row in rows[1:]] == [["Acme"], ["Bolt"]]
    assert sh.run("doctor").stdout == "healthy\n"


def test_import_with_a_mapping_a_key_and_refused_rows(shell):
    sh = shell("sqlite").init()
    sh.run("import", "account", sh.file("a.csv", ACCOUNTS))
    options = {
        "mapping": {"Firma": "name", "Tel": "phone", "Branche": "industry"},
        "values": {"industry": {"Chips": "electronics"}}, "empty_words": ["keine"],
    }  # fmt: skip
    mapping = sh.file("map.json", json.dumps(options))
    file = sh.file("b.csv", "Firma;Tel;Branche\nAcme;021-62345678;Chips\nCarp;12;keine\nDart;;keine\n")

    done = sh.run(
        "import", "account", file, "--map", mapping, "--key", "name", "--refused", sh.folder / "r.csv", status=1
    )

    report = json.loads(done.stdout)
    assert {k: report[k] for k in ("created", "updated", "refused")} == {"created": 1, "updated": 1, "refused": 1}
    refused = (sh.folder / "r.csv").read_text("utf-8-sig").splitlines()
    assert refused[1].startswith("Carp,12,keine,")
    text = sh.run("export", "account").stdout
    assert "+862162345678" in text
    assert "Electronics" in text


def test_what_cannot_be_imported_is_a_sentence_and_exit_code_2(shell):
    sh = shell("sqlite").init()
    nothing = sh.run("import", "account", sh.file("empty.csv", ""), status=2)
    assert "is not a CSV or xlsx file" in nothing.stderr
    unknown = sh.run("import", "nonsense", sh.file("a.csv", ACCOUNTS), status=2)
    assert "nonsense" in unknown.stderr
    bad = sh.run("import", "account", sh.file("a.csv", ACCOUNTS), "--map", sh.file("m.json", "{oops"), status=2)
    assert "m.json" in bad.stderr
    mode = sh.run("import", "account", sh.file("a.csv", ACCOUNTS), "--mode", "merge", status=2)
    assert "create" in mode.stderr
    nobody = sh.run("import", "account", sh.file("a.csv", ACCOUNTS), "--user", "no@example.com", status=2)
    assert nobody.stderr == "There is no such person: no@example.com.\n"
    assert sh.run("import", "account", sh.folder / "missing.csv", status=2).stderr


def test_export_to_a_workbook_and_to_a_file(shell):
    sh = shell("sqlite").init()
    sh.run("import", "account", sh.file("a.csv", ACCOUNTS))

    sh.run("export", "account", "--output", sh.folder / "out.xlsx")
    sh.run("export", "account", "-o", sh.folder / "out.csv")

    assert (sh.folder / "out.xlsx").read_bytes()[:2] == b"PK"
    assert "Acme" in (sh.folder / "out.csv").read_text("utf-8-sig")
    done = json.loads(sh.run("import", "account", sh.folder / "out.xlsx", "--key", "name", "--dry-run").stdout)
    assert (done["tried"], done["refused"]) == (2, 0)


def test_the_configuration_is_exported_compared_and_imported(shell):
    sh, other = shell("sqlite").init("simple"), shell("sqlite").init("none")
    sh.run("config", "export", sh.folder / "c.yaml")
    assert sh.run("config", "diff", sh.folder / "c.yaml").stdout == ""

    differs = other.run("config", "diff", sh.folder / "c.yaml", status=1)
    assert "objects.account: +" in differs.stdout
    assert "+ object account" in other.run("config", "import", sh.folder / "c.yaml").stdout
    assert other.run("config", "diff", sh.folder / "c.yaml").stdout == ""
    assert other.run("config", "export").stdout == (sh.folder / "c.yaml").read_text("utf-8")

    broken = sh.run("config", "import", sh.file("x.yaml", "a: ["), status=2)
    assert "Line 1" in broken.stderr


def test_a_person_is_added_and_a_token_is_printed_alone(shell):
    sh = shell("sqlite").init()
    sh.run(
        "user", "create", "--email", "sam@example.com", "--name", "Sam", "--role", "salesperson", "--team", "East",
        "--password", "correct horse battery 9",
    )  # fmt: skip

    token = sh.run("token", "create", "--user", "sam@example.com").stdout

    assert re.fullmatch(r"\S{30,}\n", token)
    assert sh.run("user", "create", "--email", "sam@example.com", "--name", "Sam", status=2).stderr.strip()
    assert sh.run("user", "create", "--email", "x", "--name", "X", status=2).stderr.strip()
    assert "no@example.com" in sh.run("token", "create", "--user", "no@example.com", status=2).stderr
    assert sh.run("token", "create", "--user", "sam@example.com", "--scope", "everything", status=2).stderr.strip()


def test_doctor_says_what_is_wrong_and_ends_with_1(shell):
    import sqlite3

    sh = shell("sqlite").init()
    sh.run("import", "account", sh.file("a.csv", ACCOUNTS))
    with sqlite3.connect(sh.folder / "dealwright.sqlite3") as db:
        db.execute("UPDATE account SET parent_id = 'nowhere' WHERE name = 'Acme'")

    assert "account.parent" in sh.run("doctor", status=1).stdout


def served(sh, *arguments):
    """A running server: the process and its address as it printed it."""
    environment = sh.environment | {"PYTHONUNBUFFERED": "1"}
    process = subprocess.Popen(
        [*sh.program, "serve", "--port", "0", *arguments], env=environment, cwd=sh.folder, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    line = process.stdout.readline()
    found = re.search(r"http://localhost:(\d+)", line)
    assert found, line
    return process, f"http://127.0.0.1:{found[1]}"


def stop(process):
    process.send_signal(signal.SIGTERM)
    try:
        assert process.wait(30) in (0, -signal.SIGTERM)
    finally:
        with suppress(ProcessLookupError):
            os.kill(process.pid, signal.SIGKILL)
        process.stdout.close()
        process.stderr.close()


def answer(address, path, **headers):
    deadline = time.monotonic() + 30
    while True:
        try:
            request = urllib.request.Request(address + path, headers=headers)
            with urllib.request.urlopen(request, timeout=5) as reply:
                return json.load(reply)
        except OSError:
            assert time.monotonic() < deadline
            time.sleep(0.2)


def test_serve_takes_a_free_port_prints_its_address_and_answers(shell):
    sh = shell("sqlite").init("simple")
    token = sh.run("token", "create", "--user", "ada@example.com").stdout.strip()
    process, address = served(sh)
    try:
        assert answer(address, "/api/v1/health")["status"] == "ok"
        assert answer(address, "/api/v1/records/account", Authorization=f"Bearer {token}")["records"] == []
    finally:
        stop(process)


def test_a_fresh_server_prints_the_set_up_link(shell):
    sh = shell("sqlite")
    process, _address = served(sh, "--no-worker")
    try:
        text = process.stdout.readline() + process.stdout.readline() + process.stdout.readline()
        assert "/setup?token=" in text
    finally:
        stop(process)


def test_a_worker_of_its_own_runs_imports_and_ends_when_told(shell):
    sh = shell("sqlite").init("simple")
    process = subprocess.Popen(
        [*sh.program, "worker"], env=sh.environment, cwd=sh.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    time.sleep(3)
    stop(process)


@pytest.mark.parametrize(("source", "target"), [("sqlite", "postgresql"), ("postgresql", "sqlite")])
def test_a_backup_moves_a_workspace_to_the_other_database(shell, source, target):
    sh, other = shell(source).init(), shell(target)
    sh.run("import", "account", sh.file("a.csv", ACCOUNTS))
    deals = "name,account,amount,stage,close_date\nDeal,Acme,12.50,赢单,2026-01-02\n=1+1,Bolt,1,线索获取,\n"
    sh.run("import", "opportunity", sh.file("d.csv", deals))

    sh.run("backup", sh.folder / "all.zip")
    other.run("restore", sh.folder / "all.zip")

    for name in ("account", "opportunity", "contact"):
        assert other.run("export", name).stdout == sh.run("export", name).stdout
    # PostgreSQL keeps the keys of a JSON object in an order of its own
    configurations = [yaml.safe_load(one.run("config", "export").stdout) for one in (sh, other)]
    assert configurations[0] == configurations[1]
    assert other.run("doctor").stdout == "healthy\n"
    # what comes next counts on from where it was, and is found
    more = json.loads(other.run("import", "account", sh.file("m.csv", "name\nCarp\n")).stdout)
    assert more["created"] == 1
    assert "KH-2026-00003" in other.run("export", "account").stdout

    back = shell(source)
    other.run("backup", other.folder / "back.zip")
    back.run("restore", other.folder / "back.zip")
    assert back.run("export", "account").stdout == other.run("export", "account").stdout
    assert back.run("doctor").stdout == "healthy\n"


def test_restore_refuses_a_database_with_something_in_it_and_a_file_that_is_no_backup(shell):
    sh = shell("sqlite").init("simple")
    sh.run("backup", sh.folder / "all.zip")

    assert "not empty" in sh.run("restore", sh.folder / "all.zip", status=2).stderr
    other = shell("sqlite")
    assert "not a backup" in other.run("restore", sh.file("x.zip", "hello"), status=2).stderr


def test_help_names_every_command(shell):
    text = shell("sqlite").run("--help").stdout
    for name in (
        "serve",
        "worker",
        "init",
        "import",
        "export",
        "config",
        "user",
        "token",
        "doctor",
        "backup",
        "restore",
    ):
        assert name in text


@pytest.mark.parametrize("engine", ENGINES)
def test_the_sample_company_is_made_told_of_and_made_anew(shell, engine):
    here = shell(engine)
    first = here.run("demo", "--scale", "0.005")
    assert "chenghu-demo" in first.stdout and "su@example.com" in first.stdout and "100 %" in first.stdout

    again = here.run("demo", "--scale", "0.005")
    assert "100 %" not in again.stdout and "su@example.com" in again.stdout
    anew = here.run("demo", "--reset", "--scale", "0.005")
    assert "100 %" in anew.stdout
    assert here.run("doctor").stdout.strip() == "healthy"


def test_reset_refuses_a_workspace_that_is_not_a_sample(shell):
    here = shell("sqlite").init()
    refused = here.run("demo", "--reset", status=2)
    assert "not the sample company" in refused.stderr
    assert here.run("doctor").stdout.strip() == "healthy"
