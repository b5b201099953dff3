"""Files of sections: their layout byte by byte, their bounds, and the pages that are checked."""

import hashlib
import json
import mmap
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from jooya.indexer import IndexDamaged
from jooya.indexer.codec import section_writer, sections
from jooya.indexer.codec.section_writer import SectionWriter, downcast
from jooya.indexer.codec.sections import DIGESTS, MAGIC, TRAILER, SectionFile, stored_size_and_checksum

Directory = dict[str, Any]

PAGE = 64
"""Bytes of a page, in place of some thousands, so that a few hundred bytes have pages of page checksums, too."""


@pytest.fixture(autouse=True)
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    assert sections.PAGE == 8192
    monkeypatch.setattr(sections, "PAGE", PAGE)
    monkeypatch.setattr(section_writer, "PAGE", PAGE)


def content(size: int) -> bytes:
    return (bytes(range(251)) * (size // 251 + 1))[:size]


def write(path: Path, size: int) -> tuple[int, int]:
    """Write a file with a section of so many bytes in three pieces, one that grows, and one of numbers."""
    with SectionWriter(path) as writer:
        for piece in (content(size)[: size // 2], b"", content(size)[size // 2 :]):
            writer.append("grown", np.frombuffer(piece, np.uint8))
        writer.add("numbers", np.array([-1, 5], "<i8"))
        return writer.finish({"kind": "trial"})


def parts(path: Path) -> tuple[bytes, Directory, int, bytes]:
    """Return what stands before the directory, the directory, its offset, and the trailer."""
    whole = path.read_bytes()
    begin, length, _checksum, _magic = TRAILER.unpack(whole[-TRAILER.size :])
    return whole[:begin], json.loads(whole[begin : begin + length]), begin, whole[-TRAILER.size :]


def pages(data: bytes) -> list[bytes]:
    return [data[start : start + PAGE] for start in range(0, len(data), PAGE)]


@pytest.mark.parametrize("size", [*range(180), 700, 2048 * 3])
def test_each_byte_of_a_file_stands_where_it_is_said(tmp_path: Path, size: int) -> None:
    path = tmp_path / "file"
    written, checksum = write(path, size)
    before, directory, begin, trailer = parts(path)
    whole = path.read_bytes()
    assert written == len(whole) == begin + len(json.dumps(directory)) + TRAILER.size
    own = MAGIC + np.array([-1, 5], "<i8").tobytes() + content(size)
    digests = b"".join(hashlib.sha256(page).digest() for page in pages(own))
    end = len(own) + len(digests)
    checksums = np.array([zlib.crc32(page) for page in pages(own + digests)], "<u4").tobytes()
    assert before == own + digests + checksums
    assert directory == {
        "end": end,
        "checksums": [zlib.crc32(page) for page in pages(checksums)],
        "digest": hashlib.sha256(digests).hexdigest(),
        "sections": {"numbers": [8, 2, "i8"], "grown": [24, size, "u1"], DIGESTS: [len(own), len(digests), "u1"]},
        "about": {"kind": "trial"},
    }
    assert trailer == TRAILER.pack(begin, len(json.dumps(directory)), checksum, MAGIC)
    assert checksum == zlib.crc32(whole[begin : -TRAILER.size])
    assert stored_size_and_checksum(path) == (written, checksum)
    digest = hashlib.sha256(whole[begin : -TRAILER.size]).hexdigest()
    for given in (None, digest):
        file = SectionFile(path, written, checksum, digest=given)
        assert (file.digest, file.about) == (digest, {"kind": "trial"})
        assert set(file.sections) == {"numbers", "grown"}
        assert file.sections["numbers"].all().tolist() == [-1, 5]
        assert file.sections["grown"].bytes(0, size) == content(size)
        assert file.sections["grown"].unchecked().tobytes() == content(size)
        file.check_all()


def test_what_is_read_must_be_in_the_section(tmp_path: Path) -> None:
    path = tmp_path / "file"
    with SectionWriter(path) as writer:
        writer.add("bytes", b"abcd")
        writer.add("words", np.array([7, 8, 9], "<u2"))
        assert (writer.has("bytes"), writer.has("none")) == (True, False)
        writer.append("late", np.zeros(1, np.uint8))
        assert writer.has("late")
        found = writer.finish({})
    file = SectionFile(path, *found)
    one, words = file.sections["bytes"], file.sections["words"]
    assert (one.count, one.kind, words.count, words.kind) == (4, "u1", 3, "u2")
    assert words.read(1, 3).tolist() == [8, 9]
    assert words.read(3, 3).tolist() == []
    assert words.read(3, 3).dtype == np.uint16
    assert (words.two(0), words.two(1)) == ((7, 8), (8, 9))
    assert (one.bytes(1, 3), one.bytes(4, 4), one.bytes(0, 4)) == (b"bc", b"", b"abcd")
    for start, stop in ((-1, 1), (0, 5), (2, 1), (5, 5)):
        with pytest.raises(IndexDamaged):
            one.bytes(start, stop)
        with pytest.raises(IndexDamaged):
            one.read(start, stop)
    for start in (-1, 2, 3):
        with pytest.raises(IndexDamaged):
            words.two(start)


def test_a_changed_byte_is_found_in_its_page_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "file"
    size, checksum = write(path, 3 * PAGE)
    whole = path.read_bytes()
    begin = parts(path)[2]
    end = parts(path)[1]["end"]
    for place in (0, PAGE - 1, PAGE, 3 * PAGE - 1, 3 * PAGE, end - 1):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        with pytest.raises(IndexDamaged):
            SectionFile(path, size, checksum)
        file = SectionFile(path, size, checksum, check=False)
        for number in range(4):
            start, stop = number * PAGE, min((number + 1) * PAGE, end)
            if start <= place < stop:
                for first, last in ((start, stop), (start, start + 1), (stop - 1, stop), (start, start + 1)):
                    with pytest.raises(IndexDamaged):
                        file.check(first, last)
            else:
                file.check(start, stop)
        monkeypatch.setattr(sections, "CHECKED_WHEN_OPENED", size - 1)
        SectionFile(path, size, checksum)
        monkeypatch.setattr(sections, "CHECKED_WHEN_OPENED", size)
        with pytest.raises(IndexDamaged):
            SectionFile(path, size, checksum)
    for place in (end, begin - 1):  # a page checksum
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        with pytest.raises(IndexDamaged):
            SectionFile(path, size, checksum)


def test_what_is_read_is_checked_and_nothing_else(tmp_path: Path) -> None:
    """In a file that is not checked as a whole, each way of reading checks the pages that it reads."""
    path = tmp_path / "file"
    with SectionWriter(path) as writer:
        writer.append("words", np.arange(100, dtype="<u2")[:40])
        writer.append("words", np.arange(100, dtype="<u2")[40:])
        writer.add("bytes", content(301))
        writer.append("wide", np.arange(30, dtype="<u4"))
        size, checksum = writer.finish({})
        assert path.stat().st_size == size  # an error of the disk must have been raised by now
    whole = path.read_bytes()
    places = {"bytes": (8, 1, 301), "words": (309, 2, 100), "wide": (509, 4, 30)}
    for damaged in range(629 // PAGE + 1):
        place = damaged * PAGE + 9
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        for name, (begin, width, count) in places.items():
            ways: list[tuple[str, int]] = [("read", 1), ("read", 7), ("read", count), ("two", 2)]
            if width == 1:
                ways = [("bytes", 1), ("bytes", 33), ("bytes", count), *ways[:3]]
            for way, length in ways:
                for start in range(count - length + 1):
                    section = SectionFile(path, size, checksum, check=False).sections[name]
                    first = (begin + start * width) // PAGE
                    last = (begin + (start + length) * width - 1) // PAGE
                    arguments = (start,) if way == "two" else (start, start + length)
                    if first <= damaged <= last:
                        with pytest.raises(IndexDamaged):
                            getattr(section, way)(*arguments)
                    else:
                        found = getattr(section, way)(*arguments)
                        values = np.frombuffer(whole[begin : begin + width * count], f"<u{width}")
                        assert list(found) == values[start : start + length].tolist()


def test_page_checksums_are_checked_page_by_page(tmp_path: Path) -> None:
    path = tmp_path / "file"
    size, checksum = write(path, 50 * PAGE)
    whole = path.read_bytes()
    _before, directory, begin, _trailer = parts(path)
    end = directory["end"]
    of_each = PAGE // 4
    for place in range(end, begin, 4):
        damaged = (place - end) // PAGE  # the page of page checksums that is damaged
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        for number in {*range(0, -(-end // PAGE), of_each), *range(of_each - 1, -(-end // PAGE), of_each)}:
            file = SectionFile(path, size, checksum, check=False)
            if number // of_each == damaged:
                with pytest.raises(IndexDamaged):
                    file.check(number * PAGE, number * PAGE + 1)
            else:
                file.check(number * PAGE, number * PAGE + 1)


def test_memory_of_pages_is_released_where_that_can_be(tmp_path: Path) -> None:
    class Map:
        def __init__(self) -> None:
            self.asked: list[int] = []

        def madvise(self, advice: int) -> None:
            self.asked.append(advice)
            raise OSError

    path = tmp_path / "file"
    file = SectionFile(path, *write(path, 10))
    file.map = fake = Map()  # type: ignore[assignment]
    file.release()
    assert fake.asked == [mmap.MADV_DONTNEED]


def test_a_page_is_checked_once(tmp_path: Path) -> None:
    path = tmp_path / "file"
    size, checksum = write(path, 3 * PAGE)
    file = SectionFile(path, size, checksum, check=False)
    file.check(PAGE, 2 * PAGE)
    with path.open("r+b") as other:
        other.seek(PAGE + 5)
        other.write(b"\xff\xff")
        other.seek(2 * PAGE + 5)
        other.write(b"\xff\xff")
    file.check(PAGE, 2 * PAGE)
    file.check(0, PAGE)
    with pytest.raises(IndexDamaged):
        file.check(2 * PAGE, 2 * PAGE + 1)


def rewrite(path: Path, edit: Callable[[Directory], object], begin: int = 0, more: bytes = b"") -> tuple[int, int]:
    """Change the directory of a file, whose checksum is made right; return the size and the checksum."""
    before, directory, at, _trailer = parts(path)
    edit(directory)
    text = json.dumps(directory).encode()
    checksum = zlib.crc32(text)
    path.write_bytes(before + text + more + TRAILER.pack(at + begin, len(text), checksum, MAGIC))
    return path.stat().st_size, checksum


def _section(name: str, place: int, value: object) -> Callable[[Directory], object]:
    def edit(directory: Directory) -> None:
        directory["sections"][name][place] = value

    return edit


DIRECTORIES: dict[str, Callable[[Directory], object]] = {
    "an end beyond the checksums": lambda directory: directory.update(end=directory["end"] + 4),
    "an end before the last section": lambda directory: directory.update(end=directory["end"] - 4),
    "an end below zero": lambda directory: directory.update(end=-4),
    "too few checksums": lambda directory: directory.update(checksums=[]),
    "too many checksums": lambda directory: directory["checksums"].append(0),
    "checksums that are text": lambda directory: directory.update(checksums=["0"]),
    "a gap before a section": _section("grown", 0, 25),
    "a section in another place": _section("grown", 0, 23),
    "a longer section": _section("grown", 1, 11),
    "a shorter section": _section("grown", 1, 9),
    "a length below zero": _section("grown", 1, -1),
    "another type": _section("grown", 2, "u2"),
    "a type that is none": _section("grown", 2, "f4"),
    "an offset with a fraction": _section("grown", 0, 24.0),
    "no description": lambda directory: directory.pop("about"),
    "no sections": lambda directory: directory.pop("sections"),
    "sections in a list": lambda directory: directory.update(sections=[]),
}


@pytest.mark.parametrize("kind", DIRECTORIES)
def test_a_directory_must_describe_its_file(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "file"
    write(path, 10)
    assert SectionFile(path, *rewrite(path, lambda _directory: None)).sections["grown"].count == 10
    with pytest.raises(IndexDamaged) as caught:
        SectionFile(path, *rewrite(path, DIRECTORIES[kind]))
    assert caught.value.path == path


def test_a_trailer_must_belong_to_its_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "file"
    size, checksum = write(path, 10)
    whole = path.read_bytes()
    length = len(json.dumps(parts(path)[1]))
    for given in ((size, checksum + 1), (size - 1, checksum), (size + 1, checksum), (TRAILER.size - 1, checksum)):
        with pytest.raises(IndexDamaged):
            SectionFile(path, *given)
    with pytest.raises(IndexDamaged):
        SectionFile(path, *rewrite(path, lambda _directory: None, begin=1))
    path.write_bytes(whole)
    with pytest.raises(IndexDamaged):
        SectionFile(path, *rewrite(path, lambda _directory: None, more=b" "))
    path.write_bytes(whole[:-1] + b"\x00")
    with pytest.raises(IndexDamaged):
        SectionFile(path, size, checksum)
    path.write_bytes(whole)
    monkeypatch.setattr(sections, "_MAX_DIRECTORY", length)
    SectionFile(path, size, checksum)
    monkeypatch.setattr(sections, "_MAX_DIRECTORY", length - 1)
    with pytest.raises(IndexDamaged):
        SectionFile(path, size, checksum)
    path.write_bytes(whole[-TRAILER.size :])
    assert stored_size_and_checksum(path) == (TRAILER.size, checksum)
    path.write_bytes(whole[-TRAILER.size + 1 :])
    with pytest.raises(IndexDamaged):
        stored_size_and_checksum(path)


def test_who_alters_a_file_and_its_checksums_is_found_by_the_digest(tmp_path: Path) -> None:
    """The directory with the right digest has the digests of the pages; so other pages are not authentic."""
    path = tmp_path / "file"
    size, checksum = write(path, 3 * PAGE)
    digest = SectionFile(path, size, checksum).digest
    with pytest.raises(IndexDamaged):
        SectionFile(path, size, checksum, digest="00" * 32)
    for place in (9, PAGE, 3 * PAGE + 20):
        write(path, 3 * PAGE)
        before, directory, begin, _trailer = parts(path)
        end = directory["end"]
        altered = bytearray(before[:end])
        altered[place] ^= 1
        checksums = np.array([zlib.crc32(page) for page in pages(bytes(altered))], "<u4").tobytes()
        directory["checksums"] = [zlib.crc32(page) for page in pages(checksums)]
        text = json.dumps(directory).encode()
        path.write_bytes(altered + checksums + text + TRAILER.pack(begin, len(text), zlib.crc32(text), MAGIC))
        found = path.stat().st_size, zlib.crc32(text)
        SectionFile(path, *found).check_all()
        with pytest.raises(IndexDamaged):
            SectionFile(path, *found, digest=digest)  # its directory is another one
        own = hashlib.sha256(text).hexdigest()
        file = SectionFile(path, *found, check=False, digest=own)
        with pytest.raises(IndexDamaged):
            file.check(place, place + 1)
        with pytest.raises(IndexDamaged):
            SectionFile(path, *found, digest=own)
    write(path, 3 * PAGE)
    for edit in (
        lambda directory: directory.update(digest="00" * 32),
        lambda directory: directory["sections"].update({"other": directory["sections"].pop(DIGESTS)}),
    ):
        found = rewrite(path, edit)
        SectionFile(path, *found)
        with pytest.raises(IndexDamaged):
            SectionFile(path, *found, digest=hashlib.sha256(json.dumps(parts(path)[1]).encode()).hexdigest())


def test_a_file_is_current_until_another_has_its_name(tmp_path: Path) -> None:
    path = tmp_path / "file"
    size, checksum = write(path, 10)
    file = SectionFile(path, size, checksum)
    assert file.is_current()
    write(tmp_path / "other", 10)
    (tmp_path / "other").replace(path)
    assert not file.is_current()
    assert file.sections["grown"].bytes(0, 10) == content(10)
    file.release()
    file.check_all()
    (tmp_path / "third").symlink_to(path)
    path.rename(tmp_path / "fourth")
    again = SectionFile(tmp_path / "fourth", size, checksum)
    (tmp_path / "fourth").rename(path)
    (tmp_path / "fourth").symlink_to(path)
    assert not again.is_current()  # a link to the file is not the file
    path.unlink()
    with pytest.raises(FileNotFoundError):
        file.is_current()


def test_an_error_while_a_file_is_written_leaves_nothing(tmp_path: Path) -> None:
    path = tmp_path / "file"
    with pytest.raises(KeyError), SectionWriter(path) as writer:
        writer.append("grown", np.zeros(5, np.uint8))
        raise KeyError
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(ValueError, match="closed"):
        writer.append("grown", np.zeros(5, np.uint8))
    (tmp_path / "kept").write_bytes(b"kept")
    path.symlink_to(tmp_path / "kept")
    write(path, 1)
    assert not path.is_symlink()
    assert (tmp_path / "kept").read_bytes() == b"kept"


def test_numbers_take_the_smallest_type_that_holds_them() -> None:
    for greatest, kind in ((0, "u1"), (255, "u1"), (256, "u2"), (65_535, "u2"), (65_536, "u4"), (1 << 32, "u8")):
        found = downcast(np.array([0, greatest, 0], np.int64))
        assert (found.dtype, found.tolist()) == (np.dtype(kind), [0, greatest, 0])
    assert downcast(np.empty(0, np.int64)).dtype == np.uint8
