"""Documents of known words, made by the programs that people use, read back: no word may be missing or changed."""

import base64
import io
import mailbox
import shutil
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import docx
import openpyxl
import pptx
import pytest
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.util import Inches
from reader_helpers import document, headings, items

from jooya.indexer import Document

SOFFICE = shutil.which("soffice")
FLAT = (Path(__file__).parent / "data" / "formats" / "report.fodt").read_text(encoding="utf-8")
WORDS = {
    "title": "گزارش آب شمال",
    "prose": "باران بر سرزمین‌های شمالی بارید",
    "break": "خط دوم",
    "box": "متن کادر",
    "table": "شهر\tبارش\nرشت\t۸۰",
    "list": "پلاس\nچادر",
    "ruby": "واژهٔ نوشته",
    "footnote": "یادداشت پای برگ",
    "endnote": "یادداشت پایانی",
    "header": "سربرگ وزارت نیرو",
    "footer": "پانوشت محرمانه",
}
HIDDEN = "این نظر پنهان است"
META = {"author": "مهدی رضایی", "subject": "آب شمال", "keywords": ("سیل",)}


def result_of(path: Path, suffix: str) -> bytes:
    """Return what LibreOffice made of a file; skip the test if the part of it that would have to is not installed."""
    made = path.with_suffix(f".{suffix}")
    if not made.exists():
        pytest.skip(f"this LibreOffice makes no .{suffix}")
    return made.read_bytes()


@pytest.fixture(scope="session")
def converted(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, str, str], bytes]:
    """Return a function that has LibreOffice make a file of another one."""
    folder = tmp_path_factory.mktemp("office")

    def convert(name: str, content: str, suffix: str) -> bytes:
        (folder / name).write_text(content, encoding="utf-8")
        profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
        command = ["soffice", profile, "--headless", "--convert-to", suffix, "--outdir", str(folder), name]
        command += ["--infilter=CSV:44,34,76"] if name.endswith(".csv") else []  # in UTF-8
        subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=120)
        return result_of(folder / name, suffix)

    return convert


@pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is not installed")
@pytest.mark.parametrize("suffix", ["odt", "docx", "doc", "rtf"])
def test_a_text_of_libreoffice(tmp_path: Path, suffix: str, converted: Callable[[str, str, str], bytes]) -> None:
    read = document(tmp_path, f"a.{suffix}", converted("report.fodt", FLAT, suffix))
    plain = read.text.replace("\n\n", "\n") if suffix == "rtf" else read.text
    left_out = {"ruby"} if suffix == "rtf" else {"ruby"} if suffix in ("doc", "docx") else set()
    missing = [name for name, words in WORDS.items() if name not in left_out and words not in plain]
    assert missing == []
    if suffix != "rtf":  # LibreOffice writes rubies to it as the code of a field
        assert {"نوشته", "خوانش"} <= set(read.text.split())
    assert HIDDEN not in read.text
    assert read.title in ("گزارش آب شمال", "گزارش آب")
    assert read.meta == META
    assert read.text.split().count("بارید") == 1


@pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is not installed")
@pytest.mark.parametrize("suffix", ["xlsx", "xls", "ods"])
def test_a_sheet_of_libreoffice(tmp_path: Path, suffix: str, converted: Callable[[str, str, str], bytes]) -> None:
    read = document(
        tmp_path, f"a.{suffix}", converted("sheet.csv", "نام,شغل,سال\nبهرام بیضایی,کارگردان,1402\n", suffix)
    )
    assert read.text.endswith("نام\tشغل\tسال\nبهرام بیضایی\tکارگردان\t1402")


@pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is not installed")
def test_slides_in_other_formats(tmp_path: Path, converted: Callable[[str, str, str], bytes]) -> None:
    (tmp_path / "s.pptx").write_bytes(slides())
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    for suffix in ("odp", "ppt"):
        command = ["soffice", profile, "--headless", "--convert-to", suffix, "s.pptx"]
        subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, timeout=120)
        read = document(tmp_path, f"a.{suffix}", result_of(tmp_path / "s.pptx", suffix))
        for words in ("آموزش سواد رسانه‌ای", "تشخیص خبر جعلی", "یادداشت سخنران", "شهر\tبارش", "پایان سخن"):
            assert words in read.text, suffix
        assert [place.page for place in read.places] == [1, 2], suffix


def slides() -> bytes:
    """Return a presentation with two slides: a title, a text, a table, a chart, notes, a group."""
    made = pptx.Presentation()
    first = made.slides.add_slide(made.slide_layouts[1])
    first.shapes.title.text = "آموزش سواد رسانه‌ای"
    first.placeholders[1].text_frame.text = "تشخیص خبر جعلی\nاز خبر درست"
    first.notes_slide.notes_text_frame.text = "یادداشت سخنران"
    second = made.slides.add_slide(made.slide_layouts[5])
    second.shapes.title.text = "آمار بارش"
    table = second.shapes.add_table(1, 2, Inches(1), Inches(1), Inches(4), Inches(1)).table
    table.cell(0, 0).text, table.cell(0, 1).text = "شهر", "بارش"
    data = CategoryChartData()  # type: ignore[no-untyped-call]
    data.categories = ["بهار", "تابستان"]
    data.add_series("میانگین", (1, 2))  # type: ignore[no-untyped-call]
    second.shapes.add_chart(XL_CHART_TYPE.COLUMN_CLUSTERED, Inches(1), Inches(3), Inches(4), Inches(3), data)
    box = second.shapes.add_group_shape().shapes.add_textbox(Inches(1), Inches(6), Inches(4), Inches(1))
    box.text_frame.text = "پایان سخن"
    made.core_properties.author, made.core_properties.title = "سارا احمدی", "سواد"
    file = io.BytesIO()
    made.save(file)
    return file.getvalue()


def test_slides_of_powerpoint(tmp_path: Path) -> None:
    read = document(tmp_path, "a.pptx", slides())
    assert read.text == (
        "آموزش سواد رسانه‌ای\n\nتشخیص خبر جعلی\nاز خبر درست\n\nیادداشت سخنران\n\n"
        "آمار بارش\n\nشهر\tبارش\n\nپایان سخن\nمیانگین\nبهار\nتابستان"
    )
    assert (read.title, read.meta) == ("آموزش سواد رسانه‌ای", {"author": "سارا احمدی"})
    assert [(place.start, place.page) for place in read.places] == [(0, 1), (read.text.index("آمار"), 2)]
    assert headings(read) == [(read.text.index("آمار"), "آمار بارش")]


def book(*sheets: tuple[str, list[list[object]]]) -> bytes:
    made = openpyxl.Workbook()
    made.remove(made.active)
    for name, rows in sheets:
        sheet = made.create_sheet(name)
        for row in rows:
            sheet.append(row)
    file = io.BytesIO()
    made.save(file)
    return file.getvalue()


def test_sheets_of_excel(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["نام", "سال", "قد", "روز"],
        ["بهرام", 1402, 1.75, datetime(2023, 1, 2)],
        [None, None, None, None],
        ["سارا", True, "", datetime(2023, 1, 2, 10, 30)],
    ]
    read = document(tmp_path, "a.xlsx", book(("Sheet1", rows), ("خالی", []), ("یادداشت‌ها", [["متن آزاد"]])))
    assert read.text == (
        "نام\tسال\tقد\tروز\nبهرام\t1402\t1.75\t2023-01-02\nسارا\tTRUE\t2023-01-02 10:30:00\n\nیادداشت‌ها\n\nمتن آزاد"
    )
    assert headings(read)[-1] == (read.text.index("یادداشت"), "یادداشت‌ها")


def test_a_sheet_of_records(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["شناسه", "متن", "نویسنده", "سال"],
        [7, "باران آمد", "رضایی", 1402],
        [None, "برف", None, None],
    ]
    found = items(tmp_path, "a.xlsx", book(("برگه", rows)))
    assert [(item.key, item.text, item.meta) for item in found if isinstance(item, Document)] == [
        ("7", "باران آمد", {"نویسنده": "رضایی", "سال": 1402}),
        ("a.xlsx:2", "برف", {}),
    ]


def word_file(text: str) -> bytes:
    made = docx.Document()
    made.add_paragraph(text)
    file = io.BytesIO()
    made.save(file)
    return file.getvalue()


def mail(subject: str, text: str = "", page: str = "", **attached: bytes) -> EmailMessage:
    made = EmailMessage()
    made["Subject"], made["From"], made["To"] = subject, "دبیر نشریه <dabir@example.org>", "الف <a@x.ir>, b@x.ir"
    made["Date"] = datetime(2023, 1, 10, 6, 30, tzinfo=UTC)
    made.set_content(text)
    if page:
        made.add_alternative(page, subtype="html")
    for name, content in attached.items():
        made.add_attachment(content, "application", "octet-stream", filename=name.replace("_", "."))
    return made


def test_a_mail_with_attached_files(tmp_path: Path) -> None:
    inner = mail("نامهٔ پیوست", "متن درونی")
    made = mail("دعوت به داوری", "با سلام", a_docx=word_file("مقالهٔ نسخه‌ها"), b_bin=b"x")
    made.add_attachment(inner)
    found = items(tmp_path, "a.eml", made.as_bytes())
    known = {"from": "دبیر نشریه <dabir@example.org>", "to": ("الف <a@x.ir>", "b@x.ir")}
    attached = {"attached_to": "a.eml"} | known
    assert [(i.key, i.title, i.text.strip(), i.meta) if isinstance(i, Document) else str(i) for i in found] == [
        ("a.eml", "دعوت به داوری", "با سلام", known),
        ("a.eml/a.docx", None, "مقالهٔ نسخه‌ها", attached | {"pages": 1}),
        "a.eml/b.bin: unknown format; " + str(found[2]).partition("; ")[2] if ";" in str(found[2]) else str(found[2]),
        ("a.eml/نامهٔ پیوست.eml", "نامهٔ پیوست", "متن درونی", attached),
    ]
    assert str(found[2]).startswith("a.eml/b.bin: unknown format")
    assert {item.date.gregorian for item in found if isinstance(item, Document) and item.date} == {"2023-01-10"}


def test_a_mail_attached_as_an_encoded_file(tmp_path: Path) -> None:
    inner = base64.encodebytes(mail("نامهٔ پیوست", "متن درونی").as_bytes())
    content = (
        b"Subject: x\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\n\nx\n--b\n"
        b'Content-Type: message/rfc822; name="a.eml"\nContent-Transfer-Encoding: base64\n\n' + inner + b"--b--\n"
    )
    found = [item for item in items(tmp_path, "m.eml", content) if isinstance(item, Document)]
    assert [(item.key, item.title, item.text.strip()) for item in found] == [
        ("m.eml", "x", "x"),
        ("m.eml/a.eml", "نامهٔ پیوست", "متن درونی"),
    ]


@pytest.mark.parametrize(
    ("text", "page", "read"),
    [
        ("متن ساده است", "<p>متن <b>ساده</b> است</p>", "متن ساده است"),
        ("برای دیدن بزنید", "<h1>خبرنامه</h1><p>خبر بلند یک دو سه چهار پنج شش هفت</p>", None),
        ("", "<p>تنها صفحه</p>", "تنها صفحه"),
    ],
)
def test_the_better_of_two_texts(tmp_path: Path, text: str, page: str, read: str | None) -> None:
    found = document(tmp_path, "a.eml", mail("موضوع", text, page).as_bytes())
    assert found.text.strip() == (read or "خبرنامه\n\nخبر بلند یک دو سه چهار پنج شش هفت")


def test_a_mailbox(tmp_path: Path) -> None:
    box = mailbox.mbox(tmp_path / "made")
    for number in range(3):
        box.add(mail(f"نامهٔ {number}", f"متن {number}\n\nFrom خانه تا مدرسه"))
    box.close()
    content = (tmp_path / "made").read_bytes()
    for name in ("Inbox", "a.mbox"):
        found = items(tmp_path, name, content)
        assert [(i.key, i.title, i.text.strip()) for i in found if isinstance(i, Document)] == [
            (f"{name}:{number + 1}", f"نامهٔ {number}", f"متن {number}\n\nFrom خانه تا مدرسه") for number in range(3)
        ]


@pytest.mark.parametrize(
    ("headers", "body", "title", "text"),
    [
        (b"Subject: =?windows-1256?B?48fk?=\nContent-Type: text/plain; charset=windows-1256\n",
         "باران".encode("cp1256"), "مان", "باران"),
        (b"Subject: =?utf-8?B?a?=\nFrom: =?utf-8?B?2Lc?=\n", "باران".encode(), "=?utf-8?B?a?=", "باران"),
        (b"Subject: x\nDate: Mon, 1 Jan 0300 10:00:00 +0000\n", "باران".encode(), "x", "باران"),
        (b"Subject: x\nContent-Type: text/plain; charset=nonsense\n", "باران".encode(), "x", "باران"),
        ("Subject: خام\nX: y\n".encode(), "باران".encode(), "خام", "باران"),
        (b"Subject: x\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n",
         b"=D8=A2=D8=A8", "x", "آب"),
    ],
)  # fmt: skip
def test_mail_with_faults(tmp_path: Path, headers: bytes, body: bytes, title: str, text: str) -> None:
    read = document(tmp_path, "a.eml", headers + b"\n" + body)
    assert (read.title, read.text) == (title, text)


def test_a_saved_page(tmp_path: Path) -> None:
    made = EmailMessage()
    made["Snapshot-Content-Location"], made["Subject"] = "https://x.ir/a", "باران"
    made["From"] = "<Saved by Blink>"
    page = (
        "<html><head><title>باران</title><meta name=author content='رضایی'></head><body><p>باران آمد.</p></body></html>"
    )
    made.set_content(page, subtype="html")
    made.make_related()
    made.add_related(b"x", "image", "png")
    read = document(tmp_path, "a.mhtml", made.as_bytes())
    assert (read.title, read.text, read.meta) == ("باران", "باران آمد.", {"author": "رضایی", "url": "https://x.ir/a"})


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("a.odt", b"x", "a.odt: broken, or of another format: not a ZIP file"),
        ("a.odt", word_file("x"), "a.odt: broken, or no OpenDocument file"),
        ("a.pptx", word_file("x"), "a.pptx: no text in it"),
        ("a.xlsx", b"", "a.xlsx: empty file"),
        ("a.rtf", b"", "a.rtf: empty file"),
        ("a.rtf", b"x", "a.rtf: no RTF file"),
        ("a.eml", b"", "a.eml: empty file"),
        ("a.eml", "متن".encode(), "a.eml: no mail: it has no headers"),
        ("a.mbox", b"x", "a.mbox: no mailbox"),
        ("a.msg", b"x", "a.msg: broken, or no mail of Outlook"),
        ("a.mhtml", b"x", "a.mhtml: no web page in it"),
        ("a.doc", b"", "a.doc: empty file"),
    ],
)
def test_bad_files(tmp_path: Path, name: str, content: bytes, why: str) -> None:
    assert [str(item) for item in items(tmp_path, name, content)] == [why]


def test_what_is_not_installed_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    (error,) = items(tmp_path, "a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
    assert str(error) == (
        "a.doc: needs LibreOffice to be read: install it (its command is soffice), or save it as .docx"
    )
    monkeypatch.setitem(__import__("sys").modules, "jooya.indexer.readers.rtf", None)
    (error,) = items(tmp_path, "a.rtf", b"{\\rtf1 x}")
    assert "install it with: pip install 'jooya[office]'" in str(error)
