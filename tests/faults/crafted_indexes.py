"""Sound indexes taken apart, and others made of them by hand and at random, with right checksums."""

import json
import os
import shutil
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import mutation
import numpy as np
from mutation import TEXTS
from numpy.typing import NDArray
from targets import sign, small_index

from jooya.indexer import Document, Index
from jooya.indexer.codec.section_writer import SectionWriter
from jooya.indexer.codec.sections import TRAILER, SectionFile

Array = NDArray[Any]
Make = Callable[[Path], object]
"""Makes what stands in the place of a file: a pipe, a link."""

Files = dict[str, bytes | Make]
"""The files of an index by name."""


class Segment(NamedTuple):
    """A segment taken apart: its sections by name, and what its directory says of it."""

    sections: dict[str, Array]
    about: dict[str, Any]


class Craft(NamedTuple):
    """A crafted index: its name, for reports, and its files."""

    name: str
    files: Files


class Plan(NamedTuple):
    """A crafted index that is only made when it is tried: its name, and a function that returns its files."""

    name: str
    make: Callable[[], Files]


class Sound:
    """The files of a sound index, and ways to change them behind their checksums.

    Attributes:
        files: The content of each file by name.
        segments: The names of the segments.
    """

    def __init__(self, folder: Path, make: Callable[[Path], Index]) -> None:
        """Make a sound index in a folder of its own.

        Args:
            folder: Where the folder is made.
            make: Makes the index.
        """
        folder.mkdir()
        self.path = folder / "sound"
        make(self.path).close()
        self._folder = folder
        self.files: dict[str, bytes] = {
            entry.name: entry.read_bytes() for entry in self.path.iterdir() if entry.suffix != ".lock"
        }
        self.segments = sorted(name for name in self.files if name.endswith(".segment"))
        self._apart = {name: self._taken_apart(self.files[name]) for name in self.segments}

    def toc(self) -> dict[str, Any]:
        """Return a copy of the table of contents."""
        content: dict[str, Any] = json.loads(self.files["toc.json"])
        return content

    def apart(self, name: str) -> Segment:
        """Return a copy of a segment, taken apart."""
        sections, about = self._apart[name]
        return Segment(dict(sections), json.loads(json.dumps(about)))

    def with_toc(self, toc: Any, files: Files | None = None) -> Files:
        """Return the files with this table of contents, signed."""
        if isinstance(toc, dict):
            toc.pop("checksum", None)
            toc["checksum"] = zlib.crc32(json.dumps(toc, sort_keys=True).encode())
        return {**self.files, **(files or {}), "toc.json": json.dumps(toc).encode()}

    def with_file(self, name: str, content: bytes) -> Files:
        """Return the files with another content of one of them, signed."""
        toc = self.toc()
        sign(toc, name, content)
        return self.with_toc(toc, {name: content})

    def with_segment(self, name: str, segment: Segment) -> Files:
        """Return the files with another segment in the place of one, signed."""
        return self.with_file(name, self.put_together(segment))

    def put_together(self, segment: Segment) -> bytes:
        """Return a segment file with these sections, signed."""
        path = self._folder / "put-together"
        with SectionWriter(path) as writer:
            for name, values in segment.sections.items():
                writer.add(name, values)
            writer.finish(segment.about)
        return path.read_bytes()

    def _taken_apart(self, content: bytes) -> Segment:
        _begin, _length, crc, _ = TRAILER.unpack(content[-TRAILER.size :])
        path = self._folder / "taken-apart"
        path.write_bytes(content)
        file = SectionFile(path, len(content), crc)
        return Segment({name: np.array(file.sections[name].all()) for name in file.sections}, file.about)


EDITS: dict[str, Callable[[Array], Array]] = {
    "first value greatest": lambda values: _with(values, 0, np.iinfo(values.dtype).max),
    "last value greatest": lambda values: _with(values, -1, np.iinfo(values.dtype).max),
    "middle value greatest": lambda values: _with(values, len(values) // 2, np.iinfo(values.dtype).max),
    "all greatest": lambda values: np.full_like(values, np.iinfo(values.dtype).max),
    "all zero": np.zeros_like,
    "reversed": lambda values: values[::-1].copy(),
    "one less": lambda values: values[:-1],
    "one more": lambda values: np.append(values, values[-1:]),
    "doubled": lambda values: np.tile(values, 2),
    "empty": lambda values: values[:0],
    "wider": lambda values: values.astype("<u8"),
    "signed": lambda values: values.astype("<i8") - 1000,
    "bytes": lambda values: values.astype("<u1"),
}
"""Changes of one section."""


def _with(values: Array, place: int, value: int) -> Array:
    changed = values.copy()
    if len(changed):
        changed[place] = value
    return changed


def by_hand(sound: Sound) -> Iterator[Plan]:
    """Yield indexes that were thought of: a matrix of sections and changes, and attacks by name."""
    largest = max(sound.segments, key=lambda name: len(sound.files[name]))
    for section in sound.apart(largest).sections:
        for what, edit in EDITS.items():
            segment = sound.apart(largest)
            segment.sections[section] = edit(segment.sections[section])
            yield Plan(f"{section}: {what}", partial(sound.with_segment, largest, segment))
    yield from _stored(sound, largest)
    yield from _directories(sound, largest)
    yield from _tables(sound)
    yield from _not_files(sound)


def _stored(sound: Sound, name: str) -> Iterator[Plan]:
    """Yield indexes whose stored values are bombs, or of other types than were written."""
    sections, _ = sound.apart(name)
    starts, stored = sections["stored_starts"], sections["stored"]
    lines = zlib.decompress(stored[int(starts[0]) : int(starts[1])].tobytes()).split(b"\n")

    def with_block(block: Callable[[], bytes]) -> Files:
        segment, content = sound.apart(name), block()
        rest = stored[int(starts[1]) :]
        segment.sections["stored"] = np.concatenate([np.frombuffer(content, np.uint8), rest])
        shift = len(content) - (int(starts[1]) - int(starts[0]))
        segment.sections["stored_starts"] = np.concatenate([starts[:1], starts[1:].astype(np.int64) + shift]).astype(
            "<u8"
        )
        return sound.with_segment(name, segment)

    def bomb() -> bytes:
        packer = zlib.compressobj(1)
        return b"".join(packer.compress(bytes(1 << 24)) for _ in range(128)) + packer.flush()

    def packed(change: Callable[[bytes], bytes]) -> bytes:
        return zlib.compress(b"\n".join(map(change, lines)))

    def with_field(field: str, value: object, line: bytes) -> bytes:
        return json.dumps(json.loads(line) | {field: value}).encode()

    def without_field(field: str, line: bytes) -> bytes:
        return json.dumps({k: v for k, v in json.loads(line).items() if k != field}).encode()

    blocks: dict[str, Callable[[], bytes]] = {
        "2 GB of zeros": bomb,
        "no zlib": lambda: b"nonsense" * 20,
        "cut": lambda: zlib.compress(b"\n".join(lines))[:-9],
        "deep JSON": lambda: packed(lambda _: b"[" * 100_000),
        "no objects": lambda: packed(lambda _: b"[1, 2]"),
        "fewer lines": lambda: zlib.compress(b"\n".join(lines[:-1])),
        "not UTF-8": lambda: packed(lambda _: b'{"text": "\xff\xfe"}'),
        "numbers beyond reason": lambda: packed(lambda _: b'{"start": ' + b"9" * 5000 + b"}"),
    }
    first = json.loads(lines[0])
    for field in sorted({*first, "gregorian", "jalali", "page", "time", "heading", "speaker", "collection", "title"}):
        for value in (None, 7, -1, 1.5, True, "", "x", "\ud800", [1], {"a": 1}, 1 << 70, float("nan"), float("inf")):
            blocks[f"{field} is {value!r}"] = partial(packed, partial(with_field, field, value))
        blocks[f"no {field}"] = partial(packed, partial(without_field, field))
    for what, block in blocks.items():
        yield Plan(f"stored: {what}", partial(with_block, block))


def _directories(sound: Sound, name: str) -> Iterator[Plan]:
    """Yield indexes whose segment says other things of itself."""
    about = sound.apart(name).about
    for number in (0, -1, 1, 1 << 31, 1 << 62, 1 << 70, 1.5, None, "7", True):
        segment = sound.apart(name)
        segment.about["documents"] = number
        yield Plan(f"documents: {number!r}", partial(sound.with_segment, name, segment))
    for field in about["fields"]:
        for key in ("terms", "documents", "length", "layout"):
            for value in (0, -1, 1 << 40, 1 << 70, None, [], [True] * 5, [False] * 5, "x"):
                segment = sound.apart(name)
                segment.about["fields"][field][key] = value
                yield Plan(f"{field}.{key}: {value!r}", partial(sound.with_segment, name, segment))
        segment = sound.apart(name)
        del segment.about["fields"][field]
        yield Plan(f"without the field {field}", partial(sound.with_segment, name, segment))
    yield Plan("60,000 fields", partial(_many_fields, sound, name))
    segment = sound.apart(name)
    # A term that says it is two million times in one document, at positions that take no bytes.
    for part, value in (("text.freqs", 2_000_000), ("exact.freqs", 2_000_000)):
        segment.sections[part] = np.full(len(segment.sections[part]), value, "<u4")
    yield Plan("frequencies of two million", partial(sound.with_segment, name, segment))


def _many_fields(sound: Sound, name: str) -> Files:
    segment = sound.apart(name)
    some = segment.about["fields"]["collection"]
    own = {part: values for part, values in segment.sections.items() if part.startswith("collection.")}
    for number in range(60_000):
        segment.about["fields"][f"f{number}"] = some
        segment.sections.update({part.replace("collection", f"f{number}"): values[:0] for part, values in own.items()})
    return sound.with_segment(name, segment)


def _tables(sound: Sound) -> Iterator[Plan]:
    """Yield indexes whose table of contents says other things than the segments."""
    value: Any
    for key in ("generation", "analysis", "segments", "attachment", "format"):
        for value in (None, -1, 1 << 70, "x", [], {}, [None], [{}], 1.5, True):
            yield Plan(f"toc {key}: {value!r}", partial(sound.with_toc, sound.toc() | {key: value}))
        toc = sound.toc()
        del toc[key]
        yield Plan(f"toc without {key}", partial(sound.with_toc, toc))
    for key in ("documents", "deleted", "deletions", "lengths", "file"):
        for value in (
            None,
            -1,
            0,
            1 << 31,
            1 << 70,
            "x",
            [],
            {},
            {"text": [0, 0]},
            {"text": [1, 1 << 60]},
            {"x": [1, 2]},
        ):
            toc = sound.toc()
            toc["segments"][0][key] = value
            yield Plan(f"toc segment {key}: {value!r}", partial(sound.with_toc, toc))
    for field in ("text", "title", "exact"):
        toc = sound.toc()
        for entry in toc["segments"]:
            entry["lengths"].pop(field, None)
        yield Plan(f"toc without lengths of {field}", partial(sound.with_toc, toc))
    toc = sound.toc()
    toc["segments"] = [toc["segments"][0]] * 2000
    yield Plan("one segment 2,000 times", partial(sound.with_toc, toc))
    toc = sound.toc()
    toc["segments"] = []
    yield Plan("no segments", partial(sound.with_toc, toc))
    for name in ("../x.segment", "/etc/passwd", "toc.json", "write.lock", "a/b", ".hidden", "x\0", "x" * 5000):
        toc = sound.toc()
        toc["segments"][0]["file"]["name"] = name
        yield Plan(f"toc names {name[:20]!r}", partial(sound.with_toc, toc))
    large: Files = {**sound.files, "toc.json": lambda path: path.write_bytes(b" " * (200 << 20))}
    yield Plan("toc of 200 MB", lambda: large)
    yield Plan("toc of brackets", lambda: {**sound.files, "toc.json": b"[" * (1 << 20)})
    manifest = sound.toc()["attachment"]["name"]
    for what, content in (
        ("nothing", b""),
        ("brackets", b"[" * 1_000_000),
        ("no object", b"[]"),
        ("numbers", b'{"files": {"a": [1, 2, 3, 4, 5]}, "left": {}}'),
        ("greatest numbers", b'{"files": {"a": ["a", [9e999, 1, 1], 1, 1, []]}, "left": {}}'),
        (
            "a hundred thousand files",
            json.dumps({"files": {f"/{n}": [f"{n}", None, 0, 1, []] for n in range(100_000)}, "left": {}}).encode(),
        ),
    ):
        yield Plan(f"manifest: {what}", partial(sound.with_file, manifest, content))
    for entry in sound.toc()["segments"]:
        if entry["deletions"]:
            name = entry["deletions"]["name"]
            size = len(sound.files[name])
            for what, content in (
                ("all", b"\xff" * size),
                ("short", b"\xff" * (size - 1)),
                ("long", b"\0" * (size + 9)),
                ("none", b"\0" * size),
            ):
                yield Plan(f"deletions: {what}", partial(sound.with_file, name, content))


def _not_files(sound: Sound) -> Iterator[Plan]:
    """Yield indexes in which something else stands where a file should be."""
    kinds: dict[str, Make] = {
        "a pipe": os.mkfifo,
        "a folder": Path.mkdir,
        "a link to /dev/zero": lambda path: path.symlink_to("/dev/zero"),
        "a link to itself": lambda path: path.symlink_to(path.name),
        "a link to nothing": lambda path: path.symlink_to("nothing"),
        "a link to another index's file": lambda path: path.symlink_to(path.parent.parent / "sound" / path.name),
    }
    for name in (*sound.files, "write.lock"):
        for what, make in kinds.items():
            files: Files = {**sound.files, name: make}
            yield Plan(f"{name} is {what}", partial(dict, files))


def at_random(sounds: Sequence[Sound], numbers: Iterable[int], seed: int) -> Iterator[tuple[Craft, Sound]]:
    """Yield indexes with random changes of random sections, directories, tables or manifests, and what they were."""
    for number in numbers:
        random = Random(f"{seed} {number}")
        sound = random.choice(sounds)
        kind = random.random()
        if kind < 0.75:
            name = random.choice(sound.segments)
            segment = sound.apart(name)
            for _ in range(random.choice((1, 1, 1, 2, 4))):
                section = random.choice(list(segment.sections))
                segment.sections[section] = _changed(random, segment.sections[section])
            files = sound.with_segment(name, segment)
        elif kind < 0.85:
            name = random.choice(sound.segments)
            segment = sound.apart(name)
            files = sound.with_segment(name, segment._replace(about=mutation.mutated_json(random, segment.about)))
        elif kind < 0.95:
            files = sound.with_toc(mutation.mutated_json(random, sound.toc()))
        else:
            manifest = sound.toc()["attachment"]["name"]
            known = mutation.mutated_json(random, json.loads(sound.files[manifest]))
            files = sound.with_file(manifest, json.dumps(known).encode())
        yield Craft(f"edit {number}", files), sound


def _changed(random: Random, values: Array) -> Array:
    if random.random() < 0.3 or not len(values):
        return random.choice(list(EDITS.values()))(values)
    changed = values.copy()
    info = np.iinfo(values.dtype)
    for _ in range(random.choice((1, 1, 2, 8))):
        place = random.randrange(len(changed))
        near = int(changed[place]) + random.choice((-1, 1, 8, -8))
        value = random.choice((0, 1, info.max, info.max // 2, random.randint(info.min, info.max), near, near))
        changed[place] = min(max(value, info.min), info.max)
    return changed


def several_segments(path: Path) -> Index:
    """Make an index of several segments with deletions, one of them with a long document."""
    index = small_index(path)
    index.add(Document("large", "باران و برف در شهر. " * 400, "شهر بزرگ"))
    return index


def one_segment(path: Path) -> Index:
    """Make an index of a single segment without deletions, from files alone."""
    index = Index.create(path)
    files = path.parent / "texts"
    files.mkdir()
    for number, text in enumerate(TEXTS[:6]):
        (files / f"{number}.txt").write_text(text[:3000], encoding="utf-8")
    (files / "c.jsonl").write_text(
        json.dumps({"id": "d1384", "text": "باران و برف", "title": "شهر", "date": "1384-09-22"}), encoding="utf-8"
    )
    index.add(files)
    shutil.rmtree(files)
    return index


def written(files: Files, sound: Sound, folder: Path) -> None:
    """Write the files of an index to an empty folder; unchanged ones are links to the sound index's."""
    folder.mkdir()
    for name, content in files.items():
        if callable(content):
            content(folder / name)
        elif content is sound.files.get(name):
            (folder / name).hardlink_to(sound.path / name)
        else:
            (folder / name).write_bytes(content)
