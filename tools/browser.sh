#!/usr/bin/env bash
# Prints the path of a Chromium for the browser tests. As root on Debian or Ubuntu it installs what is missing.
set -euo pipefail

find_browser() {
    local name
    if [ -n "${CHROMIUM:-}" ]; then
        [ -x "$CHROMIUM" ] && echo "$CHROMIUM" && return
        echo "CHROMIUM=$CHROMIUM cannot be run." >&2
        return 1
    fi
    for name in chromium chromium-browser google-chrome google-chrome-stable \
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome" /Applications/Chromium.app/Contents/MacOS/Chromium; do
        command -v "$name" && return
    done
    return 1
}

# Without a font for Chinese every character is an empty box, and screenshots and widths prove nothing.
has_chinese_font() { ! command -v fc-list >/dev/null || [ -n "$(fc-list :lang=zh-cn family)" ]; }

if find_browser >/dev/null && has_chinese_font; then
    find_browser
    exit
fi
[ -n "${CHROMIUM:-}" ] && ! find_browser >/dev/null && exit 1

if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null && [ -f /etc/debian_version ]; then
    echo "Installing Chromium and a Chinese font for the browser tests ..." >&2
    wanted=(fonts-noto-cjk fontconfig)
    find_browser >/dev/null || wanted+=(chromium)
    export DEBIAN_FRONTEND=noninteractive
    { apt-get update -qq && apt-get install -y -qq --no-install-recommends "${wanted[@]}"; } </dev/null >&2 || {
        echo "apt-get could not install: ${wanted[*]}" >&2
        exit 1
    }
    find_browser && exit
fi

if find_browser >/dev/null; then
    echo "No font with Chinese characters was found; screenshots will show empty boxes (Debian: fonts-noto-cjk)." >&2
    find_browser
    exit
fi
cat >&2 <<'TEXT'
The browser tests need Chromium and found none. Either
  - install it (Debian, Ubuntu: sudo apt-get install chromium fonts-noto-cjk; Fedora: sudo dnf install chromium
    google-noto-sans-cjk-fonts; macOS: Google Chrome), or
  - name it: make test CHROMIUM=/path/to/chromium, or
  - leave the browser tests out: make test E2E=0
TEXT
exit 1
