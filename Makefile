# `make` lists the commands. `demo`, `test`, `check` and the others make their own virtual environment in .venv the
# first time; a stamp file per set of dependencies makes the second time quick. A change of pyproject.toml renews it.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install -qq --disable-pip-version-check
USE := $(VENV)/.installed-use
DEV := $(VENV)/.installed-dev
TYPES := $(VENV)/types
PEERS := $(VENV)/peers
DATA ?= ../shared/data
PACKAGES := app kernels language training vision

# Two threads are what the tests and figures are stated for; a machine with more may say `make test OMP_NUM_THREADS=8`.
export OMP_NUM_THREADS ?= 2
# Threads that wait soon sleep instead of spinning on: beside other work that is several times faster.
export GOMP_SPINCOUNT ?= 5000
export TOKENIZERS_PARALLELISM ?= false

.DEFAULT_GOAL := help
.PHONY: help demo test check fix ui bench scoreboard clean

help:  ## list the commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: $(USE)  ## read two sample documents and answer questions about them
	@$(BIN)/python examples/demo.py

test: $(DEV)  ## run the tests (CPU; ARGS="-k name" to choose)
	@$(BIN)/python -m pytest -m "not gpu" $(ARGS)

check: $(DEV)  ## lint, formatting rules, types
	@$(BIN)/ruff check .
	@$(BIN)/python -m mypy

fix: $(DEV)  ## repair what the linter can repair
	@$(BIN)/ruff check --fix .

ui: $(USE)  ## open the web page on this machine
	@$(BIN)/octavo ui

bench: $(DEV)  ## time reading and answering on this machine
	@$(BIN)/python benchmarks/cpu_latency.py

scoreboard: $(USE) $(PEERS)/.installed  ## score Octavo beside OCR engines with rules (DATA=folder ARGS="--sets sroie")
	@command -v tesseract > /dev/null || if [ "$$(id -u)" = 0 ] && command -v apt-get > /dev/null; then \
	  echo "Installing Tesseract ..."; apt-get update -qq && apt-get install -y -qq --no-install-recommends \
	    tesseract-ocr tesseract-ocr-eng tesseract-ocr-deu tesseract-ocr-fra > /dev/null \
	  || echo "Tesseract could not be installed and is left out." >&2; \
	else echo "Tesseract is not installed and is left out; on Debian: sudo apt-get install tesseract-ocr" >&2; fi
	@$(BIN)/python benchmarks/scoreboard.py --data $(DATA) $(ARGS)

clean:  ## remove the virtual environment and caches
	@rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "Octavo needs Python 3.11 or newer, and '$(PYTHON)' is not: name one, e.g. make $(MAKECMDGOALS) PYTHON=python3.12" >&2; \
	  exit 1; }
	@echo "Making the virtual environment in $(VENV) ..."
	@$(PYTHON) -m venv $(VENV)

# For the type checker, which cannot know that `app` is imported as `octavo.app`: the folders under those names.
$(TYPES): | $(BIN)/python
	@mkdir -p $@/octavo
	@for package in $(PACKAGES); do ln -sfn ../../../$$package $@/octavo/$$package; done

# PyTorch first and alone: the largest download, so that a failure of it is seen for what it is.
$(USE): pyproject.toml | $(BIN)/python
	@echo "Installing Octavo and what it needs (the first time takes some minutes) ..."
	@$(PIP) torch torchvision
	@$(PIP) -e .
	@touch $@

# RapidOCR in an environment of its own: what it depends on must not mix with what Octavo depends on.
$(PEERS)/.installed: benchmarks/requirements-peers.txt | $(BIN)/python
	@echo "Installing RapidOCR in $(PEERS) ..."
	@$(PYTHON) -m venv $(PEERS)
	@$(PEERS)/bin/python -m pip install -qq --disable-pip-version-check -r benchmarks/requirements-peers.txt
	@touch $@

$(DEV): pyproject.toml | $(BIN)/python $(TYPES)
	@echo "Installing Octavo with its test tools (the first time takes some minutes) ..."
	@$(PIP) torch torchvision
	@$(PIP) -e '.[dev]'
	@touch $@ $(USE)
