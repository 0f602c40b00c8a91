# The everyday commands; `make help` lists them. Each works alone and again.

VENV := .venv
# Any Python that is new enough; a command in the virtual environment of another project is not.
PYTHON := $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; break; }; \
	done)
INSTALLED := $(VENV)/.requirements
RUN := $(VENV)/bin/python -m
STACK ?= local
# Images and CI often set it. Here hundreds of processes would each compile the libraries anew, which
# doubles the time that a short one takes.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help up preview refresh down status test sweep lint bench verify-aws clean clean-cache venv

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

up: venv ## start the whole platform on this machine, or apply what has changed
	@$(RUN) local up

preview: venv ## what a deployment would do: STACK=local, staging or production
	@$(RUN) local preview $(STACK)

refresh: venv ## compare the state with what is there, and take over what differs
	@$(RUN) local refresh

down: venv ## destroy the stack and stop everything
	@$(RUN) local down

status: venv ## what runs, where, and how it is
	@$(RUN) local status

test: lint ## lint, then every test
	@$(RUN) local toolchain
	@$(RUN) pytest

sweep: venv ## what takes too long for every test run: each point of what `make test` samples
	@$(RUN) local toolchain
	@$(RUN) pytest -m sweep

lint: venv ## style, types, import contract, workflow files
	@$(RUN) ruff check .
	@$(RUN) ruff format --check .
	@$(RUN) basedpyright
	@$(VENV)/bin/lint-imports
	@$(RUN) local lint-workflows

bench: venv ## time and memory, beside a flat program and other tools
	@$(RUN) bench

verify-aws: venv ## with an AWS account: does the real provider plan as is said here? STACK=staging
	@$(RUN) tools.verify_aws $(STACK)

clean: venv ## stop everything and delete all data; the built programs stay
	@$(RUN) local clean

clean-cache: venv ## delete the built programs
	@$(RUN) local clean-cache

venv: $(INSTALLED)

# uv installs in seconds what pip does in minutes; pip verifies uv, uv verifies the rest. Both trust the
# machine's certificates, which a company's proxy may have added to.
$(INSTALLED): requirements.txt
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is missing: install it (Debian, Ubuntu: apt install python3 python3-venv)." >&2; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { echo "Python's venv module is missing: apt install python3-venv" >&2; exit 1; }
	@echo "… installing Python packages into $(VENV)"
	@test -x $(VENV)/bin/python || $(PYTHON) -m venv $(VENV)
	@$(VENV)/bin/python -m pip --version >/dev/null 2>&1 || $(VENV)/bin/python -m ensurepip --upgrade >/dev/null
	@sed -n '/^uv==/,/^ *#/p' requirements.txt > $(VENV)/uv.txt
	@$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $(VENV)/uv.txt
	@VIRTUAL_ENV=$(VENV) $(VENV)/bin/uv pip install --quiet --system-certs --require-hashes -r requirements.txt
	@touch $@
