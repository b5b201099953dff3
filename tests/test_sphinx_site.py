"""The extension of Sphinx: a site is built by its command, its index searched, and its page used in a browser."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from command import run
from site_page import check_search_page
from sites import SPHINX, write_site

pytest.importorskip("sphinx", reason='not installed: pip install "jooya[sphinx]"')

SERVER = "https://search.example.org"


def built(folder: Path, *options: str, fails: bool = False) -> str:
    """Build a site in the folder `site`. Return what Sphinx said."""
    command = [sys.executable, "-m", "sphinx", "-W", *options, ".", "site"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, encoding="utf-8", check=False)
    assert bool(done.returncode) == fails, done.stderr
    return done.stdout + done.stderr


def hits(folder: Path, *query: str) -> list[dict[str, Any]]:
    out = run("search", "-i", "jooya-index", "--format", "jsonl", *query, cwd=folder)[1]
    return [json.loads(line) for line in out.splitlines()]


@pytest.mark.parametrize(
    ("builder", "page"), [("html", "guide/prune.html"), ("dirhtml", "guide/prune/")], ids=["html", "dirhtml"]
)
@pytest.mark.parametrize("jobs", ["1", "2"])
def test_sections_are_found_with_their_links(builder: str, page: str, jobs: str, tmp_path: Path) -> None:
    write_site(tmp_path, SPHINX, theme="alabaster", server=SERVER)
    assert "new 3, updated 0, unchanged 0, removed 0 sections" in built(tmp_path, "-b", builder, "-j", jobs)
    (hit,) = hits(tmp_path, "قناتها")
    assert (hit["document"], hit["title"], hit["heading"]) == ("index.html#qanats", "باغ", "قنات\u200cها")
    assert hit["meta"] == {"url": "https://garden.example.org/docs/index.html#qanats", "page": "index.html"}
    assert hit["text"].splitlines()[2:] == [
        "گناباد\tسیصد متر",
        "",
        "بشنو از نی چون حکایت می\u200cکند",
        "از جدایی\u200cها شکایت می\u200cکند",
    ]
    (hit,) = hits(tmp_path, "قیچی")
    assert (hit["document"], hit["text"].splitlines()[2:]) == (f"{page}#prune", ["اره", "قیچی"])
    # The titles of other pages in a table of contents are not the text of a page; references have their words.
    assert [one["text"] for one in hits(tmp_path, "خوش آمدید")] == ["به باغ خوش آمدید. ببینید هرس درختان."]
    for unwanted in ("خام", "یادداشت", "پنهان"):
        assert hits(tmp_path, "--exact", unwanted) == []
    path = tmp_path / "site" / (f"{page}index.html" if page.endswith("/") else page)
    assert 'id="prune"' in path.read_text(encoding="utf-8")


def test_an_index_follows_its_site(tmp_path: Path) -> None:
    write_site(tmp_path, SPHINX, theme="alabaster", server=SERVER)
    built(tmp_path)
    # Sphinx writes only what has changed.
    assert "new 0, updated 0, unchanged 0, removed 0 sections" in built(tmp_path)
    page = tmp_path / "guide" / "prune.rst"
    page.write_text(page.read_text(encoding="utf-8").replace("اره", "تبر"), encoding="utf-8")
    assert "new 0, updated 1, unchanged 2, removed 0 sections" in built(tmp_path)
    assert hits(tmp_path, "تبر")[0]["document"] == "guide/prune.html#prune"
    # An index that is gone is made again of all pages, also of those that are not written.
    (tmp_path / "jooya-index").rename(tmp_path / "old")
    assert "new 3, updated 0" in built(tmp_path)
    page.unlink()
    index = tmp_path / "index.rst"
    index.write_text(
        index.read_text(encoding="utf-8").replace(" ببینید :ref:`prune`.", "").replace("   guide/prune\n", ""),
        encoding="utf-8",
    )
    assert "removed 1 sections" in built(tmp_path)
    assert hits(tmp_path, "تبر") == []


def test_without_a_server_the_site_keeps_its_own_search(tmp_path: Path) -> None:
    write_site(tmp_path, SPHINX, theme="alabaster", server=None)
    built(tmp_path)
    assert len(hits(tmp_path, "قناتها")) == 1
    page = (tmp_path / "site" / "search.html").read_text(encoding="utf-8")
    assert "searchtools.js" in page
    assert "jooya" not in page


def test_other_builders_index_nothing(tmp_path: Path) -> None:
    write_site(tmp_path, SPHINX, theme="alabaster", server=SERVER)
    for builder in ("text", "singlehtml"):
        built(tmp_path, "-b", builder)
    assert not (tmp_path / "jooya-index").exists()


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("jooya_server = 'search.example.org'", "jooya_server: the server has the address 'search.example.org'"),
        ("jooya_index = 'guide'", "guide is not an index"),
    ],
)
def test_wrong_settings_are_told(setting: str, message: str, tmp_path: Path) -> None:
    write_site(tmp_path, SPHINX, theme="alabaster", server=SERVER)
    with (tmp_path / "conf.py").open("a", encoding="utf-8") as file:
        file.write(setting + "\n")
    assert message in built(tmp_path, fails=True)


@pytest.mark.parametrize(
    ("theme", "package"), [("alabaster", "alabaster"), ("furo", "furo"), ("sphinx_rtd_theme", "sphinx_rtd_theme")]
)
def test_the_page_searches_in_a_browser(theme: str, package: str, tmp_path: Path) -> None:
    pytest.importorskip(package, reason=f"the theme {theme} is not installed")

    def build(server: str) -> None:
        write_site(tmp_path, SPHINX, theme=theme, server=server)
        built(tmp_path)

    target = "guide/prune.html#prune"
    box = "form[action='search.html'] input[name=q]"
    check_search_page(
        tmp_path, tmp_path / "site", build, page="search.html", target=target, boxes=box, is_first=theme == "alabaster"
    )
