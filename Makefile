# `make verify` and `make test` do everything from a fresh clone: environment, installation, work.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV   := .venv
BIN    := $(VENV)/bin

.PHONY: help verify docs test lint format clean

help:
	@echo "make verify   check every spec under specs/ against the shipped model; results in out/"
	@echo "make test     linter, type checker and test suite"
	@echo "make docs     draw again what the docs show"
	@echo "make format   bring the code into the project's style"
	@echo "make clean    remove the environment and all results"

verify: $(VENV)/.installed
	$(BIN)/circuitspec verify specs --out out

# The pictures and certificates that the docs show.
docs: $(VENV)/.installed
	$(BIN)/circuitspec verify specs --out docs/circuits

test: lint
	$(BIN)/python -m pytest

lint: $(VENV)/.installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(VENV)/.installed
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

clean:
	rm -rf $(VENV) out

# The constraints choose versions that are known to work together; pyproject.toml says what is allowed.
$(VENV)/.installed: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[graphviz,dev]'
	@touch $@
