"""Subtitles, read and searched."""

import json
from pathlib import Path

import pytest
from command import run

from jooya.indexer import Index

CUES = [
    ("00:00:01", "سلام بر شما"),
    ("00:00:04", "امروز از باران می‌گوییم."),
    ("00:12:31", "و اینک\nسرزمین‌های اشغالی."),
    ("01:02:03", "پایان."),
]


def srt() -> str:
    return "\n".join(
        f"{number}\n{time},500 --> {time[:-2]}59,000\n<i>{text}</i>\n" for number, (time, text) in enumerate(CUES, 1)
    )


def vtt() -> str:
    cues = "\n".join(
        f"id{number}\n{time}.500 --> {time[:-2]}59.000\n{text}\n" for number, (time, text) in enumerate(CUES)
    )
    return f"WEBVTT\n\nNOTE made by hand\n\n{cues}"


@pytest.mark.parametrize(("name", "content"), [("فیلم.srt", srt()), ("film.vtt", vtt())])
def test_a_hit_knows_its_time(tmp_path: Path, name: str, content: str) -> None:
    # Sixty words between the second and the third cue put these in two passages.
    content = content.replace("می‌گوییم.", "می‌گوییم " + "واژه " * 76 + "همین.")
    (tmp_path / name).write_text(content.replace("\n", "\r\n"), encoding="utf-8-sig")
    assert run("index", name, cwd=tmp_path)[:2] == (0, "new 1, updated 0, unchanged 0, removed 0\n")
    out = run("search", "سرزمین اشغالی", cwd=tmp_path)[1]
    assert out.splitlines()[1].startswith(f"   {name}#2 · 00:12:31 · ")
    (hit,) = json.loads(run("search", "--format", "json", "سرزمین اشغالی", cwd=tmp_path)[1])["hits"]
    assert (hit["time"], hit["text"]) == ("00:12:31", "و اینک\nسرزمین‌های اشغالی.\nپایان.")
    assert [hit["text"][start:end] for start, end in hit["highlights"]] == ["سرزمین‌های اشغالی"]
    with Index.open(tmp_path / "index") as index:
        assert [found.time for found in index.search("سلام")] == ["00:00:01"]


def test_encodings_are_reported_and_can_be_named(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes("باران بر سرزمين ما".encode("cp1256"))
    (tmp_path / "b.txt").write_bytes("باران".encode())
    (tmp_path / "c.txt").write_bytes("größer".encode("latin1"))
    code, out, err = run("index", ".", cwd=tmp_path)
    assert (code, out) == (0, "new 2, updated 0, unchanged 0, removed 0, skipped 1\n")
    reason = "not UTF-8 (byte 2), nor another encoding of Persian; name it with the encoding option"
    assert err == f"skipped c.txt: {reason}\n"
    assert json.loads(run("status", "--json", cwd=tmp_path)[1])["encodings"] == {"utf-8": 1, "windows-1256": 1}
    assert "encodings   " in run("status", cwd=tmp_path)[1]
    assert run("index", "--encoding", "latin1", "c.txt", cwd=tmp_path)[1].startswith("new 1")
    assert run("search", "größer", cwd=tmp_path)[0] == 0


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.srt", "\n\n1\n00:00:01,000 --> 00:00:02,000\nباران\n\n2\n00:00:04 --> 00:00:05\nبرف\n"),
        ("a.srt", "00:00:01,0 --> 00:00:02,0\nباران\n\n2\n00:00:04 --> 00:00:05,5\nبرف\n"),
        ("a.vtt", "WEBVTT\n\n00:01 --> 00:02 position:10\nباران\n\n00:00:04 --> 00:00:05\nبرف\n"),
    ],
)
def test_times_in_whole_seconds_and_blank_lines_cost_nothing(tmp_path: Path, name: str, content: str) -> None:
    """Cues at whole seconds were left out, and all cues of a file that began with a blank line or a time."""
    (tmp_path / name).write_text(content, encoding="utf-8")
    with Index.create(tmp_path / "index") as index:
        assert index.add(tmp_path / name).skipped == []
        assert [(hit.time, hit.text) for hit in index.search("برف")] == [("00:00:01", "باران\nبرف")]
