"""The targets of `fuzz` that read office files, mails, chats, subtitles of many programs, and dumps."""

import bz2
import io
import sys
import zipfile
from email.message import EmailMessage
from functools import cache
from pathlib import Path
from random import Random

import mutation
import openpyxl
import pptx
from file_targets import PROSE, Packed, Reader, Textual
from mutation import PIECES

sys.path.insert(0, str(Path(__file__).parent.parent))  # for the modules of the other tests
import outlook_files

SAMPLES = Path(__file__).parent.parent / "data" / "formats"
_LARGEST = 40_000  # bytes of a part that is mutated

DUMP = (
    '<mediawiki xml:lang="fa"><siteinfo><sitename>ویکی</sitename></siteinfo><page><title>باران</title>'
    "<ns>0</ns><id>1</id><revision><id>2</id><timestamp>2023-01-01T00:00:00Z</timestamp><text>"
    "'''باران''' [[آب|آبی]] است{{الگو|{{ب}}}}.\n"
    "== تاریخ ==\n{|\n|a\n|}\n&lt;ref name=x&gt;منبع&lt;/ref&gt; [[رده:هوا]]</text></revision></page></mediawiki>"
)
TTML = (
    '<tt xmlns="http://www.w3.org/ns/ttml"><body><div><p begin="00:00:01,500" end="2s">باران<br/>تند</p></div>'
    "</body></tt>"
)
SAMI = "<SAMI><BODY><SYNC Start=1000><P>باران<SYNC Start=2000><P>برف</BODY></SAMI>"


class Odt(Packed):
    suffixes = (".odt", ".odp")

    def files(self) -> dict[str, bytes]:
        return dict(_package((SAMPLES / "office" / "jang.odt").read_bytes()))


class Pptx(Packed):
    suffixes = (".pptx",)

    def files(self) -> dict[str, bytes]:
        return dict(_slides())


class Xlsx(Packed):
    suffixes = (".xlsx",)

    def files(self) -> dict[str, bytes]:
        return dict(_sheets())


class Binary(Reader):
    """Files that are mutated as bytes."""

    def content(self, random: Random) -> bytes:
        seeds = self.seeds()
        return mutation.mutated_bytes(random, random.choice(seeds), seeds)

    def seeds(self) -> list[bytes]:
        raise NotImplementedError


class Rtf(Binary):
    suffixes = (".rtf",)

    def seeds(self) -> list[bytes]:
        return [(SAMPLES / "office" / "silk.rtf").read_bytes()[:_LARGEST]]


class Outlook(Binary):
    suffixes = (".msg",)

    def seeds(self) -> list[bytes]:
        return list(_messages())


class Written(Textual):
    """Text files whose samples are not in the folder of the other formats."""

    def __init__(self, folder: Path) -> None:
        Reader.__init__(self, folder)
        self._seeds = self.written()
        self._pieces = PIECES.get(self.grammar, [])

    def written(self) -> list[str]:
        raise NotImplementedError


class Mail(Written):
    suffixes, grammar = (".eml", ".mbox", ".mhtml", ""), "markup"

    def written(self) -> list[str]:
        made = _mail()
        return [made, f"From x Mon Jan  1\n{made}\n\nFrom y Mon Jan  1\n{made}"]


class Json(Written):
    suffixes, grammar = (".json", ".ndjson"), "records"

    def written(self) -> list[str]:
        chat = (SAMPLES / "chats" / "telegram" / "result.json").read_text(encoding="utf-8")
        return [
            chat,
            '{"data": [{"متن": "باران", "سال": 1402}]}',
            '{"segments": [{"start": 1, "end": 2, "text": "باران"}]}',
        ]


class Chats(Written):
    suffixes, grammar = (".txt", ".html"), "markup"

    def written(self) -> list[str]:
        paths = [*(SAMPLES / "chats" / "whatsapp").iterdir(), SAMPLES / "chats" / "telegram" / "messages.html"]
        return [path.read_text(encoding="utf-8") for path in sorted(paths)]


class Subtitles(Written):
    suffixes, grammar = (".ass", ".ssa", ".sub", ".smi", ".ttml"), "subtitles"

    def written(self) -> list[str]:
        film = (SAMPLES / "subtitles" / "film.ass").read_text(encoding="utf-8")
        return [film, TTML, SAMI, "{1}{1}25\n{24}{48}باران|تند\n{72}{96}{y:i}برف"]


class Dump(Written):
    suffixes, grammar = (".xml",), "markup"

    def written(self) -> list[str]:
        return [DUMP]


class PackedDump(Dump):
    suffixes = (".xml.bz2",)

    def content(self, random: Random) -> bytes:
        packed = bz2.compress(super().content(random))
        return packed if random.random() < 0.7 else mutation.mutated_bytes(random, packed, [packed])


READERS: tuple[type[Reader], ...] = (
    Odt, Pptx, Xlsx, Rtf, Outlook, Mail, Json, Chats, Subtitles, Dump, PackedDump,
)  # fmt: skip


def _package(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    return {name: part for name, part in parts.items() if len(part) < _LARGEST}


@cache
def _slides() -> dict[str, bytes]:
    made, out = pptx.Presentation(), io.BytesIO()
    slide = made.slides.add_slide(made.slide_layouts[1])
    slide.shapes.title.text, slide.placeholders[1].text_frame.text = "باران", PROSE
    slide.notes_slide.notes_text_frame.text = "یادداشت"
    made.save(out)
    wanted = ("ppt/slides/", "ppt/notesSlides/", "ppt/presentation", "ppt/_rels", "_rels", "docProps", "[Content")
    return {name: part for name, part in _package(out.getvalue()).items() if name.startswith(wanted)}


@cache
def _sheets() -> dict[str, bytes]:
    made, out = openpyxl.Workbook(), io.BytesIO()
    for row in (["شناسه", "متن", "سال"], [7, PROSE, 1402.5], [None, "برف", True]):
        made.active.append(row)
    made.create_sheet("برگهٔ دوم").append(["شهر", 80])
    made.save(out)
    return _package(out.getvalue())


@cache
def _messages() -> tuple[bytes, ...]:
    inner = outlook_files.message({"0037": "درونی", "1000": PROSE}, {0x3FDE: 65001}, head=24)
    attached = outlook_files.message({"3707": "a.txt"}, head=8)
    parts: outlook_files.Tree = {
        "__recip_version1.0_#00000000": outlook_files.message({"3001": "مریم", "39FE": "m@x.ir"}, head=8),
        "__attach_version1.0_#00000000": attached | {"__substg1.0_37010102": PROSE.encode()},
        "__attach_version1.0_#00000001": attached | {"__substg1.0_3701000D": inner},
    }
    texts: dict[str, str | bytes] = {"0037": "باران".encode("cp1256"), "1000": PROSE * 30}
    return (
        outlook_files.compound_file(outlook_files.message(texts, {0x3FFD: 1256, 0x0039: 1 << 57}, parts)),
        outlook_files.compound_file(outlook_files.message({"0037": "باران", "1013": f"<p>{PROSE}</p>"})),
    )


@cache
def _mail() -> str:
    made = EmailMessage()
    made["Subject"], made["From"], made["To"] = "باران", "مریم <m@x.ir>", "a@x.ir, b@x.ir"
    made["Date"] = "Tue, 10 Jan 2023 06:30:00 +0330"
    made.set_content(PROSE)
    made.add_alternative(f"<html><body><p>{PROSE}</p></body></html>", subtype="html")
    made.add_attachment(PROSE.encode(), "text", "plain", filename="یادداشت.txt")
    made.add_attachment(b"x", "image", "png", filename="a.png")
    return made.as_string()
