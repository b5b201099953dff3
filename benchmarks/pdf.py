"""What of a text is found again once it is a PDF? Jooya's reader and others, on PDFs made for it in known ways and by
the programs that are installed.

    pip install fpdf2 uharfbuzz fontpkg-ibm-plex-sans-arabic pypdf pdfminer.six pymupdf weasyprint typst
    apt-get install chromium libreoffice-writer-nogui texlive-xetex texlive-lang-arabic poppler-utils tesseract-ocr-fas
    python benchmarks/pdf.py passages.jsonl [--first N]

passages.jsonl: a JSON object {id, title, text} a line; each is a paragraph. Words are the stems that Jooya's analysis
gives, phrases are three of them one after another: how many of those of the paragraphs are in what was read, with how
often they are. What is not installed is said.
"""

import argparse
import io
import json
import shutil
import subprocess
import sys
import tempfile
import textwrap
import time
from collections import Counter
from collections.abc import Callable, Iterable
from html import escape
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from unicodedata import normalize

from jooya.analyzers import analysis
from jooya.indexer import Document
from jooya.indexer.readers.pdf import read_pdf
from jooya.indexer.readers.source import Source

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

import pdfs

LINE, LINES = 85, 34  # characters, and lines on a page


def jooya(pdf: bytes) -> str:
    items = read_pdf(Source(Path("/a.pdf"), "a.pdf"), pdf, None)
    return "\n".join(item.text for item in items if isinstance(item, Document))


def pdfium(pdf: bytes) -> str:
    with import_module("pypdfium2").PdfDocument(pdf) as document:
        return "\n".join(page.get_textpage().get_text_range() for page in document)


def pdfium_normalized(pdf: bytes) -> str:
    return normalize("NFKC", pdfium(pdf))


def pypdf(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in import_module("pypdf").PdfReader(io.BytesIO(pdf)).pages)


def pdfminer(pdf: bytes) -> str:
    return str(import_module("pdfminer.high_level").extract_text(io.BytesIO(pdf)))


def mupdf(pdf: bytes) -> str:
    with import_module("pymupdf").open(stream=pdf) as document:
        return "\n".join(page.get_text() for page in document)


def poppler(pdf: bytes) -> str:
    return subprocess.run(["pdftotext", "-", "-"], input=pdf, capture_output=True, check=True).stdout.decode()


READERS: dict[str, tuple[Callable[[bytes], str], str]] = {
    "Jooya": (jooya, "pypdfium2"),
    "pypdfium2": (pdfium, "pypdfium2"),
    "and NFKC": (pdfium_normalized, "pypdfium2"),
    "pypdf": (pypdf, "pypdf"),
    "pdfminer.six": (pdfminer, "pdfminer"),
    "PyMuPDF": (mupdf, "pymupdf"),
    "pdftotext": (poppler, "pdftotext"),
}
"""Readers, and the module or program they need."""


def pages(paragraphs: Iterable[str]) -> list[list[str]]:
    lines = [line for text in paragraphs for line in [*textwrap.wrap(text, LINE), ""]]
    return [lines[start : start + LINES] for start in range(0, len(lines), LINES)]


def drawn(draw: pdfs.Draw) -> Callable[[list[str]], bytes]:
    return lambda paragraphs: pdfs.made(pages(paragraphs), draw)


def in_columns(paragraphs: list[str]) -> bytes:
    pdf = pdfs.new()
    pdf.set_font_size(8)
    columns = [line for text in paragraphs for line in textwrap.wrap(text, LINE * 2 // 3)]
    for start in range(0, len(columns), 2 * LINES):
        pdf.add_page()
        pdfs.put(pdf, columns[start : start + LINES], pdfs.forms)
        pdfs.put(pdf, columns[start + LINES : start + 2 * LINES], pdfs.forms, right=280)
    return bytes(pdf.output())


def with_furniture(paragraphs: list[str]) -> bytes:
    pdf = pdfs.new()
    for number, lines in enumerate(pages(paragraphs), 1):
        pdf.add_page()
        pdfs.put(pdf, ["دانشنامهٔ آزاد"], pdfs.forms, height=50)
        pdfs.put(pdf, lines, pdfs.forms)
        pdfs.put(pdf, [str(number)], pdfs.forms, right=300, height=820)
    return bytes(pdf.output())


def html(paragraphs: list[str], font: Path | None) -> str:
    face = f"@font-face{{font-family:F;src:url({font.as_uri()})}}body{{font-family:F}}" if font else ""
    body = "".join(f"<p>{escape(text)}</p>" for text in paragraphs)
    return f"<!doctype html><html lang=fa dir=rtl><meta charset=utf-8><style>{face}</style><body>{body}</html>"


def _by(command: list[str], source: str, suffix: str, result: str = "a.pdf") -> bytes:
    """What a program makes of a file; its name stands for a.SUFFIX in the command."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / f"a.{suffix}"
        file.write_text(source, encoding="utf-8")
        subprocess.run(command, cwd=folder, capture_output=True, timeout=300, check=False)
        return (Path(folder) / result).read_bytes()


def chromium(paragraphs: list[str]) -> bytes:
    command = ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer"]
    return _by(
        [*command, "--allow-file-access-from-files", "--print-to-pdf=a.pdf", "a.html"],
        html(paragraphs, pdfs.FONT),
        "html",
    )


def libreoffice(paragraphs: list[str]) -> bytes:
    command = ["soffice", "--headless", "--convert-to", "pdf:writer_web_pdf_Export", "a.html"]
    return _by(command, html(paragraphs, None), "html")


def xetex(paragraphs: list[str]) -> bytes:
    special = str.maketrans({char: f"\\{char}" for char in "#$%&_{}"} | {"\\": "", "~": "", "^": ""})
    head = r"\documentclass{article}\usepackage[margin=3cm]{geometry}\usepackage{xepersian}\settextfont[Path=%s/]{%s}"
    text = "\n\n".join(text.translate(special) for text in paragraphs)
    source = f"{head % (pdfs.FONT.parent, pdfs.FONT.name)}\\begin{{document}}\n{text}\n\\end{{document}}"
    return _by(["xelatex", "-interaction=batchmode", "a.tex"], source, "tex")


def weasyprint(paragraphs: list[str]) -> bytes:
    return bytes(import_module("weasyprint").HTML(string=html(paragraphs, pdfs.FONT)).write_pdf())


def typst(paragraphs: list[str]) -> bytes:
    text = "\n\n".join(f"#text({json.dumps(text, ensure_ascii=False)})" for text in paragraphs)
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "a.typ"
        source.write_text(f'#set text(lang: "fa", dir: rtl, font: "IBM Plex Sans Arabic")\n{text}', encoding="utf-8")
        return bytes(import_module("typst").compile(str(source), font_paths=[str(pdfs.FONT.parent)]))


def tesseract(paragraphs: list[str]) -> bytes:
    """A scan of the first page, read by Tesseract."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "a.pdf").write_bytes(pdfs.made(pages(paragraphs)[:1]))
        for command in (
            ["pdftoppm", "-r", "300", "-png", "a.pdf", "a"],
            ["tesseract", "a-1.png", "b", "-l", "fas", "pdf"],
        ):
            subprocess.run(command, cwd=folder, capture_output=True, timeout=300, check=True)
        return (Path(folder) / "b.pdf").read_bytes()


MADE: dict[str, tuple[Callable[[list[str]], bytes], str]] = {
    **{name: (drawn(draw), "fpdf") for name, draw in pdfs.DRAWN.items()},
    "two columns": (in_columns, "fpdf"),
    "headers and page numbers": (with_furniture, "fpdf"),
    "Chromium": (chromium, "chromium"),
    "LibreOffice": (libreoffice, "soffice"),
    "XeLaTeX, xepersian": (xetex, "xelatex"),
    "WeasyPrint": (weasyprint, "weasyprint"),
    "Typst": (typst, "typst"),
    "scan, Tesseract": (tesseract, "tesseract"),
}
"""How PDFs are made, and the module or program that takes."""


def found(paragraphs: list[str], text: str) -> tuple[float, float]:
    """How many of the words, and of the phrases, of the paragraphs are in the text."""
    read = analysis().columns(text).stems
    words, phrases = Counter(read), Counter(zip(read, read[1:], read[2:], strict=False))
    of_words: Counter[str] = Counter()
    of_phrases: Counter[tuple[str, str, str]] = Counter()
    for paragraph in paragraphs:
        stems = analysis().columns(paragraph).stems
        of_words.update(stems)
        of_phrases.update(zip(stems, stems[1:], stems[2:], strict=False))
    return (of_words & words).total() / of_words.total(), (of_phrases & phrases).total() / of_phrases.total()


def installed(need: str) -> bool:
    return find_spec(need) is not None or shutil.which(need) is not None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("passages", type=Path)
    parser.add_argument("--first", type=int, default=60, help="so many paragraphs")
    options = parser.parse_args()
    with options.passages.open(encoding="utf-8") as lines:
        paragraphs = [json.loads(line)["text"] for line, _ in zip(lines, range(options.first), strict=False)]
    readers = {name: read for name, (read, need) in READERS.items() if installed(need)}
    missing = [name for name, (_, need) in (READERS | MADE).items() if not installed(need)]
    print(f"{len(paragraphs)} paragraphs; not installed: {', '.join(missing) or 'none'}\n")
    print(f"| words, phrases | {' | '.join(readers)} |")
    seconds = dict.fromkeys(readers, 0.0)
    for name, (make, need) in MADE.items():
        if not installed(need):
            continue
        pdf = make(paragraphs)
        there = [" ".join(pages(paragraphs)[0])] if make is tesseract else paragraphs
        cells = []
        for reader, read in readers.items():
            started = time.process_time()
            text = read(pdf)
            seconds[reader] += time.process_time() - started
            cells.append("{:.1%} {:.1%}".format(*found(there, text)))
        print(f"| {name} | {' | '.join(cells)} |", flush=True)
    print(f"| seconds | {' | '.join(f'{seconds[reader]:.1f}' for reader in readers)} |")


if __name__ == "__main__":
    main()
