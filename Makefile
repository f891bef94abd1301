# Works from a clean clone with Python >= 3.11, git and make. `make PYTHON=/path/to/python test` picks another Python.

SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help test demo lint clean

VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

export TF_CPP_MIN_LOG_LEVEL ?= 3
export PIP_DISABLE_PIP_VERSION_CHECK ?= 1

help:
	@echo "make test    run all tests"
	@echo "make demo    rewrite one export script, run it, and prove the exports equal"
	@echo "make lint    ruff and mypy"
	@echo "make clean   remove what these made, .venv too"

# Installs again only when pyproject.toml changes.
$(STAMP): pyproject.toml
	@python=; \
	for candidate in $(or $(PYTHON),python3 python3.13 python3.12 python3.11 python); do \
	  if $$candidate -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then python=$$candidate; break; fi; \
	done; \
	if [ -z "$$python" ]; then echo "tf-migrate needs Python >= 3.11: none found; name one with make PYTHON=..." >&2; exit 1; fi; \
	[ -x $(BIN)/python ] && $(BIN)/python -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || $$python -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet -e '.[dev]'
	@touch $@

# Compiled modules are kept, whatever the environment says: hundreds of processes import them.
test: export PYTHONDONTWRITEBYTECODE =
test: $(STAMP)
	$(BIN)/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder

demo: $(STAMP)
	@PATH="$(CURDIR)/$(BIN):$$PATH" docs/demo.sh

lint: $(STAMP)
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

clean:
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
