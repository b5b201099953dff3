"""A headless Chromium for tests, and a server in a thread for it to visit."""

import os
import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import uvicorn

from jooya import Index
from jooya.indexer.server.app import create_app

if TYPE_CHECKING:
    from playwright.sync_api import Browser

MISSING = "NOT TESTED: the page in a browser, since there is no Chromium here: apt-get install chromium"


def chromium_path() -> str | None:
    """Return the path of Debian's Chromium, or of one that `JOOYA_CHROMIUM` names."""
    return os.environ.get("JOOYA_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")


@contextmanager
def chromium() -> "Iterator[Browser]":
    """Give the body of a `with` statement a browser. Without Chromium the test is skipped."""
    path = chromium_path()
    if path is None:
        pytest.skip(MISSING)
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - only where there is a browser

    with sync_playwright() as playwright:
        # As root, as in containers, Chromium has no sandbox.
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve an index in a thread. Give the body of a `with` statement the address."""
    with Index.open(folder) as index:
        config = uvicorn.Config(create_app(index), port=0, log_config=None, ws="none")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run)
        thread.start()
        try:
            for _ in range(500):
                if server.started:
                    break
                time.sleep(0.01)
            yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()
