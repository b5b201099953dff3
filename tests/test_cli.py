"""End-to-end tests of the command line: index, status, remove, analyze and errors, on real files."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from command import JOOYA, on_terminal, run

from jooya import __version__
from jooya.analyzers import analysis
from jooya.analyzers.loose_terms import loose_terms
from jooya.core import core_name

LANDS = ["سرزمین\u200cهای اشغالی", "سرزمین های اشغالی", "سرزمينهاي اشغالي", "سرزمین اشغالی"]


def hits(cwd: Path, *query: str) -> list[dict[str, Any]]:
    _code, out, _err = run("search", "--format", "jsonl", *query, cwd=cwd)
    return [json.loads(line) for line in out.splitlines()]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, transcript: Path) -> Path:
    """Return a working folder with the transcript indexed in `index`."""
    folder = tmp_path_factory.mktemp("work")
    (folder / "talks").mkdir()
    (folder / "talks" / "transcript.txt").write_bytes(transcript.read_bytes())
    assert run("index", "talks", cwd=folder)[:2] == (0, "new 1, updated 0, unchanged 0, removed 0\n")
    return folder


def test_every_spelling_returns_the_same_passages_in_the_same_order(folder: Path) -> None:
    answers = [[hit["id"] for hit in hits(folder, query)] for query in LANDS]
    assert answers == [["talks/transcript.txt#6", "talks/transcript.txt#7", "talks/transcript.txt#2"]] * 4


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("آمریکا", {"آمريكاست", "امريكا"}),
        ("خامنه\u200cای", {"خامنهاي"}),
        ("عقب\u200cنشینی", {"عقب نشيني", "عقب\nنشيني"}),
        ("می\u200cدهد", {"مي دهد", "دهند", "داد"}),
    ],
)
def test_finds_other_spellings(folder: Path, query: str, found: set[str]) -> None:
    words = {hit["text"][start:end] for hit in hits(folder, query) for start, end in hit["highlights"]}
    assert words == found


def test_the_word_that_matters_ranks_first(folder: Path) -> None:
    with_word = ["مقاومت" in hit["text"] for hit in hits(folder, "مقاومت", "کردن")]
    assert with_word == sorted(with_word, reverse=True)
    assert with_word[0]


def test_nothing_found(folder: Path) -> None:
    assert run("search", "کرانهٔ باختری", cwd=folder) == (1, "", "nothing found\n")


@pytest.mark.parametrize(
    "query", [*LANDS, "آمریکا", "خامنه\u200cای", "عقب\u200cنشینی", "مقاومت کردن", "مردم فلسطین", "است"]
)
def test_every_highlight_matches_the_query(folder: Path, query: str) -> None:
    """A highlight that is analyzed by itself has a stem of the query, or a loose term of it."""
    find = loose_terms().find

    def terms(text: str) -> set[str]:
        tokens = analysis().tokens(text)
        return {token.stem for token in tokens} | {find(token.surface, token.stem) for token in tokens}

    spans = [(hit["text"][start:end]) for hit in hits(folder, query) for start, end in hit["highlights"]]
    assert spans
    assert all(terms(query) & terms(span) for span in spans)


def test_a_hit_for_programs(folder: Path, transcript: Path) -> None:
    code, out, err = run("search", "-k", "1", "--format", "json", "راسخ", cwd=folder)
    answer = json.loads(out)
    assert (code, err, answer["query"], answer["total"]) == (0, "", "راسخ", 1)
    (hit,) = answer["hits"]
    assert list(hit) == [
        "rank", "score", "id", "document", "title", "date", "text", "start", "end", "page", "time", "heading",
        "speaker", "collection", "meta", "highlights", "snippet", "copies",
    ]  # fmt: skip
    assert hit["date"] == {"jalali": "1384-09-22", "gregorian": "2005-12-13"}
    assert hit["title"] == "ديدار رئيس دفتر سياسي حماس و هيات همراه"
    assert hit["text"] == transcript.read_text(encoding="utf-8")[hit["start"] : hit["end"]]
    assert [hit["text"][start:end] for start, end in hit["highlights"]] == ["راسخ تر"]


def test_text_is_plain_when_piped(folder: Path) -> None:
    code, out, err = run("search", "-k", "1", "سرزمین", "اشغالی", cwd=folder)
    title, place, text, blank = out.split("\n")[:4]
    assert (code, err, blank) == (0, "1 of 3 passages; --from 2 shows more\n", "")
    assert title == "1. ديدار رئيس دفتر سياسي حماس و هيات همراه · 1384-09-22 (2005-12-13)"
    assert re.fullmatch(r"   talks/transcript\.txt#6 · \d\.\d\d", place)
    assert text.startswith("   وي ضمن ارائه گزارشي از اوضاع سرزمينهاي اشغالي")


def test_colour_on_a_terminal(folder: Path) -> None:
    assert "\x1b[31m\x1b[1mراسخ تر\x1b[0m" in on_terminal(folder, "search", "راسخ", NO_COLOR="")
    assert "\x1b[" not in on_terminal(folder, "search", "راسخ", NO_COLOR="1")
    assert "indexing" in on_terminal(folder, "index", "-i", "other", "talks")


def test_a_document_cannot_steer_the_terminal(tmp_path: Path) -> None:
    text = "باران \x1b]0;title\x07\x1b[31m تند\r\nبود \u202eچپ\u2066\u202b راست\x9b\u200c"
    (tmp_path / "a\x1b[31m.txt").write_text(text, encoding="utf-8")
    (tmp_path / "b\x1b]0;x\x07.txt").write_bytes(b"\0")
    assert run("index", ".", cwd=tmp_path)[2] == "skipped b\ufffd]0;x\ufffd.txt: binary file\n"
    shown = run("search", "باران", cwd=tmp_path)[1]
    assert "باران \ufffd]0;title\ufffd\ufffd[31m تند\n   بود \ufffdچپ راست\ufffd\u200c" in shown
    assert shown.startswith("1. a\ufffd[31m.txt\n")
    (hit,) = hits(tmp_path, "باران")
    assert hit["text"] == text  # programs get the text as it is
    for command in (["status"], ["search", "--format", "trec", "باران"], ["remove", "x\x1b[31m"]):
        assert "\x1b" not in "".join(map(str, run(*command, cwd=tmp_path)))


def test_trec_runs(folder: Path) -> None:
    queries = "q1\tسرزمین\u200cهای اشغالی\nq2\tکرانهٔ باختری\n\nq 3\tراسخ\n"
    (folder / "queries.tsv").write_text(queries, encoding="utf-8")
    code, out, err = run("search", "--queries", "queries.tsv", "--format", "trec", "-k", "1000", cwd=folder)
    lines = [line.split(" ") for line in out.splitlines()]
    assert (code, err) == (0, "")
    assert [(line[0], line[1], line[2], line[3], line[5]) for line in lines] == [
        ("q1", "Q0", "talks/transcript.txt#6", "1", "jooya"),
        ("q1", "Q0", "talks/transcript.txt#7", "2", "jooya"),
        ("q1", "Q0", "talks/transcript.txt#2", "3", "jooya"),
        ("q_3", "Q0", "talks/transcript.txt#6", "1", "jooya"),
    ]
    scores = [float(line[4]) for line in lines[:3]]
    assert scores == sorted(scores, reverse=True)
    _code, out, _err = run("search", "--queries", "queries.tsv", "--format", "jsonl", cwd=folder)
    assert [json.loads(line)["query_id"] for line in out.splitlines()] == ["q1", "q1", "q1", "q 3"]


def test_status(folder: Path) -> None:
    code, out, err = run("status", "--json", cwd=folder)
    counts = json.loads(out)
    assert (code, err, counts["documents"], counts["passages"]) == (0, "", 1, 7)
    assert "documents   1\npassages    7\n" in run("status", cwd=folder)[1]
    assert counts["core"] == core_name()
    assert f"\ncore        {core_name()}\n" in run("status", cwd=folder)[1]
    assert "\ncore        python\n" in run("status", cwd=folder, JOOYA_PURE="1")[1]
    assert run("status", cwd=folder.parent, JOOYA_INDEX=str(folder / "index"))[1].startswith(f"index       {folder}")


def test_analyze(folder: Path) -> None:
    code, out, err = run("analyze", "--json", "می رود", "-", cwd=folder, stdin="كتابهاي\r\n\nب".encode())
    first, second, third, fourth = map(json.loads, out.splitlines())
    assert (code, err) == (0, "")
    assert first == {
        "text": "می رود",
        "tokens": [{"surface": "میرود", "stem": "رفت#رو", "position": 0, "start": 0, "end": 6}],
    }
    assert second == {
        "text": "كتابهاي",
        "tokens": [{"surface": "کتابهای", "stem": "کتاب", "position": 0, "start": 0, "end": 7}],
    }
    assert third == {"text": "", "tokens": []}
    assert fourth["text"] == "ب"
    assert run("analyze", "كتابهاي", cwd=folder)[1] == "   0  0-7        كتابهاي  →  کتابهای  →  کتاب  (ending های)\n"


def test_index_follows_its_files(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("باران", encoding="utf-8")
    (tmp_path / "b.txt").write_text("برف", encoding="utf-8")
    steps = [run("index", "-i", ".index", ".", cwd=tmp_path)[1]]
    steps.append(run("index", "-i", ".index", ".", cwd=tmp_path)[1])
    (tmp_path / "a.txt").write_text("تگرگ", encoding="utf-8")
    (tmp_path / "b.txt").unlink()
    steps.append(run("index", "-i", ".index", ".", cwd=tmp_path)[1])
    assert steps == [
        "new 2, updated 0, unchanged 0, removed 0\n",
        "new 0, updated 0, unchanged 2, removed 0\n",
        "new 0, updated 1, unchanged 0, removed 1\n",
    ]
    assert run("remove", "-i", ".index", "a.txt", "nope", cwd=tmp_path) == (
        0,
        "removed 1\n",
        "no document 'nope' in .index\n",
    )
    assert run("remove", "-i", ".index", "nope", cwd=tmp_path)[0] == 1
    assert run("search", "-i", ".index", "تگرگ", cwd=tmp_path)[0] == 1


def test_whole_records(tmp_path: Path) -> None:
    record = json.dumps({"id": "r 1", "text": "باران آمد. " * 200}, ensure_ascii=False)
    (tmp_path / "r.jsonl").write_text(record, encoding="utf-8")
    assert run("index", "--whole", "r.jsonl", cwd=tmp_path)[0] == 0
    assert [hit["id"] for hit in hits(tmp_path, "باران")] == ["r 1"]
    assert run("search", "--format", "trec", "باران", cwd=tmp_path)[1].startswith("1 Q0 r_1 1 ")


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("bad.txt", b"", "bad.txt: empty file"),
        ("bad.txt", b"\0\1", "bad.txt: binary file"),
        (
            "bad.txt",
            "Ñandú größer".encode("latin1"),
            "bad.txt: not UTF-8 (byte 0), nor another encoding of Persian; name it with the encoding option",
        ),
        ("bad.jsonl", b'{"id": "x", "text": "x"}\nbroken', "bad.jsonl:2: broken JSON: Expecting value at column 1"),
    ],
)
def test_bad_files_are_counted_skips(tmp_path: Path, name: str, content: bytes, reason: str) -> None:
    (tmp_path / name).write_bytes(content)
    (tmp_path / "good.txt").write_text("باران", encoding="utf-8")
    code, out, err = run("index", "good.txt", name, cwd=tmp_path)
    assert (code, err) == (0, f"skipped {reason}\n")
    assert out.endswith(", skipped 1\n")
    assert [hit["id"] for hit in hits(tmp_path, "باران")] == ["good.txt#1"]


def test_other_paths_are_indexed_when_one_is_missing(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("باران", encoding="utf-8")
    (tmp_path / "loop.txt").symlink_to("loop.txt")
    assert run("index", "a.txt", "gone.txt", "loop.txt", cwd=tmp_path) == (
        2,
        "new 1, updated 0, unchanged 0, removed 0\n",
        "jooya: loop.txt: Too many levels of symbolic links; gone.txt: no such file or folder\n",
    )
    assert run("index", "a.txt", "gone.txt", cwd=tmp_path)[0] == 2
    code, out, _ = run("index", "--json", "gone.txt", "a.txt", cwd=tmp_path)
    assert (code, json.loads(out)["failed"]) == (2, ["gone.txt: no such file or folder"])
    assert run("index", "a.txt", cwd=tmp_path)[0] == 0


def test_a_folder_that_is_gone_is_cleared(tmp_path: Path) -> None:
    (tmp_path / "talks").mkdir()
    for name in ("a.txt", "b.txt"):
        (tmp_path / "talks" / name).write_text("باران", encoding="utf-8")
    assert run("index", "talks", cwd=tmp_path)[0] == 0
    shutil.rmtree(tmp_path / "talks")
    assert run("index", "talks", cwd=tmp_path) == (
        0,
        "new 0, updated 0, unchanged 0, removed 2\n",
        "talks is gone: what was indexed from it is removed\n",
    )
    assert run("search", "باران", cwd=tmp_path)[0] == 1
    assert run("index", "talks", cwd=tmp_path) == (2, "", "jooya: talks: no such file or folder\n")


def test_remove_by_patterns(tmp_path: Path) -> None:
    """A pattern means what it means in the query doc:; a key with a star is itself."""
    keys = ["talks/a.txt", "talks/b/c.txt", "a*b", "axb", "[x]", "x", "n\nn*"]
    lines = [json.dumps({"id": key, "text": "باران"}) for key in keys]
    (tmp_path / "r.jsonl").write_text("\n".join(lines), encoding="utf-8")
    run("index", "r.jsonl", cwd=tmp_path)

    def left() -> set[str]:
        return {hit["document"] for hit in hits(tmp_path, "--copies", "باران")}

    for pattern in ("talks/*", "*b*", "a*b", "[*]", "n*"):
        matched = {hit["document"] for hit in hits(tmp_path, "--copies", f'باران doc:"{pattern}"')}
        expected = {"a*b"} if pattern == "a*b" and "a*b" in left() else matched
        if pattern != "*b*":
            before = left()
            assert run("remove", pattern, cwd=tmp_path) == (0, f"removed {len(expected)}\n", "")
            assert before - left() == expected
    assert left() == {"axb", "x"}
    assert run("remove", "y*", "x", cwd=tmp_path) == (0, "removed 1\n", "no document 'y*' in index\n")
    assert run("remove", "y*", cwd=tmp_path)[0] == 1


@pytest.mark.parametrize(
    ("name", "close"),
    [("cp1265", "cp1256"), ("windows-1265", "windows-1256"), ("UTF_88", "utf-8"), ("rot13", ""), ("base64", "")],
)
def test_an_unknown_encoding_is_refused_at_once(tmp_path: Path, name: str, close: str) -> None:
    """Every file was skipped, and the exit code was 0."""
    (tmp_path / "a.txt").write_text("باران", encoding="utf-8")
    for command in ("index", "watch"):
        code, out, err = run(command, "--encoding", name, "a.txt", cwd=tmp_path)
        assert (code, out) == (2, "")
        assert re.fullmatch(f"jooya: no encoding is called {name!r}: [^\n]*{close}[^\n]*\n", err)
        assert not (tmp_path / "index").exists()


def test_the_exit_code_when_every_file_is_skipped(tmp_path: Path) -> None:
    (tmp_path / "f").mkdir()
    (tmp_path / "f" / "a.txt").write_bytes(b"\0")
    assert run("index", "f", cwd=tmp_path)[0] == 1
    assert run("index", "f", cwd=tmp_path)[0] == 1
    (tmp_path / "f" / "b.txt").write_text("باران", encoding="utf-8")
    assert run("index", "f", cwd=tmp_path)[0] == 0
    assert run("index", "f", cwd=tmp_path)[0] == 0
    (tmp_path / "none").mkdir()
    assert run("index", "none", cwd=tmp_path)[0] == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["index", "nope"], "nope: no such file or folder"),
        (
            ["index", "-i", "talks", "talks"],
            "talks is not an index: give the folder of an index with -i, or a new one to",
        ),
        (["search", "-i", "nope", "x"], "no index at nope: make one with 'jooya index -i nope PATH…'"),
        (
            ["search", "-i", "talks", "x"],
            "talks is not an index: give the folder of an index with -i, or a new one to",
        ),
        (["search", ""], "nothing to search for in '': give at least one word"),
        (["search"], "nothing to search for in '': give at least one word"),
        (["search", "؟"], "nothing to search for in '؟': give at least one word"),
        (["search", "-k", "0", "x"], "Invalid value for '-k': '0' is not a whole number of 1 or more."),
        (["search", "--queries", "nope", "--format", "trec"], "nope: No such file or directory"),
        (["search", "--queries", "nope"], "--queries needs --format jsonl or --format trec"),
        (["search", "--queries", "nope", "x"], "give a QUERY or --queries FILE, not both"),
        (["search", "--queries", "talks/transcript.txt", "--format", "trec"], "talks/transcript.txt:2: no tab;"),
        (["search", "-k", "ده", "x"], "Invalid value for '-k': 'ده' is not a whole number of 1 or more."),
        (
            ["search", "--timeout", "x", "x"],
            "Invalid value for '--timeout': 'x' is not a number of seconds, 0 or more.",
        ),
        (["index", "--jobs", "65", "talks"], "Invalid value for '--jobs': '65' is not a whole number from 1 to 64."),
        (["index", "--collection", "a b", "talks"], "collection cannot be 'a b': give letters, digits,"),
        (["backup", "talks"], "talks "),
        (["analyze"], "Missing argument 'TEXT...'."),
        (["nope"], "No such command 'nope'."),
    ],
)
def test_errors_are_one_line_with_exit_code_2(folder: Path, arguments: list[str], message: str) -> None:
    before = {path.name: path.read_bytes() for path in (folder / "index").iterdir()}
    code, out, err = run(*arguments, cwd=folder)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert err.startswith(f"jooya: {message}")
    assert {path.name: path.read_bytes() for path in (folder / "index").iterdir()} == before


def test_stdin_that_is_not_utf8(folder: Path) -> None:
    assert run("analyze", "-", cwd=folder, stdin=b"ok\n\xff") == (
        2,
        "   0  0-2        ok  →  ok  (unknown)\n",
        "jooya: stdin:2: not UTF-8: convert it first, for example with iconv\n",
    )


def test_bare_jooya_prints_its_help(tmp_path: Path) -> None:
    code, out, err = run(cwd=tmp_path)
    assert (code, err) == (0, "")
    assert out == run("--help", cwd=tmp_path)[1]
    commands = [line.split()[0] for line in out.partition("Commands:\n")[2].partition("\n\n")[0].splitlines()]
    assert commands[:3] == ["index", "watch", "search"]
    assert "..." not in out.partition("Commands:\n")[2].partition("\n\n")[0]


def test_the_version(tmp_path: Path) -> None:
    assert run("-V", cwd=tmp_path) == run("--version", cwd=tmp_path) == (0, f"jooya {__version__}\n", "")


@pytest.mark.parametrize(
    ("typed", "completed"),
    [
        ("jooya se", ["search", "serve", "seal"]),
        ("jooya search --so", ["--sort"]),
        ("jooya search --sort ", ["score", "date", "document"]),
    ],
)
def test_shells_complete_commands_and_options(tmp_path: Path, typed: str, completed: list[str]) -> None:
    (tmp_path / "jooya.toml").write_text("nonsense", encoding="utf-8")
    words = str(len(typed.split(" ")) - 1)
    code, out, err = run(cwd=tmp_path, _JOOYA_COMPLETE="bash_complete", COMP_WORDS=typed, COMP_CWORD=words)
    assert (code, [line.partition(",")[2] for line in out.splitlines()], err) == (0, completed, "")
    for shell in ("bash", "zsh", "fish"):
        assert "_JOOYA_COMPLETE=" in run(cwd=tmp_path, _JOOYA_COMPLETE=f"{shell}_source")[1]


def test_a_closed_pipe_is_no_error(folder: Path) -> None:
    command = f"'{JOOYA}' search فلسطین | head -n 1; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", command], cwd=folder, capture_output=True, check=True)
    assert done.stderr == b""
    assert done.stdout.endswith(b"\n0\n")


def test_searching_imports_neither_hazm_nor_whoosh(folder: Path) -> None:
    code = (
        "import sys; from jooya.indexer import Index\n"
        "with Index.open('index') as index: assert index.search('سرزمین').hits\n"
        "print(sorted({'hazm', 'nltk', 'whoosh'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=folder, capture_output=True, check=True)
    assert done.stdout == b"[]\n"


def test_jobs_and_memory_make_no_difference(tmp_path: Path) -> None:
    records = [{"id": str(number), "text": f"باران {number} بارید. " * (number % 7 + 1)} for number in range(60)]
    (tmp_path / "r.jsonl").write_text("\n".join(map(json.dumps, records)), encoding="utf-8")
    answers = []
    for number, options in enumerate([[], ["--jobs", "2"], ["--memory", "1"], ["--jobs", "3", "--memory", "1"]]):
        folder = f"index{number}"
        assert run("index", "-i", folder, *options, "r.jsonl", cwd=tmp_path)[1] == (
            "new 60, updated 0, unchanged 0, removed 0\n"
        )
        answers.append(run("search", "-i", folder, "--format", "trec", "-k", "60", "باران بارید", cwd=tmp_path)[1])
    assert len(answers[0].splitlines()) == 60
    assert answers.count(answers[0]) == 4
    assert run("index", "--jobs", "0", "r.jsonl", cwd=tmp_path)[0] == 2


def test_a_damaged_index_is_an_error_in_one_line(folder: Path, tmp_path: Path) -> None:
    """A pickle in the place of a file is never executed, while stock Whoosh executes what it finds in an index."""
    bomb = b"cposix\nsystem\n(S'touch executed'\ntR."
    for name in ("toc.json", "1.segment"):
        shutil.copytree(folder / "index", tmp_path / name)
        (tmp_path / name / name).write_bytes(bomb)
        for command in (["search", "-i", name, "سرزمین"], ["status", "-i", name], ["index", "-i", name, "."]):
            code, out, err = run(*command, cwd=tmp_path)
            assert (code, out) == (2, "")
            assert re.fullmatch(rf"jooya: {name}/{name} is damaged: [^\n]+\n", err)
    assert not (tmp_path / "executed").exists()
