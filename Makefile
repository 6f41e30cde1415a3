# The commands of this project. `make` lists them.
# Variables: PORT, DATABASE_URL, RESET=1 (demo); ONLY=W1 (bench); BAHI_REQUIRE=all (test); PYTHON.

SHELL := /bin/sh
VENV_PYTHON := .venv/bin/python
.DEFAULT_GOAL := help
.PHONY: help setup demo test check format bench lock clean

help:  ## list the commands
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 16

setup:  ## install what is locked and build the browser application; does nothing when up to date
	@python="$$(sh scripts/find_python.sh)" && "$$python" -m scripts.setup

demo: setup  ## start the demo company on http://localhost:8000 (PORT, DATABASE_URL, RESET=1)
	@$(VENV_PYTHON) -m scripts.demo

test: setup  ## all tests, on SQLite and PostgreSQL, in Python, TypeScript and the browser
	@$(VENV_PYTHON) -m scripts.run_tests

check: setup  ## format, lint, types, import contracts, security, licences
	@$(VENV_PYTHON) -m scripts.check

format: setup  ## rewrite Python and TypeScript sources in the project's format
	@$(VENV_PYTHON) -m scripts.check --format

bench: setup  ## measure (ONLY=W1 for one); prints a table, writes var/bench.json
	@$(VENV_PYTHON) -m bench

lock:  ## resolve the Python packages anew into requirements/ (needs uv)
	@sh scripts/lock.sh

clean:  ## remove what the other commands made, but not the data in var/
	rm -rf .venv .node ui_builder/node_modules ui_builder/dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -not -path './.git/*' -prune -exec rm -rf {} +
