"""The README, the manual and ARCHITECTURE.md say what is so: their examples run, and nothing is missing from them."""

import re
import tomllib
from pathlib import Path

import click
import markdown_examples
import pytest
from markdown_examples import PAGES, ROOT

import jooya
from jooya import Index
from jooya.indexer.commands import config_file
from jooya.indexer.commands.cli import cli
from jooya.indexer.commands.searching import search
from jooya.indexer.limits import Limits

MANUAL = {page.stem: page.read_text(encoding="utf-8") for page in (ROOT / "docs").glob("*.md")}
README = (ROOT / "README.md").read_text(encoding="utf-8")
PERSIAN = (ROOT / "README.fa.md").read_text(encoding="utf-8")
EVERY = [*PAGES, *(ROOT / f"{name}.md" for name in ("ARCHITECTURE", "CONTRIBUTING", "SECURITY", "CHANGELOG"))]


# The code of README.fa.md is that of README.md: a test below says so. The page about OpenSearch has a test of its own.
ELSEWHERE = ("README.fa.md", "beyond-one-machine.md")


@pytest.mark.parametrize("page", [page for page in PAGES if page.name not in ELSEWHERE], ids=lambda page: page.name)
def test_the_examples_of_a_page_do_what_is_shown(page: Path, tmp_path: Path) -> None:
    markdown_examples.run(page, markdown_examples.prepare(page, tmp_path))


def test_the_examples_with_opensearch_do_what_is_shown(tmp_path: Path, remote_url: str) -> None:
    page = ROOT / "docs" / "beyond-one-machine.md"
    markdown_examples.run(page, markdown_examples.prepare(page, tmp_path), ("http://127.0.0.1:9200/talks", remote_url))


def test_the_pages_that_show_how_have_examples() -> None:
    counts = {
        page.stem: sum(block.language in ("console", "python") for block in markdown_examples.blocks(page))
        for page in PAGES
    }
    assert [name for name, count in counts.items() if not count] == ["how-safe", "performance"]


def test_every_command_and_every_long_option_is_in_the_manual() -> None:
    text = MANUAL["command-line"]
    sections = dict(re.findall(r"^## `jooya (\w+)`(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL))
    missing = [f"jooya {name}" for name in cli.commands if name not in sections]
    for name, command in cli.commands.items():
        options = _options(command)
        if name == "watch":  # it has the options of `index`
            options -= _options(cli.commands["index"])
        if name != "index":
            options -= {"--index", "-i", "--json", "--key-file"}  # described once, for all
        options -= {"--quiet", "-q", "--color"}
        missing += [f"jooya {name} {option}" for option in options if f"`{option}" not in sections.get(name, "")]
    assert missing == []


def test_every_option_in_the_manual_is_there() -> None:
    known = {option for command in cli.commands.values() for option in _options(command)} | _options(cli)
    shown = set(re.findall(r"(?<![\w`-])`(--[a-z-]+)", MANUAL["command-line"] + MANUAL["settings"]))
    assert shown - known - {"--help", "--version"} == set()


def _options(command: click.Command) -> set[str]:
    return {option for parameter in command.params if isinstance(parameter, click.Option) for option in parameter.opts}


def test_the_help_and_the_manual_have_the_same_query_language() -> None:
    table = MANUAL["queries"].partition("| query | what it finds |")[2].partition("\n\n")[0]
    forms = [form for row in table.splitlines()[2:] for form in re.findall(r"`([^`]+)`", row.split(" | ")[0])]
    assert len(forms) == 16
    assert [form for form in forms if form.split()[0] not in (search.epilog or "")] == []


def test_every_public_name_is_in_the_manual() -> None:
    names = [name for name in jooya.__all__ if name != "__version__"]
    assert [name for name in names if not re.search(rf"\b{name}s?\b", MANUAL["python"])] == []


def test_every_limit_is_in_the_manual() -> None:
    assert [name for name in Limits.__dataclass_fields__ if f"`{name}`" not in MANUAL["safety"]] == []


def test_the_settings_files_that_are_shown_are_read(tmp_path: Path) -> None:
    shown = [block.body for page in PAGES for block in markdown_examples.blocks(page) if block.language == "toml"]
    assert shown
    for body in shown:
        assert tomllib.loads(body)
        (tmp_path / "jooya.toml").write_text(body, encoding="utf-8")
        assert config_file.load(cli, tmp_path / "index")


def test_the_readme_is_short() -> None:
    assert len(README.splitlines()) <= 150


def test_the_persian_readme_has_the_code_of_the_english_one() -> None:
    def code(name: str) -> list[str]:
        return [block.body for block in markdown_examples.blocks(ROOT / name)]

    assert code("README.fa.md") == code("README.md")


def test_the_persian_readme_has_persian_letters_and_digits() -> None:
    prose = re.sub(
        r"^```.*?^```|`[^`]*`|<code.*?</code>|\([^()]*://[^()]*\)|\([\w./-]+\)",
        "",
        PERSIAN,
        flags=re.MULTILINE | re.DOTALL,
    )
    assert re.findall("[كيى٠-٩]", prose) == []
    assert re.findall(r"[۰-۹]*[0-9][۰-۹]+|[۰-۹]+[0-9]", prose) == []


@pytest.mark.parametrize("page", EVERY, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    text = re.sub(r"^ *```.*?^ *```$", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if "://" in target or target.startswith("mailto:"):
            continue
        name, _, anchor = target.partition("#")
        file = page.parent / name if name else page
        assert file.exists(), f"{page.name}: {target}"
        if anchor:
            assert anchor in _anchors(file), f"{page.name}: {target}"


def _anchors(page: Path) -> set[str]:
    """Return the anchors of the headings of a page."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("name", ["ARCHITECTURE.md", "CONTRIBUTING.md"])
def test_the_files_that_are_named_exist(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    named = re.findall(r"`([\w./]+(?:\.(?:py|tsv|md|toml|yml)|/))`", text)
    assert len(named) > 10
    below = [ROOT, ROOT / "indexer", ROOT / "analyzers"]
    missing = [file for file in named if not any((folder / file).exists() for folder in below)]
    assert [file for file in missing if file not in ("jooya.toml", "readers/FORMAT.py")] == []


def test_the_spellings_that_the_readme_names_find_the_same(index: Index, transcript: Path) -> None:
    index.add(transcript)
    shown = ["سرزمین های اشغالی", *re.findall(r"`(سرزم[^`]+)`", README)]
    assert len(shown) == 4
    assert len({tuple(hit.id for hit in index.search(query)) for query in shown}) == 1


def test_every_page_of_the_manual_is_in_its_table_of_contents() -> None:
    contents = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    assert [name for name in MANUAL if f": {name}.md" not in contents] == []


def test_the_manual_loads_nothing_from_elsewhere(tmp_path: Path) -> None:
    build = pytest.importorskip("mkdocs.commands.build", exc_type=ImportError)
    config = pytest.importorskip("mkdocs.config", exc_type=ImportError)
    loaded = config.load_config(str(ROOT / "mkdocs.yml"), site_dir=str(tmp_path), strict=True)
    build.build(loaded)
    pages = list(tmp_path.rglob("*.html"))
    assert len(pages) >= len(MANUAL)
    for page in pages:
        text = page.read_text(encoding="utf-8")
        loads = re.findall(r"<(?:script|img|iframe|source)[^>]*\bsrc=\"?((?:https?:)?//[^\" >]+)", text)
        loads += re.findall(
            r"<link[^>]*rel=\"?(?:stylesheet|preconnect|preload|icon)[^>]*href=\"?((?:https?:)?//[^\" >]+)", text
        )
        assert loads == [], page
