import os
import signal
from pathlib import Path

import pytest
from hypothesis import settings

from jooya.indexer import Index

# No deadline: the first example may load the lexicon. In CI the same examples each time, so that a change is judged
# by what it changes; elsewhere new ones, which is how bugs are found.
settings.register_profile("local", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "local")

# A shell has what runs in the background ignore interrupts, and so would all that the tests start and interrupt.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

TRANSCRIPT = Path(__file__).parent.parent / "indexer" / "samples" / "transcript.txt"


@pytest.fixture(scope="session")
def transcript() -> Path:
    return TRANSCRIPT


@pytest.fixture
def index(tmp_path: Path) -> Index:
    return Index.create(tmp_path / "index")
