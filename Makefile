# Two commands matter: `make run` and `make test`. Both get what they need first (scripts/bootstrap.py).

PYTHON := .venv/bin/python
# Without cached bytecode every process starts seconds later.
unexport PYTHONDONTWRITEBYTECODE
unexport VIRTUAL_ENV

.PHONY: help run test fmt messages bench pictures prove-reminders verify dev

help:  ## this list
	@sed -n 's/^\([a-z-]*\):.*##/make \1\t/p' Makefile

run:  ## the whole platform on http://localhost:8000 (PORT=... for another port), Ctrl-C stops it
	@python3 scripts/bootstrap.py && exec $(PYTHON) -m config.run

test: dev  ## everything CI checks: style, types, layers, migrations, settings, translations, tests
	@sh scripts/test.sh

fmt: dev  ## format the code, repair what can be repaired
	@.venv/bin/ruff check --fix --quiet; .venv/bin/ruff format

messages: dev  ## bring locale/en in step with the German texts in code and templates
	@$(PYTHON) -m scripts.messages update

bench: dev  ## how quick and how small it is, one JSON line for each promise (BENCH_SCALE=small for a quick look)
	@$(PYTHON) -m tests.bench

pictures: dev  ## pictures of every page, narrow and wide, light and dark, in var/screenshots
	@PICTURES=1 .venv/bin/pytest -q tests/e2e -m browser

prove-reminders: dev  ## 2,000 questions sent while workers are killed and servers restarted; one JSON line
	@$(PYTHON) -m tests.bench.prove_reminders

verify:  ## the waiting curves held against lifelines, which it installs first
	@python3 scripts/bootstrap.py --verify && .venv/bin/pytest -q tests/verify/against_lifelines.py

dev:
	@python3 scripts/bootstrap.py --dev
