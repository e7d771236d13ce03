# Largesse. `make demo` and `make test` are all that most people need; CONTRIBUTING.md tells the rest.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

# The first Python that is new enough; PYTHON=... names another.
PYTHON ?= $(shell for name in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	$$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$name && break; done)
UV ?= $(shell uv --version >/dev/null 2>&1 && echo uv)
BIN := .venv/bin
ARGS ?=

.PHONY: help
help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: demo
demo: export DEBUG = 1
demo: export LARGESSE_DEMO = 1
demo: .venv/.demo ## run everything on this machine with demo data; Ctrl-C stops it
	@$(BIN)/python manage.py demo --follow-caller $(ARGS)

.PHONY: reset-demo
reset-demo: export DEBUG = 1
reset-demo: export LARGESSE_DEMO = 1
reset-demo: .venv/.demo ## drop the demo data and build it anew
	@$(BIN)/python manage.py reset_demo $(ARGS)

.PHONY: doctor
doctor: export DEBUG ?= 1
doctor: .venv/.demo ## say what is missing on this machine, and how to get it
	@$(BIN)/python manage.py doctor $(ARGS)

.PHONY: test
test: .venv/.dev ## the whole test suite, in parallel; ARGS="-k claim" narrows it
	@$(BIN)/pytest -n auto --dist worksteal $(ARGS)

.PHONY: lint
lint: .venv/.dev ## formatting, lint, layers, templates, migrations
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	$(BIN)/djlint --lint --quiet templates
	DEBUG=1 $(BIN)/python manage.py makemigrations --check --dry-run

.PHONY: types
types: .venv/.dev ## mypy, strict
	DEBUG=1 $(BIN)/mypy .

.PHONY: coverage
coverage: .venv/.dev ## the whole suite with branch coverage
	@$(BIN)/pytest -n auto --cov --cov-report=term:skip-covered $(ARGS)

.PHONY: bench
bench: .venv/.dev ## the benchmarks of docs/benchmarks.md
	@$(BIN)/pytest -s tests/benchmarks/bench_*.py $(ARGS)

.PHONY: check-deploy
check-deploy: .venv/.demo ## Django's own checks under production-like settings
	@env -u DEBUG -u LARGESSE_DEMO $(BIN)/python -c 'import secrets; print(secrets.token_urlsafe(64))' \
	| (read key; SECRET_KEY=$$key SITE_URL=https://largesse.example DATABASE_URL=postgres://largesse@db/largesse \
	  REDIS_URL=redis://redis:6379/0 $(BIN)/python manage.py check --deploy --fail-level WARNING)

.PHONY: lock
lock: ## compile requirements/*.lock anew from pyproject.toml (needs uv)
	uv pip compile --universal --generate-hashes --no-annotate --no-header --quiet --upgrade \
		--python-version 3.11 pyproject.toml -o requirements/runtime.lock
	uv pip compile --universal --generate-hashes --no-annotate --no-header --quiet --upgrade \
		--python-version 3.11 --extra embedded pyproject.toml -o requirements/demo.lock
	uv pip compile --universal --generate-hashes --no-annotate --no-header --quiet --upgrade \
		--python-version 3.11 --extra dev pyproject.toml -o requirements/dev.lock

.PHONY: env
env: .venv/.dev ## create .venv with everything for development

.venv/.demo: requirements/demo.lock
	@$(install)
	@touch $@

.venv/.dev: requirements/dev.lock requirements/demo.lock
	@$(install)
	@touch .venv/.demo $@

# uv where there is one, else what comes with Python. Hashes are checked either way.
define install
set -e; \
test -n "$(PYTHON)" || { echo "Largesse needs Python 3.11 or newer; none was found. Name one: make PYTHON=/path/to/python"; exit 1; }; \
echo "Installing $< into .venv …"; \
if [ -n "$(UV)" ]; then \
	test -x $(BIN)/python || $(UV) venv --quiet --python "$$($(PYTHON) -c 'import sys; print(sys.executable)')" .venv; \
	$(UV) pip install --quiet --python $(BIN)/python --require-hashes -r $<; \
else \
	test -x $(BIN)/pip || $(PYTHON) -m venv --clear .venv || { echo "On Debian: apt-get install python3-venv"; exit 1; }; \
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r $<; \
fi
endef
