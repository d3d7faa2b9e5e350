# The two commands of the README, and what a developer repeats.
#   make run [DOCS=folder] [PORT=4566]   the whole service on this machine
#   make test                            everything that CI checks
# Needs: make and Python 3.11 or newer. All the rest is installed into .venv and .local.

PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && echo $$p && break; done)
BIN := .venv/bin
STAMP := .venv/.installed
FIRST := .venv/first-uv

.PHONY: run test setup check format lint types unit e2e page page-tests lock audit docs down clean

run: setup
	@$(BIN)/nexus up $(if $(DOCS),--docs "$(DOCS)") $(if $(PORT),--port $(PORT))

# The end-to-end tests and the page's come last, side by side: each share one deployed stack, and wait
# for it more than they work. The page's need a Chromium; without one they say so in one line.
test: setup check
	@$(BIN)/pytest -n 2 --ignore tests/e2e --ignore tests/page tests
	@$(BIN)/python -m tests.shared_tools
	@mkdir -p .local/logs; told=.local/logs/page-tests.log; $(BIN)/pytest tests/page >$$told 2>&1 & page=$$!; \
		trap 'kill $$page' INT TERM; \
		$(BIN)/pytest tests/e2e; ended=$$?; \
		wait $$page || ended=$$?; cat .local/logs/page-tests.log; exit $$ended

setup: $(STAMP)

$(STAMP): requirements.txt pyproject.toml
	@test -n "$(PYTHON)" || { echo "nexus: Python 3.11 or newer is needed: install it, or name one with PYTHON=…" >&2; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv --without-pip .venv || { echo "nexus: $(PYTHON) cannot make a virtual environment: install its venv module (on Debian: python3-venv)." >&2; exit 1; }
	@echo "installing the pinned packages into .venv"
	@grep -A 99 '^uv==' requirements.txt | awk 'NR > 1 && /^[a-z0-9]/ { exit } /^ *#/ { next } { print }' > .venv/uv.txt
	@rm -rf $(FIRST)
# Python's own pip brings uv, and uv the rest; where it cannot, the environment gets a pip, in 4 s.
	@first() { PIP_USER=0 PIP_REQUIRE_VIRTUALENV=0 PIP_ROOT_USER_ACTION=ignore "$$1" -m pip install --quiet \
			--disable-pip-version-check --require-hashes --no-compile --target $(FIRST) -r .venv/uv.txt; }; \
		first $(PYTHON) 2>/dev/null || { rm -rf $(FIRST); $(BIN)/python -m ensurepip >/dev/null || \
		{ echo "nexus: $(PYTHON) cannot install pip: install its venv module (on Debian: python3-venv)." >&2; exit 1; }; \
		first $(BIN)/python; }
	@$(FIRST)/bin/uv pip sync --quiet --python $(BIN)/python --require-hashes requirements.txt
	@rm -rf $(FIRST)
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $@

check: lint types
	@$(BIN)/lint-imports --no-cache

lint: setup
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .

types: setup
	@$(BIN)/mypy

format: setup
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

# The quick tests: no emulator, under a minute.
unit: setup
	@$(BIN)/pytest -n 2 tests/unit tests/contract tests/functions

e2e: setup
	@$(BIN)/pytest tests/e2e

page-tests: setup
	@$(BIN)/pytest tests/page

# Builds the page into web/dist, which is committed: `make run` needs no npm.
page: setup
	@$(BIN)/python -m cli.local.page.building

# Compiles every lock file anew from pyproject.toml and the *.in files.
lock: setup
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
		pyproject.toml --group cli --group cdk --group dev --output-file requirements.txt
	@$(BIN)/python -m cdk.locking
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
		cli/local/emulator-requirements.in --output-file cli/local/emulator-requirements.txt
	@$(BIN)/python -m cli.local.speech.locking
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
		.ci/audit-requirements.in --output-file .ci/audit-requirements.txt
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
		tests/load/requirements.in --output-file tests/load/requirements.txt
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
		tests/front_end/requirements.in --output-file tests/front_end/requirements.txt

# Whether a list of known vulnerabilities names a package that is pinned anywhere here.
audit: setup
	@$(BIN)/uv venv --quiet --clear --python $(BIN)/python .venv/audit
	@$(BIN)/uv pip sync --quiet --python .venv/audit/bin/python --require-hashes .ci/audit-requirements.txt
	@for list in requirements.txt .ci/audit-requirements.txt cli/local/emulator-requirements.txt \
			cli/local/models/requirements.txt cli/local/speech/requirements.txt \
			tests/load/requirements.txt layers/dependencies/*.txt; do \
		echo "$$list"; \
		.venv/audit/bin/pip-audit --disable-pip --require-hashes --progress-spinner off --requirement $$list || exit 1; done

# The documentation as a site, in .local/site: plain files, for any web server or none.
docs: setup
	@$(BIN)/mkdocs build --strict --quiet

down: setup
	@$(BIN)/nexus down

clean:
	rm -rf .local cdk.out .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis
