# Every target makes the virtual environment it needs, from constraints.txt, and mends it when
# pyproject.toml or constraints.txt change. Only python3 (3.11 or later) and make have to be there.

PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt

PINS := pyproject.toml constraints.txt
CORE := $(VENV)/.core-stamp
TREES := $(VENV)/.trees-stamp
DEEP := $(VENV)/.deep-stamp
DEV  := $(VENV)/.dev-stamp
DOCS := $(VENV)/.docs-stamp

.DEFAULT_GOAL := help
.PHONY: help demo demo-all test check bench docs clean
.NOTPARALLEL:

help: ## Show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 10

demo: $(TREES) ## Simulate logs, give credit, predict installs, write runs/demo/*/report.html
	$(BIN)/wanamaker demo

demo-all: $(DEEP) ## The demo, and with it the networks: journeys, sessions and search terms
	$(BIN)/wanamaker demo --all

test: $(DEV) ## Run all tests, one process per core; some: make test PYTEST="-m 'not slow' tests/base"
	OMP_NUM_THREADS=$${OMP_NUM_THREADS:-1} $(BIN)/python -m pytest -n auto --dist loadfile $(PYTEST)

check: $(DEV) ## Lint, format, types, floors, size budget
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/python -m tools.size_budget

bench: $(DEV) ## Measure against the peers, each in an environment of its own
	$(BIN)/python -m bench $(BENCH)

docs: $(DOCS) ## Build the site into site/, strictly
	NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --strict --quiet
	@echo "site/index.html"

clean: ## Remove the virtual environment, caches and built files; runs/ stays
	rm -rf $(VENV) .venv-* build dist site .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find src tests tools -type d -name __pycache__ -prune -exec rm -rf {} +

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or later is needed. Hint: make PYTHON=python3.11 ..." >&2; exit 1; }
	$(PYTHON) -m venv $(VENV) || { rm -f $(BIN)/python*; exit 1; }

$(CORE): $(PINS) | $(BIN)/python
	$(INSTALL) -e .
	@touch $@

$(TREES): $(PINS) | $(BIN)/python
	$(INSTALL) -e '.[trees]'
	@touch $(CORE) $@

$(DEEP): $(PINS) | $(BIN)/python
	$(INSTALL) -e '.[trees,deep]'
	@touch $(CORE) $(TREES) $@

$(DEV): $(PINS) | $(BIN)/python
	$(INSTALL) -e '.[dev]'
	@touch $(CORE) $@

$(DOCS): $(PINS) | $(BIN)/python
	$(INSTALL) -e '.[docs]'
	@touch $(CORE) $@
