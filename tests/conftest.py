from pathlib import Path

import pytest

from jooya.indexer import Index

TRANSCRIPT = Path(__file__).parent.parent / "indexer" / "samples" / "transcript.txt"


@pytest.fixture(scope="session")
def transcript() -> Path:
    return TRANSCRIPT


@pytest.fixture
def index(tmp_path: Path) -> Index:
    return Index.create(tmp_path / "index")
