"""End-to-end tests of how commands print, and of the commands list and show."""

import csv
import io
import json
import stat
import time
from pathlib import Path

import pytest
from command import JOOYA, on_terminal, run

from jooya import Index, WorkProgress
from jooya.indexer.commands.progress_line import work_text
from jooya.indexer.commands.wrapping import wrapped, written_lines

VERSE = "توانا بود هر که دانا بود        ز دانش دل پیر برنا بود\nبه نام خداوند جان و خرد\nکزین برتر اندیشه برنگذرد\n"
CHAT = "[۱۲:۰۱] سارا: سلام، باران می‌آید؟\n[۱۲:۰۲] رضا: نه، برف می‌آید.\n"
PROSE = "مردم روستا، که قنات را هر سال لایروبی می‌کردند، امسال هم آمدند و آب، آرام آرام، به باغ‌ها رسید."
BAYT = "بنی آدم اعضای یک پیکرند که در آفرینش ز یک گوهرند چو عضوی به درد آورد"
TABLE = "شهر\tبارش\nیزد\t۵۰\nرشت\t۱۳۰۰\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("work")
    (folder / "texts").mkdir()
    for name, text in (("poem", VERSE), ("chat", CHAT), ("table", TABLE)):
        (folder / "texts" / f"{name}.txt").write_text(text, encoding="utf-8")
    (folder / "texts" / "talk.srt").write_text(
        "1\n00:01:05,000 --> 00:01:08,000\nقنات آب را می‌آورد\n", encoding="utf-8"
    )
    records = [
        {"id": "r1", "title": "<b>باغ</b>", "date": "1402-07-20", "text": 'آبیاری *باغ* & <i>گل</i>, "تازه"'},
        {"id": "r2", "text": "آبیاری linux با iphone"},
    ]
    (folder / "r.jsonl").write_text("\n".join(json.dumps(one, ensure_ascii=False) for one in records), encoding="utf-8")
    assert run("index", "-q", "texts", cwd=folder) == (0, "", "")
    assert run("index", "-q", "--collection", "records", "--whole", "r.jsonl", cwd=folder) == (0, "", "")
    return folder


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--jsn", "باران"], "no option --jsn: did you mean --json?"),
        (["باران", "--quit=no"], "no option --quit: did you mean --quiet?"),
        (["باران", "--xyz"], "no option --xyz"),
        (["--برف", "باران"], "no option --برف: to leave out a word, write it with one dash"),
    ],
)
@pytest.mark.parametrize("command", ["search", "suggest"])
def test_an_unknown_long_option_is_an_error(folder: Path, command: str, arguments: list[str], message: str) -> None:
    assert run(command, *arguments, cwd=folder) == (2, "", f"jooya: {message} (see 'jooya {command} --help')\n")


@pytest.mark.parametrize(
    ("words", "documents"),
    [
        (["آبیاری", "-باغ"], ["records/r2"]),
        (["آبیاری", "-linux"], ["records/r1"]),
        (["-l", "آبیاری", "-linux"], ["records/r1"]),
        (["-lq", "آبیاری", "-linux"], ["records/r1"]),
        (["-l", "--", "آبیاری", "-iphone"], ["records/r1"]),
        (["-l", "--", "آبیاری", "--json"], ["records/r1", "records/r2"]),
        (["-l", "آبیاری --json"], ["records/r1", "records/r2"]),
    ],
)
def test_words_with_a_dash_are_left_out(folder: Path, words: list[str], documents: list[str]) -> None:
    lines = run("search", *(["-l"] if words[0][0] != "-" else []), *words, cwd=folder)[1].splitlines()
    assert sorted(lines) == documents


def test_json_everywhere(folder: Path, tmp_path: Path) -> None:
    def answer(*arguments: str) -> object:
        return json.loads(run(*arguments, "--json", cwd=folder)[1])

    assert answer("search", "باران") == json.loads(run("search", "--format", "json", "باران", cwd=folder)[1])
    assert answer("check") == {
        "documents": 6,
        "passages": 6,
        "segments": 2,
        "problems": [],
        "unreadable": [],
    }
    assert answer("check", "--repair")["report"]["problems"] == []  # type: ignore[index]
    assert answer("backup", str(tmp_path / "copy"))["documents"] == 6  # type: ignore[index]
    assert answer("remove", "-i", str(tmp_path / "copy"), "rec*") == ["records/r1", "records/r2"]
    assert answer("list", "records/r1")[0]["key"] == "records/r1"  # type: ignore[index]
    assert answer("similar", "records/r1")["hits"]  # type: ignore[index]
    assert answer("status")["documents"] == 6  # type: ignore[index]


def test_the_dictionary_of_python_is_the_json_of_the_command(folder: Path) -> None:
    with Index.open(folder / "index") as index:
        assert index.search("آبیاری", context=1).to_dict() == json.loads(
            run("search", "-C", "1", "--json", "آبیاری", cwd=folder)[1]
        )
        assert [document.to_dict() for document in index.documents()] == json.loads(
            run("list", "--json", cwd=folder)[1]
        )
        document = index.get("texts/poem.txt")
        assert document is not None
        assert document.to_dict() == json.loads(run("show", "--json", "texts/poem.txt", cwd=folder)[1])


@pytest.mark.parametrize(
    ("arguments", "keys"),
    [
        ([], ["records/r1", "records/r2", "texts/chat.txt", "texts/poem.txt", "texts/table.txt", "texts/talk.srt"]),
        (["texts/t"], ["texts/table.txt", "texts/talk.srt"]),
        (["*.srt"], ["texts/talk.srt"]),
        (["records/r1"], ["records/r1"]),
    ],
)
def test_list(folder: Path, arguments: list[str], keys: list[str]) -> None:
    code, out, err = run("list", *arguments, cwd=folder)
    assert (code, err) == (0, "")
    assert [line.split(" · ")[0] for line in out.splitlines()] == keys


def test_a_line_of_the_list(folder: Path) -> None:
    assert (
        run("list", "records/r1", cwd=folder)[1]
        == "records/r1 · <b>باغ</b> · 1402-07-20 (2023-10-12) · records · 1 passage\n"
    )
    assert run("list", "nothing", cwd=folder) == (1, "", "no document 'nothing' in index\n")
    assert run("list", "nothing", "--json", "-q", cwd=folder) == (1, "[]\n", "")


def test_show(folder: Path) -> None:
    code, out, err = run("show", "texts/poem.txt", cwd=folder)
    assert (code, err) == (0, "")
    head, *lines = out.splitlines()
    assert head.startswith("texts/poem.txt · ")
    assert lines == [f"   {line}" for line in VERSE.splitlines()]
    out = run("show", "texts/talk.srt#1", cwd=folder)[1]
    assert out.splitlines()[1:] == ["   texts/talk.srt#1 · 00:01:05", "   قنات آب را می‌آورد"]
    assert run("show", "nothing", cwd=folder)[::2] == (
        2,
        "jooya: no document or passage 'nothing' in index: 'jooya list' shows the keys of all documents\n",
    )
    assert json.loads(run("show", "texts/talk.srt#1", "--json", cwd=folder)[1])["time"] == "00:01:05"


def _programs(folder: Path, *names: str) -> dict[str, str]:
    """Put programs into a folder that write their arguments to a file. Return the environment that has them alone."""
    folder.mkdir()
    for name in names:
        program = folder / name
        program.write_text(
            f'#!/bin/sh\nprintf "%s\\n" {name} "$@" > {folder}/ran.tmp && mv {folder}/ran.tmp {folder}/ran\n'
        )
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
    return {"PATH": f"{folder}:/usr/bin:/bin"}


def _ran(folder: Path) -> list[str]:
    for _ in range(100):
        if (folder / "ran").exists():
            return (folder / "ran").read_text(encoding="utf-8").splitlines()
        time.sleep(0.05)
    raise AssertionError("nothing was opened")


def test_show_opens_the_source(folder: Path, tmp_path: Path) -> None:
    environment = _programs(tmp_path / "bin", "xdg-open", "open", "mpv")
    code, out, err = run("show", "--open", "texts/poem.txt", cwd=folder, stdin=b"", **environment)
    assert (code, out, err) == (0, "", f"opened {folder}/texts/poem.txt\n")
    assert _ran(tmp_path / "bin")[1:] == [f"{folder}/texts/poem.txt"]


def test_show_opens_a_recording_at_the_time(folder: Path, tmp_path: Path) -> None:
    (folder / "texts" / "talk.mp4").write_bytes(b"")
    environment = _programs(tmp_path / "bin", "mpv")
    code, _, err = run("show", "--open", "texts/talk.srt#1", cwd=folder, stdin=b"", **environment)
    (folder / "texts" / "talk.mp4").unlink()
    assert (code, err) == (0, f"opened {folder}/texts/talk.mp4 at 00:01:05\n")
    assert _ran(tmp_path / "bin") == ["mpv", "--start=00:01:05", f"{folder}/texts/talk.mp4"]


def test_what_cannot_be_opened(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("باران", encoding="utf-8")
    run("index", "a.txt", cwd=tmp_path)
    (tmp_path / "a.txt").unlink()
    code, _, err = run("show", "--open", "a.txt", cwd=tmp_path)
    assert (code, err.partition(":")[0]) == (2, "jooya")
    assert f"{tmp_path}/a.txt is gone" in err
    with Index.open(tmp_path / "index") as index:
        from jooya import Document  # noqa: PLC0415

        index.add(Document("made", "برف"))
    assert "made is from no file" in run("show", "--open", "made", cwd=tmp_path)[2]


def test_csv(folder: Path) -> None:
    out = run("search", "--format", "csv", "--sort", "document", "آبیاری OR توانا", cwd=folder)[1]
    rows = list(csv.DictReader(io.StringIO(out)))
    assert [row["id"] for row in rows] == ["records/r1", "records/r2", "texts/poem.txt#1"]
    assert (rows[0]["title"], rows[0]["jalali"], rows[0]["text"]) == (
        "<b>باغ</b>",
        "1402-07-20",
        'آبیاری *باغ* & <i>گل</i>, "تازه"',
    )
    assert rows[2]["text"].count("\n") == 2


def test_markdown(folder: Path) -> None:
    out = run("search", "--format", "md", "باغ", cwd=folder)[1]
    assert out.splitlines() == [
        "1. **\\<b\\>باغ\\</b\\>** · 1402-07-20  ",
        "   records/r1",
        "",
        '   آبیاری \\***باغ**\\* & \\<i\\>گل\\</i\\>, "تازه"',
        "",
    ]


def test_html(folder: Path) -> None:
    out = run("search", "--format", "html", "باغ", cwd=folder)[1]
    assert '<html lang="fa" dir="rtl">' in out
    assert "<bdi>&lt;b&gt;باغ&lt;/b&gt;</bdi>" in out
    assert "آبیاری *<mark>باغ</mark>* &amp; &lt;i&gt;گل&lt;/i&gt;, &quot;تازه&quot;" in out


def test_keys_and_counts(folder: Path) -> None:
    assert json.loads(run("search", "-l", "--json", "+آبیاری", "+باغ", cwd=folder)[1]) == ["records/r1"]
    assert run("search", "--count", "آبیاری", cwd=folder) == (0, "2\n", "")
    assert run("search", "--count", "نیست", cwd=folder)[:2] == (1, "0\n")
    assert json.loads(run("search", "--count", "--json", "آبیاری", cwd=folder)[1])["total"] == 2
    assert len(run("search", "-l", "-k", "1", "آبیاری", cwd=folder)[1].splitlines()) == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["-l", "--count"], "give --list or --count, not both"),
        (["--count", "--format", "csv"], "--count prints text or --json, not --format csv"),
        (["--json", "--format", "csv"], "--json and --format csv are not the same"),
    ],
)
def test_options_that_contradict_each_other(folder: Path, arguments: list[str], message: str) -> None:
    assert run("search", *arguments, "باران", cwd=folder)[2].startswith(f"jooya: {message}")


def test_color(folder: Path) -> None:
    assert "\x1b[" in run("search", "--color", "always", "باران", cwd=folder)[1]
    assert "\x1b[" in run("search", "--color", "always", "باران", cwd=folder, NO_COLOR="1")[1]
    assert "\x1b[" not in run("search", "باران", cwd=folder)[1]
    assert "\x1b[" not in on_terminal(folder, "search", "--color", "never", "باران")
    assert "\x1b[" in on_terminal(folder, "list")


def test_quiet(folder: Path, tmp_path: Path) -> None:
    assert run("search", "-q", "(آبیاری", "-k", "1", cwd=folder)[2] == ""
    assert run("search", "-q", "نیستتت", cwd=folder) == (1, "", "")
    assert run("check", "-q", cwd=folder) == (0, "", "")
    assert run("backup", "-q", str(tmp_path / "copy"), cwd=folder) == (0, "", "")
    assert run("remove", "-q", "-i", str(tmp_path / "copy"), "records/r1", cwd=folder) == (0, "", "")
    assert run("search", "-q", "-i", "none", "آب", cwd=folder)[2].startswith("jooya: no index at none")


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        (VERSE, VERSE.splitlines()),
        (CHAT, CHAT.splitlines()),
        (TABLE, ["شهر    بارش", "یزد    ۵۰", "رشت    ۱۳۰۰"]),
        ("\n\nیک\n\n\n\nدو \n", ["یک", "", "دو"]),
        ("یک  دو               سه", ["یک  دو        سه"]),
        ("", []),
        (f"{PROSE[:62]}\n{PROSE[63:]}", [PROSE]),
        (f"{PROSE[:62]}\n\n{PROSE[63:]}", [PROSE]),
        (f"{PROSE}\n\n{PROSE}", [PROSE, "", PROSE]),
        (f"{PROSE}\n- یک، دو\n- سه", [PROSE, "- یک، دو", "- سه"]),
        (f"{BAYT}\n{BAYT}", [BAYT, BAYT]),
    ],
)
def test_lines_are_shown_as_written(text: str, lines: list[str]) -> None:
    assert list(written_lines(text)) == lines


@pytest.mark.parametrize("name", ["poem", "chat", "table"])
def test_a_hit_keeps_its_line_breaks(folder: Path, name: str) -> None:
    text = {"poem": VERSE, "chat": CHAT, "table": TABLE}[name]
    out = run("search", f"doc:texts/{name}.txt", cwd=folder)[1]
    assert [line.strip() for line in out.splitlines()[2:] if line.strip()] == list(written_lines(text))


@pytest.mark.parametrize(
    ("line", "width", "rows"),
    [
        ("یک دو سه", 6, ["یک دو", "سه"]),
        ("می\u200cآورد آن را", 12, ["می\u200cآورد آن را"]),
        ("می\u200cآورد آن را", 9, ["می\u200cآورد آن", "را"]),
        ("کَتَبَ کَتَبَ", 7, ["کَتَبَ کَتَبَ"]),
        ("درازترازپهنا یک", 5, ["درازترازپهنا", "یک"]),
        ("\x02یک\x03 دو", 5, ["\x02یک\x03 دو"]),
        ("یک دو", None, ["یک دو"]),
    ],
)
def test_long_lines_are_broken_at_words(line: str, width: int | None, rows: list[str]) -> None:
    assert wrapped(line, width) == rows


def test_a_terminal_breaks_long_lines_and_a_pipe_does_not(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("باران " * 40, encoding="utf-8")
    run("index", "a.txt", cwd=tmp_path)
    shown = on_terminal(tmp_path, "search", "--color", "never", "باران", COLUMNS="40").replace("\r", "")
    rows = [row for row in shown.splitlines()[2:] if row.strip()]
    assert len(rows) == 7
    assert max(map(len, rows)) <= 40
    assert len(run("search", "باران", cwd=tmp_path)[1].strip().splitlines()) == 3
    coloured = on_terminal(tmp_path, "search", "باران", COLUMNS="40").replace("\r", "").splitlines()[2:9]
    assert all(row.count("\x1b[31m") == row.count("\x1b[0m") == 1 for row in coloured)


@pytest.mark.parametrize(
    ("typed", "completed"),
    [
        ("remove rec", ["records/r1", "records/r2"]),
        ("show texts/t", ["texts/table.txt", "texts/talk.srt"]),
        ("show texts/talk.srt#", ["texts/talk.srt#1"]),
        ("similar records/r1", ["records/r1"]),
        ("list texts/p", ["texts/poem.txt"]),
        ("search collection:r", ["collection:records"]),
        ("search doc:r", ["doc:records/r1", "doc:records/r2"]),
        ("search ti", ["title:"]),
        ("index --collection r", ["records"]),
        ("show -i none r", []),
    ],
)
def test_shells_complete_what_is_in_the_index(folder: Path, typed: str, completed: list[str]) -> None:
    words = f"jooya {typed}"
    out = run(cwd=folder, _JOOYA_COMPLETE="zsh_complete", COMP_WORDS=words, COMP_CWORD=str(len(words.split()) - 1))[1]
    assert out.splitlines()[1::3] == completed


def test_progress_of_long_work() -> None:
    assert work_text(WorkProgress("copying", 30_000_000, 90_000_000, "bytes"), 10) == (
        "copying: 30 of 90 MB · 3/s · 0:00:20 left"
    )
    assert work_text(WorkProgress("evaluating", 0, 50, "queries"), 0) == "evaluating: 0 of 50 queries · 0/s"


def test_the_command_is_installed() -> None:
    assert JOOYA.exists()
