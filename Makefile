# Everything happens in .venv, made from $(PYTHON): nothing is installed anywhere else.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin

.PHONY: demo test lint types clean

demo: $(VENV)/installed
	$(BIN)/jooya index indexer/samples
	$(BIN)/jooya search -k 3 سرزمین‌های اشغالی

test: $(VENV)/installed-test
	$(BIN)/python -m pytest

lint: $(VENV)/installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

# mypy reads the packages under the name they install by.
types: $(VENV)/installed-dev
	mkdir -p $(VENV)/types/jooya
	ln -sfn $(CURDIR)/analyzers $(VENV)/types/jooya/analyzers
	ln -sfn $(CURDIR)/indexer $(VENV)/types/jooya/indexer
	MYPYPATH=$(VENV)/types $(BIN)/mypy -p jooya.analyzers -p jooya.indexer

$(VENV)/installed: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --editable .
	touch $@

$(VENV)/installed-test $(VENV)/installed-dev: $(VENV)/installed-%: $(VENV)/installed
	$(BIN)/pip install --quiet --disable-pip-version-check --editable .[$*]
	touch $@

clean:
	rm -rf $(VENV) build dist *.egg-info
