"""End-to-end tests of the commands search, similar, suggest and eval."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from command import on_terminal, run

RECORDS = [
    {"id": "s1", "title": "ديدار", "date": "1384-09-22", "text": "سرزمينهاي اشغالي فلسطين. " + "واژه " * 78},
    {"id": "s2", "title": "سفر", "date": "2006-05-01", "text": "مردم سرزمین‌های دور، سلام"},
    {"id": "s3", "text": "سلام بر باران"},
    {"id": "s4", "text": "سلام بر باران!"},
    {"id": "s5", "text": "باران و برف"},
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("work")
    lines = [json.dumps(record, ensure_ascii=False) for record in RECORDS]
    (folder / "r.jsonl").write_text("\n".join(lines), encoding="utf-8")
    assert run("index", "--whole", "r.jsonl", cwd=folder)[0] == 0
    (folder / "q.tsv").write_text("1\tفلسطین\n2\tبرف باران\n3\tنیست\n", encoding="utf-8")
    (folder / "qrels").write_text("1 0 s1 1\n2 0 s3 1\n3 0 s2 1\n", encoding="utf-8")
    return folder


def answer(folder: Path, *arguments: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(run("search", "--format", "json", *arguments, cwd=folder)[1])
    return found


def ids(folder: Path, *arguments: str) -> list[str]:
    return [hit["id"] for hit in answer(folder, *arguments)["hits"]]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        (['"سرزمین‌های', 'اشغالی"'], ["s1"]),
        (["«سرزمینهای اشغالی»"], ["s1"]),
        (["+سلام", "-باران"], ["s2"]),
        (["-باران"], ["s1", "s2"]),
        (["باران AND سلام"], ["s3"]),
        (["سرزمین date:۱۳۸۴"], ["s1"]),
        (["doc:s5"], ["s5"]),
        (["title:سفر"], ["s2"]),
        (["فلس؟ین"], ["s1"]),
        (["فلستین~"], ["s1"]),
        (["سلام", "--within", "date:2006"], ["s2"]),
        (["سلام", "--copies", "--sort", "document"], ["s2", "s3", "s4"]),
        (["سلام OR برف", "--sort", "date"], ["s2", "s3", "s5"]),
        (["باران", "--by", "document", "-k", "1"], ["s3"]),
        (["باران", "--from", "2"], ["s5"]),
    ],
)
def test_the_query_language_and_the_options(folder: Path, query: list[str], found: list[str]) -> None:
    assert ids(folder, *query) == found


def test_a_hit_for_programs_holds_more_if_asked_for(folder: Path) -> None:
    (hit,) = answer(folder, "+باران", "+سلام", "--explain")["hits"]
    assert hit["copies"] == 1
    assert [part["what"] for part in hit["explanation"]] == ["text:باران", "text:سلام", "exact:باران", "exact:سلام"]
    assert round(sum(part["score"] for part in hit["explanation"]), 6) == hit["score"]
    assert hit["snippet"] == [0, len(hit["text"])]


def test_a_hit_for_people(folder: Path) -> None:
    code, out, err = run("search", "سلام", "باران", "-k", "1", "--explain", cwd=folder)
    assert code == 0
    assert err == "1 of 4 passages; --from 2 shows more\n"
    head, place, text, *parts = out.splitlines()
    assert head == "1. s3"
    assert re.fullmatch(r"   s3 · \d\.\d{6} · 1 more with the same words", place)
    assert text == "   سلام بر باران"
    score = float(place.split(" · ")[1])
    assert round(sum(float(part.split()[0]) for part in parts if part), 6) == score
    assert parts[0].endswith("frequency " + parts[0].rsplit(maxsplit=1)[1])


def test_a_snippet_of_a_long_passage_is_shown(tmp_path: Path) -> None:
    (tmp_path / "r.jsonl").write_text(
        json.dumps({"id": "a", "text": "برف " * 500 + "باران تند " + "برف " * 500}, ensure_ascii=False),
        encoding="utf-8",
    )
    run("index", "--whole", "r.jsonl", cwd=tmp_path)
    shown = run("search", "باران تند", cwd=tmp_path)[1].splitlines()[2]
    assert re.fullmatch(r"   … (برف )+باران تند (برف )*برف …", shown)
    assert len(shown) <= 710


def test_context(tmp_path: Path) -> None:
    text = "\n\n".join(f"{word} " + "واژه " * 75 + "پایان." for word in ("یکم", "دوم", "سوم"))
    (tmp_path / "a.txt").write_text(text, encoding="utf-8")
    run("index", "a.txt", cwd=tmp_path)
    lines = run("search", "-C", "1", "+دوم", cwd=tmp_path)[1].splitlines()
    assert [line.split()[0] for line in lines[2:5]] == ["یکم", "دوم", "سوم"]
    (hit,) = json.loads(run("search", "-C", "1", "+دوم", "--format", "json", cwd=tmp_path)[1])["hits"]
    assert [one["id"] for one in hit["before"] + hit["after"]] == ["a.txt#1", "a.txt#3"]


def test_notes_go_to_stderr(folder: Path) -> None:
    code, out, err = run("search", "(فلسطین", cwd=folder)
    assert (code, err) == (0, "note: read as plain words: ( is not closed\n")
    assert out.startswith("1. ديدار")
    assert answer(folder, "author:فلسطین")["notes"] == [
        "author:فلسطین: no field 'author' (there are title, heading, speaker, doc, collection, date); read as words"
    ]


def test_did_you_mean(folder: Path) -> None:
    code, out, err = run("search", "--exact", "فلصطین", cwd=folder)
    assert (code, out, err) == (1, "", "did you mean: فلسطین\nnothing found\n")
    assert run("search", "--exact", "sghl", cwd=folder)[2] == "did you mean: سلام\nnothing found\n"
    assert answer(folder, '"صلام"')["did_you_mean"] == ['"سلام"']
    assert run("search", "qqq", cwd=folder)[2] == "nothing found\n"
    # A query that finds something by its other words is corrected, too.
    assert run("search", "--exact", "صلام باران", cwd=folder)[2].startswith("did you mean: سلام باران\n")


def test_beyond_the_last(folder: Path) -> None:
    assert run("search", "باران", "--from", "9", cwd=folder) == (1, "", "no hit 9: there are fewer\n")


def test_suggest(folder: Path) -> None:
    assert run("suggest", "سر", cwd=folder) == (0, "سرزمینهای\n", "")
    assert json.loads(run("suggest", "--json", "مردم", "سر", cwd=folder)[1]) == ["مردم سرزمینهای"]
    assert run("suggest", "ژژ", cwd=folder)[0] == 1


def test_similar(folder: Path) -> None:
    code, out, _err = run("similar", "s5", cwd=folder)
    assert (code, out.splitlines()[0]) == (0, "1. s3")
    assert [hit["id"] for hit in json.loads(run("similar", "s5", "--json", cwd=folder)[1])["hits"]] == ["s3"]
    assert run("similar", "x", cwd=folder)[::2] == (
        2,
        "jooya: no passage 'x' in index: give an id as a search shows it, such as KEY#NUMBER\n",
    )


def test_visual_order_is_for_terminals(folder: Path) -> None:
    shown = on_terminal(folder, "search", "--bidi", "برف", COLUMNS="40")
    assert "\x1b[31m\x1b[1m\ufed1\ufeae\ufe91\x1b[0m" in shown  # برف, shaped, from its last letter to its first
    assert "باران" not in shown
    assert "باران" in run("search", "--bidi", "برف", cwd=folder)[1]


def test_eval(folder: Path) -> None:
    code, out, err = run("eval", "q.tsv", "qrels", "--run", "run", cwd=folder)
    assert (code, err) == (0, "")
    assert out == "queries  3\nMRR@10   0.5000\nnDCG@10  0.5436\nR@10     0.6667\nR@100    0.6667\nMAP      0.5000\n"
    lines = [line.split() for line in (folder / "run").read_text(encoding="utf-8").splitlines()]
    assert [line[:4] + line[5:] for line in lines] == [
        ["1", "Q0", "s1", "1", "jooya"],
        ["2", "Q0", "s5", "1", "jooya"],
        ["2", "Q0", "s3", "2", "jooya"],
        ["2", "Q0", "s4", "3", "jooya"],
    ]
    trec = run("search", "--queries", "q.tsv", "--format", "trec", "-k", "1000", cwd=folder)[1]
    assert trec == (folder / "run").read_text(encoding="utf-8")
    assert json.loads(run("eval", "--json", "q.tsv", "qrels", cwd=folder)[1])["mrr_10"] == 0.5


@pytest.mark.parametrize(
    ("queries", "qrels", "message"),
    [
        ("nope", "qrels", "nope: No such file or directory"),
        ("q.tsv", "nope", "nope: No such file or directory"),
        ("1\tباران\n", "", "QRELS: empty file"),
        ("", "1 0 s1 1\n", "QUERIES: empty file"),
        ("1\tباران\n", "1 s1 1\n", "QRELS:1: not 'QUERY 0 PASSAGE RELEVANCE'"),
        ("1 باران\n", "1 0 s1 1\n", "QUERIES:1: no tab; each line is an id, a tab and a query"),
        ("1\tباران\n", "9 0 s1 1\n", "QUERIES and QRELS have no query in common (1 and 9, for example)"),
        (
            "1\tباران\n",
            "1 0 x9 1\n",
            "QRELS judges 1 passages that are not in index (x9, for example; the index has s1)",
        ),
        (
            "1\tباران\n",
            "1 0 s1 0\n",
            "none of the queries has a relevant passage: are these the judgements of other queries?",
        ),
    ],
)
def test_eval_names_what_is_wrong(folder: Path, queries: str, qrels: str, message: str) -> None:
    for name, content in (("QUERIES", queries), ("QRELS", qrels)):
        (folder / name).write_text(content, encoding="utf-8")
    names = [
        content if content in ("nope", "q.tsv", "qrels") else name
        for name, content in (("QUERIES", queries), ("QRELS", qrels))
    ]
    code, out, err = run("eval", *names, cwd=folder)
    assert (code, out) == (2, "")
    assert err.startswith(f"jooya: {message}")


def test_eval_of_an_empty_index(folder: Path) -> None:
    (folder / "empty.jsonl").write_text('{"id": "x", "text": "باران"}', encoding="utf-8")
    run("index", "-i", "other", "empty.jsonl", cwd=folder)
    run("remove", "-i", "other", "x", cwd=folder)
    assert run("eval", "-i", "other", "q.tsv", "qrels", cwd=folder)[2] == (
        "jooya: other is empty: index the passages first\n"
    )


def test_the_help_shows_the_query_language(folder: Path) -> None:
    out = run("search", "--help", cwd=folder)[1]
    for form in (
        '"exact phrase"',
        '"near words"~5',
        "+must -not",
        "prefix* wi?ld",
        "fuzzy~1",
        "title:",
        "doc:",
        "date:1384-09..1385",
        "word^2",
    ):
        assert form in out
