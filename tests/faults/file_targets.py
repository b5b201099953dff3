"""The targets of `fuzz` that read files: mutated files of every format."""

import gzip
import io
import json
import sys
import tarfile
import zipfile
from functools import cache
from pathlib import Path
from random import Random

import docx
import mutation
from expected import assert_items
from mutation import DATA, PIECES, TEXTS

sys.path.insert(0, str(Path(__file__).parent.parent))  # for the modules of the other tests
import pdfs

from jooya.indexer import BadInput, ReadOptions
from jooya.indexer.readers.budgets import CutDocument
from jooya.indexer.readers.dispatch import read
from jooya.indexer.readers.guard import Guard
from jooya.indexer.readers.source import Source

ENCODINGS = ("utf-8", "utf-8", "utf-8", "utf-8-sig", "utf-16", "utf-16-be", "utf-32", "cp1256", "iso8859-6")
STRANGE = ("idna", "utf-7", "punycode")  # `ReadOptions` refuses names that are of no encoding of text
NAMED = (*[None] * 40, "utf-8", "windows-1256", "utf-16", *STRANGE)
ARABIC = str.maketrans("\u06cc\u06a9", "\u064a\u0643")
LINES = ["ديدار با مردم", "سلام بر شما ۱۳۸۴ و باران.", "علمی-پژوهشی و سرزمین"]
PROSE = "باران بر سرزمین\u200cهای شمالی بارید و رودخانه\u200cها پر از آب شدند؛ مردم از خانه\u200cها بیرون آمدند."


def samples(suffix: str) -> list[str]:
    """Return sample files of a format."""
    return [path.read_bytes().decode() for path in sorted(DATA.glob(f"*{suffix}"))]


class Reader:
    """Files of one format, read in this process."""

    suffixes: tuple[str, ...] = ()

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def input(self, random: Random) -> tuple[str, bytes, str | None]:
        return "file" + random.choice(self.suffixes), self.content(random), random.choice(NAMED)

    def content(self, random: Random) -> bytes:
        raise NotImplementedError

    def run(self, given: tuple[str, bytes, str | None]) -> bool:
        name, content, encoding = given
        path = self._folder / name
        path.write_bytes(content)
        options = ReadOptions(encoding=encoding, comments=len(content) % 2 == 0)
        return assert_items(list(read(Source(path, name), options, lambda _: None)))


class Textual(Reader):
    """Text files in any encoding, some with broken bytes."""

    grammar = ""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._seeds = samples(self.suffixes[0])
        self._pieces = PIECES.get(self.grammar, [])

    def content(self, random: Random) -> bytes:
        if random.random() < 0.8:  # a whole sample with some edits
            written = mutation.mutated_text(random, random.choice(self._seeds), self._seeds, self._pieces)
        else:
            written = mutation.text(random, self._seeds, self._pieces)
        encoding = random.choice(ENCODINGS)
        wide = encoding.startswith("utf")
        # Code pages have only the Arabic forms of letters; UTF-8 may end within a character.
        content = (written if wide else written.translate(ARABIC)).encode(
            encoding, "surrogatepass" if wide and random.random() < 0.1 else "replace"
        )
        return content if random.random() < 0.7 else mutation.mutated_bytes(random, content, [content])


class Plain(Textual):
    suffixes = (".txt",)

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._seeds = [text[:500] for text in TEXTS]
        self._pieces = PIECES["structure"] + PIECES["dates"]


class Markdown(Textual):
    suffixes, grammar = (".md", ".markdown"), "markdown"


class Html(Textual):
    suffixes, grammar = (".html", ".htm"), "markup"


class Xhtml(Textual):
    suffixes, grammar = (".xhtml",), "markup"


class Srt(Textual):
    suffixes, grammar = (".srt",), "subtitles"


class Vtt(Textual):
    suffixes, grammar = (".vtt",), "subtitles"


class Tables(Textual):
    suffixes, grammar = (".csv", ".tsv"), "table"


class Jsonl(Textual):
    suffixes, grammar = (".jsonl",), "records"

    def content(self, random: Random) -> bytes:
        if random.random() < 0.3:
            return super().content(random)
        lines = []
        for line in random.choice(self._seeds).splitlines() * random.choice((1, 1, 1, 20)):
            record = json.loads(line)
            for _ in range(random.choice((0, 1, 1, 5))):
                record = mutation.mutated_json(random, record)
            lines.append(json.dumps(record, ensure_ascii=random.random() < 0.5))
        return "\n".join(lines).encode("utf-8", "replace")


class Packed(Reader):
    """Files that contain others: either these are mutated, or the whole file is."""

    pieces: tuple[str, ...] = tuple(PIECES["markup"])

    def content(self, random: Random) -> bytes:
        files = self.files()
        if random.random() < 0.6:
            for _ in range(random.choice((1, 1, 3))):
                name = random.choice(list(files))
                whole = files.pop(name)
                if random.random() < 0.1:
                    name = mutation.mutated_text(random, name, [name], mutation.NASTY)
                    name = name.encode("utf-8", "replace").decode()[:80] or "x"
                if random.random() < 0.7:
                    try:
                        text = mutation.mutated_text(random, whole.decode(), TEXTS, self.pieces)
                        files[name] = text.encode("utf-8", "replace")
                    except UnicodeDecodeError:
                        files[name] = mutation.mutated_bytes(random, whole, [whole])
                elif random.random() < 0.5:
                    files[name] = mutation.mutated_bytes(random, whole, [whole])
            return self.pack(random, files)
        whole = self.pack(random, files)
        return mutation.mutated_bytes(random, whole, [whole])

    def files(self) -> dict[str, bytes]:
        raise NotImplementedError

    def pack(self, random: Random, files: dict[str, bytes]) -> bytes:
        return zipped(files, random.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)))


class Docx(Packed):
    suffixes = (".docx",)
    pieces = tuple(PIECES["markup"] + PIECES["docx"])

    def files(self) -> dict[str, bytes]:
        return dict(_docx())


class Epub(Packed):
    suffixes = (".epub",)

    def files(self) -> dict[str, bytes]:
        return dict(_epub())


class Zip(Packed):
    suffixes: tuple[str, ...] = (".zip",)

    def files(self) -> dict[str, bytes]:
        return {
            "in/باران.txt": PROSE.encode(),
            "a.jsonl": samples(".jsonl")[0].encode(),
            "talk.srt": samples(".srt")[0].encode(),
            "page.html": samples(".html")[1].encode(),
            "a.csv": samples(".csv")[0].encode("cp1256", "replace"),
            "__MACOSX/x.txt": b"x",
        }


class Tar(Zip):
    suffixes = (".tar.gz", ".tgz")

    def pack(self, random: Random, files: dict[str, bytes]) -> bytes:
        whole = tarred(files)
        if random.random() < 0.4:
            whole = mutation.mutated_bytes(random, whole, [whole])
        return gzip.compress(whole, 1, mtime=0)


class Gz(Reader):
    """Compressed text files."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._readers = [kind(folder) for kind in (Plain, Html, Srt, Tables, Jsonl)]

    def input(self, random: Random) -> tuple[str, bytes, str | None]:
        name, content, encoding = random.choice(self._readers).input(random)
        packed = gzip.compress(content, 1, mtime=0) + random.choice((*[b""] * 8, b"\0" * 9, b"x"))
        if random.random() < 0.3:
            packed = mutation.mutated_bytes(random, packed, [packed])
        return (name if random.random() < 0.95 else "file") + ".gz", packed, encoding


class Pdf(Reader):
    suffixes = (".pdf",)

    def content(self, random: Random) -> bytes:
        seeds = _pdfs()
        return mutation.mutated_bytes(random, random.choice(seeds), seeds)


READERS: tuple[type[Reader], ...] = (
    Plain, Markdown, Html, Xhtml, Srt, Vtt, Tables, Jsonl, Docx, Epub, Pdf, Zip, Tar, Gz,
)  # fmt: skip


class Guarded:
    """Files of every format, read in another process, as indexing does."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._readers = [kind(folder) for kind in READERS]
        self._guard = Guard(seconds=20)

    def input(self, random: Random) -> tuple[str, bytes, str | None]:
        return random.choice(self._readers).input(random)

    def run(self, given: tuple[str, bytes, str | None]) -> bool:
        name, content, encoding = given
        path = self._folder / name
        path.write_bytes(content)
        items = list(self._guard.read(Source(path, name), ReadOptions(encoding=encoding), lambda _: None))
        for item in items:
            message = str(item) if isinstance(item, BadInput) else ""
            assert not any(
                reason in message for reason in ("can't be read (", "takes longer than", "of memory to be read")
            ), message
        return assert_items([item.document if isinstance(item, CutDocument) else item for item in items])


def zipped(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name), content, method)  # of no date
    return out.getvalue()


def tarred(files: dict[str, bytes]) -> bytes:
    """Return a tar archive of these files, which bear no date."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, content in files.items():
            about = tarfile.TarInfo(name)
            about.size = len(content)
            archive.addfile(about, io.BytesIO(content))
    return out.getvalue()


@cache
def _docx() -> dict[str, bytes]:
    word = docx.Document()
    word.core_properties.title = "باران"
    word.add_heading("ديدار - ۲۲ آذر ۱۳۸۴", 1)
    word.add_paragraph(PROSE)
    word.add_heading("فصل", 2)
    table = word.add_table(2, 2)
    table.cell(0, 0).text = "شهر"
    word.add_paragraph("یک", style="List Bullet")
    out = io.BytesIO()
    word.save(out)
    with zipfile.ZipFile(out) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    return {name: content for name, content in parts.items() if len(content) < 40_000}


@cache
def _epub() -> dict[str, bytes]:
    page = '<html xmlns="http://www.w3.org/1999/xhtml"><head><title>{0}</title></head><body><h2>{0}</h2><p>{1}</p></body></html>'
    return {
        "mimetype": b"application/epub+zip",
        "META-INF/container.xml": b'<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
        b'<rootfile full-path="o/p.opf" media-type="application/oebps-package+xml"/></rootfiles></container>',
        "META-INF/encryption.xml": b'<encryption><EncryptedData><EncryptionMethod Algorithm="http://ns.adobe.com/pdf/enc#RC"/>'
        b'<CipherData><CipherReference URI="o/font.ttf"/></CipherData></EncryptedData></encryption>',
        "o/p.opf": (
            '<package xmlns="http://www.idpf.org/2007/opf" xmlns:dc="http://purl.org/dc/elements/1.1/"><metadata>'
            "<dc:title>کتاب باران</dc:title><dc:date>2005-12-13</dc:date></metadata><manifest>"
            '<item id="n" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>'
            '<item id="x" href="toc.ncx" media-type="application/x-dtbncx+xml"/>'
            '<item id="a" href="a%20b.xhtml" media-type="application/xhtml+xml"/>'
            '<item id="b" href="b.xhtml" media-type="application/xhtml+xml"/></manifest>'
            '<spine toc="x"><itemref idref="a"/><itemref idref="b"/></spine></package>'
        ).encode(),
        "o/nav.xhtml": '<html><body><nav><ol><li><a href="a%20b.xhtml#x">یک</a></li></ol></nav></body></html>'.encode(),
        "o/toc.ncx": (
            '<ncx><navMap><navPoint><navLabel><text>دو</text></navLabel><content src="b.xhtml"/></navPoint></navMap>'
            "</ncx>"
        ).encode(),
        "o/a b.xhtml": page.format("یک", PROSE).encode(),
        "o/b.xhtml": page.format("دو", "برف").encode(),
    }


@cache
def _pdfs() -> list[bytes]:
    hello = b"BT /F 12 Tf 72 700 Td (Hello) Tj 0 -20 Td (World 1384/9/22) Tj ET"
    plain = pdfs.drawing(hello).replace(b"/Filter/FlateDecode", b"")
    at = plain.index(b"stream\n") + 7
    end = plain.index(b"\nendstream")
    plain = plain[:at] + hello + plain[end:]
    document = pdfs.new()
    document.set_compression(False)
    document.set_title("باران")
    for lines in (LINES, [PROSE]):
        document.add_page()
        pdfs.put(document, lines, pdfs.forms)
    return [
        plain,
        pdfs.drawing(hello, b"<</First 7 0 R>>", b"<</Title(Hello)/Dest[4 0 R/Fit]>>"),
        bytes(document.output()),
        pdfs.made([LINES], pdfs.forms),
        pdfs.locked(LINES),
        pdfs.picture(),
    ]
