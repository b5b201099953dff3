"""The table of formats, and that readers are imported for the files that need them alone."""

import subprocess
import sys
from importlib import import_module
from inspect import signature
from pathlib import Path

import pytest

from jooya.indexer.readers.formats import ARCHIVES, FORMATS, MEMBERS, Kind, is_readable

PARAMETERS = {
    Kind.TEXT: ["source", "text"],
    Kind.BYTES: ["source", "content", "encoding"],
    Kind.RECORDS: ["source", "file", "options", "on_bytes"],
    Kind.ARCHIVE: ["source", "file", "read_member"],
    Kind.PAGES: ["source", "content", "recognizer"],
    Kind.OFFICE: ["source", "content", "options"],
    Kind.MAIL: ["source", "file", "encoding", "read_member"],
}
READERS = "jooya.indexer.readers."
LIBRARIES = {"lxml", "markdown_it", "pysubs2", "pypdfium2", "zipfile", "tarfile"}


@pytest.mark.parametrize("suffix", FORMATS)
def test_the_table_names_readers(suffix: str) -> None:
    found = FORMATS[suffix]
    function = getattr(import_module(READERS + found.module), found.function)
    parameters = list(signature(function).parameters.values())
    called_with = PARAMETERS[found.kind]
    assert [one.name.lstrip("_") for one in parameters[: len(called_with)]] == called_with
    assert all(one.default is not one.empty for one in parameters[len(called_with) :])


@pytest.mark.parametrize(
    ("name", "readable"),
    [
        ("a.txt", True),
        ("A.PDF", True),
        ("a.zip", True),
        ("a.tar.gz", True),
        ("a.txt.gz", True),
        ("a.gz", True),
        ("a.gz.gz", False),
        ("a.bin", False),
        ("txt", True),  # its content tells the format
        ("syslog.1", True),
        ("گزارش.نهایی", True),
        ("گزارش. نهایی بود", True),
        (".txt", True),
        ("a.docx.gz", True),
        ("", False),
    ],
)
def test_readable_names(name: str, readable: bool) -> None:
    assert is_readable(name) is readable


def test_archives_are_no_members() -> None:
    assert set(ARCHIVES) | set(MEMBERS) == set(FORMATS)
    assert set(ARCHIVES).isdisjoint(MEMBERS)


def loaded(code: str) -> set[str]:
    """Return the modules that are loaded after running `code` in another process."""
    code += "\nimport sys; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def readers_in(modules: set[str]) -> set[str]:
    """Return the names of the readers among the loaded modules."""
    return {found.module for found in FORMATS.values() if READERS + found.module in modules}


def test_status_and_removal_import_no_reader(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("باران تند", encoding="utf-8")
    with_index = "from jooya import Index\nwith Index.open_or_create({index!r}) as index:\n    {call}".format
    where = str(tmp_path / "index")
    assert readers_in(loaded(with_index(index=where, call=f"index.add({str(tmp_path / 'a.txt')!r})"))) == {"plain_text"}
    for call in ("index.status()", f"index.remove({str(tmp_path / 'a.txt')!r})"):
        modules = loaded(with_index(index=where, call=call))
        assert readers_in(modules) == set()
        assert LIBRARIES.isdisjoint(modules)


def test_a_format_loads_its_own_reader_and_no_other(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("# باران\n\nباران تند", encoding="utf-8")
    modules = loaded(
        "from pathlib import Path\n"
        "from jooya.indexer import ReadOptions\n"
        "from jooya.indexer.readers.dispatch import read\n"
        "from jooya.indexer.readers.source import Source\n"
        f"list(read(Source(Path({str(tmp_path / 'a.md')!r}), 'a.md'), ReadOptions(), lambda _: None))"
    )
    assert readers_in(modules) == {"markdown", "plain_text"}  # it falls back on plain text
    assert {"pysubs2", "pypdfium2"}.isdisjoint(modules)
