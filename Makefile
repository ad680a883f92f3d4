# `make run` and `make test` need Python 3.11 or later and make, and fetch the rest themselves.
# What they make is in .venv, .local and .env: without those you are back at the start.

PORT ?= 8000
ARGS ?=
VENV := .venv
PYTHON := $(VENV)/bin/python
PYTHON_NAMES := python3 python3.14 python3.13 python3.12 python3.11 python
PYTHON3 ?= $(firstword $(foreach name,$(PYTHON_NAMES),$(shell $(name) -c \
	'import sys; sys.version_info >= (3, 11) and print(sys.executable)' 2>/dev/null)))
PIP_INSTALL := $(PYTHON) -m pip install --quiet --disable-pip-version-check
CHROMIUM_NAMES := chromium chromium-browser google-chrome google-chrome-stable

.DEFAULT_GOAL := help
.PHONY: help run stop test judge pictures check format browser programs

help:  ## say what make can do here
	@sed -nE 's/^([a-z]+):.*## (.*)/make \1|\2/p' Makefile | awk -F '|' '{ printf "%-14s%s\n", $$1, $$2 }'

run: $(VENV)/has-site .env  ## run the site on http://127.0.0.1:8000/ (PORT=8001: on another port)
	@exec $(PYTHON) manage.py run_site --port=$(PORT)

stop:  ## stop the site and its database server
	@test ! -x $(PYTHON) || $(PYTHON) -m kennisplein.site_processes stop
	@test ! -x $(PYTHON) || $(PYTHON) -m kennisplein.embedded_postgres stop .local/postgres

test: $(VENV)/has-tools .env browser programs  ## run every test (ARGS="-n0 -k word": only some)
	@exec $(PYTHON) -m pytest -n 2 --dist loadfile $(ARGS)

judge: $(VENV)/has-tools .env browser programs .local/tools/has-judges  ## run the long matrices and drills (ARGS="-k word": only some)
	@exec $(PYTHON) -m pytest -m judge $(ARGS)

pictures: $(VENV)/has-tools .env browser  ## make the pictures in docs/ anew
	@exec $(PYTHON) -m pytest kennisplein/tests/pictures.py $(ARGS)

check: $(VENV)/has-tools .env  ## check the code, the migrations and the versions
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m ruff check .
	$(PYTHON) manage.py check
	$(PYTHON) manage.py makemigrations --check --dry-run
	$(PYTHON) -m pip check

format: $(VENV)/has-tools  ## format the code and mend what ruff can mend
	$(PYTHON) -m ruff check --fix-only --quiet .
	$(PYTHON) -m ruff format .

browser: $(VENV)/has-tools  ## get a browser for the tests (CHROMIUM=/path/to/one: use that)
	@for name in "$$CHROMIUM" $(CHROMIUM_NAMES); do command -v "$$name" >/dev/null && exit 0; done; \
	if test "$$(id -u)" = 0 && command -v apt-get >/dev/null; then \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq \
			--no-install-recommends chromium fonts-liberation >/dev/null; \
	else \
		$(PYTHON) -m playwright install chromium; \
	fi || { echo "No browser. Install chromium, or give the path of one: make test CHROMIUM=…" >&2; exit 1; }

# The Nu checker and Lighthouse, which are on npm, and the Java and Node that run them.
.local/tools/has-judges: package.json
	@for name in npm java; do command -v $$name >/dev/null || missing=yes; done; \
	if test -n "$$missing" && test "$$(id -u)" = 0 && command -v apt-get >/dev/null; then \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq \
			--no-install-recommends npm default-jre-headless >/dev/null; \
	fi
	@mkdir -p .local/tools && cp package.json .local/tools/
	@cd .local/tools && npm install --no-audit --no-fund --silent
	@touch $@

programs:  ## get curl and node, which run the examples of the documentation
	@command -v curl >/dev/null && command -v node >/dev/null || { \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq \
			--no-install-recommends curl nodejs >/dev/null; \
	} || { echo "Install curl and node (18 or later): the tests run them." >&2; exit 1; }

$(VENV)/has-site: requirements.txt
	@test -n "$(PYTHON3)" || { echo "Kennisplein needs Python 3.11 or later, and it is none of:" \
		"$(PYTHON_NAMES). Install it or give its path: make run PYTHON3=/path/to/python3.11" >&2; exit 1; }
	@$(PYTHON) -m pip --version >/dev/null 2>&1 || { echo "Making $(VENV) with $(PYTHON3)"; \
		rm -rf $(VENV); $(PYTHON3) -m venv $(VENV); } || { rm -rf $(VENV); exit 1; }
	@echo "Installing what the site runs on…"
	@$(PIP_INSTALL) -r requirements.txt
	@touch $@

$(VENV)/has-tools: requirements-dev.txt $(VENV)/has-site
	@echo "Installing what the tests need…"
	@$(PIP_INSTALL) -r requirements-dev.txt
	@touch $@

.env: | $(VENV)/has-site
	@umask 077 && $(PYTHON) -c "import secrets; print('DEBUG=true'); \
		print('SECRET_KEY=' + secrets.token_urlsafe(50))" > .env.new && mv .env.new .env
	@echo "Wrote .env with settings for development."
