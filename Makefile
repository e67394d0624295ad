# What is done in a clone, a sentence each: make help. In a project made by `embedding-bench init`, the command does it all.
.DEFAULT_GOAL := help
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/installed
export PATH := $(CURDIR)/$(BIN):$(PATH)
unexport PYTHONDONTWRITEBYTECODE
# As many workers as cores. A file stays on one worker (its fixtures are costly), the longest first.
TESTS := pytest --numprocesses auto --dist loadfile --no-loadscope-reorder
# Where a run works: this machine, or a Ray cluster.
MACHINES = $(if $(ON),--on "$(ON)") $(if $(JOBS),--jobs "$(JOBS)") $(if $(GPUS),--gpus "$(GPUS)")
# Tests that start no TensorFlow, browser, server or pipeline.
QUICK := artifacts baselines corpus evaluation probing project reporting settings stages vectors

.PHONY: help setup cluster repro answer quick test test-all lint ui projector bench mutants lock clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z_-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; v = sys.version_info; sys.exit(0 if (3, 11) <= v[:2] <= (3, 13) else f"error: Python {v[0]}.{v[1]} found, 3.11 to 3.13 expected; call make with PYTHON=python3.13")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $(STAMP)

setup: $(STAMP) ## Make the virtual environment .venv from requirements.lock, with the command embedding-bench

cluster: setup ## Install Ray, for runs on several machines
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-cluster.lock

repro: setup ## Run the experiment of params.yaml, by default on the embedded sample corpus [ON=where] [JOBS=n]
	@embedding-bench repro $(MACHINES)

answer: setup ## Answer the question for your own texts: make answer DATA=path [TEXT=column] [LABEL=column] [MINUTES=15] [DRY=1] [WRITE=1] [ON=where] [JOBS=n]
	@embedding-bench answer "$$DATA" $(if $(TEXT),--text "$$TEXT") $(if $(LABEL),--label "$$LABEL") \
	  $(if $(MINUTES),--minutes "$(MINUTES)") $(if $(filter 1,$(DRY)),--dry) $(if $(filter 1,$(WRITE)),--write) $(MACHINES)

ui: setup ## Open MLflow's UI on the project's store [PORT=5000]
	@embedding-bench ui $(if $(PORT),--port "$(PORT)")

projector: setup ## Open TensorBoard's projector on the exported embeddings [PORT=6006]
	@embedding-bench projector $(if $(PORT),--port "$(PORT)")

lint: setup ## Check style and types
	ruff check .
	ruff format --check .
	mypy

quick: lint ## Run lint, types and the unit tests that start no TensorFlow, in a minute
	$(TESTS) --quiet -m "not slow and not heavy" $(addprefix tests/,$(QUICK))

test: lint ## Run lint, types, all unit tests and the real DAG at a small size
	$(TESTS) --durations 12 -m "not slow"

test-all: lint ## Run the slow tests, too
	$(TESTS)

bench: setup ## Measure speed and memory against fastText, gensim, scikit-learn and the notebook way
	@python -m pip install --quiet --disable-pip-version-check --no-deps fasttext-wheel==0.9.2
	@python -m benchmarks

mutants: setup ## Mutate evaluation/ and baselines/, and list the mutants that no test kills, in half an hour
	@python -m pip install --quiet --disable-pip-version-check mutmut==3.8.1
	@python -m tests.mutants

lock: ## Resolve requirements.lock anew from pyproject.toml (needs uv)
	uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 --generate-hashes \
	  --no-annotate --no-header --quiet --output-file requirements.lock
	uv pip compile pyproject.toml --extra cluster --constraints requirements.lock --universal --python-version 3.11 \
	  --generate-hashes --no-annotate --no-header --quiet --output-file requirements-cluster.lock

clean: ## Remove the results of runs, but not the environment, the cache or MLflow's runs
	rm -rf data timings logs reports
