"""Crafted indexes whose checksums are all right: each is answered or refused, within limits of time and memory.

An attacker computes checksums, too. So each input takes the files of a sound index, changes values behind the
checksums (in sections, in their directory, in the table of contents, in the manifest), and signs everything anew.

python tests/faults/crafted.py --edits 20000
"""

import argparse
import gc
import json
import os
import resource
import shutil
import signal
import sys
import tempfile
import time
import traceback
import warnings
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import chain, islice
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # what is forked has one thread

import mutation
import numpy as np
from mutation import TEXTS
from numpy.typing import NDArray
from targets import sign, small_index

from jooya.indexer import BeyondLimit, Document, Index, JooyaError, Limits
from jooya.indexer.codec.section_writer import SectionWriter
from jooya.indexer.codec.sections import TRAILER, SectionFile

TIMEOUT = 2.0
"""Seconds that each query is given."""

SECONDS = 4.0
"""Processor seconds that one call may take: two over the limit. Calls without a limit read files of some kilobytes."""

MEGABYTES = 500
"""Memory that a call may take, beyond what the process had before."""

STUCK = 60
"""Seconds after which a process is killed."""

AT_ONCE = 20
"""Crafted indexes that one process tries, one after another."""

QUERIES = (
    "باران +برف",
    '"دانش شهر"',
    "شه*",
    "بارن~",
    "date:1384 باران",
    "title:باران",
    "doc:d1* باران",
    '"برف خانه"~5',
    "خانه -رفت",
)

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


def by_hand(sound: Sound) -> Iterator[Craft]:
    """Yield indexes that were thought of: a matrix of sections and changes, and attacks by name."""
    largest = max(sound.segments, key=lambda name: len(sound.files[name]))
    for section in sound.apart(largest).sections:
        for what, edit in EDITS.items():
            segment = sound.apart(largest)
            segment.sections[section] = edit(segment.sections[section])
            yield Craft(f"{section}: {what}", sound.with_segment(largest, segment))
    yield from _stored(sound, largest)
    yield from _directories(sound, largest)
    yield from _tables(sound)
    yield from _not_files(sound)


def _stored(sound: Sound, name: str) -> Iterator[Craft]:
    """Yield indexes whose stored values are bombs, or of other types than were written."""
    sections, _ = sound.apart(name)
    starts, stored = sections["stored_starts"], sections["stored"]
    lines = zlib.decompress(stored[int(starts[0]) : int(starts[1])].tobytes()).split(b"\n")

    def with_block(what: str, block: bytes) -> Craft:
        segment = sound.apart(name)
        rest = stored[int(starts[1]) :]
        segment.sections["stored"] = np.concatenate([np.frombuffer(block, np.uint8), rest])
        shift = len(block) - (int(starts[1]) - int(starts[0]))
        segment.sections["stored_starts"] = np.concatenate([starts[:1], starts[1:].astype(np.int64) + shift]).astype(
            "<u8"
        )
        return Craft(f"stored: {what}", sound.with_segment(name, segment))

    packer = zlib.compressobj(1)
    bomb = b"".join(packer.compress(bytes(1 << 24)) for _ in range(128)) + packer.flush()
    yield with_block("2 GB of zeros", bomb)
    yield with_block("no zlib", b"nonsense" * 20)
    yield with_block("cut", zlib.compress(b"\n".join(lines))[:-9])
    yield with_block("deep JSON", zlib.compress(b"\n".join([b"[" * 100_000] * len(lines))))
    yield with_block("no objects", zlib.compress(b"\n".join([b"[1, 2]"] * len(lines))))
    yield with_block("fewer lines", zlib.compress(b"\n".join(lines[:-1])))
    yield with_block("not UTF-8", zlib.compress(b"\n".join([b'{"text": "\xff\xfe"}'] * len(lines))))
    yield with_block(
        "numbers beyond reason", zlib.compress(b"\n".join([b'{"start": ' + b"9" * 5000 + b"}"] * len(lines)))
    )
    first = json.loads(lines[0])
    for field in sorted({*first, "gregorian", "jalali", "page", "time", "heading", "speaker", "collection", "title"}):
        for value in (None, 7, -1, 1.5, True, "", "x", "\ud800", [1], {"a": 1}, 1 << 70, float("nan"), float("inf")):
            values = [json.dumps(json.loads(line) | {field: value}).encode() for line in lines]
            yield with_block(f"{field} is {value!r}", zlib.compress(b"\n".join(values)))
        values = [json.dumps({k: v for k, v in json.loads(line).items() if k != field}).encode() for line in lines]
        yield with_block(f"no {field}", zlib.compress(b"\n".join(values)))


def _directories(sound: Sound, name: str) -> Iterator[Craft]:
    """Yield indexes whose segment says other things of itself."""
    about = sound.apart(name).about
    for number in (0, -1, 1, 1 << 31, 1 << 62, 1 << 70, 1.5, None, "7", True):
        segment = sound.apart(name)
        segment.about["documents"] = number
        yield Craft(f"documents: {number!r}", sound.with_segment(name, segment))
    for field in about["fields"]:
        for key in ("terms", "documents", "length", "layout"):
            for value in (0, -1, 1 << 40, 1 << 70, None, [], [True] * 5, [False] * 5, "x"):
                segment = sound.apart(name)
                segment.about["fields"][field][key] = value
                yield Craft(f"{field}.{key}: {value!r}", sound.with_segment(name, segment))
        segment = sound.apart(name)
        del segment.about["fields"][field]
        yield Craft(f"without the field {field}", sound.with_segment(name, segment))
    segment = sound.apart(name)
    some = about["fields"]["collection"]
    own = {part: values for part, values in segment.sections.items() if part.startswith("collection.")}
    for number in range(60_000):
        segment.about["fields"][f"f{number}"] = some
        segment.sections.update({part.replace("collection", f"f{number}"): values[:0] for part, values in own.items()})
    yield Craft("60,000 fields", sound.with_segment(name, segment))
    segment = sound.apart(name)
    # A term that says it is two million times in one document, at positions that take no bytes.
    for part, value in (("text.freqs", 2_000_000), ("exact.freqs", 2_000_000)):
        segment.sections[part] = np.full(len(segment.sections[part]), value, "<u4")
    yield Craft("frequencies of two million", sound.with_segment(name, segment))


def _tables(sound: Sound) -> Iterator[Craft]:
    """Yield indexes whose table of contents says other things than the segments."""
    value: Any
    for key in ("generation", "analysis", "segments", "attachment", "format"):
        for value in (None, -1, 1 << 70, "x", [], {}, [None], [{}], 1.5, True):
            yield Craft(f"toc {key}: {value!r}", sound.with_toc(sound.toc() | {key: value}))
        toc = sound.toc()
        del toc[key]
        yield Craft(f"toc without {key}", sound.with_toc(toc))
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
            yield Craft(f"toc segment {key}: {value!r}", sound.with_toc(toc))
    for field in ("text", "title", "exact"):
        toc = sound.toc()
        for entry in toc["segments"]:
            entry["lengths"].pop(field, None)
        yield Craft(f"toc without lengths of {field}", sound.with_toc(toc))
    toc = sound.toc()
    toc["segments"] = [toc["segments"][0]] * 2000
    yield Craft("one segment 2,000 times", sound.with_toc(toc))
    toc = sound.toc()
    toc["segments"] = []
    yield Craft("no segments", sound.with_toc(toc))
    for name in ("../x.segment", "/etc/passwd", "toc.json", "write.lock", "a/b", ".hidden", "x\0", "x" * 5000):
        toc = sound.toc()
        toc["segments"][0]["file"]["name"] = name
        yield Craft(f"toc names {name[:20]!r}", sound.with_toc(toc))
    yield Craft("toc of 200 MB", {**sound.files, "toc.json": lambda path: path.write_bytes(b" " * (200 << 20))})
    yield Craft("toc of brackets", {**sound.files, "toc.json": b"[" * (1 << 20)})
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
        yield Craft(f"manifest: {what}", sound.with_file(manifest, content))
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
                yield Craft(f"deletions: {what}", sound.with_file(name, content))


def _not_files(sound: Sound) -> Iterator[Craft]:
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
            yield Craft(f"{name} is {what}", {**sound.files, name: make})


def at_random(sounds: Sequence[Sound], edits: int, seed: int) -> Iterator[tuple[Craft, Sound]]:
    """Yield indexes with random changes of random sections, directories, tables or manifests, and what they were."""
    for number in range(edits):
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


def _searches(path: Path, _copy: Path) -> Iterator[None]:
    limits = Limits(seconds=TIMEOUT)
    with Index.open(path) as index:
        yield
        for query in QUERIES:
            with suppress(BeyondLimit):
                for hit in index.search(query, limit=3, context=1, explain=query == QUERIES[0], limits=limits):
                    assert isinstance(hit.text, str)
                    hit.highlights, hit.snippet  # noqa: B018 (computed when they are asked for)
            yield
        for sort in ("date", "document"):
            with suppress(BeyondLimit):
                index.search("باران", sort=sort, by="document", limits=limits)
            yield
        with suppress(BeyondLimit):
            index.suggest("شه", limits=limits)
        yield
        with suppress(BeyondLimit):
            index.did_you_mean("بارن", limits=limits)
        yield
        with suppress(BeyondLimit):
            index.rank("شهر و برف", 50, limits=limits)
        yield
        ids = index.ids()
        yield
        with suppress(BeyondLimit):
            index.similar(min(ids), limits=limits) if ids else None
        yield
        index.status()


def _backed_up(path: Path, copy: Path) -> Iterator[None]:
    with Index.open(path) as index:
        yield
        index.backup(copy)
        yield


def _added(path: Path, _copy: Path) -> Iterator[None]:
    with Index.open(path) as index:
        yield
        index.add(*(Document(f"new{number}", "باران و برف", "شهر") for number in range(3)), wait=0)
        yield
        index.remove("new1", "large", wait=0)
        yield
        index.search("باران", limits=Limits(seconds=TIMEOUT))


def _checked(path: Path, _copy: Path) -> Iterator[None]:
    Index.check(path)
    yield


def _repaired(path: Path, _copy: Path) -> Iterator[None]:
    Index.repair(path, wait=0)
    yield


OPERATIONS: dict[str, Callable[[Path, Path], Iterator[None]]] = {
    "search": _searches,
    "check": _checked,
    "repair": _repaired,
    "backup": _backed_up,
    "add": _added,
}
"""What is done with crafted indexes, each with a fresh copy. Each yields after every call that is measured."""


class Trial(NamedTuple):
    """An index to try, and what to do with it."""

    craft: Craft
    sound: Sound
    operations: Sequence[str]


class Outcome(NamedTuple):
    """The outcome of an operation: "answered", "refused", or what is wrong."""

    trial: str
    operation: str
    said: str


def outcomes(trials: Iterable[Trial], folder: Path) -> Iterator[Outcome]:
    """Yield what comes of each operation of each trial. A process is forked for some trials at a time."""
    trials = iter(trials)
    while some := list(islice(trials, AT_ONCE)):
        left = [(trial, operation) for trial in some for operation in trial.operations]
        while left:
            done = 0
            for said in _in_process(left, folder):
                trial, operation = left[done]
                yield Outcome(trial.craft.name, operation, said)
                done += 1
            left = left[done:]


def _in_process(work: Sequence[tuple[Trial, str]], folder: Path) -> Iterator[str]:
    """Yield what comes of each operation, up to one that ends the process."""
    read, write = os.pipe()
    child = os.fork()
    if not child:
        os.close(read)
        _child(work, folder, write)
    os.close(write)
    done = 0
    with open(read, encoding="utf-8") as pipe:  # noqa: PTH123 (a descriptor)
        for line in pipe:
            yield line.rstrip("\n")
            done += 1
    _, status = os.waitpid(child, 0)
    end = os.waitstatus_to_exitcode(status)
    if done < len(work):
        yield f"killed by signal {-end}" if end < 0 else f"ended with {end}"


def _child(work: Sequence[tuple[Trial, str]], folder: Path, pipe: int) -> None:
    """Do the work, and write a line for each operation to the pipe."""
    try:
        os.fsync = lambda _: None  # type: ignore[assignment]
        resource.setrlimit(resource.RLIMIT_AS, (6 << 30, 6 << 30))  # the machine goes on, whatever happens
        warnings.simplefilter("error")
        for trial, operation in work:
            path, copy = folder / "tried", folder / "copy"
            for left in (path, copy):
                shutil.rmtree(left, ignore_errors=True)
            written(trial.craft.files, trial.sound, path)
            os.write(pipe, f"{_outcome(OPERATIONS[operation](path, copy))}\n".encode("utf-8", "replace"))
    finally:
        os._exit(0)


def _outcome(calls: Iterator[None]) -> str:
    """Make the calls of an operation, and return what came of it."""
    gc.collect()
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # the peak begins anew
    before = _peak()
    signal.alarm(STUCK)  # nothing handles the signal, so it ends the process
    slowest, began, said = 0.0, time.process_time(), "answered"
    try:
        for _ in calls:
            slowest, began = max(slowest, time.process_time() - began), time.process_time()
    except JooyaError as error:
        said = "refused" if len(str(error).splitlines()) == 1 and len(str(error)) < 2000 else f"a message: {error!r}"
    except OSError as error:
        said = "refused" if error.filename else f"an OSError that names nothing: {error!r}"
    except BaseException as error:
        where = traceback.extract_tb(error.__traceback__)[-1]
        said = f"{type(error).__name__}: {str(error)[:100]!r} ({Path(where.filename).name}:{where.lineno})"
    signal.alarm(0)
    slowest, more = max(slowest, time.process_time() - began), _peak() - before
    if said in ("answered", "refused") and slowest > SECONDS:
        return f"too slow: {slowest:.1f} s"
    if said in ("answered", "refused") and more > MEGABYTES:
        return f"too large: {more:.0f} MB"
    return said


def _peak() -> float:
    """Return the greatest memory of this process so far, in megabytes."""
    status = Path("/proc/self/status").read_text(encoding="ascii", errors="replace")
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def trial(edits: int, seed: int, folder: Path, every: int = 1) -> tuple[str, list[str]]:
    """Try the indexes made by hand and at random.

    Args:
        edits: The number of indexes with random edits.
        seed: For another number, other edits are made.
        folder: An empty folder.
        every: Of the indexes made by hand, each so-manyth is tried.

    Returns:
        The figures, and what is wrong, a line each.
    """
    several = Sound(folder / "several", several_segments)
    one = Sound(folder / "one", one_segment)
    names = list(OPERATIONS)
    assert (len(several.segments) > 1, len(one.segments)) == (True, 1)
    for operation in names:  # what this process has imported and computed, its children need not
        shutil.copytree(several.path, folder / "first")
        for _ in OPERATIONS[operation](folder / "first", folder / "copy"):
            pass
        shutil.rmtree(folder / "first")
    gc.freeze()  # the collector, which closing an index runs, need not look at the lexicon each time
    plain = [Trial(Craft("sound", dict(sound.files)), sound, names) for sound in (several, one)]
    sound_ones = list(outcomes(plain, folder))
    by_hands = (
        Trial(craft, sound, names)
        for sound in (several, one)
        for craft in islice(by_hand(sound), 0 if sound is several else every // 2, None, every)
    )
    at_randoms = (
        # Every index is searched; each of the other operations gets its turn.
        Trial(craft, sound, ["search", names[1 + number % (len(names) - 1)]])
        for number, (craft, sound) in enumerate(at_random((several, one), edits, seed))
    )
    counts: Counter[str] = Counter()
    wrong = [f"{name}: {operation}: {said}" for name, operation, said in sound_ones if said != "answered"]
    tried: dict[str, int] = {}
    for name, operation, said in chain(outcomes(by_hands, folder), outcomes(at_randoms, folder)):
        kind = "random" if name.startswith("edit ") else "hand"
        tried[kind] = tried.get(kind, 0) + (operation == "search")
        counts[said] += 1
        if operation == "search" and sum(tried.values()) % PROGRESS == 0:
            print(f"{sum(tried.values()):,} indexes, {len(wrong)} wrong", flush=True)
        if said not in ("answered", "refused"):
            wrong.append(f"{name}: {operation}: {said}")
    hand, at_randoms_tried = tried.get("hand", 0), tried.get("random", 0)
    said = (
        f"crafted: {hand:,} indexes by hand, {at_randoms_tried:,} at random, seed {seed}: "
        f"{counts['answered']:,} operations answered, {counts['refused']:,} refused, {len(wrong)} wrong"
    )
    # A trial that reached nothing has shown nothing.
    operations = counts.total()
    if at_randoms_tried < edits or hand * every < MADE_BY_HAND:
        wrong.append("too few indexes were tried")
    if counts["answered"] < operations / 20 or counts["refused"] < operations / 5:
        wrong.append("too few operations were answered or refused")
    return said, wrong


PROGRESS = 500
"""After so many indexes, a line says how far the trial is."""

MADE_BY_HAND = 1000
"""The least number of indexes that are made by hand."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--edits", type=int, default=20_000, help="Indexes with random edits.")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--every", type=int, default=1, help="Of the indexes made by hand, try each so-manyth.")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        said, wrong = trial(arguments.edits, arguments.seed, Path(folder), arguments.every)
    for line in wrong:
        print(line, file=sys.stderr)
    print(said)
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
