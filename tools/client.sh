#!/usr/bin/env bash
# Generates the browser's API types from the server's OpenAPI description; --check only compares.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

target=web/src/shared/api/schema.d.ts
if [ ! -f src/dealwright/cli.py ]; then
    echo "API types: no server to describe yet."
    exit 0
fi
if [ "${1:-}" = --check ] && [ ! -f "$target" ]; then
    echo "API types: $target has not been generated yet (make client)."
    exit 0
fi
mkdir -p build "$(dirname "$target")"
.venv/bin/python -m dealwright.cli openapi >build/openapi.json
(cd web && PATH="$PWD/../.venv/bin:$PATH" node node_modules/openapi-typescript/bin/cli.js ../build/openapi.json \
    -o ../build/schema.d.ts >/dev/null)
if [ "${1:-}" = --check ]; then
    if ! diff -u "$target" build/schema.d.ts >&2; then
        echo "API types: $target is out of date, run: make client" >&2
        exit 1
    fi
    echo "API types are current."
else
    mv build/schema.d.ts "$target"
    echo "Wrote $target"
fi
