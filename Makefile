# Every target has a line of help after "##"; `make` alone prints them.
.DEFAULT_GOAL := help
SHELL := /bin/bash
BIN := .venv/bin
PYTHON := $(BIN)/python
STAMP := .venv/.installed
ASSETS := node_modules/.package-lock.json
PYTEST := $(BIN)/pytest
UV_COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	--custom-compile-command "make lock"

# A test run starts hundreds of processes: each would compile all modules anew where bytecode isn't kept.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: help setup assets run test check transitions diagrams fmt lock audit rebuild badges rederive reconcile broker replay sandbox crowd maker sim chaos fuzz overload browse bench bench-book bench-limits bench-log bench-http bench-reading bench-documents bench-activity bench-middleware bench-profiles bench-social bench-visibility bench-restart clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-17s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(STAMP) ## install what is missing; nothing to do while the lock files are unchanged
	@$(MAKE) --silent assets || echo "Without npm's registry /v3/docs/ shows less; all else works."

assets: $(ASSETS) ## install what pages need in a browser into node_modules; done by setup, too

$(STAMP): requirements-dev.lock
	python3 -m venv .venv
	$(PYTHON) -m pip install --quiet --disable-pip-version-check --use-pep517 --require-hashes \
		--requirement requirements-dev.lock
	@touch $@

# Who has no npm gets one from PyPI, into .venv.
$(ASSETS): package-lock.json requirements-node.lock | $(STAMP)
	@command -v npm > /dev/null || [ -x $(BIN)/npm ] || $(PYTHON) -m pip install --quiet \
		--disable-pip-version-check --require-hashes --requirement requirements-node.lock
	@PATH="$$PATH:$(CURDIR)/$(BIN)" npm ci --silent
	@touch $@

run: setup ## start the exchange on http://127.0.0.1:8000 (CREDENCE_PORT); Ctrl-C stops it
	@exec $(PYTHON) -m actors.processes.launcher

test: setup check ## everything that must be green: check, then all tests
	$(PYTEST) -n 2 tests/machines --transitions=check --cov=actors.machines --cov-branch --cov-fail-under=100 --cov-report=term-missing:skip-covered
	$(PYTEST) -n 2 -m "not whole" --ignore=tests/machines
	$(PYTHON) -m scripts.broker --install
	$(PYTEST) -m whole -n 2 --dist loadfile --no-loadscope-reorder

check: setup ## ruff, formatting, mypy --strict, the import contracts
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

transitions: setup ## every declared transition of the machines with the tests that take it: [ALL=1: every test's name]
	@$(PYTEST) -n 2 -q --durations=0 --durations-min=60 tests/machines --transitions=$(if $(ALL),all,list)

diagrams: setup ## draw the machines' tables into ARCHITECTURE.md
	@$(PYTHON) -m scripts.diagrams

fmt: setup ## format the code and fix what ruff can fix by itself
	$(BIN)/ruff format
	$(BIN)/ruff check --fix

lock: setup ## pin every dependency again, with hashes, after a change of pyproject.toml
	$(UV_COMPILE) --upgrade pyproject.toml --group dev --group bench --output-file requirements-dev.lock
	$(UV_COMPILE) --upgrade pyproject.toml --constraint requirements-dev.lock --output-file requirements.lock
	$(UV_COMPILE) --upgrade --group node --output-file requirements-node.lock

audit: setup ## verify a whole log, chains and all rules: [VAR=folder | LOG=folder or amqp://...]
	@$(PYTHON) -m scripts.audit $(if $(VAR),--var "$(VAR)") $(if $(LOG),--log "$(LOG)")

rebuild: setup ## throw all documents away and make them anew from the log, the exchange being stopped: [VAR=folder]
	@$(PYTHON) -m scripts.rebuild $(if $(VAR),--var "$(VAR)")

badges: setup ## count badges that were declared later over the past, the exchange being stopped: [VAR=folder]
	@$(PYTHON) -m scripts.badges $(if $(VAR),--var "$(VAR)")

rederive: setup ## make the streams of members' activity anew from what they read, and compare: [VAR=folder]
	@$(PYTHON) -m scripts.rederive $(if $(VAR),--var "$(VAR)")

reconcile: setup ## compare every account: exchange, ledger, document: [VAR=folder | URL=http://... of a running one]
	@$(PYTHON) -m scripts.reconcile $(if $(VAR),--var "$(VAR)") $(if $(URL),--url "$(URL)")

broker: setup ## run a private RabbitMQ on loopback and say what to set CREDENCE_LOG to; Ctrl-C stops it
	@exec $(PYTHON) -m scripts.broker

replay: setup ## replay an order flow over HTTP: FILE=flow.csv [URL=http://...] [BATCH=100]
	@$(PYTHON) -m scripts.replay "$(FILE)" $(if $(URL),--url "$(URL)") $(if $(BATCH),--batch "$(BATCH)")

sandbox: setup ## an exchange in one process for the tests of clients, with a clock and faults over HTTP: [PORT=8100] [SEED=1]
	@exec $(PYTHON) -m scripts.sandbox $(if $(PORT),--port "$(PORT)") $(if $(SEED),--seed "$(SEED)")

crowd: setup ## made-up members trade, comment, follow and dare: [MEMBERS=20] [SECONDS=60] [SEED=1] [URL=http://...]
	@$(PYTHON) -m scripts.crowd $(if $(MEMBERS),--members "$(MEMBERS)") $(if $(SECONDS),--seconds "$(SECONDS)") \
		$(if $(SEED),--seed "$(SEED)") $(if $(URL),--url "$(URL)")

maker: setup ## quote both sides of a market; Ctrl-C cancels the quotes: MARKET=1 [MEMBER=ada] [SECONDS=60] [URL=http://...]
	@exec $(PYTHON) -m scripts.maker --market "$(MARKET)" $(if $(MEMBER),--username "$(MEMBER)") \
		$(if $(SECONDS),--seconds "$(SECONDS)") $(if $(URL),--url "$(URL)")

sim: setup ## simulate the whole exchange under drawn faults: [SEED=1] [OPS=5000] [SEEDS=200: that many, on all cores] [TRACE=file]
	@$(PYTHON) -m tests.sim $(if $(SEED),--seed "$(SEED)") $(if $(SEEDS),--seeds "$(SEEDS)") $(if $(OPS),--ops "$(OPS)") \
		$(if $(TRACE),--trace "$(TRACE)")

chaos: setup ## kill an exchange at work and judge: [KILLS=200] [ORDERS=20000] [PROFILE=embedded|full] [BROKER_KILLS=..] [PAUSES=..] [SEED=..]
	@$(PYTHON) -m tests.chaos $(if $(KILLS),--kills "$(KILLS)") $(if $(ORDERS),--orders "$(ORDERS)") \
		$(if $(PROFILE),--profile "$(PROFILE)") $(if $(SEED),--seed "$(SEED)") \
		$(if $(BROKER_KILLS),--broker-kills "$(BROKER_KILLS)") $(if $(PAUSES),--pauses "$(PAUSES)")

fuzz: setup ## requests made of the API's own description, every answer judged: [SEED=1] [REQUESTS=100000]
	@$(PYTHON) -m tests.fuzz $(if $(SEED),--seed "$(SEED)") $(if $(REQUESTS),--requests "$(REQUESTS)")

browse: setup ## join, trade and run a market in Chromium without JavaScript; pictures: [PICTURES=build/browse]
	@$(PYTHON) -m scripts.browse $(if $(PICTURES),--pictures "$(PICTURES)")

overload: setup ## three times as much as the exchange can do: what is accepted, what refused, how quickly
	@$(PYTHON) -m tests.overload

bench: bench-book bench-limits bench-log bench-http bench-reading bench-documents bench-profiles bench-social bench-visibility ## the benchmarks, but activity, middleware and restart, one after the other: tables of ratios

bench-book: setup ## the order book beside other order books; a market with cross-matching beside one without
	@$(PYTHON) -m scripts.bench.book
	@$(PYTHON) -m scripts.bench.sets

bench-limits: setup ## actors' time of an order, with 10,000 open orders in a market of 200 contracts; a preview beside it
	@$(PYTHON) -m scripts.bench.limits

bench-log: setup ## the log: events a second and latency by events a record
	@$(PYTHON) -m scripts.bench.log

bench-http: setup ## orders over HTTP beside the same server with nothing behind it
	@$(PYTHON) -m scripts.bench.http

bench-reading: setup ## reading quotes, pages and feeds beside the same server answering a constant
	@$(PYTHON) -m scripts.bench.reading

bench-documents: setup ## documents of orders: processor time of reading the log, folding and storing
	@$(PYTHON) -m scripts.bench.documents

bench-activity: setup ## pages of activity with 100,000 members and 1,000,000 entries: [TOWN="100000 1000000"]
	@$(PYTHON) -m scripts.bench.activity $(TOWN)

bench-profiles: setup ## orders over HTTP with the log in files and at a broker, side by side
	@$(PYTHON) -m scripts.bench.profiles

bench-social: setup ## orders over HTTP without and with social streams, side by side
	@$(PYTHON) -m scripts.bench.social

bench-visibility: setup ## how soon a trade stands in its member's activity, with nobody else trading and at 200 orders/s
	@$(PYTHON) -m scripts.bench.visibility

bench-middleware: setup ## what each component of the web's middleware costs a request
	@$(PYTHON) -m scripts.bench.middleware

bench-restart: setup ## how long a killed host is missed, with a short and a long log: [EVENTS="2000 200000"]
	@$(PYTHON) -m scripts.bench.restart $(EVENTS)

clean: ## remove what was built: .venv, node_modules, pictures and caches; never var/, the exchange's state
	rm -rf .venv node_modules build .mypy_cache .mypy_worker.* .ruff_cache .pytest_cache .import_linter_cache .hypothesis htmlcov .coverage .coverage.*
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
