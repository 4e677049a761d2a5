# Huifang. `make` prints its targets.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
READY_DEV := $(VENV)/.ready-dev

.DEFAULT_GOAL := help
.PHONY: help demo test explore lint browser pictures golden taps bench screens flows lock clean

help:  ## print the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 12

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Huifang needs Python 3.11 or newer; run make with PYTHON=/path/to/python3.11")'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "setting up $(VENV) …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@touch $@

$(READY_DEV): requirements-dev.lock $(READY)
	@echo "setting up $(VENV) …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

demo: $(READY)  ## run the demo and print the address to open
	$(BIN)/python -m bot demo

test: $(READY_DEV)  ## the whole suite, on SQLite and on PostgreSQL
	$(BIN)/python -m pytest -m "not browser"

browser: $(READY_DEV)  ## journeys in a real Chromium
	$(BIN)/python -m pytest -m browser

pictures: $(READY_DEV)  ## the same, and renew the screenshots in docs/images
	PICTURES=docs/images $(BIN)/python -m pytest -m browser tests/journeys

explore: $(READY_DEV)  ## the properties with what chance brings, and more of it (a quarter of an hour)
	EXPLORE=1 $(BIN)/python -m pytest -q -m "not browser" -k "sqlite or not postgresql" $$(grep -lE '^from hypothesis' tests/*/test_*.py)

lint: $(READY_DEV)  ## ruff and mypy --strict
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

golden: $(READY_DEV)  ## write the approved screens anew, once you have read them
	GOLDEN=1 $(BIN)/python -m pytest tests/test_golden.py

taps: $(READY_DEV)  ## count the taps of each task, and write them to docs/taps.md and docs/taps.zh-CN.md
	TAPS=1 $(BIN)/python -m pytest -q tests/journeys/test_taps.py -k sqlite
	@cat docs/taps.md docs/taps.zh-CN.md

bench: $(READY_DEV)  ## a durable turn against bare echo bots, and searching among 100,000 customers
	$(BIN)/python -m benchmarks
	$(BIN)/python -m benchmarks.search

screens: $(READY)  ## every screen in every language on one page: build/screens.html
	$(BIN)/python -m bot screens

flows: $(READY)  ## each conversation's diagram, drawn from the code: build/flows.md
	$(BIN)/python -m bot flows

LOCK := uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header --quiet
lock:  ## renew the lock files (needs uv)
	$(LOCK) --extra dev -o requirements-dev.lock
	$(LOCK) -c requirements-dev.lock -o requirements.lock

clean:  ## remove what the targets made
	rm -rf $(VENV) build .mypy_cache .ruff_cache .pytest_cache .hypothesis
