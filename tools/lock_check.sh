#!/usr/bin/env bash
# The lock files must name no package index: everybody installs from the one that they have configured.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

failed=0
refuse() { # file, pattern, what it is
    if [ -f "$1" ] && grep -nE "$2" "$1" >&2; then
        echo "$1: holds $3" >&2
        failed=1
    fi
}
refuse requirements.lock '://' 'an address'
refuse requirements.lock '^-' 'an option, such as an index'
refuse web/package-lock.json '"resolved"' 'resolved addresses'
refuse web/package-lock.json 'registry\.' 'the name of a registry'
refuse web/.npmrc '^registry' 'the address of a registry'
refuse pyproject.toml '(index-url|\[\[?tool\.uv\.)' 'the address of an index'
[ "$failed" = 0 ] && echo "Lock files hold no addresses."
exit "$failed"
