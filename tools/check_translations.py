"""Every text exists in Chinese and in English, is not empty, and has the same blanks in both.

Looked at: web/src/i18n/zh-CN/*.json beside web/src/i18n/en/*.json, and each src/dealwright/**/texts/zh.json
beside its en.json. A blank is {name} or {{name}}. Plural forms (key_one, key_other) may differ: Chinese
has only one.
"""

import json
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BLANK = re.compile(r"\{\{?-?\s*([\w.]+)[^{}]*\}")
PLURAL = re.compile(r"^(.+)_(zero|one|two|few|many|other)$")


def flatten(value: object, prefix: str = "") -> dict[str, str]:
    if isinstance(value, dict):
        flat: dict[str, str] = {}
        for key, inner in value.items():
            flat.update(flatten(inner, f"{prefix}.{key}" if prefix else str(key)))
        return flat
    if isinstance(value, list):
        return flatten({str(index): inner for index, inner in enumerate(value)}, prefix)
    return {prefix: "" if value is None else str(value)}


def join_plurals(flat: dict[str, str]) -> dict[str, str]:
    """One entry, that of `_other`, for all the plural forms of a key."""
    joined: dict[str, str] = {}
    for key, text in flat.items():
        match = PLURAL.match(key)
        if match and f"{match[1]}_other" in flat:
            if match[2] == "other":
                joined[f"{match[1]} (plural)"] = text
        else:
            joined[key] = text
    return joined


def read(path: Path) -> tuple[dict[str, str], list[str]]:
    try:
        flat = flatten(json.loads(path.read_text(encoding="utf-8")))
    except ValueError as error:
        return {}, [f"{path.relative_to(ROOT)}: {error}"]
    empty = [f"{path.relative_to(ROOT)}: {key} is empty" for key, text in flat.items() if not text.strip()]
    return join_plurals(flat), empty


def compare(chinese: Path, english: Path) -> list[str]:
    problems = [
        f"{path.relative_to(ROOT)} is missing ({other.relative_to(ROOT)} exists)"
        for path, other in ((chinese, english), (english, chinese))
        if not path.exists()
    ]
    if problems:
        return problems
    zh, zh_problems = read(chinese)
    en, en_problems = read(english)
    problems = zh_problems + en_problems
    problems += [f"{chinese.relative_to(ROOT)}: {key} is missing" for key in sorted(en.keys() - zh.keys())]
    problems += [f"{english.relative_to(ROOT)}: {key} is missing" for key in sorted(zh.keys() - en.keys())]
    for key in sorted(zh.keys() & en.keys()):
        blanks = [sorted(set(BLANK.findall(text))) for text in (zh[key], en[key])]
        if blanks[0] != blanks[1]:
            problems.append(f"{chinese.relative_to(ROOT)}: {key} has blanks {blanks[0]}, English has {blanks[1]}")
    return problems


def pairs() -> list[tuple[Path, Path]]:
    i18n = ROOT / "web" / "src" / "i18n"
    names = {path.name for language in ("zh-CN", "en") for path in (i18n / language).glob("*.json")}
    found = [(i18n / "zh-CN" / name, i18n / "en" / name) for name in sorted(names)]
    texts = ROOT / "src" / "dealwright"
    folders = {path.parent for name in ("zh", "en") for path in texts.rglob(f"texts/{name}.json")}
    return found + [(folder / "zh.json", folder / "en.json") for folder in sorted(folders)]


def main() -> int:
    checked = pairs()
    problems = [problem for chinese, english in checked for problem in compare(chinese, english)]
    for problem in problems:
        print(problem, file=sys.stderr)
    if not problems:
        print(f"Translations: {len(checked)} pairs of files, all complete.")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
