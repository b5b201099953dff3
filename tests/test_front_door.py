"""The interface that a program meets: the public names, their help, their errors, and what importing them costs."""

import ast
import datetime
import inspect
import logging
import pickle
import pydoc
import re
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import jooya
from jooya import (
    BadArgument,
    BadInput,
    BadQuery,
    BeyondLimit,
    Date,
    Document,
    Index,
    IndexBusy,
    IndexDamaged,
    IndexReport,
    IndexUnusable,
    JooyaError,
    Limits,
    Place,
    ReadOptions,
    Section,
    indexer,
)

NAMES = [name for name in jooya.__all__ if name != "__version__"]


def imported_by(code: str, *packages: str) -> list[str]:
    """Return the modules among `packages` that are imported once `code` has run in a fresh interpreter."""
    ending = f"import sys; print(*[name for name in {packages!r} if name in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", f"{textwrap.dedent(code)}\n{ending}"], capture_output=True, check=True, text=True
    )
    return done.stdout.split()


def test_both_lists_of_names_are_equal() -> None:
    assert sorted(NAMES) == sorted(indexer.__all__)
    assert set(jooya.__all__) <= set(dir(jooya))
    for name in NAMES:
        assert getattr(jooya, name) is getattr(indexer, name)
    with pytest.raises(AttributeError, match="no attribute 'nope'"):
        jooya.nope  # noqa: B018
    with pytest.raises(AttributeError, match="no attribute 'nope'"):
        indexer.nope  # noqa: B018


def test_the_version(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "jooya", "-V"], capture_output=True, check=True, text=True, cwd=tmp_path
    )
    assert done.stdout == f"jooya {jooya.__version__}\n"


def test_type_checkers_see_the_names() -> None:
    """They read the imports below `if TYPE_CHECKING`, which nothing runs."""
    for module in (jooya, indexer):
        source = inspect.getsource(module).partition("if TYPE_CHECKING:")[2].partition("\n\n")[0]
        assert [name for name in NAMES if name not in source] == []
    assert (Path(jooya.__file__).parent / "py.typed").exists()


@pytest.mark.parametrize("name", NAMES)
def test_each_name_has_help_that_reads_well(name: str) -> None:
    thing = getattr(jooya, name)
    members = [(name, thing)]
    if inspect.isclass(thing):
        members += [
            (f"{name}.{own}", value)
            for own, value in inspect.getmembers(thing)
            if not own.startswith("_") and (inspect.isroutine(value) or isinstance(value, property))
            and getattr(value, "__module__", "jooya").startswith("jooya") and not hasattr(tuple, own)
            and not hasattr(Exception, own)
        ]  # fmt: skip
    for called, value in members:
        documentation = inspect.getdoc(value) or ""
        first = documentation.partition("\n")[0]
        assert first.endswith((".", ":")), called
        assert not first.startswith((f"{name}(", "What ", "Whether ", "How ", "Which ")), called
    shown = pydoc.plain(pydoc.render_doc(thing))
    assert max(map(len, shown.splitlines())) <= 600
    assert "Limits(" not in shown or name in ("Limits", "BeyondLimit")
    assert "ReadOptions(" not in shown or name == "ReadOptions"
    assert "0x" not in shown


def test_importing_jooya_imports_nothing_large() -> None:
    large = ("numpy", "click", "whoosh", "hazm", "lxml", "jooya.indexer.index")
    assert imported_by("import jooya; dir(jooya)", *large) == []
    assert imported_by("from jooya import Document, Limits, ReadOptions, JooyaError", *large) == []
    assert imported_by("from jooya import Document; Document('k', 'متن', date='1384-09-22')", *large) == []


def test_status_and_remove_import_no_reader(index: Index) -> None:
    index.add(Document("a", "باران"))
    readers = [f"jooya.indexer.readers.{name}" for name in ("reader", "dispatch", "pdf", "html", "guard", "jsonl")]
    code = f"""
        from jooya import Index
        with Index.open({str(index.path)!r}) as index:
            assert index.search("باران").total == 1
            index.status()
            index.remove("a")
    """
    assert imported_by(code, "jooya.indexer.integrity.check", *readers) == []


untyped: Any = jooya

# Each call with a wrong argument, the argument's name, and what the message says.
WRONG: list[tuple[Callable[[Any], object], str, str]] = [
    (lambda index: index.search("x", first=0), "first", "first cannot be 0: give an integer of 1 or more"),
    (lambda index: index.search("x", -1), "limit", "limit cannot be -1: give an integer of 0 or more"),
    (lambda index: index.search("x", "x"), "limit", "limit cannot be 'x'"),
    (lambda index: index.search("x", True), "limit", "limit cannot be True"),
    (lambda index: index.search("x", sort="nope"), "sort", "sort cannot be 'nope': give one of 'score', 'date', "),
    (lambda index: index.search("x", by="nope"), "by", "by cannot be 'nope': give one of 'passage', 'document'"),
    (lambda index: index.search("x", context=-1), "context", "context cannot be -1"),
    (lambda index: index.search(None), "text", "text cannot be None: give a string"),
    (lambda index: index.search("x", within=3), "within", "within cannot be 3: give a string"),
    (lambda index: index.search("x", limits=3), "limits", "limits cannot be 3: give a Limits object"),
    (lambda index: index.rank("x", 0), "limit", "limit cannot be 0"),
    (lambda index: index.rank(b"x"), "text", "text cannot be b'x'"),
    (lambda index: index.similar(3), "passage_id", "passage_id cannot be 3"),
    (lambda index: index.suggest("x", 0), "limit", "limit cannot be 0"),
    (lambda index: index.did_you_mean(None), "text", "text cannot be None"),
    (lambda index: index.add(["a", 3]), "items", "items cannot be 3: give a path"),
    (lambda index: index.add(iter(["a"])), "items", "items cannot be 'a': give Document objects in an iterable"),
    (lambda index: index.update("a"), "documents", "documents cannot be 'a': give Document objects"),
    (lambda index: index.get(3), "key", "key cannot be 3: give a string"),
    (lambda index: index.passage("a", context=-1), "context", "context cannot be -1"),
    (lambda index: index.documents(3), "pattern", "pattern cannot be 3"),
    (lambda index: index.documents(first=0), "first", "first cannot be 0"),
    (lambda index: index.search_many("x"), "texts", "texts cannot be 'x': give a list of queries"),
    (lambda index: index.add(None), "items", "items cannot be None: give a path"),
    (lambda index: index.add("", wait=1), "items", "items cannot be '': give a path"),
    (lambda index: index.add("a", jobs=0), "jobs", "jobs cannot be 0: give an integer from 1 to 64"),
    (lambda index: index.add("a", jobs=65), "jobs", "jobs cannot be 65"),
    (lambda index: index.add("a", memory="1"), "memory", "memory cannot be '1'"),
    (lambda index: index.add("a", wait=-1), "wait", "wait cannot be -1: give a number of 0 or more"),
    (lambda index: index.add("a", wait=None), "wait", "wait cannot be None"),
    (lambda index: index.add("a", exclude="*.txt"), "exclude", "exclude cannot be '*.txt': give a list of strings"),
    (lambda index: index.add("a", options={}), "options", "options cannot be {}: give a ReadOptions object"),
    (lambda index: index.add("a", on_progress=3), "on_progress", "on_progress cannot be 3: give a function"),
    (lambda index: index.watch(untyped.Document("a", "x")), "paths", "watch takes files and folders alone"),
    (lambda index: index.watch("a", jobs=0), "jobs", "jobs cannot be 0"),
    (lambda index: index.remove(["a"]), "keys", "give each key as an argument of its own: remove(*keys)"),
    (lambda index: index.remove(3), "keys", "keys cannot be 3: give a string"),
    (lambda index: index.backup(None), "to", "to cannot be None: give a path"),
    (lambda _: untyped.Index.open(3), "path", "path cannot be 3: give a path"),
    (lambda _: untyped.Index.create("a\0"), "path", "path cannot be 'a\\x00': give a path"),
    (lambda _: untyped.Index.open("a", memory=-1), "memory", "memory cannot be -1"),
    (lambda _: untyped.Index.check(None), "path", "path cannot be None"),
    (lambda _: untyped.Index.repair("a", wait="x"), "wait", "wait cannot be 'x'"),
    (lambda _: untyped.Document("k", None), "text", "text cannot be None: give a string"),
    (lambda _: untyped.Document("", "x"), "key", "key cannot be '': give a string that is not empty"),
    (lambda _: untyped.Document(" ", "x"), "key", "key cannot be ' '"),
    (lambda _: untyped.Document(3, "x"), "key", "key cannot be 3"),
    (lambda _: untyped.Document("k", "x", title=3), "title", "title cannot be 3"),
    (lambda _: untyped.Document("k", "x", body=-1), "body", "body cannot be -1"),
    (lambda _: untyped.Document("k", "x", whole="no"), "whole", "whole cannot be 'no': give True or False"),
    (lambda _: untyped.Document("k", "x", source=3), "source", "source cannot be 3: give a path"),
    (lambda _: untyped.Document("k", "x", places=[1]), "places", "places cannot be 1: give a list of Place objects"),
    (lambda _: untyped.Document("k", "x", sections="ab"), "sections", "sections cannot be 'ab'"),
    (
        lambda _: untyped.Document("k", "x", collection="a b"),
        "collection",
        "collection cannot be 'a b': give letters, digits",
    ),
    (
        lambda _: untyped.Document("k", "x", date="آذر ۱۳۸۴"),
        "date",
        "date cannot be 'آذر ۱۳۸۴': give a Date, a datetime.date or",
    ),
    (
        lambda _: untyped.Document("k", "x", date=datetime.date(1, 1, 1)),
        "date",
        "date cannot be datetime.date(1, 1, 1)",
    ),
    (lambda _: untyped.Document("k", "x", date=Date("x", "y")), "date", "date cannot be Date("),
    (lambda _: untyped.Document("k", "x", date=1384), "date", "date cannot be 1384"),
    (lambda _: untyped.Place(None), "start", "start cannot be None: give an integer of 0 or more"),
    (lambda _: untyped.Place(0, "x"), "page", "page cannot be 'x'"),
    (lambda _: untyped.Place(0, 1, 3), "time", "time cannot be 3"),
    (lambda _: untyped.Section(-1), "start", "start cannot be -1"),
    (lambda _: untyped.Section(0, 5), "heading", "heading cannot be 5: give a string"),
    (lambda _: untyped.Limits(words=0), "words", "words cannot be 0: give an integer of 1 or more"),
    (lambda _: untyped.Limits(nesting=51), "nesting", "nesting cannot be 51: give an integer from 1 to 50"),
    (lambda _: untyped.Limits(seconds=float("nan")), "seconds", "seconds cannot be nan: give a number of 0 or more"),
    (lambda _: untyped.ReadOptions(passage_words=0), "passage_words", "passage_words cannot be 0"),
    (lambda _: untyped.ReadOptions(collection="a b"), "collection", "collection cannot be 'a b'"),
    (
        lambda _: untyped.ReadOptions(fields=(("author", "x"),)),
        "fields",
        "a record has no field 'author': there are id, text",
    ),
    (lambda _: untyped.ReadOptions(fields={"text": "x"}), "fields", "give pairs of names"),
]


@pytest.mark.parametrize(("call", "argument", "message"), WRONG)
def test_a_wrong_argument_is_named_with_the_fix(
    index: Index, call: Callable[[Any], object], argument: str, message: str
) -> None:
    before = {path.name: path.read_bytes() for path in index.path.iterdir()}
    with pytest.raises(BadArgument) as caught:
        call(index)
    assert isinstance(caught.value, JooyaError) and isinstance(caught.value, ValueError)
    assert caught.value.argument == argument
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)
    assert {path.name: path.read_bytes() for path in index.path.iterdir()} == before


@pytest.mark.parametrize(
    "date",
    [
        Date("2005-12-13", "1384-09-22"),
        datetime.date(2005, 12, 13),
        datetime.datetime(2005, 12, 13, 10, 30, tzinfo=datetime.UTC),
        "2005-12-13",
        "1384-09-22",
        "۲۲ آذر ۱۳۸۴",
    ],
)
def test_dates_of_documents(index: Index, date: Any) -> None:
    document = Document("k", "باران", date=date)
    assert document.date == Date("2005-12-13", "1384-09-22")
    index.add(document)
    assert [hit.date for hit in index.search("date:1384-09")] == [document.date]


def test_a_document_takes_paths_and_lists() -> None:
    document = Document("k", "x", source="a.txt", places=[Place(0, 1)], sections=[Section(0, "x")])
    assert (document.source, document.places, document.sections) == (Path("a.txt"), (Place(0, 1),), (Section(0, "x"),))
    assert document == Document("k", "x", source=Path("a.txt"), places=(Place(0, 1),), sections=(Section(0, "x"),))


@pytest.mark.parametrize("whole", [False, True])
def test_documents_of_any_shape_can_be_added(index: Index, whole: bool) -> None:
    """Half characters and offsets beyond the text ended a run with an error that was no JooyaError."""
    text = "باران آمد"
    documents = [
        Document("a", f"- {text}", body=2, title="\ud800", encoding="\ud800", source="a\ud800"),
        Document("b", text, sections=[Section(500, "x"), Section(0, "\ud800")], collection="c"),
        Document("c\ud800\0", f"{text}\0", places=[Place(500), Place(0, 0, "\ud800")]),
        Document("d", text, sections=[Section(0, "\ud800 x")]),
    ]
    assert index.add(*documents, options=ReadOptions(whole=whole)) == IndexReport(new=4)
    assert {hit.document for hit in index.search("باران", collapse=False, context=1)} == {"a", "b", "c\ufffd\0", "d"}
    assert index.add(Document("e", text, body=99)).skipped == ["document: the key 'e' has no text"]
    assert Index.check(index.path).problems == []
    assert index.add(*documents, options=ReadOptions(whole=whole)) == IndexReport(unchanged=4)


def test_no_hits_but_the_total(index: Index) -> None:
    index.add(Document("a", "باران"), Document("b", "باران آمد"))
    assert (index.search("باران", 0).total, index.search("باران", 0).hits) == (2, [])


def test_a_closed_index_is_closed(index: Index) -> None:
    index.add(Document("a", "باران"))
    assert index.search("باران").total == 1
    index.close()
    index.close()
    uses: list[Callable[[], object]] = [
        lambda: index.add(Document("b", "برف")),
        lambda: index.watch(index.path.parent),
        lambda: index.remove("a"),
        lambda: index.search("باران"),
        lambda: index.rank("باران"),
        index.ids,
        lambda: index.similar("a#1"),
        lambda: index.did_you_mean("باران"),
        lambda: index.suggest("با"),
        index.status,
        lambda: index.backup(index.path.parent / "copy"),
        index.__enter__,
    ]
    for use in uses:
        with pytest.raises(IndexUnusable, match=r"is closed: open it again with Index\.open") as caught:
            use()
        assert (caught.value.reason, caught.value.path) == ("closed", index.path)
    assert not (index.path.parent / "copy").exists()


def open_files(folder: Path) -> list[str]:
    """Return the files below `folder` that this process has open or mapped."""
    maps = Path("/proc/self/maps").read_text(encoding="utf-8")
    links = [str(link.readlink()) for link in Path("/proc/self/fd").iterdir() if link.is_symlink()]
    return [line for line in [*maps.splitlines(), *links] if str(folder) in line]


@pytest.mark.skipif(not Path("/proc/self/maps").exists(), reason="only Linux tells which files are mapped")
def test_closing_releases_the_files(index: Index) -> None:
    index.add(Document("a", "باران"), Document("b", "برف"))
    index.remove("b")
    with Index.open(index.path) as other:
        assert other.search("باران").total == 1
        assert other.did_you_mean("بارران") == ["باران"]
        assert open_files(index.path)
    index.close()
    assert open_files(index.path) == []


def test_errors_carry_data(index: Index, tmp_path: Path) -> None:
    index.add(Document("a", "باران"))
    with pytest.raises(BeyondLimit) as beyond:
        index.search("باران", first=20, limits=Limits(depth=5))
    assert (beyond.value.limit, beyond.value.asked, beyond.value.allowed) == ("depth", 29, 5)
    with pytest.raises(BeyondLimit) as late:
        index.search("باران", limits=Limits(seconds=0))
    assert (late.value.limit, late.value.asked, late.value.allowed) == ("seconds", None, 0)
    with index._writer(), pytest.raises(IndexBusy) as busy:
        index.add(Document("b", "برف"), wait=0)
    assert (busy.value.path, busy.value.waited) == (index.path, 0)
    assert (busy.value.holder or "").startswith("process ")
    with pytest.raises(IndexUnusable) as missing:
        Index.open(tmp_path / "nope")
    assert (missing.value.path, missing.value.reason) == (tmp_path / "nope", "missing")
    (segment,) = index.path.glob("*.segment")
    segment.write_bytes(b"")
    with pytest.raises(IndexDamaged) as damaged:
        Index.open(index.path)
    assert damaged.value.path == segment
    for caught in (beyond, late, busy, missing, damaged):
        error = caught.value
        again = pickle.loads(pickle.dumps(error))
        assert (type(again), str(again), vars(again)) == (type(error), str(error), vars(error))


def test_the_classes_of_errors() -> None:
    assert BeyondLimit.__mro__[1:3] == (BadQuery, JooyaError)
    assert IndexDamaged.__mro__[1:3] == (IndexUnusable, JooyaError)
    for kind in (BadArgument, BadInput, BadQuery, IndexBusy, IndexUnusable):
        assert issubclass(kind, JooyaError)
    assert str(JooyaError("two\nlines", "one\nfix")) == "two lines: one fix"


def test_messages_of_the_library_name_no_options() -> None:
    """The commands add what to type on the command line."""
    root = Path(indexer.__file__).parent
    found = [
        f"{path.name}: {line.strip()}"
        for path in root.rglob("*.py")
        if "commands" not in path.parts and path.name != "__init__.py"
        for line in path.read_text(encoding="utf-8").splitlines()
        if re.search(r"[ '\"(]--[a-z]|'jooya ", line)
        and ('"' in line or "'" in line)
        and "`jooya search --help`" not in line
        and not re.search('"--(dpi|list-langs)"', line)  # options of Tesseract
    ]
    assert found == []


def test_commands_use_the_public_interface_alone() -> None:
    public = {
        "",
        "defaults",
        "document",
        "errors",
        "any_index",
        "arguments",
        "evaluation",
        "integrations.ir_evaluation",
        "integrations.local_datasets",
        "limits",
        "options",
        "own_fields",
        "places",
        "result_dicts",
        "results",
        "server.endpoint",
        "server.mcp_server",
        "server.server_settings",
        "server.serving_process",
    }
    modules = list((Path(indexer.__file__).parent / "commands").glob("*.py"))
    assert len(modules) > 10
    for path in modules:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.level == 2:
                assert (node.module or "") in public, path.name
            elif isinstance(node, ast.ImportFrom) and node.level == 3:
                assert node.module in (None, "analyzers", "core"), path.name


def test_skipped_files_are_logged(index: Index, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "a.txt").write_bytes(b"\0")
    with caplog.at_level(logging.INFO, "jooya"):
        assert len(index.add(tmp_path / "a.txt").skipped) == 1
    assert f"skipped {tmp_path}/a.txt: binary file" in caplog.messages


def test_watching(index: Index, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("باران", encoding="utf-8")
    with pytest.raises(BadInput, match="no such file or folder"):
        index.watch(tmp_path / "nope")
    assert next(index.watch(tmp_path / "a.txt")) == IndexReport(new=1)
