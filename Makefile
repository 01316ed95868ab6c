# The handbook's commands. `make help` lists them. Everything runs inside .venv, which is made from requirements.lock.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: help book books test lint check new accept claims serve bench mutants levels trials harm clean setup

help: ## List the commands
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/' | expand -t 16

setup: $(READY) ## Make .venv with the pinned versions

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; say which with: make PYTHON=python3.12"; exit 2; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

book: $(READY) ## Execute every chapter and publish both editions; ADDRESS=https://… says where they will be
	$(BIN)/handbook build $(if $(ADDRESS),--address "$(ADDRESS)")

books: $(READY) ## The same, with each whole edition as PDF (needs Chromium) and EPUB
	$(BIN)/handbook build --pdf --epub $(if $(ADDRESS),--address "$(ADDRESS)")

lint: $(READY) ## Style, types, docstrings, and who imports whom
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/pytest -q tests/unit/test_docstrings.py

test: lint ## Everything CI checks: style, types, units, every chapter re-executed and compared
	$(BIN)/pytest -n 2 --dist loadscope

check: $(READY) ## Execute one chapter and compare it: make check NB=recipes/compare-groups
	$(BIN)/handbook check "$(NB)"

accept: $(READY) ## Renew one chapter's reference; read the diff before you commit it
	$(BIN)/handbook accept "$(NB)"

new: $(READY) ## Make a chapter that meets the contract: make new NB=recipes/my-topic
	$(BIN)/handbook new "$(NB)"

claims: $(READY) ## List the claims about health that must be looked up again
	$(BIN)/handbook claims

serve: book ## Look at the book in a browser
	$(BIN)/handbook serve

bench: $(READY) ## Measure the build against the tools' own ways, on one synthetic book
	$(BIN)/python benchmarks/bench.py
	$(BIN)/python benchmarks/scale.py
	$(BIN)/python benchmarks/memory.py

mutants: $(READY) ## Change statistics one by one, and see whether a test notices: make mutants MODULES=src/... EACH=10 SEED=1
	$(BIN)/python benchmarks/mutants.py $(MODULES) --each $(or $(EACH),10) --seed $(or $(SEED),1) --least $(or $(LEAST),0)

levels: $(READY) ## Measure how often each test cries wolf, where data/error-rates.csv lacks it: make levels STUDIES=400
	nice -n 19 $(BIN)/python tests/levels/grid.py $(or $(STUDIES),400) $(or $(WITH_EFFECT),100)

trials: $(READY) ## Simulate anew what pages show of simulated studies, and try the methods for single taxa: make trials STUDIES=200
	nice -n 19 $(BIN)/python data/methods-tried/make.py $(STUDIES)
	nice -n 19 $(BIN)/python data/simulated/make.py
	$(BIN)/python data/describe.py

harm: $(READY) ## Kill at 500 steps, stop 50 times, read 100,000 damaged files; hours, and it goes on where it was stopped
	HANDBOOK_STOPS=50 $(BIN)/pytest -s tests/system/test_signals.py
	HANDBOOK_CRASHES=500 $(BIN)/pytest -s tests/unit/test_crashes.py tests/system/test_killed.py
	HANDBOOK_FUZZ=$(or $(FILES),100000) nice -n 15 $(BIN)/pytest tests/unit/test_fuzz_formats.py

clean: ## Remove everything generated, but not .venv
	rm -rf _build
