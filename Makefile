# `make verify` and `make test` do everything from a fresh clone: environment, installation, work.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV   := .venv
BIN    := $(VENV)/bin

.PHONY: help verify docs validation site test lint format vscode clean

help:
	@echo "make verify   check every spec under specs/ against the shipped model; results in out/"
	@echo "make test     linter, type checker and test suite"
	@echo "make docs     run and draw again what the docs show"
	@echo "make validation  hold verdicts against what is known; takes about an hour on one core"
	@echo "make site     the documentation as a website, in site/"
	@echo "make format   bring the code into the project's style"
	@echo "make vscode   package the extension for VS Code (needs Node.js); dist/circuitspec.vsix"
	@echo "make clean    remove the environment and all results"

verify: $(VENV)/.installed
	$(BIN)/circuitspec verify specs --out out

# The gallery, and the output of commands that the docs show.
docs: $(VENV)/.installed
	$(BIN)/circuitspec gallery specs --out docs/circuits
	UPDATE_GOLDEN=1 $(BIN)/python -m pytest --quiet tests/docs/test_transcripts.py

# Known circuits, simulated intervals, damaged specs and circuits of what has none: pages in the docs.
validation: $(VENV)/.installed
	$(BIN)/circuitspec validate ground-truth tests/groundtruth --out docs/validation/ground-truth.md
	$(BIN)/circuitspec validate coverage --out docs/validation/coverage.md
	$(BIN)/circuitspec validate mutants specs --out docs/validation/mutants.md
	$(BIN)/circuitspec validate made-up --model python-base --task for_while --beside specs \
		--out docs/validation/made-up.md

# `make test` builds it as well, elsewhere. Warnings are errors.
site: $(VENV)/.installed
	$(BIN)/zensical build --clean --strict

test: lint
	$(BIN)/python -m pytest -n auto --dist loadscope

lint: $(VENV)/.installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(VENV)/.installed
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# npm's cache is enough where there is no network.
vscode:
	mkdir -p dist
	cd editors/vscode && npm ci --no-audit --no-fund --prefer-offline && npm test
	cd editors/vscode && npm run package -- --out ../../dist/circuitspec.vsix

clean:
	rm -rf $(VENV) .cache dist editors/vscode/dist editors/vscode/node_modules out site

# The constraints choose versions that are known to work together; pyproject.toml says what is allowed.
$(VENV)/.installed: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[graphviz,dev]'
	@touch $@
