#!/usr/bin/env bash
# Writes requirements.lock and web/package-lock.json anew from pyproject.toml and web/package.json.
# Versions already locked are kept while they fit; UPGRADE=1 takes the newest that fit.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

export VIRTUAL_ENV="$PWD/.venv" UV_PYTHON_DOWNLOADS=never UV_SYSTEM_CERTS=1
.venv/bin/uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate --python-version 3.11 \
    --group dev ${UPGRADE:+--upgrade} pyproject.toml -o requirements.lock
cd web
PATH="$VIRTUAL_ENV/bin:$PATH" npm install --package-lock-only --no-audit --no-fund
# `npm ci` is stricter than `npm install`: a lock file that it refuses is worth nothing.
rm -rf node_modules
PATH="$VIRTUAL_ENV/bin:$PATH" npm ci --no-audit --no-fund
cd ..
mkdir -p .stamps
touch .stamps/web
