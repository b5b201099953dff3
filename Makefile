# Everything happens in .venv, made from $(PYTHON): nothing is installed anywhere else.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin

.PHONY: demo serve test integrations django-haystack django-suites format lint types docs core lexicon locale trials soak simulation model whoosh-suite lock audit sbom wheel clean fuzz opensearch

demo: $(VENV)/installed
	$(BIN)/jooya index indexer/samples
	$(BIN)/jooya search -k 3 سرزمین های اشغالی

# The page to search with, on the sample.
serve: $(VENV)/installed-server
	$(BIN)/jooya index indexer/samples
	$(BIN)/jooya serve

test: $(VENV)/installed-test
	$(BIN)/python -m pytest -n 2 --dist worksteal $(TESTS)

# The adapters to other frameworks, in an environment of their own: the frameworks are large, and the tests that one of
# them has for adapters bring plugins of pytest, which stay off.
integrations: VENV := .venv-integrations
integrations: .venv-integrations/installed-integrations
	PYTEST_DISABLE_PLUGIN_AUTOLOAD=1 HAYSTACK_TELEMETRY_ENABLED=False $(VENV)/bin/python -m pytest \
	  tests/test_eval_datasets.py tests/test_haystack.py tests/test_integration_examples.py tests/test_integration_modules.py \
	  tests/test_ir_evaluation.py tests/test_langchain.py tests/test_llama_index.py tests/test_mkdocs_site.py \
	  tests/test_modelsearch.py tests/test_pyterrier.py tests/test_sphinx_site.py tests/test_tables.py \
	  tests/test_text_features.py tests/test_wagtail.py \
	  "tests/test_readme.py::test_the_examples_of_a_page_do_what_is_shown[integrations.md]"
	$(MAKE) django-haystack PYTHON=$(PYTHON)

# The adapter to django-haystack, whose package has the name of another framework's.
django-haystack: VENV := .venv-django-haystack
django-haystack: .venv-django-haystack/installed-django-haystack
	$(VENV)/bin/python -m pytest tests/test_django_haystack.py "tests/test_integration_examples.py" -k django_haystack

# OpenSearch itself, from Maven's artifacts, until Ctrl-C: `make opensearch NODES=3` starts three nodes. Needs a JDK (17 for
# OpenSearch 2.19, 21 or later for 3) and Maven.
opensearch:
	$(PYTHON) tests/opensearch_nodes.py --nodes $(or $(NODES),1) $(if $(PORT),--port $(PORT)) $(if $(OPENSEARCH),--opensearch $(OPENSEARCH))

format: $(VENV)/installed-dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lint: $(VENV)/installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports

# The manual as a web site, in build/site.
docs: $(VENV)/installed-dev
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet

types: $(VENV)/installed-dev
	$(BIN)/mypy -p jooya
	$(BIN)/mypy tests
	$(BIN)/mypy benchmarks

# The compiled core, built in place: what `pip install --editable` does, without the rest.
core: $(VENV)/installed-dev
	$(BIN)/python -c "from setuptools import setup; setup()" -q build_ext --inplace

# The lexicon that ships, compiled from hazm's dictionaries and the tables in analyzers/data. To see what a change of a
# table does to it: git config diff.gzip.textconv 'gzip -dc', then git diff.
lexicon: $(VENV)/installed
	$(BIN)/python -m jooya.analyzers.lexicon_compiler

$(VENV)/installed: pyproject.toml $(wildcard core/*.pyx core/*.pxi)
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --editable .
	touch $@

$(VENV)/installed-server: $(VENV)/installed
	$(BIN)/pip install --quiet --disable-pip-version-check --editable .[server]
	touch $@

# For tests and development: the versions of the lock file alone, of which each file must have one of the hashes there.
$(VENV)/installed-dev: pyproject.toml requirements-dev.lock $(wildcard core/*.pyx core/*.pxi)
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes --no-deps --requirement requirements-dev.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@ $(VENV)/installed

$(VENV)/installed-test: $(VENV)/installed-dev
	touch $@

.venv-integrations/installed-integrations: pyproject.toml $(wildcard core/*.pyx core/*.pxi)
	$(PYTHON) -m venv $(@D)
	$(@D)/bin/pip install --quiet --disable-pip-version-check --editable .[integrations-test]
	touch $@

# Its tests need little of what the others do.
.venv-django-haystack/installed-django-haystack: pyproject.toml $(wildcard core/*.pyx core/*.pxi)
	$(PYTHON) -m venv $(@D)
	$(@D)/bin/pip install --quiet --disable-pip-version-check --editable .[django-haystack] hypothesis pytest
	touch $@

# The help in Persian, compiled from its source.
locale: $(VENV)/installed-dev
	$(BIN)/pybabel --quiet compile --directory indexer/locale

# The versions that development and tests are done with, and the hashes of their files; users get what the ranges in
# pyproject.toml allow. The programs of this and the next two targets have an environment of their own.
lock: $(VENV)/supply
	$(VENV)/supply/bin/uv pip compile --quiet --universal --upgrade --generate-hashes --no-header --extra dev pyproject.toml \
	  -o requirements-dev.lock

# Known holes in these versions. Asks the advisory database of the package index, so it needs the network.
audit: $(VENV)/supply
	$(VENV)/supply/bin/pip-audit --requirement requirements-dev.lock --no-deps --disable-pip

# The bill of materials of an installation with all extras, as CycloneDX, in dist: what is in it, of which version and
# licence. Nothing in it depends on when and where it was made.
sbom: $(VENV)/supply
	rm -rf $(VENV)/materials
	$(PYTHON) -m venv $(VENV)/materials
	sed 's/ \\$$//; /^ *--hash/d' requirements-dev.lock >$(VENV)/versions.txt
	$(VENV)/materials/bin/pip install --quiet --disable-pip-version-check --constraint $(VENV)/versions.txt .[all]
	$(VENV)/materials/bin/pip uninstall --quiet --yes pip setuptools
	mkdir -p dist
	$(VENV)/supply/bin/cyclonedx-py environment --pyproject pyproject.toml --output-reproducible --output-format JSON \
	  --output-file dist/jooya.cdx.json $(VENV)/materials/bin/python

$(VENV)/supply:
	$(PYTHON) -m venv $@
	$@/bin/pip install --quiet --disable-pip-version-check uv pip-audit cyclonedx-bom

# Nothing lost: writers killed, also on OpenSearch, and its nodes, disks that fail and forget, readers beside a writer, damaged files; and input that nobody
# writes. Two hours or so; the tests run each for a moment. Only root on Linux cuts the power of mounted file systems.
trials: $(VENV)/installed-test
	for trial in kill failing every_call power power_repair reading damage crafted hostile_documents hostile_calls fuzz core_words no_memory remote_kill remote_nodes; do $(BIN)/python tests/faults/$$trial.py || exit 1; done
	$(BIN)/python tests/faults/power_mounted.py || [ $$? -eq 2 ]

# A writer, readers, a server with 50 clients, checks and backups for two hours: wrong answers, and what grows. Takes Linux.
soak: $(VENV)/installed-test
	$(BIN)/python tests/faults/soak.py

# The protocols of commits, on a simulated machine and a simulated cluster: a million runs and ten thousand, and the
# faults that are planted in them. Some hours.
simulation: $(VENV)/installed-test
	$(BIN)/python tests/simulation/run.py --runs 1000000
	$(BIN)/python tests/simulation/run.py --planted --runs 50000
	$(BIN)/python tests/simulation/run.py --cluster --runs 10000
	$(BIN)/python tests/simulation/run.py --cluster --planted --runs 2000

# A model of the protocol, searched completely, if spin and a C compiler are installed. Some minutes.
model: $(VENV)/installed-test
	$(BIN)/python tests/model/check_model.py

# Bytes that a coverage-guided fuzzer makes, for one target or all: make fuzz TARGET=analyzer SECONDS=600. What is found is
# in build/fuzzing. `core` is the compiled core under sanitizers, which takes clang++.
fuzz: SECONDS ?= 60
fuzz: $(VENV)/installed-test
	$(BIN)/pip install --quiet --disable-pip-version-check jooya[fuzz]  # it is there: what the extra needs is added
	$(if $(filter core,$(TARGET)),$(BIN)/python tests/fuzzing/guided_core.py --seconds $(SECONDS), \
	  $(BIN)/python tests/fuzzing/guided.py fuzz-all $(TARGET) --seconds $(SECONDS))

# Whoosh's own tests over Jooya's index. Downloads Whoosh's sources, so it needs the network, or SDIST=FILE.
whoosh-suite: $(VENV)/installed-test
	$(BIN)/python benchmarks/whoosh_suite.py $(if $(SDIST),--sdist $(SDIST))

# The wheel as a user gets it: built, unpacked where nothing else is, and put to work. The same sources give the same
# wheel, to the byte, in any folder and whatever the umask: its files bear the time of the last commit.
wheel: export SOURCE_DATE_EPOCH := $(shell git log -1 --format=%ct 2>/dev/null || echo 1000000000)
wheel: $(VENV)/installed-dev
	rm -rf build/bdist.* build/lib* build/temp.* dist $(VENV)/again $(VENV)/wheel
	mkdir $(VENV)/again
	umask 077; git ls-files -z | tar --create --null --files-from=- | tar --extract --no-same-permissions --directory $(VENV)/again
	(umask 077; cd $(VENV)/again && exec ../bin/python -m build --wheel --no-isolation --outdir dist . >/dev/null) & \
	  (umask 022; $(BIN)/python -m build --wheel --no-isolation --outdir dist . >/dev/null) && wait $$!
	cmp dist/*.whl $(VENV)/again/dist/*.whl
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --target $(VENV)/wheel dist/*.whl
	cd $(VENV)/wheel && PYTHONPATH=. ../bin/python -c "import jooya.indexer as i; assert 'wheel' in i.__file__, i.__file__" \
	  && PYTHONPATH=. ../bin/python bin/jooya index -i index jooya/indexer/samples \
	  && PYTHONPATH=. ../bin/python bin/jooya search -i index -k 1 سرزمین های اشغالی

# The tests of Django's search layers with Jooya behind them, in environments of their own. Downloads their sources, so it
# needs the network.
django-suites:
	$(PYTHON) -m venv .venv-modelsearch
	.venv-modelsearch/bin/pip install --quiet --disable-pip-version-check --editable .[django] \
	  dj-database-url "django-modelcluster>=6.4,<7" "django-taggit>=6.1,<7" "django-treebeard>=5,<6"
	.venv-modelsearch/bin/python benchmarks/django_suites.py modelsearch $(if $(FIXTURES),--fixtures $(FIXTURES))
	$(PYTHON) -m venv .venv-django-haystack
	.venv-django-haystack/bin/pip install --quiet --disable-pip-version-check --editable .[django-haystack] \
	  geopy==2 pysolr python-dateutil requests
	.venv-django-haystack/bin/python benchmarks/django_suites.py django-haystack

clean:
	rm -rf $(VENV) build dist *.egg-info
