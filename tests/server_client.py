"""An index that is served in the process of the tests, and a client for it."""

from pathlib import Path
from typing import Any

from index_maker import MakeIndex
from starlette.testclient import TestClient

from jooya import Document, Index
from jooya.indexer.server.app import create_app
from jooya.indexer.server.server_settings import ServerSettings

TOKEN = "secret-123"
BEARER = {"Authorization": f"Bearer {TOKEN}"}

DOCUMENTS = [
    Document("آب/یک.txt", "کمبود آب در سرزمین‌های خشک. " * 40, title="آب", date="1384-09-22", collection="talks"),
    Document("آب/دو.txt", "سرزمين‌هاي ما آب و خاک دارند.", title="خاک", date="2006-05-01", collection="talks"),
    Document("برف", "برف و باران در کوهستان", whole=True),
    Document("../up", "باران می‌بارد", whole=True),
]


def served_index(folder: Path, make_index: MakeIndex = Index.create) -> Index:
    """Return an open index with a few documents."""
    index = make_index(folder / "index")
    index.add(DOCUMENTS)
    return index


def client_of(index: Index, *, client: tuple[str, int] = ("127.0.0.1", 50000), **settings: Any) -> TestClient:
    """Return a client for a server of an index.

    Args:
        index: The index.
        client: The address from which requests seem to come.
        settings: The settings of the server.
    """
    app = create_app(index, ServerSettings(**settings))
    return TestClient(app, base_url="http://localhost", raise_server_exceptions=False, client=client)
