# The command file of the workspace: `make` lists what there is.
# Needs Python 3.11 or newer, git and make; everything else is brought by the lock file.

PYTHON ?= python3
UV_VERSION := 0.13.9
UV := .venv-tools/bin/uv
MANAGE := .venv/bin/python manage.py
RUN_READY := .venv/.ready
DEV_READY := .venv/.ready-dev
# Some images forbid Python to keep compiled modules, without which each program takes twice as long to start.
export PYTHONDONTWRITEBYTECODE :=
TESTS ?= tests
PYTEST_ARGS ?= -n 2 --dist worksteal

.DEFAULT_GOAL := help
.PHONY: help install run test test-server-mode check format bench demo docs recompute shell lock clean

help: ## list the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-18s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

install: $(RUN_READY) ## make the environment from the lock file, without what tests and checks need

run: $(RUN_READY) ## start the workspace: database, broker, web, worker, beat (PORT=8000 HOST=127.0.0.1)
	@exec $(MANAGE) up

test: $(DEV_READY) ## the whole suite on servers of its own (TESTS=tests/health PYTEST_ARGS=-x)
	@.venv/bin/python -m pytest $(PYTEST_ARGS) $(TESTS)

test-server-mode: $(DEV_READY) ## the suite but the browser, in server mode on PostgreSQL 15 where it is installed
	@.venv/bin/python .ci/test_server_mode.py

check: $(DEV_READY) ## every check; runs all of them and reports all failures
	@.ci/check

format: $(DEV_READY) ## lay out the code and fix what can be fixed
	@.venv/bin/ruff format .
	@.venv/bin/ruff check --fix .

bench: $(RUN_READY) ## the benchmarks, beside their budgets
	@$(MANAGE) bench

demo: $(RUN_READY) ## add the demo company (ARGS="--accounts 5000 --seed 7")
	@$(MANAGE) migrate --verbosity 0
	@$(MANAGE) demo $(ARGS)

docs: $(RUN_READY) ## write docs/metrics.md anew from the metrics that the code knows
	@$(MANAGE) metrics_doc

recompute: $(RUN_READY) ## score every account now
	@$(MANAGE) recompute $(ARGS)

shell: $(RUN_READY) ## a Python shell with the models loaded
	@$(MANAGE) shell

lock: $(UV) ## resolve the dependencies of pyproject.toml anew into uv.lock
	@$(UV) lock --upgrade

clean: ## remove what was built; keeps the data in var/
	rm -rf .venv .venv-tools staticfiles .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(UV):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Python 3.11 or newer is needed; $(PYTHON) is $$($(PYTHON) --version). Use make PYTHON=python3.12 …"; exit 1; }
	@echo "Making the environment (once) …"
	@$(PYTHON) -m venv .venv-tools \
		|| { echo "$(PYTHON) cannot make environments here; on Debian: apt-get install python3-venv"; exit 1; }
	@.venv-tools/bin/python -m pip install -qq --disable-pip-version-check uv==$(UV_VERSION)

$(RUN_READY): uv.lock pyproject.toml | $(UV)
	@$(UV) sync --quiet --frozen --no-dev --inexact --python $(PYTHON)
	@touch $@

$(DEV_READY): uv.lock pyproject.toml | $(UV)
	@$(UV) sync --quiet --frozen --python $(PYTHON)
	@touch $(RUN_READY) $@
