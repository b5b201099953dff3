"""Recognizing the text of pages that are pictures, by Tesseract, if it is installed.

What was recognized is kept in a folder, by the content of the picture, since a page takes some seconds.
"""

import hashlib
import os
import shutil
import subprocess
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from .source import ReadFailure

LANGUAGE = "fas"
"""The language that Tesseract is told to recognize."""

RESOLUTION = 300
"""The dots per inch of pictures that Tesseract reads best."""

SECONDS = 100
"""The longest time that a page may take, in seconds."""

INSTALL = "apt install tesseract-ocr tesseract-ocr-fas, or brew install tesseract tesseract-lang"
"""The commands that install what is needed."""

ADVICE = f"index it with the option ocr, which needs Tesseract ({INSTALL})"
"""What to do about a page without text."""

_ONE_THREAD = {"OMP_THREAD_LIMIT": "1"}  # more threads make it slower


class Picture(NamedTuple):
    """A page as a picture.

    Attributes:
        width: The number of points in a row.
        height: The number of rows.
        points: The brightness of each point, a byte each.
    """

    width: int
    height: int
    points: bytes


class Recognizer:
    """Recognizes the text of pages, and keeps what it has recognized."""

    def __init__(self, folder: Path | None, on_page: Callable[[], None]) -> None:
        """Prepare to recognize; nothing is run before there is a page.

        Args:
            folder: The folder in which texts are kept. It is made when there is one. None to keep none.
            on_page: Called for each page whose text was recognized.
        """
        self._folder = folder
        self._on_page = on_page

    def lines(self, picture: Picture) -> list[str]:
        """Return the lines of a page; an empty one between paragraphs.

        Raises:
            ReadFailure: Tesseract or its Persian model is not installed, or it fails on this page.
        """
        image = b"P5\n%d %d\n255\n%b" % picture
        name = hashlib.sha256(LANGUAGE.encode() + image).hexdigest()
        kept = self._folder / f"{name}.txt" if self._folder else None
        if kept and kept.exists():
            text = kept.read_text(encoding="utf-8")
        else:
            text = self._recognized(image)
            if kept:
                kept.parent.mkdir(parents=True, exist_ok=True)
                made = kept.with_suffix(f".{os.getpid()}")
                made.write_text(text, encoding="utf-8")
                made.replace(kept)  # in one step, so that no half text is ever kept
        self._on_page()
        return text.split("\n")

    def _recognized(self, image: bytes) -> str:
        command = [self._tesseract, "stdin", "stdout", "-l", LANGUAGE, "--dpi", str(RESOLUTION)]
        try:
            done = subprocess.run(
                command, input=image, capture_output=True, timeout=SECONDS, check=False, env=os.environ | _ONE_THREAD
            )
        except subprocess.TimeoutExpired:
            raise ReadFailure(f"Tesseract takes longer than {SECONDS} seconds") from None
        if done.returncode:
            lines = done.stderr.decode(errors="replace").split("\n")
            raise ReadFailure(f"Tesseract fails: {' '.join(lines[0].split())[:200]}")
        return "\n".join(line.strip() for line in done.stdout.decode(errors="replace").replace("\f", "").split("\n"))

    @cached_property
    def _tesseract(self) -> str:
        """The path of the program."""
        program = shutil.which("tesseract")
        if program is None:
            raise ReadFailure(f"no text in it, and the option ocr needs Tesseract: {INSTALL}")
        listed = subprocess.run([program, "--list-langs"], capture_output=True, timeout=SECONDS, check=False)
        if LANGUAGE not in (listed.stdout + listed.stderr).decode(errors="replace").split():
            raise ReadFailure(f"no text in it, and Tesseract has no model of Persian for the option ocr: {INSTALL}")
        return program
