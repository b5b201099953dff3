"""Indexes that somebody crafted, with right checksums: a regression test for each kind of fault."""

import json
import os
import stat
import subprocess
import sys
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from command import run
from damaged_index import PASSAGE

from jooya.analyzers import PersianAnalyzer
from jooya.indexer import Document, Index, IndexBusy, IndexDamaged, IndexReport, IndexUnusable
from jooya.indexer.boundary import reading
from jooya.indexer.codec import segment, toc
from jooya.indexer.codec.files import map_file, read_file
from jooya.indexer.codec.packing import pack, unpack, unpack_one
from jooya.indexer.codec.section_writer import SectionWriter
from jooya.indexer.codec.segment import Segment, stored_lines
from jooya.indexer.codec.snapshot import Snapshot
from jooya.indexer.commands.cli import FAULT

Edit = Callable[[dict[str, Any], dict[str, Any]], None]
"""Changes the sections of a segment, and what its directory says."""


def craft(index: Path, edit: Edit) -> Path:
    """Change the first segment of an index and sign everything anew; return the path of the segment."""
    state = toc.read(index)
    entry = state.segments[0]
    path = index / entry.file.name
    file = Segment(path, entry.file.size, entry.file.checksum).file
    sections = {name: np.array(section.all()) for name, section in file.sections.items()}
    about = file.about
    edit(sections, about)
    with SectionWriter(path) as writer:
        for name, values in sections.items():
            writer.add(name, values)
        size, checksum = writer.finish(about)
    changed = entry._replace(file=entry.file._replace(size=size, checksum=checksum))
    toc.write(index, state._replace(segments=(changed, *state.segments[1:])))
    return path


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Make an index of one segment."""
    with Index.create(tmp_path / "index") as index:
        index.add(*(Document(f"d{number}", "باران و برف بارید. باران آمد.", "هوا") for number in range(30)))
    return tmp_path / "index"


def _set(name: str, place: int, value: int) -> Edit:
    def edit(sections: dict[str, Any], _about: dict[str, Any]) -> None:
        sections[name][place] = value

    return edit


def _replace(name: str, values: Callable[[Any], Any]) -> Edit:
    def edit(sections: dict[str, Any], _about: dict[str, Any]) -> None:
        sections[name] = values(sections[name])

    return edit


def _frequencies_of_millions(sections: dict[str, Any], _about: dict[str, Any]) -> None:
    """Let each posting of the field say two million, and let the positions take no bytes."""
    counts = sections["exact.counts"].astype(np.int64)
    sections["exact.freqs"] = np.full(counts.sum(), 2_000_000, "<u4").view(np.uint8)
    sections["exact.freqs_starts"] = np.concatenate([[0], np.cumsum(4 * counts)]).astype("<u4")
    sections["exact.positions"] = np.empty(0, np.uint8)
    sections["exact.positions_starts"] = np.zeros(len(counts) + 1, "<u4")


def _about(**changes: Any) -> Edit:
    return lambda _sections, about: about.update(changes)


def _many_fields(_sections: dict[str, Any], about: dict[str, Any]) -> None:
    about["fields"] |= {f"f{number}": about["fields"]["text"] for number in range(5000)}


CRAFTED: dict[str, Edit] = {
    "documents beyond the last": _replace("text.docs", lambda values: np.full_like(values, 20)),
    "documents that repeat": _replace("text.docs", np.zeros_like),
    "a width of three bytes": _replace("text.docs_starts", lambda values: (values * 3).astype(values.dtype)),
    "an end before the start": _replace("text.docs_starts", lambda values: values[::-1].copy()),
    "more documents of a term than there are": _set("text.counts", 1, 255),
    "a term that no document has": _replace("text.counts", np.zeros_like),
    "frequencies of millions": _frequencies_of_millions,
    "ordinals beyond the last term": _set("document.ordinals", 0, 200),
    "a column of another type": _replace("day.numbers", lambda values: values.astype("<u4")),
    "a column that is too long": _replace("text.lengths", lambda values: np.tile(values, 2)),
    "terms that overlap": _replace(
        "text.term_starts", lambda values: np.tile(values[[0, -1]], len(values))[: len(values)]
    ),
    "blocks in another order": _replace("stored_docs", lambda values: values[::-1].copy()),
    "a block that is cut": _replace("stored_starts", lambda values: values // 2),
    "millions of documents": _about(documents=1 << 40),
    "no documents": _about(documents=0),
    "fields that are none": _about(fields=[]),
    "thousands of fields": _many_fields,
}


@pytest.mark.parametrize("kind", CRAFTED)
def test_a_crafted_segment_is_damage_to_whoever_reads_it(path: Path, kind: str) -> None:
    craft(path, CRAFTED[kind])
    assert Index.check(path).problems
    with pytest.raises(IndexDamaged), Index.open(path) as index:
        index.search("باران", by="document", sort="date")
        index.search('"باران و برف"')
        index.search("ب*")
        index.search("باران", sort="document")
        index.did_you_mean("بارن")
        index.status()
        index.add(Document("new", "برف"))
    code, _, said = run("search", "-i", path, "باران", cwd=path.parent)
    assert code < FAULT and said.count("\n") <= 1


@pytest.mark.parametrize(
    "changes",
    [
        {"_stored_text": 5},
        {"_stored_text": "\ud800"},
        {"_stored_title": ["x"], "title": "x"},
        {"_stored_start": "0"},
        {"_stored_end": 1 << 70},
        {"_stored_end": 4},
        {"_stored_id": None},
        {"page": 1.5},
        {"gregorian": "2005-13-13", "jalali": "x"},
        {"gregorian": "2005-12-13"},
        {"time": 7},
    ],
)
def test_stored_values_of_other_types_are_damage(
    index: Index, changes: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("_encode", "_quoted"):
        monkeypatch.setattr(f"jooya.indexer.whoosh.document_buffer.{name}", json.dumps)
    with index._writer() as writer:
        writer.add_document(**PASSAGE | changes)
    with pytest.raises(IndexDamaged):
        index.search("باران")
    with pytest.raises(IndexDamaged):
        index.similar("k#1")


def test_a_block_is_unpacked_up_to_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(segment, "_MAX_BLOCK", 1000)
    assert stored_lines(zlib.compress(b"{}\n{}"), 2) == [b"{}", b"{}"]
    for block, documents in (
        (zlib.compress(bytes(100_000)), 1),
        (zlib.compress(b"{}\n{}"), 3),
        (zlib.compress(b"{}")[:-2], 1),
        (zlib.compress(b"{}") + b"more", 1),
    ):
        with pytest.raises(ValueError, match=r"^$"):
            stored_lines(block, documents)


def test_a_document_that_is_too_large_to_be_read_again_is_refused(
    index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jooya.indexer.readers.budgets.MAX_PASSAGE", 2_000)
    monkeypatch.setattr("jooya.indexer.whoosh.document_buffer.MAX_STORED", 20_000)
    report = index.add(Document("large", "باران " * 3000, whole=True), Document("small", "باران"))
    assert (report.new, len(report.skipped)) == (1, 1)
    assert "'large' has more than 2,000 characters for one passage" in report.skipped[0]
    with index._writer() as writer, pytest.raises(ValueError, match="its stored values take more than"):
        writer.add_document(**PASSAGE | {"title": "x" * 20_000})


def test_lists_must_have_a_size_that_fits_their_length() -> None:
    values, counts = np.array([0, 0, 0, 5, 300]), np.array([2, 1, 2])
    packed, sizes = pack(values, counts)
    assert (sizes.tolist(), unpack(packed, sizes, counts).tolist()) == ([0, 0, 4], values.tolist())
    packed, sizes = pack(values, counts, np.array([1, 1, 1]))  # zeros take bytes where there are too many of them
    assert (sizes.tolist(), unpack(packed, sizes, counts, 1).tolist()) == ([2, 0, 4], values.tolist())
    for wrong in ([3, 0, 3], [0, 0, 6], [0, 8, 4], [-2, 1, 4]):
        with pytest.raises(ValueError, match=r"^$"):
            unpack(np.zeros(sum(wrong), np.uint8), np.array(wrong), counts)
    with pytest.raises(ValueError, match=r"^$"):
        unpack(packed[:4], np.array([0, 0, 4]), counts, 1)
    for size in (1, 3, 6, 16):
        with pytest.raises(ValueError, match=r"^$"):
            unpack_one(bytes(size), 2)


def test_a_field_may_lack_bounds(path: Path) -> None:
    """Later versions of the format do not have them."""

    def edit(sections: dict[str, Any], _about: dict[str, Any]) -> None:
        for name in [name for name in sections if name.endswith((".most", ".shortest"))]:
            del sections[name]

    craft(path, edit)
    assert Index.check(path).problems == []
    with Index.open(path) as index:
        assert index.search("باران").total == 30
        assert index.add(Document("new", "باران")) == IndexReport(new=1)


ENTRIES: dict[str, Callable[[dict[str, Any]], Any]] = {
    "a file named twice": lambda state: state | {"segments": state["segments"] * 2},
    "thousands of segments": lambda state: state | {"segments": state["segments"] * 2000},
    "no lengths": lambda state: state["segments"][0].update(lengths={}),
    "no lengths of a field": lambda state: state["segments"][0]["lengths"].pop("text"),
    "other lengths": lambda state: state["segments"][0]["lengths"].update(text=[1, 1 << 50]),
    "fewer documents": lambda state: state["segments"][0].update(documents=29),
    "deleted documents": lambda state: state["segments"][0].update(documents=29, deleted=1),
    "a format that is no number": lambda state: state | {"format": "x" * 1000},
    "a size beyond reason": lambda state: state["segments"][0]["file"].update(size=1 << 60),
    "a generation beyond reason": lambda state: state | {"generation": 1 << 60},
    "a long name": lambda state: state["segments"][0]["file"].update(name="x" * 5000),
}


@pytest.mark.parametrize("kind", ENTRIES)
def test_a_crafted_table_of_contents_is_damage(path: Path, kind: str) -> None:
    state = json.loads((path / toc.NAME).read_bytes())
    del state["checksum"]
    changed = ENTRIES[kind](state)
    state = changed if isinstance(changed, dict) and "segments" in changed else state
    state["checksum"] = zlib.crc32(json.dumps(state, sort_keys=True).encode())
    (path / toc.NAME).write_text(json.dumps(state))
    with pytest.raises(IndexDamaged, match=r"toc\.json is damaged|is missing"):
        Index.open(path)


NOT_FILES: dict[str, Callable[[Path], object]] = {
    "a pipe": os.mkfifo,
    "a folder": Path.mkdir,
    "an endless device": lambda path: path.symlink_to("/dev/zero"),
    "a link to itself": lambda path: path.symlink_to(path.name),
    "a link to a file": lambda path: path.symlink_to(path.parent.parent / "secret"),
    "a socket": lambda path: os.mknod(path, stat.S_IFSOCK | 0o600),
}


@pytest.mark.parametrize("kind", NOT_FILES)
@pytest.mark.parametrize("name", ["toc.json", "1.segment", "write.lock", ".toc.json", "2.segment"])
def test_only_regular_files_are_opened(path: Path, name: str, kind: str) -> None:
    """The files that exist are refused, and those that are made anew take the place of what is there."""
    secret = path.parent / "secret"
    secret.write_bytes(b"not to be touched")
    (path / name).unlink(missing_ok=True)
    NOT_FILES[kind](path / name)
    try:
        with Index.open(path) as index:
            index.add(Document("new", "برف"), wait=0)
            index.search("برف")
    except (IndexUnusable, OSError) as error:
        assert not isinstance(error, IndexBusy)
        assert str(path) in str(error)
    else:
        assert name in (".toc.json", "2.segment")
        assert stat.S_ISREG((path / "2.segment").lstat().st_mode)
    assert secret.read_bytes() == b"not to be touched"


def test_files_are_read_up_to_a_size(tmp_path: Path) -> None:
    file = tmp_path / "x"
    file.write_bytes(b"1234")
    assert read_file(file, 4) == b"1234"
    assert map_file(file, 4)[0][:] == b"1234"
    for read in (lambda: read_file(file, 3), lambda: map_file(file, 3), lambda: map_file(file, 0)):
        with pytest.raises(IndexDamaged, match="x is damaged"):
            read()
    with pytest.raises(FileNotFoundError):
        read_file(tmp_path / "y", 4)


def test_an_error_of_the_system_is_not_damage(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is known of a file that cannot be read."""

    def fail(*_arguments: Any, **_options: Any) -> Any:
        raise PermissionError(13, "Permission denied", "x")

    monkeypatch.setattr(os, "open", fail)
    with pytest.raises(PermissionError):
        Snapshot.open(path)
    with pytest.raises(PermissionError), reading(path):
        fail()


@pytest.mark.parametrize("error", [KeyError("x"), IndexError(), TypeError(), zlib.error(), RecursionError()])
def test_what_nobody_foresaw_is_damage(path: Path, error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_arguments: Any, **_options: Any) -> Any:
        raise error

    with Index.open(path) as index:
        monkeypatch.setattr(Segment, "stored", fail)
        with pytest.raises(IndexDamaged) as raised:
            index.search("باران")
        assert raised.value.__cause__ is error


def test_too_little_memory_is_not_damage(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_arguments: Any, **_options: Any) -> Any:
        raise MemoryError

    with Index.open(path) as index:
        monkeypatch.setattr(Segment, "stored", fail)
        with pytest.raises(IndexUnusable, match=r"not enough memory to read .*: free some memory") as raised:
            index.search("باران")
        assert not isinstance(raised.value, IndexDamaged) and raised.value.path == path
        monkeypatch.undo()
        assert index.search("باران")


def test_a_fault_of_analysis_is_not_damage(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_arguments: Any, **_options: Any) -> Any:
        raise KeyError("a fault")

    with Index.open(path) as index:
        monkeypatch.setattr("jooya.indexer.open_index.parse", fail)
        with pytest.raises(KeyError):
            index.search("باران")
    monkeypatch.undo()
    with pytest.raises(TypeError), reading(path):
        PersianAnalyzer().terms(None)  # type: ignore[arg-type]


def test_the_callback_of_a_caller_is_not_damage(path: Path, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("باران", encoding="utf-8")

    def fail(_progress: Any) -> None:
        raise KeyError("mine")

    with Index.open(path) as index, pytest.raises(KeyError, match="mine"):
        index.add(tmp_path / "a.txt", on_progress=fail)


def test_a_fault_of_the_command_line_is_told_from_finding_nothing(path: Path) -> None:
    code = (
        "import jooya.indexer.open_index as o, sys\n"
        "def fail(*_, **__): raise KeyError('a\\nfault')\n"
        "o.parse = fail\n"
        "from jooya.indexer.commands.cli import main\n"
        "sys.argv = ['jooya', 'search', '-i', sys.argv[1], 'x']\n"
        "main()"
    )
    for debug in ("", "1"):
        done = subprocess.run(
            [sys.executable, "-c", code, path],
            capture_output=True, text=True, check=False, env=os.environ | {"JOOYA_DEBUG": debug},
        )  # fmt: skip
        assert (done.returncode, done.stdout) == (70, "")
        first, *more = done.stderr.splitlines()
        assert first.startswith("jooya: a fault of Jooya ") and "please report it" in first and "KeyError" in first
        assert bool(more) == bool(debug)
