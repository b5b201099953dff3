"""End-to-end tests of the configuration file jooya.toml."""

import json
from pathlib import Path

import pytest
from command import run

TOML = """
[index]
passage-words = 4
exclude = ["drafts/", "*.tmp.txt"]
collection = "talks"
jobs = 1

[search]
k = 1
format = "jsonl"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "f" / "drafts").mkdir(parents=True)
    for name in ("a.txt", "b.tmp.txt", "drafts/c.txt"):
        (tmp_path / "f" / name).write_text("باران آمد. برف هم آمد. باران رفت.", encoding="utf-8")
    (tmp_path / "jooya.toml").write_text(TOML, encoding="utf-8")
    return tmp_path


def test_settings_are_the_defaults_of_options(folder: Path) -> None:
    assert run("index", "f", cwd=folder) == (0, "new 1, updated 0, unchanged 0, removed 0\n", "")
    code, out, _ = run("search", "باران", cwd=folder)
    (hit,) = map(json.loads, out.splitlines())
    assert (code, hit["collection"], hit["text"]) == (0, "talks", "باران آمد.")
    # An option that is given takes precedence.
    assert len(run("search", "-k", "5", "باران", cwd=folder)[1].splitlines()) == 2
    assert run("index", "--passage-words", "80", "f", cwd=folder)[1] == "new 0, updated 1, unchanged 0, removed 0\n"
    # An index in another folder has settings of its own.
    (folder / "other").mkdir()
    assert run("index", "-i", "other/index", "f", cwd=folder)[1] == "new 3, updated 0, unchanged 0, removed 0\n"


def test_every_setting_is_shown(folder: Path) -> None:
    run("index", "f", cwd=folder)
    settings = json.loads(run("status", "--json", cwd=folder)[1])["settings"]
    assert settings == {
        "index": {
            "whole": False,
            "passage-words": 4,
            "collection": "talks",
            "exclude": ["drafts/", "*.tmp.txt"],
            "field": [],
            "encoding": None,
            "ocr": False,
            "comments": False,
            "memory": 96,
            "jobs": 1,
            "keep": None,
            "wait": 10.0,
            "rebuild": False,
            "shards": None,
            "replicas": None,
        },
        "search": {
            "k": 1,
            "from": 1,
            "sort": "score",
            "facet": [],
            "by": "passage",
            "within": None,
            "copies": False,
            "C": 0,
            "explain": False,
            "exact": False,
            "bidi": False,
            "format": "jsonl",
            "queries": None,
            "timeout": 10.0,
            "limit": [],
            "memory": None,
        },
    }
    out = run("status", cwd=folder)[1]
    assert "\nsetting     index --exclude: drafts/, *.tmp.txt (jooya.toml)\n" in out
    assert "\nsetting     search --from: 1\n" in out


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("nonsense", "jooya.toml can't be read: Expected '=' after a key in a key/value pair (at end of document)"),
        ("[indx]", "jooya.toml: no table [indx]; there are "),
        ("index = 3", "jooya.toml: no table [index]; there are "),
        ("[index]\npasage-words = 3", "jooya.toml: [index] has no 'pasage-words'; there are whole, passage-words,"),
        ("[index]\njobs = 'many'", "jooya.toml: [index] jobs: 'many' is not a whole number from 1 to 64."),
        ("[index]\npassage-words = 0", "jooya.toml: [index] passage-words: 0 is not a whole number from 1 to 100000."),
        ("[index]\njobs = true", "jooya.toml: [index] jobs: True is not a whole number from 1 to 64."),
        ("[index]\nwait = -1", "jooya.toml: [index] wait: -1 is not a number of seconds, 0 or more."),
        ("[index]\nwhole = 'yes'", "jooya.toml: [index] whole: 'yes' is neither true nor false."),
        ("[index]\nexclude = 'a'", "jooya.toml: [index] exclude: 'a' is not a list, such as"),
        ("[index]\ncollection = 3", "jooya.toml: [index] collection: 3 is not a text in quotation marks."),
        ("[search]\nsort = 3", "[search] sort: 3 is neither score, date, document nor the name of a declared field."),
        ("fields = 3", "jooya.toml: [fields] is no table of names and kinds"),
        ("[fields]\na = 'words'", "jooya.toml: [fields]: the field 'a' cannot be of the kind 'words': give one of "),
    ],
)
def test_a_mistake_in_the_file_is_named(folder: Path, text: str, message: str) -> None:
    (folder / "jooya.toml").write_text(text, encoding="utf-8")
    code, out, err = run("index", "f", cwd=folder)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert message in err
    assert not (folder / "index").exists()


def test_a_file_that_is_not_utf8(folder: Path) -> None:
    (folder / "jooya.toml").write_bytes(b"\xff")
    code, _, err = run("search", "باران", cwd=folder)
    assert (code, err.count("\n")) == (2, 1)
    assert "jooya.toml can't be read" in err


def test_a_summary_for_programs(folder: Path) -> None:
    (folder / "f" / "x.jpg").write_bytes(b"x")
    code, out, err = run("index", "--json", "f", cwd=folder)
    assert (code, err) == (0, "skipped f/x.jpg: unknown format\n")
    assert json.loads(out) == {
        "new": 1, "updated": 0, "unchanged": 0, "removed": 0, "skipped": ["f/x.jpg: unknown format"],
        "gone": [], "failed": [], "unread": [], "notes": [], "recognized": 0,
    }  # fmt: skip


def test_many_reasons_are_cut_short(folder: Path) -> None:
    for number in range(30):
        (folder / "f" / f"{number:02}\x1b[31m.x{number}").write_bytes(b"x")
    err = run("index", "f", cwd=folder)[2].splitlines()
    assert err[0] == "skipped f/00\ufffd[31m.x0: unknown format"
    assert (len(err), err[-1]) == (21, "skipped 10 more; 'jooya status --json' names them all")
    out = run("status", cwd=folder)[1]
    assert ("skipped     30\n" in out, out.count("unknown format")) == (True, 30)
