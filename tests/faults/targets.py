"""The targets of `fuzz`: how an input for each is made, and what must be true of its output."""

import json
import shutil
import zlib
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any, Protocol

import file_targets
import format_targets
import mutation
import numpy as np
from expected import assert_cut, assert_day, assert_one_line
from mutation import NASTY, PIECES, TEXTS
from workload import Workload

from jooya.analyzers import PersianAnalyzer, analysis
from jooya.indexer import BadQuery, Document, Index, JooyaError
from jooya.indexer.codec.sections import PAGE, TRAILER, TYPES
from jooya.indexer.dates.parsing import Date, date_from_path, find_date, parse_date, sole_date, split_date
from jooya.indexer.document import Place, Section
from jooya.indexer.query.parser import parse
from jooya.indexer.search.highlight import highlight, snippet


class Target(Protocol):
    """Something that takes input."""

    def __init__(self, folder: Path) -> None:
        """Prepare the target, which may write to `folder`."""

    def input(self, random: Random) -> Any:
        """Return a random input."""

    def run(self, given: Any) -> bool:
        """Give an input to the target.

        Returns:
            True if the input was accepted, False if it was properly refused.

        Raises:
            Exception: If something is wrong; AssertionError for wrong output.
        """


class Analyzer:
    """The analyzer: the offsets of tokens must be in the text and in order."""

    def __init__(self, folder: Path) -> None:
        self._exact = PersianAnalyzer(exact=True)

    def input(self, random: Random) -> str:
        return mutation.text(random, TEXTS, NASTY)

    def run(self, text: str) -> bool:
        end = position = -1
        for token in analysis().tokens(text):
            assert 0 <= token.start < token.end <= len(text)
            assert token.surface and token.stem and token.why
            assert not text[token.start].isspace() and not text[token.end - 1].isspace()
            assert token.position > position if token.start >= end else token.end <= end
            position, end = max(position, token.position), max(end, token.end)
        terms, positions = self._exact.terms(text)
        assert len(terms) == len(positions) and positions == sorted(positions)
        return True


class Parser:
    """The parser of queries."""

    def __init__(self, folder: Path) -> None:
        pass

    def input(self, random: Random) -> str:
        return mutation.text(random, TEXTS, PIECES["query"], 60)

    def run(self, text: str) -> bool:
        parsed = parse(text)
        assert all(note and "\n" not in repr(note) for note in parsed.notes)
        return not parsed.notes


class Search:
    """Searches with all options, and the suggestions for search boxes."""

    def __init__(self, folder: Path) -> None:
        self._index = small_index(folder / "searched")

    def input(self, random: Random) -> tuple[str, dict[str, Any], bool]:
        options = {
            "limit": random.choice((1, 3, 10)),
            "first": random.choice((1, 1, 2, 50)),
            "sort": random.choice(("score", "score", "date", "document")),
            "by": random.choice(("passage", "passage", "document")),
            "within": random.choice((None, None, None, mutation.text(random, TEXTS, PIECES["query"], 30))),
            "collapse": random.random() < 0.5,
            "context": random.choice((0, 0, 2)),
            "explain": random.random() < 0.2,
        }
        return mutation.text(random, TEXTS, PIECES["query"], 60), options, random.random() < 0.05

    def run(self, given: tuple[str, dict[str, Any], bool]) -> bool:
        text, options, help_wanted = given
        try:
            results = self._index.search(text, **options)
            if help_wanted:
                assert all(self._index.suggest(text))
                assert all(self._index.did_you_mean(text))
        except BadQuery as error:
            assert_one_line(error)
            return False
        assert len(results) <= options["limit"] and results.total >= len(results)
        for hit in results:
            spans = highlight(hit.text, hit.highlight_terms)
            assert all(0 <= start < end <= len(hit.text) for start, end in spans)
            begin, end = snippet(hit.text, spans, 60)
            assert 0 <= begin < end <= len(hit.text)
        return bool(results)


class Dates:
    """The parsers of dates: within a text, as a whole text, and in names of files."""

    def __init__(self, folder: Path) -> None:
        pass

    def input(self, random: Random) -> str:
        return mutation.text(random, TEXTS, PIECES["dates"], 80)

    def run(self, text: str) -> bool:
        found = find_date(text)
        if found:
            day, start, end = found
            assert 0 <= start < end <= len(text)
            assert_day(day)
        for told in (parse_date(text), sole_date(text), split_date(text)[1], date_from_path(Path(text))):
            assert told is None or found or "_" in text or any(map(str.isdecimal, text))
            assert_day(told)
        return bool(found)


class Passages:
    """The cutting of documents into passages, which must be spans in order that do not overlap."""

    def __init__(self, folder: Path) -> None:
        pass

    def input(self, random: Random) -> tuple[Document, int]:
        text = mutation.text(random, TEXTS, PIECES["structure"], 900)
        offsets = sorted(random.choices(range(len(text) + 1), k=random.choice((0, 0, 1, 5))))
        sections: tuple[Section, ...] | None = None
        if random.random() < 0.3:
            headings = (None, "", "فصل", text[: random.randrange(9)])
            sections = tuple(Section(offset, random.choice(headings)) for offset in offsets)
        places: tuple[Place, ...] = ()
        if random.random() < 0.3:
            places = tuple(Place(offset, time="00:00:01") for offset in offsets)
        body = random.choice((0, 0, random.randrange(len(text) + 1)))
        document = Document("k", text, body=body, places=places, sections=sections, whole=random.random() < 0.05)
        return document, random.choice((80, 80, 80, 1, 3, 20))

    def run(self, given: tuple[Document, int]) -> bool:
        return assert_cut(*given) > 0


class OpenedIndex:
    """The reading of an index one of whose files was mutated, mostly with correct checksums.

    The index has several segments or one.

    It must be either searchable or refused.
    """

    def __init__(self, folder: Path) -> None:
        several, one = folder / "several", folder / "one"
        small_index(several).close()
        with Index.create(one) as index:
            index.add(*(Document(f"d{number}", text[:600], "شهر") for number, text in enumerate(TEXTS[:4])))
        self._tried = folder / "tried"
        self._tried.mkdir()
        self._indexes = [
            {path.name: path.read_bytes() for path in sound.iterdir() if path.suffix != ".lock"}
            for sound in (several, one)
        ]

    def input(self, random: Random) -> dict[str, bytes]:
        files = dict(random.choice(self._indexes))
        toc = json.loads(files["toc.json"])
        kind = random.choice(("bytes", "toc", "toc", "attachment", "file", "directory", "directory", *["sections"] * 5))
        if kind == "attachment" and not toc["attachment"]:
            kind = "toc"
        name = random.choice(list(files))
        if kind == "bytes":
            files[name] = mutation.mutated_bytes(random, files[name], list(files.values()))
            return files
        if kind == "toc":
            for _ in range(random.choice((1, 1, 2, 3))):
                toc = mutation.mutated_json(random, toc)
        elif kind == "attachment":
            name = toc["attachment"]["name"]
            if random.random() < 0.7:
                known = mutation.mutated_json(random, json.loads(files[name]))
                files[name] = json.dumps(known).encode()
            else:
                files[name] = mutation.mutated_bytes(random, files[name], [files[name]])
            sign(toc, name, files[name])
        elif kind == "file" and name != "toc.json":
            files[name] = mutation.mutated_bytes(random, files[name], [files[name]])
            sign(toc, name, files[name])
        else:
            name = random.choice([name for name in files if name.endswith(".segment")])
            other = _with_other_sections if kind == "sections" else _with_other_directory
            files[name] = other(random, files[name])
            sign(toc, name, files[name])
        if isinstance(toc, dict):
            toc.pop("checksum", None)
            toc["checksum"] = zlib.crc32(json.dumps(toc, sort_keys=True).encode())
        files["toc.json"] = json.dumps(toc).encode()
        return files

    def run(self, files: dict[str, bytes]) -> bool:
        for path in self._tried.iterdir():
            path.unlink()
        for name, content in files.items():
            (self._tried / name).write_bytes(content)
        try:
            with Index.open(self._tried) as index:
                for query in ("باران +برف", '"دانش شهر"', "شه*", "date:1384 | title:باران"):
                    for hit in index.search(query, limit=3):
                        highlight(hit.text, hit.highlight_terms)
                index.status()
                return True
        except JooyaError as error:
            assert_one_line(error)
            return False


def small_index(path: Path) -> Index:
    """Make an index of several segments with deletions, and with a list of files as commit user data."""
    index = Index.create(path)
    workload = Workload(1, sizes=(1, 1, 2, 10))
    for number in range(1, 7):
        workload.step(number).run(index)
    files = path.parent / "files"
    files.mkdir()
    for number, text in enumerate(TEXTS[:4]):
        (files / f"{number}.txt").write_text(text[:1500], encoding="utf-8")
    (files / "bad.jsonl").write_text("{}", encoding="utf-8")
    index.add(files)
    shutil.rmtree(files)
    index.add(
        *(
            Document(f"dated{year}", "باران و برف در شهر", "شهر", Date("2005-12-13", f"{year}-09-22"))
            for year in (1384, 1385)
        )
    )
    index.remove("dated1385")
    return index


def sign(toc: dict[str, Any], name: str, content: bytes) -> None:
    """Put the size and the checksum of a file into the table of contents."""
    checksum = zlib.crc32(content)
    if name.endswith(".segment") and len(content) >= TRAILER.size:
        checksum = TRAILER.unpack(content[-TRAILER.size :])[2]
    for file in files_of_table(toc):
        if file["name"] == name:
            file.update(size=len(content), checksum=checksum)


def files_of_table(toc: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the entries of all files in the table of contents."""
    for entry in toc["segments"]:
        yield from (file for file in (entry["file"], entry["deletions"]) if file)
    if toc["attachment"]:
        yield toc["attachment"]


def _with_other_directory(random: Random, segment: bytes) -> bytes:
    """Return a segment with a mutated directory and correct checksums."""
    begin, length, _, magic = TRAILER.unpack(segment[-TRAILER.size :])
    directory = mutation.mutated_json(random, json.loads(segment[begin : begin + length]))
    content = json.dumps(directory).encode()
    return segment[:begin] + content + TRAILER.pack(begin, len(content), zlib.crc32(content), magic)


def _with_other_sections(random: Random, segment: bytes) -> bytes:
    """Return a segment with other numbers in its sections, and correct checksums throughout."""
    begin, length, _, magic = TRAILER.unpack(segment[-TRAILER.size :])
    directory = json.loads(segment[begin : begin + length])
    end = directory["end"]
    content = bytearray(segment[:end])
    filled = [section for section in directory["sections"].values() if section[1]]
    for _edit in range(random.choice((1, 1, 1, 2, 5))):
        offset, count, kind = random.choice(filled)
        values = np.frombuffer(content, TYPES[kind], count, offset)
        place = random.choice((0, count - 1, random.randrange(count)))
        least, most = np.iinfo(values.dtype).min, np.iinfo(values.dtype).max
        old = int(values[place])
        new = random.choice((0, 1, most, most // 2, old + 1, old - 1, old * 2, count, random.randint(0, most)))
        values[place] = min(max(new, int(least)), int(most))
        if random.random() < 0.2:
            values[:] = random.choice((values[::-1].copy(), values[place], np.roll(values, 1)))
        del values
    checksums = b"".join(_checksum(bytes(content[start : start + PAGE])) for start in range(0, end, PAGE))
    directory["checksums"] = [zlib.crc32(checksums[start : start + PAGE]) for start in range(0, len(checksums), PAGE)]
    written = json.dumps(directory).encode()
    begin = end + len(checksums)
    return bytes(content) + checksums + written + TRAILER.pack(begin, len(written), zlib.crc32(written), magic)


def _checksum(page: bytes) -> bytes:
    return zlib.crc32(page).to_bytes(4, "little")


SHARES: dict[str, tuple[type[Target], int]] = {
    "analyzer": (Analyzer, 230),
    "parser": (Parser, 260),
    "search": (Search, 40),
    "dates": (Dates, 170),
    "passages": (Passages, 60),
    "txt": (file_targets.Plain, 30),
    "md": (file_targets.Markdown, 20),
    "html": (file_targets.Html, 30),
    "xhtml": (file_targets.Xhtml, 15),
    "srt": (file_targets.Srt, 25),
    "vtt": (file_targets.Vtt, 20),
    "csv": (file_targets.Tables, 25),
    "jsonl": (file_targets.Jsonl, 30),
    "docx": (file_targets.Docx, 2),
    "epub": (file_targets.Epub, 5),
    "pdf": (file_targets.Pdf, 5),
    "zip": (file_targets.Zip, 8),
    "tar": (file_targets.Tar, 6),
    "gz": (file_targets.Gz, 10),
    "odt": (format_targets.Odt, 5),
    "pptx": (format_targets.Pptx, 3),
    "xlsx": (format_targets.Xlsx, 5),
    "rtf": (format_targets.Rtf, 5),
    "msg": (format_targets.Outlook, 8),
    "mail": (format_targets.Mail, 10),
    "json": (format_targets.Json, 10),
    "chats": (format_targets.Chats, 10),
    "subtitles": (format_targets.Subtitles, 10),
    "dump": (format_targets.Dump, 5),
    "bz2": (format_targets.PackedDump, 3),
    "guard": (file_targets.Guarded, 2),
    "index": (OpenedIndex, 250),
}
"""The targets, and the share of each; slower targets get fewer. A fifth of all inputs are indexes."""
