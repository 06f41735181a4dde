# Needs make and Python 3.11 or later; everything else goes into .venv, at the locked versions.
# Every target can be repeated: what is installed already is not installed again.

PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11; do \
	"$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& { echo "$$python"; break; }; done)

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
COMPILE := $(BIN)/python -m compileall -q relief_cli
PYTEST := $(BIN)/pytest -n auto --dist loadfile --no-loadscope-reorder
CATALOGUE := relief_cli/locale/zh_CN/LC_MESSAGES/relief.po
# Without places and line ends, so that moving code changes nothing in the catalogue.
EXTRACT := $(BIN)/pybabel --quiet extract --keyword N_ --no-location --sort-output --no-wrap \
	--project relief relief_cli --output-file
UPDATE := $(BIN)/pybabel --quiet update --no-fuzzy-matching --ignore-obsolete --no-wrap \
	--ignore-pot-creation-date --locale zh_CN --domain relief --output-file $(CATALOGUE) --input-file

.PHONY: help install demo test test-all mutants check fmt bench faults messages docs lock wheel release clean

help:
	@echo 'make demo      install, then the whole story on sample_data/ in ./demo-office, a month in ./demo-month'
	@echo 'make test      install, then lint, types and tests; five minutes'
	@echo 'make test-all  the same, every test on both databases, and what is rarely needed'
	@echo 'make mutants   break the program in 240 places: how many the tests notice'
	@echo 'make check     lint and types only'
	@echo 'make fmt       format the code'
	@echo 'make bench     speed, memory and growth, as ratios'
	@echo 'make faults    kill, fill the disk, cut the power at every call: what survives'
	@echo 'make messages  bring the catalogue of messages up to date, keeping translations'
	@echo 'make docs      make docs/rules.md and docs/cases.md, from the findings and the policy cases'
	@echo 'make lock      choose newer versions for requirements*.lock (needs uv)'
	@echo 'make wheel     a package in dist/ for the office'"'"'s computer'
	@echo 'make release   freeze the tables, run all tests and build the package, see docs/releasing.md'
	@echo 'make clean     remove .venv, demo-office and what tools left behind'

# --- install -------------------------------------------------------------------------------------

install: $(VENV)/.installed

$(VENV)/.locked: requirements-dev.lock
	@test -n "$(PYTHON)" || { echo 'Python 3.11 or later was not found; name one: make PYTHON=…' >&2; exit 2; }
	"$(PYTHON)" -m venv --clear $(VENV)
	$(PIP) install --require-hashes --requirement requirements-dev.lock
	@touch $@

# The catalogue is compiled when the project is installed. So is the code, for who may not write here.
$(VENV)/.installed: $(VENV)/.locked pyproject.toml hatch_build.py $(CATALOGUE)
	$(PIP) install --no-deps --no-build-isolation --editable .
	$(COMPILE)
	@touch $@

# --- demo ----------------------------------------------------------------------------------------

# Prints a command and runs it as a clerk does. Exit code 1 means that rows are held: no failure.
run = @printf '\n$$ %s\n' '$(1)'; PATH="$(CURDIR)/$(BIN):$$PATH"; $(1) || { code=$$?; [ $$code -eq 1 ] || exit $$code; }

demo: install
	@rm -rf demo-office
	$(call run,relief init demo-office --name 阳曲县民政局 --region 140122 --county 阳曲县 --city 太原市)
	@printf '\n# 1. Look before you pay: what is wrong in the rosters?\n'
	$(call run,relief --office demo-office check sample_data/rosters/*)
	@printf '\n# 2. Pay everybody whose row is sound; the others are held, each with its reason.\n'
	$(call run,relief --office demo-office run one-time sample_data/rosters/* --cycle 2022-08)
	@printf '\n# 3. The same again: the same batch, and nobody is paid twice.\n'
	$(call run,relief --office demo-office run one-time sample_data/rosters/* --cycle 2022-08)
	@printf '\n# 4. What was written for the banks, the signatures and the auditors.\n'
	$(call run,ls -R demo-office/out/one-time-2022-08-1)
	$(call run,head -n 3 demo-office/out/one-time-2022-08-1/payments.csv)
	$(call run,head -n 3 demo-office/out/one-time-2022-08-1/entitlements.csv)
	@printf '\n# 5. What the tool knows: by which clause, in which format, and what a code means.\n'
	$(call run,relief --office demo-office policy show one-time --on 2022-08-20)
	$(call run,relief --office demo-office banks list)
	$(call run,relief --office demo-office explain R103)
	$(call run,relief --office demo-office schedule 2022)
	@printf '\n# 6. Where does everything stand, and what is to be typed next?\n'
	$(call run,relief --office demo-office status --on 2022-08-22)
	@printf '\n# 7. Are the books as they were written?\n'
	$(call run,relief --office demo-office audit)
	@printf '\n# 8. A whole month with two clerks: docs/month.md, in ./demo-month.\n'
	$(BIN)/python docs/play.py docs/month.md demo-month
	@printf '\nOpen demo-office/out/one-time-2022-08-1/summary.xlsx and held.xlsx. README.md goes on from here.\n'

# --- develop -------------------------------------------------------------------------------------

test: check
	$(PYTEST)

test-all: check
	$(PYTEST) --matrix

mutants: install
	$(BIN)/python tests/mutants.py

check: install
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

fmt: install
	$(BIN)/ruff check --fix-only
	$(BIN)/ruff format

bench: install
	$(COMPILE)
	@code=0; for script in bench programmes comparing years; do \
		$(BIN)/python benchmarks/$$script.py || code=1; \
	done; exit $$code

faults: install
	$(BIN)/python tests/faults/table.py

messages: install
	@folder=$$(mktemp -d) && trap 'rm -rf "$$folder"' EXIT \
		&& $(EXTRACT) "$$folder/relief.pot" && $(UPDATE) "$$folder/relief.pot"

docs: install
	$(BIN)/python -m docs.generate

lock:
	uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-annotate --no-header pyproject.toml --extra postgres \
		--output-file requirements.lock
	uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-annotate --no-header pyproject.toml --group dev \
		--constraint requirements.lock --output-file requirements-dev.lock

wheel: install
	$(BIN)/python -m hatchling build --target wheel

release: install
	$(BIN)/python tests/ledger/freeze.py
	$(MAKE) test-all
	$(MAKE) wheel

clean:
	rm -rf $(VENV) demo-office demo-month dist .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
