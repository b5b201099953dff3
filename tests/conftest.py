"""Fixtures for all tests, and settings of Hypothesis and of signals."""

import asyncio
import fcntl
import os
import signal
from collections.abc import Iterator
from inspect import iscoroutinefunction
from pathlib import Path
from uuid import uuid4

import opensearch_nodes
import pytest
from hypothesis import settings
from index_maker import MakeIndex, maker_on

from jooya import Index

# There is no deadline, since the first example may load the lexicon. In CI the examples are the same each time, so that
# a failure is due to the change; elsewhere they are new ones, which find bugs.
settings.register_profile("local", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "local")

# Processes in the background of a shell ignore interrupts, and so would all that the tests start and interrupt.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option for settings of the index that are chosen at random; see chaos.py."""
    parser.addoption("--chaos", type=int, metavar="SEED", help="choose settings of the index for each test")


def pytest_configure(config: pytest.Config) -> None:
    """Begin to choose settings if that is asked for."""
    seed = config.getoption("--chaos")
    if seed is not None:
        from chaos import Chaos  # noqa: PLC0415 - it imports what writes indexes

        config.pluginmanager.register(Chaos(seed))


TRANSCRIPT = Path(__file__).parent.parent / "indexer" / "samples" / "transcript.txt"


@pytest.fixture(scope="session")
def transcript() -> Path:
    return TRANSCRIPT


@pytest.fixture
def index(tmp_path: Path) -> Index:
    return Index.create(tmp_path / "index")


@pytest.fixture(scope="session")
def opensearch(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return the address of OpenSearch: one node for all tests of the run, or what JOOYA_TEST_OPENSEARCH names.

    JOOYA_TEST_OPENSEARCH may be an address, a version to start, or "none".
    """
    wanted = os.environ.get("JOOYA_TEST_OPENSEARCH", "")
    if wanted.startswith("http"):
        return wanted.rstrip("/")
    if wanted == "none":
        pytest.skip("this run does without OpenSearch")
    folder = tmp_path_factory.getbasetemp()
    parallel = "PYTEST_XDIST_WORKER" in os.environ
    folder = folder.parent if parallel else folder
    with (folder / "opensearch.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        started = folder / "opensearch.address"
        if not started.exists():
            # It ends with the process that all workers have in common.
            started.write_text(
                opensearch_nodes.start_one(folder, os.getppid() if parallel else os.getpid(), wanted or None)
            )
    address = started.read_text()
    if not address.startswith("http"):
        pytest.skip(opensearch_nodes.MISSING % address)
    return address


@pytest.fixture(scope="session", params=["folder", "opensearch"])
def make_index(request: pytest.FixtureRequest) -> Iterator[MakeIndex]:
    """Give a function that makes indexes: in folders, and then on OpenSearch."""
    if request.param == "folder":
        yield Index.create
        return
    address: str = request.getfixturevalue("opensearch")
    made: list[str] = []
    yield maker_on(address, made)
    for name in made:
        opensearch_nodes.delete_indexes(address, f"{name}*")


@pytest.fixture
def remote_url(opensearch: str) -> Iterator[str]:
    """Give the address of an index that does not exist yet, and delete what is below its name after the test."""
    name = f"test-{uuid4().hex[:12]}"
    yield f"{opensearch}/{name}"
    opensearch_nodes.delete_indexes(opensearch, f"{name}*")


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Run a coroutine, as other frameworks have among their tests of adapters, in an event loop of its own."""
    if not iscoroutinefunction(pyfuncitem.obj):
        return None
    names = pyfuncitem._fixtureinfo.argnames
    asyncio.run(pyfuncitem.obj(**{name: pyfuncitem.funcargs[name] for name in names}))
    return True
