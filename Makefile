# Two commands for users: `make demo` and `make test`. The rest is for people who change the project.
SHELL := /bin/bash
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
NODE := $(VENV)/.node
TAG ?= sentence-transformers-clip-ViT-B-32-multilingual-v1
REPORT ?= report

.PHONY: help demo test lint format types unit matrix bench docs standins clean

help:
	@echo "make demo    set up, start the reference, run the suite against it, show the scoreboard"
	@echo "make test    set up, pass every test of the project"
	@echo "make matrix  the suite against the reference, for every model (tox)"
	@echo "make lint | types | unit | format | docs | standins | clean"

# uv where there is one, since it is much faster; else venv and pip.
$(STAMP): pyproject.toml
	@if command -v uv >/dev/null; then \
	  uv venv --quiet --allow-existing --python 3.11 $(VENV) && \
	  uv pip install --quiet --python $(BIN)/python --editable '.[reference,dev]'; \
	else \
	  python3 -m venv $(VENV) && \
	  $(BIN)/python -m pip install --quiet --editable '.[reference,dev]'; \
	fi
	@touch $@

# The TypeScript client's checks need Node; without it they are reported as not run.
$(NODE): $(STAMP) conformance/weaviate/typescript/package-lock.json
	@if command -v npm >/dev/null; then \
	  npm ci --silent --no-audit --no-fund --prefix conformance/weaviate/typescript; \
	fi
	@touch $@

demo: $(STAMP) $(NODE)
	$(BIN)/clip-conformance --reference $(TAG) --report $(REPORT)

test: lint types unit

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(STAMP)
	$(BIN)/mypy

unit: $(STAMP) $(NODE)
	$(BIN)/python -m pytest -n 2 --dist loadfile

matrix: $(STAMP) $(NODE)
	$(BIN)/tox

bench: $(STAMP)
	PYTHON=$(BIN)/python benchmarks/run.sh --report $(REPORT)

format: $(STAMP)
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format .

docs: $(STAMP)
	$(BIN)/python -m conformance.data.contract_document > docs/contract.md

standins: $(STAMP)
	$(BIN)/python -m training

clean:
	rm -rf $(VENV) .tox build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache report
