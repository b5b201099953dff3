"""Small Persian sites of documentation, and a server that shows what was built of them."""

import http.server
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

MKDOCS = {
    "mkdocs.yml": """
site_name: راهنمای باغ
site_url: https://garden.example.org/docs/
theme: {{name: {theme}}}
plugins:
  - search
  - jooya: {{server: "{server}"}}
use_directory_urls: {folders}
""",
    "docs/index.md": """# باغ

به باغ خوش آمدید.

## قنات‌ها

قنات‌های کویر آب را به دشت می‌آورند.

| نام | ژرفا |
|---|---|
| گناباد | سیصد متر |
""",
    "docs/guide/prune.md": """# هرس درختان { #prune }

درخت‌ها را پیش از بهار هرس کنید.

```
اره
قیچی
```

## بخش خالی { #empty }
""",
    "docs/hidden.md": "---\nsearch:\n  exclude: true\n---\n# پنهان\n\nقنات پنهان\n",
}
"""The files of a site of MkDocs; `mkdocs.yml` is a template."""

SPHINX = {
    "conf.py": """
project = "باغ"
language = "fa"
extensions = ["jooya.indexer.integrations.sphinx"]
html_theme = {theme!r}
html_baseurl = "https://garden.example.org/docs/"
jooya_server = {server!r}
""",
    "index.rst": """باغ
===

به باغ خوش آمدید. ببینید :ref:`prune`.

.. toctree::

   guide/prune
   hidden

.. _qanats:

قنات‌ها
-------

قنات‌های کویر آب را به دشت می‌آورند.

.. list-table::

   * - گناباد
     - سیصد متر

| بشنو از نی چون حکایت می‌کند
| از جدایی‌ها شکایت می‌کند
""",
    "guide/prune.rst": """.. _prune:

هرس درختان
==========

درخت‌ها را پیش از بهار هرس کنید.

.. raw:: html

   <b>خام</b>

.. یادداشت

::

   اره
   قیچی
""",
    "hidden.rst": ":nosearch:\n\nپنهان\n=====\n\nقنات پنهان\n",
}
"""The files of a site of Sphinx; `conf.py` is a template."""


def write_site(folder: Path, files: dict[str, str], **values: Any) -> None:
    """Write the files of a site, of which the first is a template that takes values."""
    for number, (name, content) in enumerate(files.items()):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content if number else content.format(**values), encoding="utf-8")


@contextmanager
def shown(folder: Path) -> Iterator[str]:
    """Show the files of a folder on the web. Give the body of a `with` statement the address."""

    class Handler(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *arguments: Any, **options: Any) -> None:
            super().__init__(*arguments, directory=str(folder), **options)

        def log_message(self, *_: Any) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
