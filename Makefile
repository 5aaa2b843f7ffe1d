# `make help` lists what there is. Everything runs in .venv, made from setup.cfg on first use.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8000
DATA_DIR ?= .mulu
ENTRIES ?= 5000
SIZES ?= 10000,100000,1000000
PARTS ?= load,search,raw,peers,rebuild,feeds
KEEP ?=
ROUNDS ?= 100
WORKERS ?= 3
ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help setup demo test lint types chaos bench serve servers servers-stop clean

help: ## show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1|\2/' | column -t -s '|'

$(VENV)/installed: setup.cfg pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Mulu needs Python 3.11 or newer (PYTHON=… chooses one)"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[test]'
	@touch $@

setup: $(VENV)/installed ## install Mulu and its tools into .venv

demo: $(VENV)/installed ## a directory with sample entries on PORT (8000); ENTRIES=89000 for the full size
	@MULU_DEMO=1 MULU_DATA_DIR=$(DATA_DIR) $(BIN)/mulu demo --entries $(ENTRIES) --port $(PORT)

test: $(VENV)/installed ## the test suite, on WORKERS (3) processes; ARGS go to pytest
	@$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal $(ARGS)

lint: $(VENV)/installed ## ruff, mypy (strict) and the layer contracts
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy && $(BIN)/lint-imports

chaos: $(VENV)/installed ## kill -9 at a hundred random moments (ROUNDS=100), then prove that nothing is lost
	@MULU_CHAOS_ROUNDS=$(ROUNDS) $(BIN)/python -m pytest -m chaos tests/chaos $(ARGS)

bench: $(VENV)/installed ## measure PARTS at SIZES, keeping directories in KEEP; writes bench.json
	@$(BIN)/python -m tests.bench --sizes $(SIZES) --parts $(PARTS) $(if $(KEEP),--keep $(KEEP)) --out bench.json

servers: $(VENV)/installed ## start the tests' real parts (databases, search, sources) and print the variables that name them
	@$(BIN)/python -m tests.servers start

servers-stop: $(VENV)/installed ## end these parts
	@$(BIN)/python -m tests.servers stop

clean: ## remove the environment and the demo's data
	rm -rf $(VENV) .mulu build dist *.egg-info
