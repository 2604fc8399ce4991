# Two commands are enough: `make demo` and `make test`. Both need Python 3.11+ and make; the rest comes into .venv.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
BENCH_STAMP := $(VENV)/.installed-bench
WORKERS ?= auto

.PHONY: demo test lint types format docs docs-check bench evals conformance clean help

help:
	@echo "make demo         read, review, draw and generate a real schema over MCP; results in out/"
	@echo "make test         the test suite"
	@echo "make lint         ruff, import-linter, mypy, pyright, stale documentation"
	@echo "make bench        every figure that is claimed, beside a baseline or target (about ten minutes)"
	@echo "make evals        the eval suite's own answers: reference, naive, alternatives, mutants (a few minutes)"
	@echo "make docs         regenerate docs/ from the code"
	@echo "make conformance  the MCP conformance suite and the Inspector (needs Node)"

$(STAMP): pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $(STAMP)

demo: $(STAMP)
	@$(BIN)/python examples/demo.py

test: $(STAMP)
	@$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal -q

lint: $(STAMP) docs-check
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/lint-imports --no-cache
	@$(BIN)/mypy
	@$(BIN)/pyright

types: $(STAMP)
	@$(BIN)/mypy
	@$(BIN)/pyright

format: $(STAMP)
	@$(BIN)/ruff check --fix-only --quiet .
	@$(BIN)/ruff format --quiet .

docs: $(STAMP)
	@$(BIN)/python -m dbdesign_server.documentation docs
	@$(BIN)/python -m dbdesign_server.install.distribution integrations

docs-check: $(STAMP)
	@$(BIN)/python -m dbdesign_server.documentation docs --check
	@$(BIN)/python -m dbdesign_server.install.distribution integrations --check

$(BENCH_STAMP): $(STAMP)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[bench]'
	@touch $(BENCH_STAMP)

bench: $(BENCH_STAMP)
	@$(BIN)/python benchmarks/run.py

evals: $(STAMP)
	@$(BIN)/dbdesign evals run --fresh --parallel 3

conformance: $(STAMP)
	@bash .ci/conformance

clean:
	rm -rf $(VENV) out build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
