"""The house rules that a program can hold: floors, the order of the write path, names, sizes, texts."""

import ast
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from dealwright import app
from dealwright.records.write_path import WritePath, name_of

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "dealwright"

ORDER = [
    "records.check_rights",
    "records.coerce",
    "records.derive",
    "records.validate",
    "process.gate",
    "records.write",
    "process.after",
    "messages.given",
    "records.queue",
    "records.roll_up",
]


def test_the_write_path_is_walked_in_the_order_of_the_manual() -> None:
    names = WritePath(app.write_path(app.engines())).names
    assert names == ORDER

    page = (ROOT / "docs" / "flow.md").read_text("utf-8")
    rows = re.findall(r"^\| `(\w+)` \| (\w+) \|", page, re.M)
    steps = [f"{package}.{step}" for step, package in rows]
    assert steps == [name for name in ORDER if name.startswith("records.")], "the table of docs/flow.md"


def test_the_order_is_a_literal_list_in_app() -> None:
    """Nobody registers a step from elsewhere: what is walked stands in one list display of `app.write_path`."""
    tree = ast.parse((SOURCE / "app.py").read_text("utf-8"))
    function = next(n for n in tree.body if isinstance(n, ast.FunctionDef) and n.name == "write_path")
    answer = function.body[-1]
    assert isinstance(answer, ast.Return) and isinstance(answer.value, ast.List)
    written = [ast.unparse(item) for item in answer.value.elts]
    assert [w.removeprefix("steps.") for w in written if w.startswith("steps.")] == [
        name.removeprefix("records.") for name in ORDER if name.startswith("records.")
    ]
    assert [w for w in written if w.startswith("*")] == ["*plugged.before", "*plugged.gates", "*plugged.after"]


def test_every_step_says_what_it_does() -> None:
    for step in app.write_path(app.engines()):
        assert (step.__doc__ or "").strip(), name_of(step)


def test_no_package_imports_from_a_floor_above_its_own() -> None:
    command = Path(sys.executable).parent / "lint-imports"
    done = subprocess.run([command, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]


def test_an_import_from_above_is_caught(tmp_path: Path) -> None:
    """The contract bites: the ground floor borrowing from records is reported."""
    import shutil

    shutil.copytree(ROOT / "src", tmp_path / "src", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    guilty = tmp_path / "src" / "dealwright" / "foundation" / "clock.py"
    guilty.write_text(guilty.read_text("utf-8") + "\nfrom dealwright.records import Change  # noqa\n", "utf-8")
    command = Path(sys.executable).parent / "lint-imports"
    done = subprocess.run(
        [command, "--no-cache"], cwd=tmp_path, capture_output=True, text=True, check=False,
        env={"PYTHONPATH": str(tmp_path / "src"), "PATH": "/usr/bin:/bin"},
    )  # fmt: skip
    assert done.returncode == 1 and "dealwright.foundation.clock -> dealwright.records" in done.stdout, done.stdout


@pytest.mark.parametrize("tool", ["check_sizes.py", "check_translations.py"])
def test_sizes_and_translations_hold(tool: str) -> None:
    done = subprocess.run([sys.executable, ROOT / "tools" / tool], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_code_that_is_raised_has_its_sentence() -> None:
    """`Problem(422, "CODE")`, `FieldError("f", "CODE")`, `ValueProblem("CODE")`: each code is in some texts file."""
    known: set[str] = set()
    for path in SOURCE.rglob("texts/en.json"):
        known |= set(json.loads(path.read_text("utf-8")))
    place = {"Problem": 1, "FieldError": 1, "ValueProblem": 0}
    missing: list[str] = []
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name) or node.func.id not in place:
                continue
            at = place[node.func.id]
            code = node.args[at] if len(node.args) > at else None
            if isinstance(code, ast.Constant) and isinstance(code.value, str) and code.value not in known:
                missing.append(f"{path.relative_to(SOURCE)}:{node.lineno} {code.value}")
    assert not missing, "\n".join(missing)


def test_only_the_ground_floor_knows_which_database_it_is() -> None:
    """Every difference between the two databases is behind `Dialect`; above it nobody asks which one it is."""
    telling = re.compile(r"is_sqlite|sqlite3|psycopg|sqlalchemy\.dialects|PRAGMA|\bpg_\w+|dialect\.name")
    asking = [
        f"{path.relative_to(SOURCE)}:{number} {line.strip()}"
        for path in SOURCE.rglob("*.py")
        if "foundation" not in path.relative_to(SOURCE).parts
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if telling.search(line)
    ]
    assert not asking, "\n".join(asking)


def test_every_link_of_the_manual_leads_somewhere() -> None:
    broken = []
    for page in [ROOT / "README.md", ROOT / "README.zh-CN.md", *(ROOT / "docs").rglob("*.md")]:
        for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text("utf-8")):
            if "://" not in target and not (page.parent / target).exists():
                broken.append(f"{page.relative_to(ROOT)}: {target}")
    assert not broken, "\n".join(broken)
