"""Fixtures for all tests, and settings of Hypothesis and of signals."""

import asyncio
import os
import signal
from inspect import iscoroutinefunction
from pathlib import Path

import pytest
from hypothesis import settings

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


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Run a coroutine, as other frameworks have among their tests of adapters, in an event loop of its own."""
    if not iscoroutinefunction(pyfuncitem.obj):
        return None
    names = pyfuncitem._fixtureinfo.argnames
    asyncio.run(pyfuncitem.obj(**{name: pyfuncitem.funcargs[name] for name in names}))
    return True
