"""The command `jooya context`: its text, its budget, its JSON, and what it says where there is nothing."""

import json
from pathlib import Path

import pytest
from command import run

from jooya import Document, Index, ReadOptions


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with Index.create(tmp_path / "index") as index:
        text = "قنات آب را از کوه می‌آورد. آب قنات خنک است. مقنی چاه می‌کند."
        index.add(Document("talks/a", text, title="قنات"), options=ReadOptions(passage_words=6))
        index.add(Document("\x1b[31mred", "آب چاه شور بود.", whole=True))
    return tmp_path


def test_a_text_within_a_budget(folder: Path) -> None:
    code, out, err = run("context", "--budget", "20", "آب خنک؟", cwd=folder)
    assert (code, out) == (0, "[1] «قنات»\nآب قنات خنک است.\n")
    assert err == "14 of 20 tokens; 2 passages did not fit\n"
    assert run("context", "-q", "--budget", "20", "آب خنک؟", cwd=folder) == (0, out, "")


def test_merged_passages_in_json(folder: Path) -> None:
    code, out, _ = run("context", "--json", "-C", "1", "--order", "document", "--characters", "خنک", cwd=folder)
    assert code == 0
    found = json.loads(out)
    assert (found["budget"], found["size"], found["left_out"]) == (2_000, len(found["text"]), 0)
    [excerpt] = found["excerpts"]
    assert (excerpt["document"], excerpt["start"], excerpt["end"]) == ("talks/a", 0, 60)
    assert [one["id"] for one in excerpt["passages"]] == ["talks/a#1", "talks/a#2", "talks/a#3"]


def test_nothing_of_a_document_controls_the_terminal(folder: Path) -> None:
    _, out, _ = run("context", "شور", cwd=folder)
    assert out == "[1] \ufffd[31mred\nآب چاه شور بود.\n"


@pytest.mark.parametrize(
    ("arguments", "code", "messages"),
    [
        (("زرافه", "--exact"), 1, "nothing found\n"),
        (
            ("خنک", "--budget", "3"),
            1,
            "note: no passage fits into a budget of 3: allow more, or index shorter passages\n",
        ),
        (("؟",), 2, "jooya: nothing to search for in '؟': give at least one word\n"),
    ],
)
def test_where_there_is_nothing(folder: Path, arguments: tuple[str, ...], code: int, messages: str) -> None:
    assert run("context", *arguments, cwd=folder) == (code, "", messages)


def test_the_question_is_plain_words_unless_it_is_to_be_a_query(folder: Path) -> None:
    assert run("context", "-q", "title:قنات", "چاه", cwd=folder)[1].count("[") == 3
    assert run("context", "-q", "--query", "title:قنات", "چاه", cwd=folder)[1].startswith("[1] «قنات»\n")
    assert "red" not in run("context", "-q", "--query", "title:قنات", "چاه", cwd=folder)[1]


def test_wrong_options(folder: Path) -> None:
    assert run("context", cwd=folder)[0] == 2
    assert "--order" in run("context", "--order", "date", "آب", cwd=folder)[2]
    assert "did you mean --budget?" in run("context", "--budgte", "آب", cwd=folder)[2]
