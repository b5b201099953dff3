"""With its key, an index that somebody else has altered is refused, though its checksums are right."""

import json
import os
import shutil
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from command import run
from reference_ranker import SCHEMA, search
from sealed_index import KEY, make, read_all

from jooya.indexer import BadArgument, Document, Index, IndexUnusable, JooyaError
from jooya.indexer.codec import sections, toc
from jooya.indexer.integrity.backup import is_sound
from jooya.indexer.whoosh.column_index import ColumnIndex

OTHER = b"fedcba9876543210"


@pytest.fixture
def sealed(tmp_path: Path) -> Path:
    return make(tmp_path / "index", KEY).path


def test_a_sealed_index_is_used_with_its_key_as_any_other(sealed: Path) -> None:
    read_all(sealed, KEY)
    with Index.open(sealed, key=KEY) as index:
        index.add(Document("more", "تگرگ"))
        index.remove("d1")
        index.declare({"author": "keyword"})
        index.keep(3)
        with index._writer() as writer:
            writer.optimize = True
        assert index.search("تگرگ").total == 1
        assert index.add(*(Document(f"j{number}", "باران") for number in range(9)), jobs=2).new == 9
    assert Index.check(sealed, key=KEY).problems == []
    assert Index.scrub(sealed, key=KEY).problems == []


def test_without_the_key_it_is_read_and_not_written_to(sealed: Path, tmp_path: Path) -> None:
    read_all(sealed, None)
    before = (sealed / toc.NAME).read_bytes()
    with Index.open(sealed) as index:
        calls: list[Callable[[], object]] = [
            lambda: index.add(Document("x", "باران")),
            lambda: index.remove("d1"),
            lambda: index.declare({"author": "keyword"}),
            lambda: index.keep(3),
        ]
        for call in calls:
            with pytest.raises(IndexUnusable, match="is not written to without its key") as raised:
                call()
            assert raised.value.reason == "key"
        assert index.backup(tmp_path / "copy").documents == 20
    assert (sealed / toc.NAME).read_bytes() == before
    read_all(tmp_path / "copy", KEY)
    with pytest.raises(IndexUnusable, match="has an authentication code, which a repair would give"):
        Index.repair(sealed)


def test_other_keys_and_indexes_without_a_code_are_refused(sealed: Path, tmp_path: Path) -> None:
    with pytest.raises(IndexUnusable, match="was written with another key, or somebody has altered it") as raised:
        Index.open(sealed, key=OTHER)
    assert raised.value.reason == "key"
    for call in (Index.check, Index.scrub):
        with pytest.raises(IndexUnusable, match="another key"):
            call(sealed, key=OTHER)
    make(tmp_path / "open", None)
    with pytest.raises(IndexUnusable, match="has no authentication code: it was made without a key"):
        Index.open(tmp_path / "open", key=KEY)


def test_every_value_of_the_table_of_contents_is_authenticated(sealed: Path) -> None:
    table = json.loads((sealed / toc.NAME).read_bytes())
    for name in sorted(table.keys() - {"checksum", "format"}):
        altered = dict(table)
        altered[name] = {"str": "00", "int": 5, "list": [], "dict": {"x": "text"}, "NoneType": {}}[
            type(table[name]).__name__
        ]
        del altered["checksum"]
        altered["checksum"] = zlib.crc32(json.dumps(altered, sort_keys=True).encode())
        (sealed / toc.NAME).write_text(json.dumps(altered))
        with pytest.raises(IndexUnusable, match="another key"):
            Index.open(sealed, key=KEY)


def test_a_page_that_was_altered_with_its_checksums_is_seen_when_it_is_read(
    index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The segment keeps its directory, as far as its own checksum goes: only the digests tell."""
    monkeypatch.setattr(sections, "CHECKED_WHEN_OPENED", 0)
    index.add(Document(f"d{number}", f"باران {number} " * 50) for number in range(300))
    Index.seal(index.path, KEY)
    path = index.path / "1.segment"
    content = bytearray(path.read_bytes())
    begin, length, _, magic = sections.TRAILER.unpack(content[-sections.TRAILER.size :])
    directory = json.loads(content[begin : begin + length])
    end = directory["end"]
    page = 3
    content[page * sections.PAGE + 5] ^= 1
    changed = zlib.crc32(content[page * sections.PAGE : (page + 1) * sections.PAGE])
    content[end + 4 * page : end + 4 * page + 4] = changed.to_bytes(4, "little")
    checksums = content[end:begin]
    directory["checksums"] = [
        zlib.crc32(checksums[start : start + sections.PAGE]) for start in range(0, len(checksums), sections.PAGE)
    ]
    again = json.dumps(directory).encode()
    assert len(again) in range(length - 3, length + 4)
    content[begin:] = again + sections.TRAILER.pack(begin, len(again), zlib.crc32(again), magic)
    path.write_bytes(content)
    state = toc.read(index.path)
    entry = state.segments[0]
    file = entry.file._replace(size=len(content), checksum=zlib.crc32(again))
    toc.write(index.path, state._replace(segments=(entry._replace(file=file),)), KEY)  # all but the digest
    with Index.open(index.path) as opened:
        assert opened.search("باران").total == 300
    with pytest.raises(IndexUnusable, match=r"1\.segment is damaged"):
        read_all(index.path, KEY)
    assert Index.scrub(index.path).problems == []
    assert f"{path} is damaged" not in Index.check(index.path).problems
    for call in (Index.check, Index.scrub):
        assert call(index.path, key=KEY).problems == [f"{path} is damaged"]
    assert not is_sound(path, file)  # a backup is held to the digests, with a key or without one
    assert is_sound(path, file._replace(digest=""))


def test_what_is_done_already_is_no_commit(sealed: Path) -> None:
    before = toc.read(sealed)
    Index.seal(sealed, KEY)
    assert toc.read(sealed) == before
    with pytest.raises(IndexUnusable, match="another key"):
        Index.seal(sealed, OTHER)
    Index.unseal(sealed, KEY)
    after = toc.read(sealed)
    assert (after.generation, after.segments, after.code) == (before.generation + 1, before.segments, "")
    Index.unseal(sealed)
    assert toc.read(sealed) == after


def test_a_sealing_that_fails_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(Path(__file__).parent / "data" / "index-format-7", tmp_path / "index")
    before = {path.name for path in (tmp_path / "index").iterdir()}

    def full(*_arguments: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(toc, "write", full)
    with pytest.raises(OSError, match="No space left"):
        Index.seal(tmp_path / "index", KEY)
    assert {path.name for path in (tmp_path / "index").iterdir()} - {"write.lock"} == before - {"write.lock"}


def test_an_older_index_is_sealed_by_writing_its_segments_again(tmp_path: Path) -> None:
    """Segments from before format 8 have no digests."""
    shutil.copytree(Path(__file__).parent / "data" / "index-format-7", tmp_path / "index")
    index = ColumnIndex(tmp_path / "index", SCHEMA, order="key")
    before = search(index)
    Index.seal(tmp_path / "index", KEY)
    names = {entry.file.name for entry in toc.read(tmp_path / "index", KEY).segments}
    assert names == {"4-0.segment", "4-1.segment"}
    sealed = ColumnIndex(tmp_path / "index", SCHEMA, order="key", key=KEY)
    assert search(sealed) == before
    with sealed.writer() as writer:
        writer.add_document(key="new", text="ax")
    assert len(search(sealed)) == len(before) + 1


def test_a_sealed_backup_is_restored_and_mends(sealed: Path, tmp_path: Path) -> None:
    with Index.open(sealed, key=KEY) as index:
        index.backup(tmp_path / "copy")
        index.backup(tmp_path / "shared", paths=False)
    read_all(tmp_path / "copy", KEY)
    read_all(tmp_path / "shared", KEY)
    name = toc.read(sealed).segments[0].file.name
    content = bytearray((sealed / name).read_bytes())
    content[100] ^= 1
    (sealed / name).write_bytes(content)
    assert Index.scrub(sealed, backup=tmp_path / "copy", key=KEY).mended == [name]
    Index.restore(tmp_path / "copy", to=tmp_path / "restored", key=KEY)
    read_all(tmp_path / "restored", KEY)
    Index.unseal(sealed, KEY)
    with Index.open(sealed) as index:
        index.add(Document("x", "باران"))
    Index.unseal(tmp_path / "restored")
    read_all(tmp_path / "restored", None)


def test_no_message_has_the_key(sealed: Path, tmp_path: Path) -> None:
    for key in ("a key as text, which is wrong", b"short", 7, bytearray(KEY)):
        with pytest.raises(BadArgument, match="key is not bytes, or too short: give 16 bytes or more") as raised:
            Index.open(sealed, key=key)  # type: ignore[arg-type]
        assert raised.value.value is None
    secret = "a secret that is long enough"
    with pytest.raises(JooyaError) as refused:
        Index.open(sealed, key=secret.encode())
    assert secret not in repr(refused.value)
    (tmp_path / "key").write_text(f"{secret}\n")
    for command in (["status", "--json"], ["search", "باران"], ["index", "."], ["check"], ["scrub"], ["commits"]):
        code, out, err = run(*command, "--key-file", "key", cwd=tmp_path)
        assert (code, out) == (2, "")
        assert err.startswith("jooya: index was written with another key, or somebody has altered it: give the key")
        assert secret not in err
    (tmp_path / "key").write_text("short")
    assert "short" not in run("status", "--key-file", "key", cwd=tmp_path)[2].replace("too short", "")


def test_the_commands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.txt").write_text("باران", encoding="utf-8")
    (tmp_path / "key").write_bytes(os.urandom(32).replace(b"\n", b"x").replace(b"\r", b"x"))
    assert run("index", "a.txt", cwd=tmp_path)[0] == 0
    assert run("seal", cwd=tmp_path)[2].startswith("jooya: give the key with --key-file FILE, or in JOOYA_KEY")
    assert run("seal", "--key-file", "key", cwd=tmp_path) == (0, "index has an authentication code now\n", "")
    code, _, err = run("remove", "a.txt", cwd=tmp_path)
    assert code == 2
    assert err.startswith("jooya: index has an authentication code, and is not written to without its key: ")
    assert "(--key-file FILE)" in err
    with monkeypatch.context() as patch:
        patch.setenv("JOOYA_KEY_FILE", "key")
        for command in (["index", "a.txt"], ["search", "باران"], ["check"], ["scrub"], ["backup", "copy"], ["status"]):
            assert run(*command, cwd=tmp_path)[0] == 0
    with monkeypatch.context() as patch:
        patch.setenv("JOOYA_KEY", "another key of some length")
        assert run("search", "-i", "copy", "باران", cwd=tmp_path)[0] == 2
    assert run("search", "-i", "copy", "باران", cwd=tmp_path)[0] == 0
    removed = (0, "index has no authentication code now\n", "")
    assert run("seal", "--remove", "--key-file", "key", cwd=tmp_path) == removed
    assert run("remove", "a.txt", cwd=tmp_path)[0] == 0
    (tmp_path / "jooya.toml").write_text('[search]\nkey-file = "key"\n')
    assert "has no 'key-file'" in run("search", "باران", cwd=tmp_path)[2]
