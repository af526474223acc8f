"""A source file has at most 400 lines, or one of its first three lines says why ("over 400 lines: ...")."""

import sys
from pathlib import Path

LIMIT = 400
ROOT = Path(__file__).resolve().parent.parent
SUFFIXES = {".py", ".ts", ".tsx"}
SKIPPED_FOLDERS = {"node_modules", "dist", "build", "__pycache__"}
GENERATED = {"web/src/shared/api/schema.d.ts"}


def source_files(folder: Path) -> list[Path]:
    found: list[Path] = []
    for path in sorted(folder.iterdir()):
        if path.name.startswith(".") or path.is_symlink():
            continue
        if path.is_dir():
            if path.name not in SKIPPED_FOLDERS:
                found += source_files(path)
        elif path.suffix in SUFFIXES and path.relative_to(ROOT).as_posix() not in GENERATED:
            found.append(path)
    return found


def excused(lines: list[str]) -> bool:
    return any(line.partition("over 400 lines:")[2].strip() for line in lines[:3])


def main() -> int:
    too_long = 0
    files = source_files(ROOT)
    for path in files:
        lines = path.read_text(encoding="utf-8").splitlines()
        if len(lines) > LIMIT and not excused(lines):
            print(f"{path.relative_to(ROOT)}: {len(lines)} lines, at most {LIMIT} are allowed", file=sys.stderr)
            too_long += 1
    if not too_long:
        print(f"Sizes: {len(files)} source files, none too long.")
    return 1 if too_long else 0


if __name__ == "__main__":
    sys.exit(main())
