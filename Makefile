# Ashar's two commands are `make run` and `make test`; `make` alone lists the rest.
# Everything lives in .venv. What a step has finished is remembered by an empty file in it, so that a second
# start asks pip for nothing.

.DEFAULT_GOAL := help
.NOTPARALLEL:
MAKEFLAGS += --no-builtin-rules --no-print-directory

# The Python to build .venv with; empty means: the newest suitable one that really runs.
PYTHON ?=
# pytest processes, each with a PostgreSQL of its own; 0 is one, in the open.
WORKERS ?= 2
# More words for pytest: make test PYTEST_ARGS="tests/engine -k rank"
PYTEST_ARGS ?=
# `make lock UPGRADE=1` takes newer releases; without it only what pyproject.toml asks for changes.
UPGRADE ?=

# Where nothing compiled may be kept, each of the hundred and more processes that the tests start compiles all anew.
unexport PYTHONDONTWRITEBYTECODE

VENV := .venv
BIN := $(VENV)/bin
# Twice quiet: no progress and no warnings about whatever pip is told elsewhere; errors are still shown in full.
PIP := $(BIN)/python -m pip -qq --disable-pip-version-check
# A .venv that was moved, or whose Python is gone, is made again.
$(if $(wildcard $(VENV)/.made),$(shell \
	test "$$(cat $(VENV)/.made)" = "$(CURDIR)" && $(BIN)/python -c '' 2>/dev/null || rm -f $(VENV)/.made))

SAY := printf '\n== %s\n'

.PHONY: help run test format bench faults lock pot clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-7s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: $(VENV)/.locked $(VENV)/.project ## start everything at http://127.0.0.1:8000
	@exec $(BIN)/ashar serve

test: $(VENV)/.locked-dev $(VENV)/.wheels $(VENV)/.project ## every check and every test
	@$(SAY) "ruff check";          $(BIN)/ruff check --quiet .
	@$(SAY) "ruff format";         $(BIN)/ruff format --quiet --check . || { echo "mend with: make format"; exit 1; }
	@$(SAY) "mypy --strict";       $(BIN)/mypy
	@$(SAY) "who may import whom"; $(BIN)/lint-imports --no-logo
	@$(SAY) "hadolint Dockerfile"; $(BIN)/hadolint Dockerfile
	@$(SAY) "pytest, on SQLite and PostgreSQL"
	@$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder $(PYTEST_ARGS)

format: $(VENV)/.locked-dev ## lay the code out as ruff wants it
	@$(BIN)/ruff check --quiet --fix . ; $(BIN)/ruff format --quiet .

bench: $(VENV)/.locked-dev $(VENV)/.project $(VENV)/.peers ## speed in ratios, into docs/PERFORMANCE.md (PARTS=all for the slow ones too)
	@$(BIN)/python -m tests.bench $(PARTS)

faults: $(VENV)/.locked-dev $(VENV)/.project ## crashes, bad lines and cut networks, the long way
	@$(BIN)/python -m tests.faults

COMPILE = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate \
	--no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" $(if $(UPGRADE),--upgrade)

lock: $(VENV)/.locked-dev ## pin the dependencies again (UPGRADE=1 for newer releases)
	@$(COMPILE) pyproject.toml --group build --output-file requirements.lock
	@$(COMPILE) pyproject.toml --group build --group test --constraint requirements.lock --output-file requirements-dev.lock
	@$(COMPILE) tests/bench/peers.in --output-file tests/bench/peers.lock

pot: $(VENV)/.locked-dev ## take new phrases into locales/
	@$(BIN)/pybabel --quiet extract --mapping-file pyproject.toml --no-default-keywords \
		--keywords phrase --keywords phrases:1,2 --add-location file --sort-by-file --omit-header \
		--width 120 --output-file $(VENV)/messages.pot bot api
	@mv $(VENV)/messages.pot locales/messages.pot
	@$(BIN)/pybabel --quiet update --input-file locales/messages.pot --output-dir locales --no-fuzzy-matching \
		--ignore-obsolete --ignore-pot-creation-date --width 120

clean: ## remove .venv and caches; var/, the data, stays
	@rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache build dist
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

# A version manager's shim may exist and fail, and a system Python may lack venv: so each is tried, not looked up.
CANDIDATES = $(or $(PYTHON),python3.13 python3.12 python3.11 python3 python)
SUITS := import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))

$(VENV)/.made:
	@for python in $(CANDIDATES); do \
	    if "$$python" -c "$(SUITS)" >/dev/null 2>&1; then \
	        echo "making $(VENV) with $$("$$python" -V)"; \
	        "$$python" -m venv --clear $(VENV) && echo "$(CURDIR)" > $@; exit; \
	    fi; \
	done; \
	echo "Ashar needs Python 3.11, 3.12 or 3.13 with venv (on Debian: apt install python3-venv)." >&2; \
	echo "None of these will do: $(CANDIDATES)" >&2; \
	exit 1

# The order of the two locks must not matter: the development lock holds every pin of the other one, so whoever
# has installed it has both.
$(VENV)/.locked: requirements.lock $(VENV)/.made
	@echo "installing requirements.lock"
	@$(PIP) install --require-hashes -r requirements.lock
	@touch $@

$(VENV)/.locked-dev: requirements-dev.lock $(VENV)/.made
	@echo "installing requirements-dev.lock"
	@$(PIP) install --require-hashes -r requirements-dev.lock
	@touch $@ $(VENV)/.locked

# The wheels again, as files: the test that walks through the Dockerfile installs from them without network.
$(VENV)/.wheels: requirements.lock $(VENV)/.locked-dev
	@rm -rf $(VENV)/wheels
	@$(PIP) download --no-deps --require-hashes --dest $(VENV)/wheels -r requirements.lock
	@touch $@

# aiogram wants another pydantic than FastAPI takes, so that it cannot share an environment with us.
$(VENV)/.peers: tests/bench/peers.lock $(VENV)/.made
	@echo "installing tests/bench/peers.lock"
	@$(BIN)/python -m venv --clear $(VENV)/peers
	@$(VENV)/peers/bin/python -m pip -qq --disable-pip-version-check install --require-hashes -r tests/bench/peers.lock
	@touch $@

# Either lock brings hatchling. Only the order is asked for (`|`), so that another lock is no reason to do this
# again; a new .venv is.
$(VENV)/.project: pyproject.toml $(VENV)/.made | $(VENV)/.locked
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@
