# Dealwright: everything a developer does. Steps that are done leave a file in .stamps/, so a second run takes no time.

SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

E2E ?= 1
PORT ?= 8000
NODE_ON_PATH := PATH="$(CURDIR)/.venv/bin:$$PATH"
WEB_SOURCES := $(shell find web/src web/public web/index.html web/*.ts web/*.json -type f 2>/dev/null)
PYTHON_FOLDERS := $(foreach folder,src tools tests bench,$(if $(shell find $(folder) -name '*.py' 2>/dev/null | head -1),$(folder)))
TYPED_FOLDERS := $(filter-out tests,$(PYTHON_FOLDERS)) $(wildcard tests/support)

.PHONY: help setup run demo dev test test-server test-web e2e pictures check bench soak lock lock-check fmt client clean

help: ## lists these targets
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | awk -F':.*## ' '{ printf "  make %-12s %s\n", $$1, $$2 }'

setup: .stamps/python .stamps/web ## installs everything into .venv and web/node_modules (PYTHON=... names a Python)

.stamps/python: pyproject.toml requirements.lock tools/setup.sh
	@mkdir -p .stamps
	@bash tools/setup.sh
	@touch $@

.stamps/web: web/package.json web/package-lock.json web/.npmrc | .stamps/python
	@cd web && $(NODE_ON_PATH) npm ci --no-audit --no-fund
	@touch $@

web/dist/index.html: .stamps/web $(WEB_SOURCES)
	@cd web && $(NODE_ON_PATH) npx vite build
	@touch $@

run: setup web/dist/index.html ## builds what changed and starts Dealwright
	@exec .venv/bin/dealwright serve

demo: setup web/dist/index.html ## makes a sample company in ./data-demo and serves it (RESET=1: anew)
	@DEALWRIGHT_DATA=$${DEALWRIGHT_DATA:-./data-demo} exec .venv/bin/dealwright demo --serve $(if $(RESET),--reset)

dev: setup ## starts the server and the web with reloading on every change (PORT=8000)
	@DEALWRIGHT_PORT=$(PORT) .venv/bin/dealwright serve --reload & server=$$!; \
	trap 'kill $$server 2>/dev/null || true' EXIT; \
	cd web && $(NODE_ON_PATH) DEALWRIGHT_API=http://127.0.0.1:$(PORT) npx vite

test: test-server test-web ## runs every test on both databases and in a browser (E2E=0: no browser)
	@if [ "$(E2E)" = 0 ]; then echo "Browser tests left out (E2E=0)."; else $(MAKE) e2e; fi

test-server: setup web/dist/index.html ## runs the tests of the server on SQLite and PostgreSQL
	@.venv/bin/python -m pytest tests -n 2 --dist worksteal --ignore tests/e2e

test-web: setup ## runs the tests of the web
	@cd web && $(NODE_ON_PATH) npx vitest run

e2e: setup web/dist/index.html ## runs the tests that drive a real browser
	@CHROMIUM=$$(bash tools/browser.sh); export CHROMIUM; \
	$(NODE_ON_PATH) .venv/bin/python -m pytest tests/e2e -n 2 --dist worksteal

pictures: setup web/dist/index.html ## photographs the main screens with sample data (docs/pictures)
	@CHROMIUM=$$(bash tools/browser.sh); export CHROMIUM; \
	$(NODE_ON_PATH) .venv/bin/python tools/pictures.py

check: setup lock-check ## formatting, lint, types, floors, translations, sizes, generated files
	@.venv/bin/ruff format --check $(PYTHON_FOLDERS)
	@.venv/bin/ruff check $(PYTHON_FOLDERS)
	@.venv/bin/mypy $(TYPED_FOLDERS)
	@if [ -f src/dealwright/__init__.py ]; then .venv/bin/lint-imports; fi
	@cd web && $(NODE_ON_PATH) npx biome ci
	@cd web && $(NODE_ON_PATH) node node_modules/typescript-native/bin/tsc --noEmit
	@.venv/bin/python tools/check_translations.py
	@.venv/bin/python tools/check_sizes.py
	@bash tools/client.sh --check
	@echo "All checks passed."

bench: setup ## measures speed (bench/run.py)
	@if [ -f bench/run.py ]; then .venv/bin/python bench/run.py; else echo "There are no measurements yet."; fi

soak: setup ## asks every rights question of every role, then runs under load for a long time (bench/soak.py)
	@DEALWRIGHT_RIGHTS_PROBES=1000000 .venv/bin/python -m pytest tests/rights/test_matrix.py -n 2
	@if [ -f bench/soak.py ]; then .venv/bin/python bench/soak.py; else echo "There is no soak test yet."; fi

lock: .stamps/python ## writes both lock files anew (UPGRADE=1: newest versions that fit)
	@bash tools/lock.sh
	@$(MAKE) lock-check

lock-check: ## refuses addresses in the lock files
	@bash tools/lock_check.sh

fmt: setup ## formats everything and mends what can be mended
	@.venv/bin/ruff check --fix-only --quiet $(PYTHON_FOLDERS)
	@.venv/bin/ruff format $(PYTHON_FOLDERS)
	@cd web && $(NODE_ON_PATH) npx biome check --write

client: setup ## generates the web's API types from the server
	@bash tools/client.sh

clean: ## removes what was installed and built
	rm -rf .venv .stamps build web/node_modules web/dist
