"""Subtitles, read and searched."""

import json
from pathlib import Path

import pytest
from command import run
from hypothesis import given, settings
from hypothesis import strategies as st

from jooya.indexer import Document, Index, ReadOptions
from jooya.indexer.readers import cue_blocks, dispatch
from jooya.indexer.readers.source import Source

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
    (tmp_path / name).write_text(content.replace("\n", "\r\n"), encoding="utf-8-sig")
    assert run("index", name, cwd=tmp_path)[:2] == (0, "new 1, updated 0, unchanged 0, removed 0\n")
    out = run("search", "سرزمین اشغالی", cwd=tmp_path)[1]
    assert out.splitlines()[1].startswith(f"   {name}#2 · 00:12:31 · ")
    (hit,) = json.loads(run("search", "--format", "json", "سرزمین اشغالی", cwd=tmp_path)[1])["hits"]
    assert (hit["time"], hit["text"]) == ("00:12:31", "و اینک\nسرزمین‌های اشغالی.")
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
        assert [(hit.time, hit.text) for hit in index.search("برف")] == [("00:00:04", "باران\nبرف")]


CASES = Path(__file__).parent / "data" / "formats" / "subtitles"


@pytest.mark.parametrize(
    ("name", "cues"),
    [
        ("film.ass", [("00:00:01", "این زیرنویس انیمه است")]),
        (
            "lost-cues.vtt",
            [
                ("00:00:01", "ناخدا روی عرشه است"),
                ("00:00:04", "جمله نخست\nو ادامه آن"),
                ("00:00:07", "باران --> نتیجه سیل"),
                ("00:00:10", "زمان با ویرگول"),
                ("00:00:13", "پایان"),
            ],
        ),
        (
            "references.vtt",
            [("00:00:01", "\u200fاو می\u200cرود & نان\xa0بربری می\u200cخرد"), ("00:00:04", "سلام دوست")],
        ),
        ("override-tags.srt", [("00:00:01", "تابلوی بالای در"), ("00:00:04", "صدای باران\nشب")]),
        ("rolling.vtt", [("00:00:00", "باغبان درخت را آب داد"), ("00:00:03", "و میوه چید")]),
    ],
)
def test_files_that_people_have(name: str, cues: list[tuple[str, str]]) -> None:
    assert cues_of(CASES / name) == cues


def cues_of(path: Path) -> list[tuple[str, str]]:
    """Return the time and the text of each cue of a file."""
    (read,) = [*dispatch.read(Source(path, path.name), ReadOptions(), lambda _: None)]
    assert isinstance(read, Document), read
    starts = [place.start for place in read.places]
    texts = [read.text[start:end].strip() for start, end in zip(starts, [*starts[1:], None], strict=True)]
    return [(place.time or "", text) for place, text in zip(read.places, texts, strict=True)]


def srt_of(*texts: str) -> str:
    """Return subtitles in SubRip, one text every three seconds."""
    return "\n\n".join(
        f"{number}\n00:00:{3 * number:02},000 --> 00:00:{3 * number + 2:02},000\n{text}"
        for number, text in enumerate(texts, 1)
    )


@pytest.mark.parametrize(
    ("name", "content", "texts"),
    [
        # Tags of HTML, commands of SubStation and MicroDVD, references, line breaks
        ("a.srt", srt_of('<font color="#fff"><b>باران</b></font>'), ["باران"]),
        ("a.srt", srt_of("{\\an8}باران{\\i0} تند"), ["باران تند"]),
        ("a.srt", srt_of("{y:i}باران"), ["باران"]),
        ("a.srt", srt_of("باران<br>تند\\Nو برف"), ["باران\nتند\nو برف"]),
        ("a.srt", srt_of("نان &amp; پنیر &#1608; AT&T"), ["نان & پنیر و AT&T"]),
        ("a.srt", srt_of("<3 دوست دارم", "x < y > z"), ["<3 دوست دارم", "x < y > z"]),
        # Lines that are numbers, and numbers without a blank line before them
        ("a.srt", srt_of("سال\n1357", "برف"), ["سال\n1357", "برف"]),
        ("a.srt", srt_of("1357", "برف"), ["1357", "برف"]),
        ("a.srt", srt_of("باران\n\nو\n\nتوفان", "برف"), ["باران\nو\nتوفان", "برف"]),
        ("a.srt", srt_of("", "برف"), ["برف"]),
        # Persian digits, other arrows, no numbers, another order
        ("a.srt", "۱\n۰۰:۰۰:۰۳,۰۰۰ --> ۰۰:۰۰:۰۵,۰۰۰\nباران", ["باران"]),
        ("a.srt", "1\n00:00:03.000 -> 00:00:05.000\nباران", ["باران"]),
        ("a.srt", "0:0:3,0 --> 0:0:5,0\nباران\n0:0:6,0 --> 0:0:7,0\nبرف", ["باران", "برف"]),
        ("a.srt", "2\n00:00:05,0 --> 00:00:07,0\nبرف\n\n1\n00:00:01,0 --> 00:00:02,0\nباران", ["باران", "برف"]),
        # WebVTT: names of cues, comments, styles, settings, voices, rubies, classes, hours of four digits
        ("a.vtt", "WEBVTT\n\nفصل یک\n00:01.000 --> 00:02.000\nباران", ["باران"]),
        ("a.vtt", "WEBVTT\n\nNOTE\nیادداشت\n\n00:01.000 --> 00:02.000\nباران\n\nNOTE پایان", ["باران"]),
        ("a.vtt", "WEBVTT\n\nSTYLE\n::cue { color: red }\n\n00:01.000 --> 00:02.000\nباران", ["باران"]),
        ("a.vtt", "WEBVTT - عنوان\nKind: captions\n\n00:01.000 --> 00:02.000 line:0\n- باران", ["- باران"]),
        ("a.vtt", "WEBVTT\n\n00:01.000 --> 00:02.000\n<c.yellow>باران</c> <lang fa>تند</lang>", ["باران تند"]),
        ("a.vtt", "WEBVTT\n\n1000:00:01.000 --> 1000:00:02.000\n<ruby>باران<rt>baran</rt></ruby>", ["باران baran"]),
        # A repeated line of a film was said twice
        ("a.srt", srt_of("نه!", "نه!", "باران", "برف", "تگرگ"), ["نه!", "نه!", "باران", "برف", "تگرگ"]),
        # SubStation: another order of fields, drawings, comments, commas, an hour of one digit
        (
            "a.ass",
            "[Events]\nFormat: Start, End, Text\nDialogue: 0:00:01.00,0:00:02.00,باران, تند\\Nو{\\b1} سرد",
            ["باران, تند\nو سرد"],
        ),
        (
            "a.ssa",
            "[Events]\nDialogue: Marked=0,0:00:01.00,0:00:02.00,Default,,0,0,0,,{\\p1}m 0 0 l 9 9{\\p0}باران\n"
            "Comment: 0,0:00:03.00,0:00:04.00,Default,,0,0,0,,یادداشت",
            ["باران"],
        ),
        (
            "a.ass",  # a line may begin with Latin letters
            "[Events]\nDialogue: 0,0:00:01.00,0:00:02.00,Default,,0,0,0,,باران\\NRain\\nand snow",
            ["باران\nRain\nand snow"],
        ),
        ("a.sub", "{24}{48}باران|تند\n{72}{96}برف", ["باران\nتند", "برف"]),
        ("a.smi", "<SAMI><BODY><SYNC Start=1000><P>باران<SYNC Start=2000><P>برف</BODY></SAMI>", ["باران", "برف"]),
        (
            "a.ttml",
            '<tt xmlns="http://www.w3.org/ns/ttml"><body><div><p begin="1s" end="2s">باران<br/>تند</p></div></body>'
            "</tt>",
            ["باران\nتند"],
        ),
        (
            "a.ttml",  # with the commas of SubRip
            '<tt xmlns="http://www.w3.org/ns/ttml"><body><div><p begin="00:00:01.500" end="00:00:02,500">باران, تند</p>'
            "</div></body></tt>",
            ["باران, تند"],
        ),
    ],
)
def test_what_is_said_comes_out(tmp_path: Path, name: str, content: str, texts: list[str]) -> None:
    (tmp_path / name).write_text(content, encoding="utf-8")
    assert [text for _, text in cues_of(tmp_path / name)] == texts


def test_captions_that_grow_by_a_word(tmp_path: Path) -> None:
    shown = ["باغبان", "باغبان درخت", "باغبان درخت را", "باغبان درخت را\nآب", "باغبان درخت را\nآب داد", "و رفت"]
    content = "\n\n".join(f"00:00:0{n}.000 --> 00:00:0{n + 1}.000\n{text}" for n, text in enumerate(shown))
    (tmp_path / "a.vtt").write_text(f"WEBVTT\n\n{content}", encoding="utf-8")
    times, texts = zip(*cues_of(tmp_path / "a.vtt"), strict=True)
    assert "\n".join(texts) == "باغبان درخت را\nآب داد\nو رفت"
    assert times[0] == "00:00:00"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.vtt", "WEBVTT\n\n00:01.000 --> 00:03.000\n<v مریم>سلام آقای دکتر\n<v دکتر احمدی>خوش آمدید خانم"),
        (
            "a.ass",
            "[Events]\nDialogue: 0,0:00:01.00,0:00:02.00,Default,مریم,0,0,0,,سلام آقای دکتر\n"
            "Dialogue: 0,0:00:02.00,0:00:03.00,Default,دکتر احمدی,0,0,0,,خوش آمدید خانم",
        ),
    ],
)
def test_voices_are_speakers(tmp_path: Path, name: str, content: str) -> None:
    (tmp_path / name).write_text(content, encoding="utf-8")
    with Index.create(tmp_path / "index") as index:
        assert index.add(tmp_path / name).skipped == []
        assert [(hit.speaker, hit.text) for hit in index.search("آقا")] == [("مریم", "سلام آقای دکتر")]
        assert [(hit.speaker, hit.text) for hit in index.search("خانم")] == [("دکتر احمدی", "خوش آمدید خانم")]


def test_a_silence_ends_a_passage(tmp_path: Path) -> None:
    with Index.create(tmp_path / "index") as index:
        index.add(CASES / "gaps.srt")
        (hit,) = index.search("قاتل باغبان")
        assert (hit.time, hit.text) == ("01:30:00", "قاتل باغبان بود")
        (hit,) = index.search("همه آرام")
        assert (hit.time, hit.text) == ("00:00:15", "خوش آمدید به خانهٔ ما\nاین جا همه چیز آرام است")


@pytest.mark.parametrize("name", ["a.srt", "a.vtt"])
def test_a_time_of_thousands_of_digits_costs_no_other_cue(tmp_path: Path, name: str) -> None:
    digits = "9" * 5_000
    (tmp_path / name).write_text(
        f"1\n00:00:01,000 --> 00:00:02,000\nباران\n\n2\n{digits}:00:03,000 --> {digits}:00:04,000\nبرف\n",
        encoding="utf-8",
    )
    with Index.create(tmp_path / "index") as index:
        index.add(tmp_path / name)
        assert index.search("باران").total == 1
        assert index.search("برف").total == 1


def test_a_broken_line_costs_itself_alone(tmp_path: Path) -> None:
    (tmp_path / "a.ass").write_text(
        "[Events]\nDialogue: 0,دیروز,0:00:02.00,Default,,0,0,0,,باران\n"
        "Dialogue: 0,0:00:03.00,0:00:04.00,Default,,0,0,0,,برف",
        encoding="utf-8",
    )
    with Index.create(tmp_path / "index") as index:
        report = index.add(tmp_path / "a.ass")
        assert (report.new, len(report.skipped)) == (1, 1)
        assert report.skipped[0].endswith("line 2 is no subtitle of SubStation Alpha")


@settings(max_examples=60)
@given(
    st.lists(
        st.text("ابپت\u200c &<>{}\\n123-:,.\n", min_size=1, max_size=20).filter(
            lambda text: not any(mark in text for mark in ("<", "{", "\\", "&", ":", ">"))
        ),
        min_size=1,
        max_size=5,
    )
)
def test_every_word_of_every_cue_stays(texts: list[str]) -> None:
    read = cue_blocks.read_cues(srt_of(*texts), is_webvtt=False)
    assert [word for cue in read for word in cue.text.split()] == [word for text in texts for word in text.split()]
