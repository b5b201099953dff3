r"""Measure how much of a text comes back from PDFs of many fonts and producers, by Jooya's reader and by others.

    pip install typst weasyprint fpdf2 uharfbuzz pypdf
    apt-get install chromium libreoffice-writer-nogui texlive-xetex pango1.0-tools ghostscript poppler-utils \
        fonts-noto-core fonts-dejavu-core fonts-hosny-amiri fonts-sil-scheherazade fonts-sil-lateef \
        fonts-sil-harmattan fonts-farsiweb fonts-freefarsi fonts-freefont-ttf
    npm install vazirmatn sahel-font samim-font shabnam-font  # copy their .ttf files to a folder, for --fonts
    python benchmarks/pdf_matrix.py --fonts FOLDER --keep PDFS

Each cell is a PDF: a font, a producer, and a text. Its score is the F1 of words that come back exactly as they were
written (half-spaces and vowel marks too) and in order: twice the number of words in the longest matching blocks, over
the number of words written and read. Before words are compared, all readers' texts are normalized (NFKC, without
strokes between letters and without direction marks). PDFs that are in PDFS are not made again.
"""

import argparse
import os
import re
import subprocess
import tempfile
from collections import defaultdict
from difflib import SequenceMatcher
from pathlib import Path
from statistics import fmean
from unicodedata import normalize

from pdf_producers import PRODUCERS, Job
from pdf_readers import READERS, installed
from pdf_texts import TEXTS

FAMILIES = (
    "Noto Naskh Arabic",
    "Noto Sans Arabic",
    "Noto Nastaliq Urdu",
    "Vazirmatn",
    "Sahel",
    "Samim",
    "Shabnam",
    "IBM Plex Sans Arabic",
    "DejaVu Sans",
    "Amiri",
    "Scheherazade",
    "Lateef",
    "Harmattan",
    "Nazli",
    "Homa",
    "FreeFarsi",
    "Noto Kufi Arabic",
    "FreeSerif",
)

ALLOWED = 0.01
"""How far below the best of the others a cell may be."""

_COMPARED = ("Jooya", "pypdfium2", "pdftotext", "pypdf")  # of the readers; Jooya first
_INVISIBLE = re.compile("[\u0640\u200b\u200d-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufffe\x02]")


def words(text: str) -> list[str]:
    """Return the words of a text as they are compared."""
    return _INVISIBLE.sub("", normalize("NFKC", text)).split()


def score(written: list[str], read: list[str]) -> float:
    """Return the F1 of the words that were read, in order."""
    blocks = SequenceMatcher(None, written, read, autojunk=False).get_matching_blocks()
    return 2 * sum(block.size for block in blocks) / (len(written) + len(read))


def font_file(family: str) -> Path | None:
    """Return the file of a family's regular font, or None if it is not installed."""
    command = ["fc-match", "-f", "%{family}|%{file}", f"{family}:style=Regular:weight=80"]
    found, file = subprocess.run(command, capture_output=True, check=True, text=True).stdout.split("|")
    return Path(file) if family in found.split(",") else None


def make(folder: Path, producers: list[str], fonts: dict[str, Path]) -> None:
    """Make the PDFs that are not in the folder, as `PRODUCER/FAMILY-TEXT.pdf`."""
    for producer in producers:
        maker, need = PRODUCERS[producer]
        there = folder / producer
        there.mkdir(parents=True, exist_ok=True)
        jobs = {
            f"{family.replace(' ', '_')}-{kind}": Job(family, file, text)
            for family, file in fonts.items()
            for kind, text in TEXTS.items()
        }
        jobs = {name: job for name, job in jobs.items() if not (there / f"{name}.pdf").exists()}
        if not jobs or not installed(need):
            continue
        with tempfile.TemporaryDirectory() as work:
            for name, content in maker(Path(work), jobs).items():
                (there / f"{name}.pdf").write_bytes(content)


def use_fonts(folder: Path, settings: Path) -> None:
    """Let fontconfig find the fonts of a folder, too."""
    settings.write_text(
        '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>'
        f"<include>/etc/fonts/fonts.conf</include><dir>{folder.resolve()}</dir></fontconfig>"
    )
    os.environ["FONTCONFIG_FILE"] = str(settings)


def report(scores: dict[tuple[str, str, str], list[float]], by: int, title: str) -> None:
    """Print for each producer (0) or font (1) the mean and the worst of each reader, and the worst distance."""
    print(f"\n| {title} | {' | '.join(_COMPARED)} | behind the best |\n|{'---|' * (len(_COMPARED) + 2)}")
    groups: dict[str, list[list[float]]] = defaultdict(list)
    for cell, found in scores.items():
        groups[cell[by]].append(found)
        groups["all"].append(found)
    groups["all"] = groups.pop("all")
    for name, rows in groups.items():
        cells = (f"{fmean(column):.1%}, {min(column):.0%}" for column in zip(*rows, strict=True))
        behind = max(max(found[1:]) - found[0] for found in rows)
        print(f"| {name} | {' | '.join(cells)} | {100 * behind:.1f} |")


def main() -> None:
    """Parse the arguments, make the PDFs, read them, and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--keep", type=Path, required=True, metavar="PDFS", help="the folder for the PDFs")
    parser.add_argument("--fonts", type=Path, metavar="FOLDER", help="a folder with more fonts")
    parser.add_argument("--producer", action="append", choices=PRODUCERS, help="only this producer; may be repeated")
    parser.add_argument("--cells", action="store_true", help="print each cell in which Jooya is not the best")
    options = parser.parse_args()
    options.keep.mkdir(parents=True, exist_ok=True)
    if options.fonts:
        use_fonts(options.fonts, options.keep.resolve() / "fonts.conf")
    fonts = {family: file for family in FAMILIES if (file := font_file(family))}
    make(options.keep, options.producer or list(PRODUCERS), fonts)
    scores: dict[tuple[str, str, str], list[float]] = {}
    for file in sorted(options.keep.glob("*/*.pdf")):
        producer, (family, kind) = file.parent.name, file.stem.split("-")
        if options.producer and producer not in options.producer:
            continue
        written, content = words(TEXTS[kind]), file.read_bytes()
        found = [score(written, words(READERS[name][0](content))) for name in _COMPARED]
        scores[producer, family, kind] = found
        if options.cells and found[0] < max(found[1:]):
            print(producer, family, kind, *(f"{value:.3f}" for value in found), sep="\t")
    report(scores, 0, "producer")
    report(scores, 1, "font")
    report(scores, 2, "text")
    below = [cell for cell, found in scores.items() if found[0] < max(found[1:]) - ALLOWED]
    print(f"\n{len(scores)} PDFs; in {len(below)} Jooya is more than a point below the best of the others")


if __name__ == "__main__":
    main()
