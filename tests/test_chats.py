"""Exports of chats from Telegram and WhatsApp: a message is a document with its sender and its time."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reader_helpers import items, reason

from jooya.indexer import Document, Index, ReadOptions
from jooya.indexer.readers import plain_text, whatsapp
from jooya.indexer.readers.dispatch import read
from jooya.indexer.readers.source import Source

CASES = Path(__file__).parent / "data" / "formats" / "chats"
Found = tuple[str, str | None, str | None, str | None, str]


def messages(found: list[Any]) -> list[Found]:
    """Return the key, speaker, day, time and text of each document."""
    listed = []
    for item in found:
        assert isinstance(item, Document), item
        speaker = item.sections[0].speaker if item.sections else None
        time = item.places[0].time if item.places else None
        listed.append((item.key, speaker, item.date.gregorian if item.date else None, time, item.text))
    return listed


def case(name: str) -> list[Any]:
    path = CASES / name
    return [*read(Source(path, path.name), ReadOptions(), lambda _: None)]


def test_a_channel_in_json() -> None:
    found = case("telegram/result.json")
    channel = "کانال تاریخ معاصر"
    assert messages(found) == [
        ("result.json:2", channel, "2023-01-02", "11:30:12",
         "قتل امیرکبیر در حمام فین کاشان به دستور ناصرالدین‌شاه انجام شد.\n\n#امیرکبیر"),
        ("result.json:3", channel, "2023-01-03", "09:05:00",
         "مشروطه‌خواهان در باغشاه به دار آویخته شدند. ملک‌المتکلمین و جهانگیرخان صوراسرافیل از آنان بودند."),
    ]  # fmt: skip
    assert [item.meta for item in found] == [{"author": channel, "tags": ("امیرکبیر",)}, {"author": channel}]
    assert {item.title for item in found} == {channel}


def test_a_page_of_a_group() -> None:
    found = case("telegram/messages.html")
    assert messages(found) == [
        ("messages.html:2", "رضا مرادی", "2023-01-02", "11:30:12",
         "بچه‌ها کسی جزوهٔ ترمودینامیک دکتر یزدانی رو داره؟ امتحان پس‌فرداست"),
        ("messages.html:3", "مریم حسینی", "2023-01-02", "11:31:40",
         "من دارم، شب که رسیدم خونه عکس می‌گیرم می‌فرستم\nفقط صفحهٔ آخرش پاره شده، چرخهٔ کارنو رو ندارم"),
    ]  # fmt: skip
    assert found[1].meta == {"author": "مریم حسینی", "reply_to": "messages.html:2"}
    assert found[1].title == "گروه دوستان دانشگاه"


def test_both_forms_of_whatsapp() -> None:
    name = "WhatsApp Chat with خانواده.txt"
    found = case(f"whatsapp/{name}")
    assert messages(found) == [
        (f"{name}:2", "مامان", "2023-01-02", "21:14:00", "سلام عزیزم رسیدی؟"),
        (f"{name}:3", "علی کوچولو", "2023-01-02", "21:20:00", "آره مامان رسیدم، قطار تاخیر داشت"),
        (f"{name}:4", "مامان", "2023-01-02", "21:21:00", "خداروشکر. شام خوردی؟ قرمه‌سبزی گذاشتم تو یخچال"),
        (f"{name}:6", "خاله مهین", "2023-01-03", "08:01:00",
         "عکسای عروسی رو کی می‌فرستین؟ آلبوم چرمیه رو هم سفارش بدین"),
    ]  # fmt: skip
    assert {item.title for item in found} == {"خانواده"}
    assert messages(case("whatsapp/_chat_ios.txt")) == [
        ("_chat_ios.txt:1", "بابا", "2023-01-02", "21:14:05", "ماشین رو بردم تعمیرگاه، لنت ترمزش تموم شده"),
        ("_chat_ios.txt:2", "مامان", "2023-01-02", "21:15:11", "چقدر شد هزینه‌ش؟"),
    ]


@pytest.mark.parametrize(
    ("header", "day", "time"),
    [
        ("1/31/23, 21:14 - ", "2023-01-31", "21:14:00"),
        ("31/1/23, 21:14 - ", "2023-01-31", "21:14:00"),
        ("31.01.23, 21:14 - ", "2023-01-31", "21:14:00"),
        ("31/01/2023, 21:14 - ", "2023-01-31", "21:14:00"),
        ("2023-01-31, 21:14 - ", "2023-01-31", "21:14:00"),
        ("1/31/23, 9:14\u202fPM - ", "2023-01-31", "21:14:00"),
        ("1/31/23, 12:05 AM - ", "2023-01-31", "00:05:00"),
        ("31/01/23, 9:14 p. m. - ", "2023-01-31", "21:14:00"),
        ("[1/31/23, 9:14:05 PM] ", "2023-01-31", "21:14:05"),
        ("\u200e[31/01/2023, 21:14:05] \u200e", "2023-01-31", "21:14:05"),
        ("[۱۴۰۱/۱۱/۱۱،\u200f ۲۱:۱۴:۰۵] ", "2023-01-31", "21:14:05"),
        ("۱۴۰۱/۱۱/۱۱، ۲۱:۱۴ - ", "2023-01-31", "21:14:00"),
        ("۱۴۰۱/۱۱/۱۱، ۹:۱۴ ب.ظ. - ", "2023-01-31", "21:14:00"),
        ("\u200f۱۴۰۱/۱۱/۱۱،\u200f ۹:۱۴ بعدازظهر - ", "2023-01-31", "21:14:00"),
        ("۲۰۲۳/۱/۳۱،\u200f ۲۱:۱۴ - ", "2023-01-31", "21:14:00"),
        ("٢٠٢٣/١/٣١، ٢١:١٤ - ", "2023-01-31", "21:14:00"),
    ],
)
def test_the_dates_of_phones(tmp_path: Path, header: str, day: str, time: str) -> None:
    text = f"{header}مریم: سلام\nبر شما\n{header}علی: درود\n"
    assert messages(items(tmp_path, "a.txt", text)) == [
        ("a.txt:1", "مریم", day, time, "سلام\nبر شما"),
        ("a.txt:2", "علی", day, time, "درود"),
    ]


@pytest.mark.parametrize(
    ("numbers", "days"),
    [
        ([(1, 2, 23), (1, 3, 23)], [date(2023, 1, 2), date(2023, 1, 3)]),  # nearer to one another
        ([(1, 2, 23), (2, 2, 23)], [date(2023, 2, 1), date(2023, 2, 2)]),
        ([(11, 1, 23), (1, 2, 23)], [date(2023, 1, 11), date(2023, 2, 1)]),  # one after another
        ([(1, 2, 23), (13, 2, 23)], [date(2023, 2, 1), date(2023, 2, 13)]),
        ([(1, 2, 23), (2, 13, 23)], [date(2023, 1, 2), date(2023, 2, 13)]),
        ([(31, 31, 23)], [None]),
    ],
)
def test_whether_the_month_or_the_day_stands_first(
    numbers: list[tuple[int, int, int]], days: list[date | None]
) -> None:
    assert whatsapp._days(numbers) == days


@pytest.mark.parametrize(
    "notice",
    [
        "<Media omitted>", "\u200eimage omitted", "\u200e<attached: 00001.jpg>", "IMG-1.jpg (file attached)",
        "This message was deleted", "<رسانه حذف شد>", "\u200fتصویر حذف شد", "این پیام حذف شد", "null",
    ],
)  # fmt: skip
def test_notices_are_left_out(tmp_path: Path, notice: str) -> None:
    text = f"1/2/23, 21:14 - علی: {notice}\n1/2/23, 21:15 - علی گروه را ساخت\n1/2/23, 21:15 - مریم: سلام\n{notice}\n"
    assert [text for *_, text in messages(items(tmp_path, "a.txt", text))] == ["سلام"]


@pytest.mark.parametrize(
    "text",
    [
        "۱۴۰۱/۱۰/۱۲ روزی بود.\nمریم: سلام",
        "متن\n12:30 - ساعت ناهار",
        "1/2/23, 21:14 - یادداشت بی‌نام",
        "[1] مریم: سلام",
    ],
)
def test_other_texts_are_no_chats(text: str) -> None:
    assert not whatsapp.is_whatsapp_export(text)


def telegram(*listed: dict[str, Any], **chat: Any) -> str:
    return json.dumps({"name": "گروه", "type": "private_group", "id": 1, "messages": listed} | chat)


def test_marks_of_direction_are_no_part_of_a_sender(tmp_path: Path) -> None:
    (tmp_path / "WhatsApp Chat with ما.txt").write_text(
        "1/2/23, 10:00 - \u202bعلی\u202c: سلام\n1/2/23, 10:01 - -نیما-: درود\n", encoding="utf-8"
    )
    path = next(tmp_path.iterdir())
    found = messages([*read(Source(path, path.name), ReadOptions(), lambda _: None)])
    assert [speaker for _, speaker, *_ in found] == ["علی", "-نیما-"]


def message(number: int, text: Any, at: str = "10:00:00", sender: str = "مریم", **more: Any) -> dict[str, Any]:
    return {"id": number, "type": "message", "date": f"2023-01-02T{at}", "from": sender, "text": text} | more


@pytest.mark.parametrize(
    ("listed", "texts"),
    [
        ([message(1, "سلام"), message(2, "خوبی؟", "10:00:30")], ["سلام\nخوبی؟"]),
        ([message(1, "سلام"), message(2, "خوبی؟", sender="علی")], ["سلام", "خوبی؟"]),
        ([message(1, "سلام"), message(2, "خوبی؟", "10:30:00")], ["سلام", "خوبی؟"]),
        ([message(1, "سلام"), message(2, "خوبی؟", reply_to_message_id=1)], ["سلام", "خوبی؟"]),
        ([message(1, "سلام"), message(2, "خوبی؟", forwarded_from="علی")], ["سلام", "خوبی؟"]),
        ([message(1, "واژه " * 45), message(2, "خوبی؟")], [("واژه " * 45).strip(), "خوبی؟"]),
        ([message(1, "واژه " * 30)] * 3, ["\n".join([("واژه " * 30).strip()] * 2), ("واژه " * 30).strip()]),
        ([message(1, ""), message(2, "خوبی؟")], ["خوبی؟"]),
        ([message(1, ["نشانی ", {"type": "link", "text": "x.ir"}, 7])], ["نشانی x.ir"]),
        ([message(1, "", poll={"question": "کی؟", "answers": [{"text": "من"}, {"text": "تو"}]})], ["کی؟\nمن\nتو"]),
        ([message(1, "", contact_information={"first_name": "علی", "phone_number": "1"})], ["علی  1"]),
        ([message(1, "بشنوید", media_type="audio_file", title="نوا", performer="گروه")], ["بشنوید\nنوا\nگروه"]),
        ([message(1, "", file_name="گزارش.pdf")], ["گزارش.pdf"]),
    ],
)  # fmt: skip
def test_runs_of_short_messages_are_joined(tmp_path: Path, listed: list[dict[str, Any]], texts: list[str]) -> None:
    assert [text for *_, text in messages(items(tmp_path, "r.json", telegram(*listed)))] == texts


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("r.json", telegram(message(1, ""))),
        ("m.html", '<div class="page_wrap"><div class="message service">دیروز</div></div>'),
        ("a.txt", "1/2/23, 21:14 - مریم: <Media omitted>\n"),
    ],
)
def test_a_chat_without_text_is_reported(tmp_path: Path, name: str, content: str) -> None:
    assert reason(tmp_path, name, content) == f"{name}: a chat without any text in it"


def test_an_export_of_all_chats(tmp_path: Path) -> None:
    chats = [json.loads(telegram(message(1, text), name=text, id=number)) for number, text in ((7, "آب"), (8, "باد"))]
    found = items(tmp_path, "result.json", json.dumps({"about": "x", "chats": {"list": chats}}))
    assert [(item.key, item.title) for item in found if isinstance(item, Document)] == [
        ("result.json:7/1", "آب"),
        ("result.json:8/1", "باد"),
    ]


def test_a_hit_in_a_chat(tmp_path: Path) -> None:
    with Index.create(tmp_path / "index") as index:
        assert index.add(CASES).skipped == []
        (hit,) = index.search("یخچال")
        assert (hit.speaker, hit.time, hit.title) == ("مامان", "21:21:00", "خانواده")
        assert hit.date is not None
        assert hit.date.jalali == "1401-10-12"
        (hit,) = index.search("چرخه کارنو")
        assert hit.time == "11:32:00"  # of the second of the messages that were joined
        assert {hit.speaker for hit in index.search("speaker:مامان سلام OR شام")} == {"مامان"}


@settings(max_examples=50)
@given(st.text("0123456789/,: -[]apm\n\u200eآب۱۲،", max_size=200))
def test_any_text_can_be_read(text: str) -> None:
    text = f"1/2/23, 21:14 - مریم: سلام\n{text}"
    found = [*plain_text.read_text(Source(Path("/a.txt"), "a.txt"), text)]
    assert found and all(isinstance(item, Document) for item in found)
