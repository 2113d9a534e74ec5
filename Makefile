# All targets take PORT and DATA_DIR, like every variable in docs/install.md: make run PORT=9000 DATA_DIR=/srv/clinic

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
CHECKS := check-types check-style check-templates check-imports check-settings check-migrations check-messages check-client
TEMPLATE := $(CURDIR)/.pytest_cache/migrated.sqlite3

.DEFAULT_GOAL := help
.PHONY: help run test thorough lint messages e2e starter bench faults threads attack bodies api contract client lock clean runtime tools \
	$(CHECKS) $(TEMPLATE)

help: ## Say what can be made
	@sed -n 's/^\([a-z0-9]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST)

run: runtime ## Serve the site; the first time, set it up with the demo content
	@echo "Starting …"; exec $(BIN)/python manage.py serve

test: tools ## Check the style, then run all tests
	@$(MAKE) --no-print-directory --jobs 2 $(if $(DATABASE_URL),,$(TEMPLATE)) $(CHECKS)
	@TEST_TEMPLATE=$(if $(DATABASE_URL),,$(TEMPLATE)) $(BIN)/pytest -n 2 -m "not long"

thorough: tools ## Run every test, with those that take minutes; DATABASE_URL chooses PostgreSQL
	@$(BIN)/pytest -n 2

lint: tools ## Check style, imports, templates, settings, migrations and texts
	@$(MAKE) --no-print-directory --jobs 2 $(CHECKS)

check-types:
	@$(BIN)/mypy --no-error-summary

check-style:
	@$(BIN)/ruff check --quiet
	@$(BIN)/ruff format --check --quiet || { echo "Run: $(BIN)/ruff format" >&2; exit 1; }

check-templates:
	@$(BIN)/djlint --quiet --lint templates
	@$(BIN)/djhtml --check templates 2>$(VENV)/djhtml.log || { cat $(VENV)/djhtml.log >&2; exit 1; }

check-imports:
	@$(BIN)/lint-imports --no-logo --no-cache >$(VENV)/imports.log || { cat $(VENV)/imports.log >&2; exit 1; }

check-settings:
	@DJANGO_SETTINGS_MODULE=cms.settings.test $(BIN)/python manage.py check --fail-level WARNING >/dev/null

check-migrations:
	@DJANGO_SETTINGS_MODULE=cms.settings.test $(BIN)/python manage.py makemigrations --check --dry-run >/dev/null \
		|| { echo "A model has no migration: run manage.py makemigrations." >&2; exit 1; }
	@DJANGO_SETTINGS_MODULE=cms.settings.test $(BIN)/python -m tests.upgrades.mixed

check-messages:
	@DJANGO_SETTINGS_MODULE=cms.settings.test $(BIN)/python -m tests.messages --check

check-client:
	@$(BIN)/python -m tests.clients --check

$(TEMPLATE): # the database that the tests begin with; anew each time, for it is of every migration there is
	@DJANGO_SETTINGS_MODULE=cms.settings.test $(BIN)/python -m tests.migrated $@

messages: tools ## Write the catalogue of all texts that can be translated (needs gettext)
	@DJANGO_SETTINGS_MODULE=cms.settings.test $(BIN)/python -m tests.messages

e2e: tools ## Run the browser tests only
	@$(BIN)/pytest -m browser

starter: tools ## Build the starter front end from a site of its own and walk it in a browser (needs node)
	@$(BIN)/pytest -n 0 -m starter tests/elsewhere

bench: tools ## Measure the promised speeds on a site of its own; DATABASE_URL chooses PostgreSQL
	@$(BIN)/python -m tests.bench

faults: tools ## Kill web server and worker under load, 1,000 rounds or ROUNDS, and take away what they lean on
	@$(BIN)/python -m tests.faults --rounds $(or $(ROUNDS),1000)
	@$(BIN)/python -m tests.faults --rounds 0
	@$(BIN)/python -m tests.faults --rounds 0 --own-server
	@$(BIN)/python -m tests.faults --backup 120
	@MAILS=600 $(BIN)/pytest -q tests/cms/outbox/test_long_outage.py

bodies: tools ## Send odd bodies to every door as everybody, 60 to each or BODIES; DATABASE_URL chooses PostgreSQL
	@BODIES=$(or $(BODIES),60) $(BIN)/pytest -q -n 0 tests/test_every_body.py

threads: tools ## Let eight editors write four pages at once for a minute, or SECONDS; no word may be in a wrong place
	@$(BIN)/python -m tests.threads --seconds $(or $(SECONDS),60)

attack: tools ## Attack a site of its own in every way we know, for ten minutes or MINUTES; ONLY=slow tries one theme
	@$(BIN)/python -m tests.attack --minutes $(or $(MINUTES),10) $(if $(ONLY),--only $(ONLY))

api: tools ## Hold the API to its document: Schemathesis as everybody, and a generated Python client
	@test -x $(VENV)/api/bin/schemathesis || { $(PYTHON) -m venv $(VENV)/api && $(VENV)/api/bin/pip install -q -r tests/contract/requirements.txt; }
	@$(BIN)/python -m tests.contract --programs $(VENV)/api/bin --examples $(or $(EXAMPLES),50)

contract: tools ## Write down the API's document as it is now, for the test that sees it change
	@DJANGO_SETTINGS_MODULE=cms.settings.test $(BIN)/python manage.py export_openapi_schema \
		--api cms.api.door.api --sorted --indent 1 --output tests/cms/api/openapi.json

client: tools ## Write the types of the TypeScript client from that document, and the embed from its source (needs node)
	@$(BIN)/python -m tests.clients

lock: tools ## Write both lock files anew from pyproject.toml
	@$(BIN)/python -m pip install --quiet uv
	@lock() { env -u UV_FIND_LINKS $(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 \
			--generate-hashes --no-annotate --no-emit-index-url --custom-compile-command "make lock" "$$@"; }; \
		lock pyproject.toml -o requirements.txt && \
		lock --group test -c requirements.txt -o tests/requirements.txt

clean: ## Remove what was made here, but no data
	@rm -rf $(VENV) .hypothesis .mypy_cache .pytest_cache .ruff_cache tests/clients/node_modules docs/starters/astro/node_modules
	@find . -name __pycache__ -prune -exec rm -rf {} +

# --- The virtual environment: a copy of each lock file beside it tells what was installed ---

runtime: $(BIN)/python
	@$(call install,requirements.txt)

tools: runtime
	@$(call install,tests/requirements.txt)

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "make: Python 3.11 or newer is needed; PYTHON=python3.12 names another one." >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null \
		|| { echo "make: $(PYTHON) cannot make virtual environments; on Debian: apt install python3-venv" >&2; exit 1; }
	@echo "Making a virtual environment in $(VENV)/ …"; $(PYTHON) -m venv $(VENV)

define install
stamp=$(VENV)/$(subst /,-,$(1)); cmp -s $(1) $$stamp || { echo "Installing $(1) …"; \
	(while sleep 4; do echo "Installing $(1): $$(ls $(VENV)/lib/python3*/site-packages | grep -c dist-info) packages so far …"; done) & said=$$!; \
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r $(1) && cp $(1) $$stamp; \
	code=$$?; kill $$said; exit $$code; }
endef
