"""The first load of the desk stays small: charts, editors and other screens come when they are asked for."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[2]))

from tools.first_load import BUDGET_KB, DIST, first_load


def test_the_desk_is_usable_after_at_most_350_kb_of_script() -> None:
    chunks = first_load("Desk")

    total = sum(chunks.values()) / 1000
    assert any(name.startswith("Desk-") for name in chunks), sorted(chunks)
    assert total <= BUDGET_KB, sorted(chunks.items(), key=lambda one: -one[1])[:8]


def test_charts_are_not_part_of_it() -> None:
    texts = [(DIST / "assets" / name).read_text("utf-8") for name in first_load("Desk")]

    assert not any("zlevel" in text for text in texts)
    charts = [path for path in (DIST / "assets").glob("*.js") if "zlevel" in path.read_text("utf-8")]
    assert charts  # and the word is the right one to look for
