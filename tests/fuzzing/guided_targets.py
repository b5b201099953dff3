"""The targets of the coverage-guided fuzzer; those of the trials say what must hold of the output."""

import sys
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import NamedTuple

sys.path.extend(str((Path(__file__).parent / each).resolve()) for each in ("../faults", "..", "."))

import core_words
import file_targets
import format_targets
import mutation
import targets
from given_bytes import GivenRandom, given_text
from packed_files import zipped
from served_requests import Requests

Run = Callable[[bytes], bool]
"""Gives bytes to a target; returns True if they were accepted, False if refused, and raises if there is a fault."""


class GuidedTarget(NamedTuple):
    """Something that bytes are given to.

    Attributes:
        make: Prepares it in a folder of its own.
        seeds: Makes inputs to begin with.
        largest: The greatest input in bytes.
        measured: The modules whose branches are counted, as folders or files below the repository.
        grammar: The pieces that the fuzzer is told of; see tests/data/fuzz/pieces.tsv.
        packed: True if what is within a packed file is to be changed.
    """

    make: Callable[[Path], Run]
    seeds: Callable[[], list[bytes]]
    largest: int
    measured: tuple[str, ...]
    grammar: str = ""
    packed: bool = False


def _text_target(kind: type[targets.Target]) -> Callable[[Path], Run]:
    """Return what makes a target that takes a text."""

    def make(folder: Path) -> Run:
        target = kind(folder)
        return lambda given: target.run(given_text(given))

    return make


def _chosen_target(kind: type[targets.Target]) -> Callable[[Path], Run]:
    """Return what makes a target whose input is made by choices."""

    def make(folder: Path) -> Run:
        target = kind(folder)
        return lambda given: target.run(target.input(GivenRandom(given)))

    return make


def _search(folder: Path) -> Run:
    """Make a target that takes a query with options: a byte for each of these, and then the query."""
    target = targets.Search(folder)

    def run(given: bytes) -> bool:
        random = GivenRandom(given)
        options = {
            "limit": random.choice((1, 3, 10)),
            "first": random.choice((1, 1, 2, 50)),
            "sort": random.choice(("score", "score", "date", "document")),
            "by": random.choice(("passage", "passage", "document")),
            "within": None,
            "collapse": random.choice((False, True)),
            "context": random.choice((0, 2)),
            "explain": random.choice((False, False, True)),
        }
        help_wanted = random.choice((False, False, False, True))
        query, _, within = given_text(random.rest()).partition("\n")
        options["within"] = within or None
        return target.run((query, options, help_wanted))

    return run


def _words(_folder: Path) -> Run:
    """Make a target that reads words with the compiled core and with Python, and compares what comes of it."""
    compare = core_words.comparison()

    def run(given: bytes) -> bool:
        words = given_text(given).split()
        figures = compare(words)
        assert not figures.unequal, f"unequal: {figures.unequal}"
        return figures.by_core > 0

    return run


def _file_target(suffixes: tuple[str, ...]) -> Callable[[Path], Run]:
    """Return what makes a target that takes a file: a byte for its suffix, one for its encoding, and the content."""

    def make(folder: Path) -> Run:
        target = file_targets.Reader(folder)
        target.run(("warm.txt", b"x", None))  # imports modules

        def run(given: bytes) -> bool:
            suffix, encoding = [*given[:2], 0, 0][:2]
            name = "file" + suffixes[suffix % len(suffixes)]
            return target.run((name, given[2:], file_targets.NAMED[-encoding % len(file_targets.NAMED)]))

        return run

    return make


def _file(kind: type[file_targets.Reader], largest: int = 20_000, grammar: str = "", *also: str) -> GuidedTarget:
    """Return a target that reads files of a kind."""

    def seeds() -> list[bytes]:
        own = kind(Path("never-written"))
        made = [content for content in _sound_files(own) if len(content) < largest]
        return [b"\0\0" + content for content in made]

    packed = issubclass(kind, (file_targets.Packed, file_targets.Gz, format_targets.PackedDump))
    measured = (*(f"indexer/readers/{name}.py" for name in also), "indexer/readers/dispatch.py")
    return GuidedTarget(_file_target(kind.suffixes), seeds, largest, measured, grammar, packed)


def _sound_files(kind: file_targets.Reader) -> list[bytes]:
    """Return files of a kind that nothing was done to."""
    if isinstance(kind, file_targets.Tar):
        return [kind.pack(_Unchanging(1), kind.files())]
    if isinstance(kind, file_targets.Packed):
        return [zipped(kind.files())]
    if isinstance(kind, file_targets.Pdf):
        return file_targets._pdfs()
    if isinstance(kind, format_targets.Binary):
        return kind.seeds()
    if isinstance(kind, file_targets.Textual):
        return [seed.encode("utf-8", "replace") for seed in kind._seeds]
    raise TypeError(kind)


class _Unchanging(Random):
    """Randomness in which nothing rare happens."""

    def random(self) -> float:
        """Return the greatest number."""
        return 0.999


def _texts() -> list[bytes]:
    return [text[:300].encode() for text in mutation.TEXTS]


def _queries() -> list[bytes]:
    return [piece.encode("utf-8", "replace") for piece in mutation.PIECES["query"] if len(piece) < 300]


def _choices() -> list[bytes]:
    return [Random(number).randbytes(size) for number in range(8) for size in (8, 40, 200)]


def _requests() -> list[bytes]:
    paths = (
        "/api/search?q=%D8%A8%D8%A7%D8%B1%D8%A7%D9%86&limit=3", "/api/suggest?q=%D8%A8%D8%A7", "/api/status",
        "/api/documents", "/api/documents/dated1384", "/api/similar/dated1384%231", "/api/export", "/api/openapi.json",
        "/source/dated1384", "/login", "/health", "/ready", "/metrics", "/", "/?q=%D8%A8%D8%B1%D9%81&sort=date",
        "/document/dated1384", "/help", "/static/page.css",
    )  # fmt: skip
    document = b'{"text": "\xd8\xa8\xd8\xa7\xd8\xb1\xd8\xa7\xd9\x86", "title": "x", "date": "1384-09-22"}'
    return [
        *(f"GET {path}".encode() for path in paths),
        b"PUT /api/documents/new\ncontent-type: application/json\n\n" + document,
        b"DELETE /api/documents/dated1384",
        b"POST /login\ncontent-type: application/x-www-form-urlencoded\n\ntoken=secret&next=/",
        b"OPTIONS /api/search\norigin: https://example.org\naccess-control-request-method: GET",
        b"GET /api/search?q=a\nif-none-match: *\naccept-encoding: gzip\naccept: text/html",
    ]


READERS: dict[str, GuidedTarget] = {
    "txt": _file(file_targets.Plain, 4000, "structure", "plain_text", "encodings"),
    "md": _file(file_targets.Markdown, 4000, "markdown", "markdown", "blocks"),
    "html": _file(file_targets.Html, 6000, "markup", "html", "html_parser", "html_metadata", "blocks"),
    "xhtml": _file(file_targets.Xhtml, 6000, "markup", "html", "html_parser", "html_metadata", "blocks"),
    "srt": _file(file_targets.Srt, 4000, "subtitles", "subtitles", "cues"),
    "vtt": _file(file_targets.Vtt, 4000, "subtitles", "subtitles", "cues"),
    "csv": _file(file_targets.Tables, 4000, "table", "delimited", "records", "record_columns"),
    "jsonl": _file(file_targets.Jsonl, 4000, "records", "jsonl", "records", "record_columns"),
    "docx": _file(file_targets.Docx, 60_000, "docx", "docx", "office_text", "word_styles", "word_numbering", "blocks"),
    "epub": _file(file_targets.Epub, 20_000, "markup", "epub", "blocks"),
    "pdf": _file(file_targets.Pdf, 60_000, "", "pdf", "pdf_pages", "pdf_layout", "pdf_runs", "pdf_stream"),
    "zip": _file(file_targets.Zip, 20_000, "", "archives"),
    "tar": _file(file_targets.Tar, 20_000, "", "archives"),
    "odt": _file(format_targets.Odt, 40_000, "markup", "opendocument", "opendocument_lists", "office_text", "blocks"),
    "pptx": _file(format_targets.Pptx, 60_000, "markup", "pptx", "office_text", "zip_package"),
    "xlsx": _file(format_targets.Xlsx, 20_000, "markup", "spreadsheet", "records"),
    "rtf": _file(format_targets.Rtf, 50_000, "", "rtf"),
    "msg": _file(format_targets.Outlook, 40_000, "", "outlook", "outlook_storage"),
    "mail": _file(format_targets.Mail, 8000, "markup", "mail", "mhtml"),
    "json": _file(format_targets.Json, 4000, "records", "json_file", "records", "telegram"),
    "chats": _file(format_targets.Chats, 8000, "markup", "chats", "whatsapp", "telegram"),
    "subtitles": _file(format_targets.Subtitles, 4000, "subtitles", "subtitles", "cues"),
    "dump": _file(format_targets.Dump, 6000, "markup", "wikipedia", "wiki_markup", "xml"),
}
"""The targets that read files."""

TARGETS: dict[str, GuidedTarget] = {
    "analyzer": GuidedTarget(_text_target(targets.Analyzer), _texts, 1000, ("analyzers",), "structure"),
    "words": GuidedTarget(_words, _texts, 300, ("analyzers",), "structure"),
    "parser": GuidedTarget(_text_target(targets.Parser), _queries, 500, ("indexer/query",), "query"),
    "search": GuidedTarget(
        _search, lambda: [bytes(9) + query for query in _queries()], 300,
        ("indexer/query", "indexer/search", "indexer/suggestions", "indexer/ranking"), "query",
    ),
    "dates": GuidedTarget(_text_target(targets.Dates), _texts, 200, ("indexer/dates",), "dates"),
    "passages": GuidedTarget(_chosen_target(targets.Passages), _choices, 400, ("indexer/structure",)),
    "index": GuidedTarget(
        _chosen_target(targets.OpenedIndex), _choices, 400, ("indexer/codec", "indexer/ranking")
    ),
    "api": GuidedTarget(lambda folder: Requests(folder).run, _requests, 2000, ("indexer/server",), "query"),
    **READERS,
}  # fmt: skip
"""The targets by name."""
