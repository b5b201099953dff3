"""The table of contents: each bound of what is read, the order of what is written, and what is kept."""

import errno
import hashlib
import hmac
import json
import os
import time
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from durable_calls import Calls

from jooya.indexer import IndexDamaged, IndexUnusable
from jooya.indexer.codec import toc
from jooya.indexer.codec.toc import IndexFile, SegmentEntry, Toc

Content = dict[str, Any]

KEY = b"0123456789abcdef"
SEGMENT = SegmentEntry(
    IndexFile("1.segment", 700, 11, "ab" * 32), 4, 1, IndexFile("1.2.deleted", 1, 12, "cd" * 32), {"text": (3, 9)}
)
STATE = Toc(
    generation=2,
    analysis="simple",
    segments=(SEGMENT, SegmentEntry(IndexFile("2.segment", 90, 13, "ef" * 32), 2, 0, None, {})),
    commit_user_data=IndexFile("2.attachment", 5, 14, "01" * 32),
    journal="{}",
    fields=(("n", "number"), ("t", "text")),
    index_id="00ff",
    time=1000,
    keep=3,
)


def rewrite(folder: Path, edit: Callable[[Content], object]) -> None:
    """Change the table of an index and give it the checksum that is right then."""
    path = folder / toc.NAME
    content = json.loads(path.read_text(encoding="utf-8"))
    del content["checksum"]
    edit(content)
    content["checksum"] = zlib.crc32(json.dumps(content, sort_keys=True).encode())
    path.write_text(json.dumps(content), encoding="utf-8")


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def _set(name: str, value: object) -> Callable[[Content], object]:
    return lambda content: content.update({name: value})


def _file(**changes: object) -> Callable[[Content], object]:
    return lambda content: content["segments"][0]["file"].update(changes)


def _entry(**changes: object) -> Callable[[Content], object]:
    return lambda content: content["segments"][0].update(changes)


def _segments(count: int) -> Callable[[Content], object]:
    def edit(content: Content) -> None:
        (one, *_) = content["segments"]
        content["segments"] = [
            one | {"file": one["file"] | {"name": f"s{n}.segment"}, "deletions": None} for n in range(count)
        ]

    return edit


def _lengths(count: int) -> Callable[[Content], object]:
    return _entry(lengths={f"f{number}": [0, 0] for number in range(count)})


BOUNDS: dict[str, tuple[Callable[[Content], object], Callable[[Content], object]]] = {
    "the number of a commit": (_set("generation", 1 << 53), _set("generation", (1 << 53) + 1)),
    "a number below zero": (_set("generation", 0), _set("generation", -1)),
    "a number that is true": (_set("time", 1), _set("time", True)),
    "a number with a fraction": (_set("time", 1), _set("time", 1.0)),
    "the name of the analysis": (_set("analysis", "a" * 200), _set("analysis", "a" * 201)),
    "an analysis that is a number": (_set("analysis", ""), _set("analysis", 5)),
    "a journal that is a number": (_set("journal", ""), _set("journal", 5)),
    "no kept commit": (_set("keep", 1), _set("keep", 0)),
    "too many kept commits": (_set("keep", 1000), _set("keep", 1001)),
    "the name of a file": (_file(name="a" * 200), _file(name="a" * 201)),
    "the characters of a name": (_file(name="_a-b.c"), _file(name="a/b")),
    "a name that begins with a dot": (_file(name="a."), _file(name=".a")),
    "an empty name": (_file(name="a"), _file(name="")),
    "a name beyond ASCII": (_file(name="e"), _file(name="é")),
    "a digest": (_file(digest="09af" * 16), _file(digest="09af" * 16 + "00")),
    "half a byte of a digest": (_file(digest="0a"), _file(digest="0a1")),
    "capitals of a digest": (_file(digest=""), _file(digest="0A")),
    "a digest that is a number": (_file(digest=""), _file(digest=5)),
    "a size": (_file(size=0), _file(size=-1)),
    "a checksum": (_file(checksum=0), _file(checksum="0")),
    "the identity": (_set("id", "ab" * 32), _set("id", "ab" * 33)),
    "the code": (_set("code", "ab" * 32), _set("code", "ab" * 33)),
    "segments": (_segments(1000), _segments(1001)),
    "fields": (
        _set("fields", {f"f{n}": "text" for n in range(1000)}),
        _set("fields", {f"f{n}": "text" for n in range(1001)}),
    ),
    "the kind of a field": (_set("fields", {"f": "anything"}), _set("fields", {"f": 5})),
    "fields with lengths": (_lengths(1000), _lengths(1001)),
    "more documents with terms than there are": (_entry(lengths={"f": [4, 0]}), _entry(lengths={"f": [5, 0]})),
    "a length": (_entry(lengths={"f": [1, 1 << 53]}), _entry(lengths={"f": [1, (1 << 53) + 1]})),
    "documents": (_entry(documents=1 << 53), _entry(documents=(1 << 53) + 1)),
    "deleted documents": (_entry(deleted=0), _entry(deleted=-1)),
    "a file that is named twice": (_file(name="3.segment"), _file(name="2.segment")),
    "deletions": (_entry(deletions=None), _entry(deletions={"name": "d"})),
    "user data": (_set("attachment", None), _set("attachment", "x")),
    "what is missing": (lambda _content: None, lambda content: content.pop("analysis")),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    toc.write(tmp_path, STATE)
    return tmp_path


def test_what_was_written_is_read(folder: Path) -> None:
    assert toc.read(folder) == STATE
    assert sorted(names(folder)) == [toc.NAME]


@pytest.mark.parametrize("kind", BOUNDS)
def test_a_table_may_reach_each_bound_and_not_go_beyond(folder: Path, kind: str) -> None:
    within, beyond = BOUNDS[kind]
    rewrite(folder, within)
    toc.read(folder)
    rewrite(folder, beyond)
    with pytest.raises(IndexDamaged) as caught:
        toc.read(folder)
    assert caught.value.path == folder / toc.NAME


def test_a_table_is_read_up_to_a_size(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    size = (folder / toc.NAME).stat().st_size
    monkeypatch.setattr(toc, "MAX_SIZE", size)
    assert toc.read(folder) == STATE
    monkeypatch.setattr(toc, "MAX_SIZE", size - 1)
    with pytest.raises(IndexDamaged):
        toc.read(folder)


def test_a_changed_table_is_damaged(folder: Path) -> None:
    path = folder / toc.NAME
    path.write_text(path.read_text(encoding="utf-8").replace("simple", "sample"), encoding="utf-8")
    with pytest.raises(IndexDamaged):
        toc.read(folder)


@pytest.mark.parametrize("form", [4, 5, 6, 7, 8, 9])
def test_each_format_has_what_it_had(folder: Path, form: int) -> None:
    """Values of later formats are not read from earlier ones, even if they are there."""
    rewrite(folder, _set("format", form))
    if form in (4, 9):
        with pytest.raises(IndexUnusable) as caught:
            toc.read(folder)
        error = caught.value
        assert (error.reason, error.path) == ("format", folder)
        assert error.problem == f"{folder} has format {form}, but this version of Jooya reads formats 5 to 8"
        return
    expected = STATE._replace(format=form)
    if form < 8:
        expected = expected._replace(index_id="", time=0, keep=1, code="")
    if form < 7:
        expected = expected._replace(fields=())
    if form < 6:
        expected = expected._replace(journal="")
    assert toc.read(folder) == expected


def test_the_code_of_a_table_needs_its_key(folder: Path) -> None:
    with pytest.raises(IndexUnusable, match="has no authentication code") as caught:
        toc.read(folder, KEY)
    assert (caught.value.reason, caught.value.path) == ("key", folder)
    toc.write(folder, STATE, KEY)
    content = json.loads((folder / toc.NAME).read_text(encoding="utf-8"))
    signed = {name: value for name, value in content.items() if name not in ("code", "checksum")}
    code = hmac.new(KEY, json.dumps(signed, sort_keys=True).encode(), hashlib.sha256).hexdigest()
    state = STATE._replace(code=code)
    assert toc.read(folder, KEY) == toc.read(folder) == state
    with pytest.raises(IndexUnusable, match="was written with another key") as caught:
        toc.read(folder, KEY[::-1])
    assert (caught.value.reason, caught.value.path) == ("key", folder)
    toc.check_writable(folder, state, KEY)
    toc.check_writable(folder, STATE, None)
    with pytest.raises(IndexUnusable, match="is not written to without its key") as caught:
        toc.check_writable(folder, state, None)
    assert (caught.value.reason, caught.value.path) == ("key", folder)
    toc.write(folder, state)  # a copy has the code of the original
    assert toc.read(folder, KEY) == state
    rewrite(folder, _set("format", 7))
    with pytest.raises(IndexUnusable, match="has no authentication code"):
        toc.read(folder, KEY)


def test_what_a_table_says_of_its_files() -> None:
    assert STATE.files == {"1.segment", "1.2.deleted", "2.segment", "2.attachment"}
    assert STATE.size == 700 + 90 + 1 + 5 + 2
    assert STATE.entries == {
        "1.segment": SEGMENT.file,
        "2.segment": STATE.segments[1].file,
        "1.2.deleted": SEGMENT.deletions,
        "2.attachment": STATE.commit_user_data,
    }
    assert STATE.name.startswith("2-")
    assert len({STATE.name, STATE._replace(time=1001).name, STATE._replace(generation=3).name}) == 3
    empty = Toc(1, "simple")
    assert (empty.files, empty.size, empty.entries) == (set(), 0, {})
    assert all(int(state.name.partition("-")[2], 16) < 1 << 64 for state in (STATE, empty))


def test_ids_are_random_and_times_are_milliseconds() -> None:
    first, second = toc.new_id(), toc.new_id()
    assert first != second
    assert len(first) == len(second) == 16
    assert abs(toc.now() - time.time() * 1000) < 60_000


def test_a_table_is_on_the_disk_before_it_replaces_the_last_one(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    replaced = ["sync .", ".toc.json replaces toc.json", "sync ."]
    calls = Calls(folder, monkeypatch)
    (folder / toc.TEMPORARY).write_bytes(b"of an interrupted writer")
    toc.write(folder, STATE._replace(generation=3, keep=1))
    assert calls == ["sync .toc.json", *replaced]
    calls.clear()
    toc.write(folder, STATE._replace(generation=4, keep=2))
    assert calls == ["sync .toc.json", "3.commit names toc.json", *replaced]
    calls.clear()
    toc.write(folder, STATE._replace(generation=4, keep=2, time=5))  # the same commit once more: it is no earlier one
    assert calls == ["sync .toc.json", *replaced]
    calls.clear()
    (folder / toc.NAME).write_bytes(b"{")
    toc.write(folder, STATE._replace(generation=5))
    assert calls == ["sync .toc.json", *replaced]
    assert sorted(names(folder)) == ["3.commit", toc.NAME]
    assert toc.read_kept(folder, 3) == STATE._replace(generation=3, keep=1)


def test_a_folder_is_on_the_disk_with_all_above_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = Calls(tmp_path.parent, monkeypatch)
    base = tmp_path.name
    toc.make_folder(tmp_path / "a" / "b" / "c")
    assert calls == ["sync .", f"sync {base}", f"sync {base}/a", f"sync {base}/a/b"]
    assert (tmp_path / "a" / "b" / "c").is_dir()
    calls.clear()
    toc.make_folder(tmp_path / "a" / "b")  # whoever made it may have been killed before it was on the disk
    assert calls == [f"sync {base}/a"]
    (tmp_path / "file").touch()
    with pytest.raises(FileExistsError):
        toc.make_folder(tmp_path / "file")


def test_another_process_may_make_a_folder_meanwhile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = toc.sync

    def sync(path: Path) -> None:
        (tmp_path / "a" / "b").mkdir(parents=True, exist_ok=True)
        real(path)

    monkeypatch.setattr(toc, "sync", sync)
    toc.make_folder(tmp_path / "a" / "b")
    assert (tmp_path / "a" / "b").is_dir()


def test_what_stands_where_a_table_is_written_is_removed_and_not_followed(folder: Path) -> None:
    other = folder / "other"
    other.write_bytes(b"of somebody")
    for name in (toc.TEMPORARY, "2.commit"):
        (folder / name).symlink_to(other)
    toc.write(folder, STATE._replace(generation=3))
    assert other.read_bytes() == b"of somebody"
    assert not any((folder / name).is_symlink() for name in names(folder))
    assert (toc.read(folder).generation, toc.read_kept(folder, 2)) == (3, STATE)


def test_a_table_that_is_written_is_newer_than_the_one_before(folder: Path) -> None:
    path = folder / toc.NAME
    later = path.stat().st_mtime_ns + 10**12
    os.utime(path, ns=(later, later))
    toc.write(folder, STATE._replace(generation=3))
    assert path.stat().st_mtime_ns == later + 1


def test_a_table_is_newer_than_the_one_before_though_the_clock_stands_still(folder: Path) -> None:
    path, other = folder / toc.NAME, folder / "other"
    other.touch()
    for own, previous, expected in ((500, 499, 500), (500, 500, 501), (500, 700, 701)):
        os.utime(other, ns=(own, own))
        os.utime(path, ns=(previous, previous))
        toc._make_newer(other, path)
        assert (other.stat().st_mtime_ns, other.stat().st_atime_ns) == (expected, expected)
    toc._make_newer(other, folder / "missing")
    before = toc.signature(folder)
    assert before == (path.stat().st_ino, 700, path.stat().st_size)
    toc.touch(folder)
    assert toc.signature(folder) == (before[0], 701, before[2])


def test_a_file_is_copied_where_files_have_one_name(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, content = folder / toc.NAME, (folder / toc.NAME).read_bytes()
    toc.give_second_name(path, folder / "linked")
    assert (folder / "linked").samefile(path)
    calls = Calls(folder, monkeypatch)
    give = toc.give_second_name
    for code in (errno.EPERM, errno.ENOTSUP, errno.ENOSYS, errno.EMLINK, errno.EXDEV):
        monkeypatch.setattr(os, "link", _failing(code))
        calls.clear()
        give(path, folder / f"copy{code}")
        assert calls == [f"copy{code} names toc.json", f"sync copy{code}"]
        assert (folder / f"copy{code}").read_bytes() == content
        assert not (folder / f"copy{code}").samefile(path)
        (folder / "link").unlink(missing_ok=True)
        (folder / "link").symlink_to(path)
        with pytest.raises(OSError, match="planted"):  # nothing is copied from where a link leads
            give(folder / "link", folder / "of-link")
    monkeypatch.setattr(os, "link", _failing(errno.EIO))
    with pytest.raises(OSError, match="planted"):
        give(path, folder / "none")
    assert not {"none", "of-link"} & names(folder)


def test_a_second_name_is_that_of_a_link_itself(folder: Path) -> None:
    (folder / "link").symlink_to("nowhere")
    toc.give_second_name(folder / "link", folder / "second")
    assert (folder / "second").readlink() == Path("nowhere")


def _failing(code: int) -> Callable[..., None]:
    def link(*_arguments: object, **_options: object) -> None:
        raise OSError(code, "planted")

    return link


def test_the_commits_that_are_kept(folder: Path) -> None:
    names = [f"{number}.commit" for number in (1, 3, 9, 10, 11, 12)]
    for name in [*names, "x.commit", "5.commit.new", "12345678901234567.commit", "8.segment"]:
        (folder / name).touch()
    state = STATE._replace(generation=11)
    found = {keep: toc.kept_generations(folder, state._replace(keep=keep)) for keep in (1, 2, 3, 4, 5, 9)}
    assert found == {1: [], 2: [10], 3: [9, 10], 4: [3, 9, 10], 5: [1, 3, 9, 10], 9: [1, 3, 9, 10]}
    large = state._replace(generation=9_999_999_999_999_999, keep=2)
    (folder / "9999999999999998.commit").touch()
    assert toc.kept_generations(folder, large) == [9_999_999_999_999_998]


def test_the_files_that_kept_commits_need(folder: Path) -> None:
    later = Toc(3, "simple", (SegmentEntry(IndexFile("3.segment", 1, 1), 1, 0, None, {}),), keep=2, index_id="00ff")
    toc.write(folder, later)
    assert toc.read_kept(folder, 2) == STATE
    assert toc.needed_files(folder, later) == {"3.segment", "2.commit"} | STATE.files
    assert toc.needed_files(folder, later._replace(keep=1)) == {"3.segment"}
    (folder / "2.commit").rename(folder / "1.commit")
    with pytest.raises(IndexDamaged) as caught:
        toc.read_kept(folder, 1)
    assert caught.value.path == folder / "1.commit"
    with pytest.raises(FileNotFoundError):
        toc.read_kept(folder, 2)


def test_an_error_of_syncing_names_the_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_descriptor: int) -> None:
        raise OSError(errno.EIO, "planted")

    monkeypatch.setattr(os, "fsync", fail)
    before = len(names(Path("/dev/fd")))
    with pytest.raises(OSError, match="planted") as caught:
        toc.sync(folder / toc.NAME)
    assert caught.value.filename == str(folder / toc.NAME)
    assert len(names(Path("/dev/fd"))) == before
