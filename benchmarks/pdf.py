"""Measure how much of a text is found again once it is a PDF, by Jooya's reader and by others.

    pip install fpdf2 uharfbuzz fontpkg-ibm-plex-sans-arabic pypdf pdfminer.six pymupdf weasyprint typst
    apt-get install chromium libreoffice-writer-nogui texlive-xetex texlive-lang-arabic poppler-utils tesseract-ocr-fas
    python benchmarks/pdf.py passages.jsonl [--first N]

passages.jsonl holds a JSON object {id, title, text} a line, and each is a paragraph. The PDFs are made of the first N
paragraphs in known ways, and by those programs that are installed; the first line of the output names what is missing.
Words are the stems that Jooya's analyzer yields, and phrases are three stems in a row. The figures are the share of the
words and of the phrases of the paragraphs that are in the text that was read; repeated ones count each time.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import textwrap
import time
from collections import Counter
from collections.abc import Callable, Iterable
from html import escape
from importlib import import_module
from pathlib import Path

from pdf_readers import READERS, installed

from jooya.analyzers import analysis

# The tests have the functions that draw PDFs.
sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

import pdfs

LINE, LINES = 85, 34  # characters in a line, and lines on a page


def pages(paragraphs: Iterable[str]) -> list[list[str]]:
    """Return the lines of each page."""
    lines = [line for text in paragraphs for line in [*textwrap.wrap(text, LINE), ""]]
    return [lines[start : start + LINES] for start in range(0, len(lines), LINES)]


def drawn(draw: pdfs.Draw) -> Callable[[list[str]], bytes]:
    """Return a function that makes a PDF by drawing each line with `draw`."""
    return lambda paragraphs: pdfs.made(pages(paragraphs), draw)


def in_columns(paragraphs: list[str]) -> bytes:
    """Make a PDF of two columns."""
    pdf = pdfs.new()
    pdf.set_font_size(8)
    columns = [line for text in paragraphs for line in textwrap.wrap(text, LINE * 2 // 3)]
    for start in range(0, len(columns), 2 * LINES):
        pdf.add_page()
        pdfs.put(pdf, columns[start : start + LINES], pdfs.forms)
        pdfs.put(pdf, columns[start + LINES : start + 2 * LINES], pdfs.forms, right=280)
    return bytes(pdf.output())


def with_running_headers(paragraphs: list[str]) -> bytes:
    """Make a PDF with a running header and page numbers."""
    pdf = pdfs.new()
    for number, lines in enumerate(pages(paragraphs), 1):
        pdf.add_page()
        pdfs.put(pdf, ["دانشنامهٔ آزاد"], pdfs.forms, height=50)
        pdfs.put(pdf, lines, pdfs.forms)
        pdfs.put(pdf, [str(number)], pdfs.forms, right=300, height=820)
    return bytes(pdf.output())


def html(paragraphs: list[str], font: Path | None) -> str:
    """Return a web page of the paragraphs, in a font of its own or in that of the program."""
    face = f"@font-face{{font-family:F;src:url({font.as_uri()})}}body{{font-family:F}}" if font else ""
    body = "".join(f"<p>{escape(text)}</p>" for text in paragraphs)
    return f"<!doctype html><html lang=fa dir=rtl><meta charset=utf-8><style>{face}</style><body>{body}</html>"


def _made_by(command: list[str], source: str, suffix: str, result: str = "a.pdf") -> bytes:
    """Run a command on a file `a.SUFFIX` with the source, and return the content of the file that it makes."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / f"a.{suffix}"
        file.write_text(source, encoding="utf-8")
        subprocess.run(command, cwd=folder, capture_output=True, timeout=300, check=False)
        return (Path(folder) / result).read_bytes()


def chromium(paragraphs: list[str]) -> bytes:
    """Make a PDF with Chromium. The functions below do so with other programs."""
    command = ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer"]
    return _made_by(
        [*command, "--allow-file-access-from-files", "--print-to-pdf=a.pdf", "a.html"],
        html(paragraphs, pdfs.FONT),
        "html",
    )


def libreoffice(paragraphs: list[str]) -> bytes:
    command = ["soffice", "--headless", "--convert-to", "pdf:writer_web_pdf_Export", "a.html"]
    return _made_by(command, html(paragraphs, None), "html")


def xetex(paragraphs: list[str]) -> bytes:
    special = str.maketrans({char: f"\\{char}" for char in "#$%&_{}"} | {"\\": "", "~": "", "^": ""})
    head = r"\documentclass{article}\usepackage[margin=3cm]{geometry}\usepackage{xepersian}\settextfont[Path=%s/]{%s}"
    text = "\n\n".join(text.translate(special) for text in paragraphs)
    source = f"{head % (pdfs.FONT.parent, pdfs.FONT.name)}\\begin{{document}}\n{text}\n\\end{{document}}"
    return _made_by(["xelatex", "-interaction=batchmode", "a.tex"], source, "tex")


def weasyprint(paragraphs: list[str]) -> bytes:
    return bytes(import_module("weasyprint").HTML(string=html(paragraphs, pdfs.FONT)).write_pdf())


def typst(paragraphs: list[str]) -> bytes:
    text = "\n\n".join(f"#text({json.dumps(text, ensure_ascii=False)})" for text in paragraphs)
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "a.typ"
        source.write_text(f'#set text(lang: "fa", dir: rtl, font: "IBM Plex Sans Arabic")\n{text}', encoding="utf-8")
        return bytes(import_module("typst").compile(str(source), font_paths=[str(pdfs.FONT.parent)]))


def tesseract(paragraphs: list[str]) -> bytes:
    """Make a scan of the first page, with the text that Tesseract recognizes."""
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
    "headers and page numbers": (with_running_headers, "fpdf"),
    "Chromium": (chromium, "chromium"),
    "LibreOffice": (libreoffice, "soffice"),
    "XeLaTeX, xepersian": (xetex, "xelatex"),
    "WeasyPrint": (weasyprint, "weasyprint"),
    "Typst": (typst, "typst"),
    "scan, Tesseract": (tesseract, "tesseract"),
}
"""The ways of making a PDF, each with the module or program it needs."""


def found(paragraphs: list[str], text: str) -> tuple[float, float]:
    """Return the shares of the words and of the phrases of the paragraphs that are in the text."""
    read = analysis().columns(text).stems
    words, phrases = Counter(read), Counter(zip(read, read[1:], read[2:], strict=False))
    of_words: Counter[str] = Counter()
    of_phrases: Counter[tuple[str, str, str]] = Counter()
    for paragraph in paragraphs:
        stems = analysis().columns(paragraph).stems
        of_words.update(stems)
        of_phrases.update(zip(stems, stems[1:], stems[2:], strict=False))
    return (of_words & words).total() / of_words.total(), (of_phrases & phrases).total() / of_phrases.total()


def main() -> None:
    """Parse the arguments and print a line for each kind of PDF."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("passages", type=Path, help="JSON lines with a `text` each")
    parser.add_argument(
        "--first", type=int, default=60, metavar="N", help="number of paragraphs (default: %(default)s)"
    )
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
