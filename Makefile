# Everything happens in .venv, made from $(PYTHON): nothing is installed anywhere else.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin

.PHONY: demo test lint types trials wheel clean

demo: $(VENV)/installed
	$(BIN)/jooya index indexer/samples
	$(BIN)/jooya search -k 3 سرزمین های اشغالی

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
	MYPYPATH=$(VENV)/types $(BIN)/mypy tests
	MYPYPATH=$(VENV)/types $(BIN)/mypy benchmarks

$(VENV)/installed: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --editable .
	touch $@

$(VENV)/installed-test $(VENV)/installed-dev: $(VENV)/installed-%: $(VENV)/installed
	$(BIN)/pip install --quiet --disable-pip-version-check --editable .[$*]
	touch $@

# Nothing lost: writers killed, disks that fail and forget, readers beside a writer, damaged files; and input that nobody
# writes. An hour or so; the tests run each for a moment.
trials: $(VENV)/installed-test
	for trial in kill failing power reading damage fuzz; do $(BIN)/python tests/faults/$$trial.py || exit 1; done

# The wheel as a user gets it: built, unpacked where nothing else is, and put to work.
wheel: $(VENV)/installed-dev
	rm -rf build dist $(VENV)/wheel
	$(BIN)/python -m build --wheel --outdir dist . >/dev/null
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --target $(VENV)/wheel dist/*.whl
	cd $(VENV)/wheel && PYTHONPATH=. ../bin/python -c "import jooya.indexer as i; assert 'wheel' in i.__file__, i.__file__" \
	  && PYTHONPATH=. ../bin/python bin/jooya index -i index jooya/indexer/samples \
	  && PYTHONPATH=. ../bin/python bin/jooya search -i index -k 1 سرزمین های اشغالی

clean:
	rm -rf $(VENV) build dist *.egg-info
