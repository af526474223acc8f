#!/usr/bin/env bash
# Creates .venv with everything of requirements.lock (Node included) and the project itself, editable.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

fits() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

find_python() {
    local name
    for name in ${PYTHON:-} python3 python3.13 python3.12 python3.11 python; do
        if command -v "$name" >/dev/null && fits "$name"; then
            command -v "$name"
            return
        fi
    done
    echo "Dealwright needs Python 3.11 or newer and found none (python3 here: $(python3 --version 2>&1 || true))." >&2
    echo "Install it (Debian, Ubuntu: apt-get install python3 python3-venv), or name it: make setup PYTHON=/path/to/python3.11" >&2
    return 1
}

if ! { [ -x .venv/bin/python ] && fits .venv/bin/python && .venv/bin/python -m pip --version >/dev/null 2>&1; }; then
    python=$(find_python)
    if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
        version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
        echo "$python has no venv module. Debian, Ubuntu: apt-get install python$version-venv; then run make setup again." >&2
        exit 1
    fi
    echo "Creating .venv with $("$python" --version)"
    rm -rf .venv
    "$python" -m venv .venv
fi

export VIRTUAL_ENV="$PWD/.venv" UV_PYTHON_DOWNLOADS=never UV_SYSTEM_CERTS=1
uv_version=$(sed -n 's/^uv==\([0-9.]*\).*/\1/p' requirements.lock)
if [ "$(.venv/bin/uv --version 2>/dev/null | cut -d' ' -f2)" != "$uv_version" ]; then
    wanted=$(mktemp)
    trap 'rm -f "$wanted"' EXIT
    awk '/^uv==/ { on = 1 } on { print } on && !/\\$/ { exit }' requirements.lock >"$wanted"
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r "$wanted"
fi
.venv/bin/uv pip sync --quiet --require-hashes requirements.lock
.venv/bin/uv pip install --quiet --no-deps --no-build-isolation -e .
