"""The plugin of MkDocs: a site is built by its command, its index searched, and its page used in a browser."""

import json
import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import pytest
from command import run
from site_page import check_search_page
from sites import MKDOCS, write_site

pytest.importorskip("mkdocs", reason='not installed: pip install "jooya[mkdocs]"')
if not entry_points(group="mkdocs.plugins", name="jooya"):
    pytest.skip("the plugin is not installed: pip install again", allow_module_level=True)

MKDOCS_COMMAND = str(Path(sys.executable).parent / "mkdocs")
SERVER = "https://search.example.org"
THEMES = ["mkdocs", "readthedocs", "material"]


def built(folder: Path, *options: str) -> str:
    """Build a site. Return what MkDocs said."""
    command = [MKDOCS_COMMAND, "build", "--strict", *options]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    return done.stderr


def hits(folder: Path, *query: str) -> list[dict[str, Any]]:
    out = run("search", "-i", "jooya-index", "--format", "jsonl", *query, cwd=folder)[1]
    return [json.loads(line) for line in out.splitlines()]


def with_extensions(folder: Path, theme: str, server: str, folders: str = "true") -> None:
    write_site(folder, MKDOCS, theme=theme, server=server, folders=folders)
    with (folder / "mkdocs.yml").open("a", encoding="utf-8") as file:
        file.write("markdown_extensions: [tables, attr_list, toc: {permalink: true}]\n")


def test_sections_are_found_with_their_links(tmp_path: Path) -> None:
    with_extensions(tmp_path, "mkdocs", SERVER)
    assert "new 4, updated 0, unchanged 0, removed 0 sections" in built(tmp_path)
    (hit,) = hits(tmp_path, "قناتها")
    assert (hit["document"], hit["title"], hit["heading"]) == ("index.html#_2", "باغ", "قنات\u200cها")
    assert hit["meta"] == {"url": "https://garden.example.org/docs/index.html#_2", "page": "index.html"}
    assert hit["text"] == "قنات\u200cهای کویر آب را به دشت می\u200cآورند.\n\nنام\tژرفا\n\nگناباد\tسیصد متر"
    (hit,) = hits(tmp_path, "قیچی")
    assert (hit["document"], hit["text"].splitlines()[2:]) == ("guide/prune/#prune", ["اره", "قیچی"])
    assert [one["document"] for one in hits(tmp_path, "بخش خالی")] == ["guide/prune/#empty"]
    # The anchor is in the page.
    assert 'id="prune"' in (tmp_path / "site" / "guide" / "prune" / "index.html").read_text(encoding="utf-8")


def test_an_index_follows_its_site(tmp_path: Path) -> None:
    with_extensions(tmp_path, "mkdocs", SERVER)
    built(tmp_path)
    assert "new 0, updated 0, unchanged 4, removed 0 sections" in built(tmp_path)
    (tmp_path / "docs" / "guide" / "prune.md").unlink()
    page = tmp_path / "docs" / "index.md"
    page.write_text(page.read_text(encoding="utf-8") + "\n## چاه\n\nچاه ژرف\n", encoding="utf-8")
    assert "new 1, updated 0, unchanged 2, removed 2 sections" in built(tmp_path)
    assert hits(tmp_path, "هرس") == []
    assert hits(tmp_path, "چاه")[0]["document"] == "index.html#_3"


def test_files_in_place_of_folders(tmp_path: Path) -> None:
    with_extensions(tmp_path, "mkdocs", SERVER, folders="false")
    built(tmp_path)
    assert hits(tmp_path, "هرس")[0]["document"] == "guide/prune.html#prune"
    page = (tmp_path / "site" / "search.html").read_text(encoding="utf-8")
    assert f'data-server="{SERVER}" data-root="./" data-parameter="query"' in page


def test_without_a_server_there_is_an_index_but_no_page(tmp_path: Path) -> None:
    with_extensions(tmp_path, "mkdocs", SERVER)
    settings = tmp_path / "mkdocs.yml"
    text = settings.read_text(encoding="utf-8").replace(f'jooya: {{server: "{SERVER}"}}', "jooya")
    settings.write_text(text, encoding="utf-8")
    built(tmp_path)
    assert len(hits(tmp_path, "قناتها")) == 1
    assert not (tmp_path / "site" / "assets" / "jooya").exists()
    assert not (tmp_path / "site" / "search" / "index.html").exists()


def test_an_own_page_may_have_the_search(tmp_path: Path) -> None:
    with_extensions(tmp_path, "mkdocs", SERVER)
    (tmp_path / "docs" / "search.md").write_text("# یافتن\n\nبنویسید:\n", encoding="utf-8")
    built(tmp_path)
    page = (tmp_path / "site" / "search" / "index.html").read_text(encoding="utf-8")
    assert page.index("بنویسید") < page.index('class="jooya-search"')


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (SERVER, "search.example.org", "the server has the address 'search.example.org': give one such as"),
        ("jooya: {", "jooya: {index: 3, ", "Plugin 'jooya' option 'index': Expected type"),
        ("jooya: {", "jooya: {index: docs, ", "docs is not an index"),
    ],
)
def test_wrong_settings_are_told_in_a_line(tmp_path: Path, old: str, new: str, message: str) -> None:
    with_extensions(tmp_path, "mkdocs", SERVER)
    settings = tmp_path / "mkdocs.yml"
    settings.write_text(settings.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    command = [MKDOCS_COMMAND, "build", "-q"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, encoding="utf-8", check=False)
    assert done.returncode == 1
    assert message in done.stderr + done.stdout
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("theme", THEMES)
def test_the_page_searches_in_a_browser(theme: str, tmp_path: Path) -> None:
    if theme == "material":
        pytest.importorskip("material", reason="the theme mkdocs-material is not installed")

    def build(server: str) -> None:
        with_extensions(tmp_path, theme, server)
        built(tmp_path)

    check_search_page(
        tmp_path,
        tmp_path / "site",
        build,
        page="search/",
        target="guide/prune/#prune",
        parameter="query",
        is_first=theme == THEMES[0],
    )
