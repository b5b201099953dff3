"""Modules that a search by the command line does not wait for."""

import subprocess
import sys
from pathlib import Path

import pytest

from jooya import Document, Index
from jooya.indexer.commands.cli import cli

NOT_FOR_A_SEARCH = {
    *("hazm", "whoosh", "tempfile", "tomllib", "html", "hashlib", "numpy.ma.core", "numpy.polynomial.polynomial"),
    *("jooya.indexer.ingest.sync", "jooya.indexer.ingest.manifest", "jooya.indexer.reports", "jooya.indexer.document"),
    *("jooya.indexer.search.facets", "jooya.indexer.commands.table_output", "jooya.indexer.commands.indexing"),
    *("jooya.indexer.suggestions.did_you_mean", "jooya.indexer.suggestions.vocabulary", "jooya.indexer.server"),
}

PROGRAM = """
import os, sys
from jooya.indexer.commands import cli
os._exit = lambda code: (print("\\n".join(sys.modules)), sys.exit(code))
sys.argv[1:] = ["search", "-i", sys.argv[1], "باران"]
cli.main()
"""


@pytest.fixture
def index(tmp_path: Path) -> Path:
    with Index.create(tmp_path / "index") as made:
        made.add(*[Document(f"{number}", f"باران {number} در شهر می‌بارد.") for number in range(5)])
    return tmp_path / "index"


def test_a_search_imports_only_what_it_needs(index: Path) -> None:
    command = [sys.executable, "-S", "-c", f"import sys; sys.path[:0] = {sys.path!r}\n{PROGRAM}", str(index)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    modules = set(done.stdout.splitlines())
    assert "jooya.indexer.open_index" in modules
    assert sorted(modules & NOT_FOR_A_SEARCH) == []


def test_lazy_parts_of_numpy_are_there_when_they_are_read() -> None:
    program = (
        "from jooya.indexer.commands.lazy_numpy import import_numpy\n"
        "import_numpy()\n"
        "import sys, numpy\n"
        "assert 'numpy.ma.core' not in sys.modules or numpy.__version__ >= '2'\n"
        "print(numpy.ma.array([1, 2], mask=[0, 1]).sum(), numpy.random.default_rng(1).integers(1, 2))\n"
        "print(len(sys.meta_path) == len([one for one in sys.meta_path if 'Lazy' not in type(one).__name__]))"
    )
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert done.stdout.split() == ["1", "1", "True"]


@pytest.mark.parametrize("name", list(cli.commands))
def test_each_command_is_the_one_of_its_name(name: str) -> None:
    assert cli.commands[name].name == name
    assert name in cli.commands
    assert "nonsense" not in cli.commands
