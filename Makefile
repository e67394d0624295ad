# Everything that one does here, a sentence each: make help
.DEFAULT_GOAL := help
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/installed
export PATH := $(CURDIR)/$(BIN):$(PATH)
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help setup check repro leaderboard ag_news imdb presets preset answer publish champion report pr-comment results ui projector test test-all lint bench lock clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z_-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(STAMP): requirements.lock
	@$(PYTHON) -c 'import sys; v = sys.version_info; sys.exit(0 if (3, 11) <= v[:2] <= (3, 13) else f"error: Python {v[0]}.{v[1]} found, 3.11 to 3.13 expected; call make with PYTHON=python3.13")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@touch $(STAMP)

setup: $(STAMP) ## Make the virtual environment .venv from requirements.lock

check: setup ## Say whether params.yaml is right
	@python -m stages.check

repro: check ## Run the experiment of params.yaml, by default on the embedded sample corpus
	dvc repro
	@python -m tools.publish --if-pending
	@python -m tools.report
	@python -m tools.leaderboard

leaderboard: setup ## Show the leaderboard of the last run, and bring its page up to date
	@python -m tools.report
	@python -m tools.leaderboard

ag_news: setup ## Run AG News: random, word2vec and GloVe vectors, frozen and fine-tuned, mean, BiLSTM and CNN (an hour or two)
	@python -m tools.preset ag_news

imdb: setup ## Run IMDb reviews with the same vectors, mean and BiLSTM (some hours)
	@python -m tools.preset imdb

presets: setup ## List the presets, each a known lesson in a sentence
	@python -m tools.preset

preset: setup ## Run presets/NAME.yaml as a DVC experiment: make preset NAME=ag_news
	@python -m tools.preset $(NAME)

answer: setup ## Answer the question for your own texts: make answer DATA=path [TEXT=column] [LABEL=column] [DRY=1] [WRITE=1]
	@python -m tools.answer "$$DATA" $(if $(TEXT),--text "$$TEXT") $(if $(LABEL),--label "$$LABEL") \
	  $(if $(filter 1,$(DRY)),--dry) $(if $(filter 1,$(WRITE)),--write)

publish: setup ## Send the runs of the last experiment to MLflow again (after its server was away, or to another one)
	@python -m tools.publish

champion: setup ## Let MLflow serve another version of the model as champion: make champion VERSION=3 [DATASET=sample]
	@python -m tools.champion "$(VERSION)" $(if $(DATASET),--dataset "$(DATASET)")

report: setup ## Join what made the last run into its page, reports/index.html
	@python -m tools.report

pr-comment: setup ## Print the leaderboard for a pull request, and its difference from another revision: make pr-comment [REV=origin/main]
	@python -m tools.pr_comment "$(or $(REV),HEAD)"

results: setup ## Keep the last run in results/, as JSON, page and pictures: make results [NAME=imdb_ngrams]
	@python -m tools.results $(if $(NAME),--name "$(NAME)")

ui: setup ## Open MLflow's UI on the project's store
	mlflow ui --backend-store-uri "sqlite:///$(CURDIR)/mlflow.db" --port $(or $(PORT),5000)

projector: setup ## Open TensorBoard's projector on the exported embeddings
	tensorboard --logdir data/projector --port $(or $(PORT),6006)

lint: setup ## Check style and types
	ruff check .
	ruff format --check .
	mypy

test: lint ## Run lint, types, unit tests and the real DAG at a small size
	pytest -m "not slow"

test-all: lint ## Run what takes longer, too
	pytest

bench: setup ## Measure speed and memory against fastText, gensim, scikit-learn and the notebook way
	@python -m pip install --quiet --disable-pip-version-check --no-deps fasttext-wheel==0.9.2
	@python -m benchmarks

lock: ## Resolve requirements.lock anew from pyproject.toml (needs uv)
	uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 --generate-hashes \
	  --no-annotate --no-header --quiet --output-file requirements.lock

clean: ## Remove what runs have made, but not the environment, the cache or MLflow's runs
	rm -rf data timings logs
