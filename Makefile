# `make demo` and `make test` are for users. The rest is for people who change the project. Every task
# is defined only here; tox runs them in its own environments, with BIN set to the environment's
# programs and STAMP empty, so that nothing is installed.
SHELL := /bin/bash
PYTHON ?= 3.11
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
NODE := $(VENV)/.node
SUITE_VENV := .venv-suite
SUITE_BIN := $(SUITE_VENV)/bin
SUITE_STAMP := $(SUITE_VENV)/.installed
DEMO_VENV := .venv-demo
DEMO_STAMP := $(DEMO_VENV)/.installed
COMMA := ,
TAG ?= sentence-transformers-clip-ViT-B-32-multilingual-v1
REPORT ?= report
LOCK := --constraint requirements.lock
SITE ?= site

# If this is set, every process recompiles all of its imports, which takes eight seconds with torch.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help demo test lint types unit unit-reference unit-suite test-suite test-exhaustive coverage format matrix hooks lock bench docs standins expected clean

help:
	@echo "make demo        install without torch, start a stand-in, run the suite against it, and show the results"
	@echo "make test        install everything, then run lint, types, and unit, which every change must pass"
	@echo "make test-suite  run only the tests that do not require torch, in an environment without torch"
	@echo "make test-exhaustive  run the whole suite against each faulty and legal endpoint, and write docs/faults.md"
	@echo "make coverage    run the tests, and fail if the coverage is too low"
	@echo "make matrix      run the suite against the reference encoder, for every model (tox)"
	@echo "make docs        update the generated files, and build the documentation in $(SITE)/"
	@echo "make format | hooks | lock | bench | standins | expected | clean"

# $(call install,ENVIRONMENT,EXTRAS): with uv if available, since it is much faster; else venv and pip.
define install
	@if command -v uv >/dev/null; then \
	  uv venv --quiet --allow-existing --python $(PYTHON) $(1) && \
	  uv pip install --quiet --python $(1)/bin/python $(LOCK) --editable '.[$(2)]'; \
	else \
	  $$(command -v python$(PYTHON) || echo python3) -m venv $(1) && \
	  $(1)/bin/python -m pip install --quiet $(LOCK) --editable '.[$(2)]'; \
	fi
	@touch $@
endef

$(STAMP): pyproject.toml requirements.lock
	$(call install,$(VENV),reference$(COMMA)dev)

$(SUITE_STAMP): pyproject.toml requirements.lock
	$(call install,$(SUITE_VENV),dev)

$(DEMO_STAMP): pyproject.toml requirements.lock
	$(call install,$(DEMO_VENV),stand-in$(COMMA)weaviate)

# The examples in TypeScript need Node. Without Node, their tests are skipped.
$(NODE): $(STAMP) examples/typescript/package-lock.json
	@if command -v npm >/dev/null; then \
	  npm ci --silent --no-audit --no-fund --prefix examples/typescript; \
	fi
	@touch $@

demo: $(DEMO_STAMP)
	$(DEMO_VENV)/bin/clip-conformance --reference $(TAG) --report $(REPORT)

test: lint
	@$(MAKE) --jobs 3 types unit

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports --no-cache

types: $(STAMP)
	$(BIN)/mypy

unit: unit-reference unit-suite

# These tests import torch, which takes six seconds in each process that merely collects them.
TORCH := tests/reference tests/standins tests/exact tests/lab

unit-reference: $(STAMP)
	$(BIN)/python -m pytest $(TORCH)

unit-suite: $(STAMP) $(NODE)
	$(BIN)/python -m pytest -n 5 $(TORCH:%=--ignore %)

# For work on the suite: tests that need torch are reported as skipped.
test-suite: $(SUITE_STAMP)
	$(SUITE_BIN)/python -m pytest -n 4 --sample 8 -rs

# Run the whole suite against each faulty and each legal endpoint, which takes an hour or more. An
# interrupted run is resumed if the commit is the same.
test-exhaustive: $(STAMP)
	$(BIN)/python -m tests.endpoints.table --kept build/faults --write docs/faults.md

# Not part of `test`, because the tests take much longer while coverage is measured.
coverage: $(STAMP) $(NODE)
	$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest -n 4
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage report

matrix: $(STAMP)
	$(BIN)/tox

# Pin the versions of all libraries in this Makefile's environments.
lock:
	uv pip compile --quiet --universal --python-version 3.11 --extra reference --extra dev --upgrade \
	  --no-annotate --no-header pyproject.toml --output-file requirements.lock

bench: $(STAMP)
	$(BIN)/python -m lab.benchmarks --report $(REPORT)

format: $(STAMP)
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format .

# Run lint and types before every commit.
hooks: $(STAMP)
	$(BIN)/pre-commit install

# Generated files are committed, and a test checks them; the site is not committed.
docs: $(STAMP)
	$(BIN)/python -m lab.generated_docs
	$(BIN)/python -m lab.exactness.table > docs/exact.md
	$(BIN)/sphinx-build -q -W --keep-going docs $(SITE)

standins: $(STAMP)
	$(BIN)/python -m lab.training

# Compute the libraries' vectors for the suite's items, and the effects of mistakes, in half an hour.
expected: $(STAMP)
	$(BIN)/python -m lab.exactness.expected

clean:
	rm -rf $(VENV) $(SUITE_VENV) $(DEMO_VENV) .tox build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache $(REPORT) $(SITE)
