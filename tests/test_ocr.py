"""Recognizing the text of scans: with a program that stands for Tesseract, and with Tesseract where it is installed."""

import io
import shutil
import stat
import subprocess
from pathlib import Path

import pdfs
import pytest
from command import run
from pypdfium2 import PdfDocument

ADVICE = (
    "index it with the option ocr, which needs Tesseract (apt install tesseract-ocr tesseract-ocr-fas,"
    " or brew install tesseract tesseract-lang)"
)
LINES = ["گزارش کتابخانه ملی ایران", "دو نسخه از خاطرات سفر در کتابخانه است"]

_FAKE = """#!/bin/sh
if [ "$1" = --list-langs ]; then echo "List of available languages (2):"; echo eng; echo {language}; exit 0; fi
echo "$@" >> {calls}
head -c 2 > {image}
{result}
"""


def _scan(*pages: list[str]) -> bytes:
    """Return a PDF whose pages are pictures of lines."""
    with PdfDocument(pdfs.made(pages)) as written:
        images = [page.render(scale=300 / 72).to_pil().convert("L") for page in written]
    made = pdfs.new()
    for image in images:
        out = io.BytesIO()
        image.save(out, "PNG")
        made.add_page()
        made.image(out, x=0, y=0, w=pdfs.WIDTH, h=pdfs.HEIGHT)
    return bytes(made.output())


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put a folder first on the path of programs, and return it."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    return folder


def _fake(folder: Path, result: str, language: str = "fas") -> Path:
    """Make a program that stands for Tesseract, and return the file that lists its calls."""
    file, calls = folder / "tesseract", folder / "calls"
    file.write_text(_FAKE.format(language=language, calls=calls, image=folder / "image", result=result))
    file.chmod(file.stat().st_mode | stat.S_IXUSR)
    return calls


def test_a_scan_is_recognized_once(tmp_path: Path, program: Path) -> None:
    calls = _fake(program, f"printf '{LINES[0]}\\n\\n{LINES[1]}\\n\\f'")
    (tmp_path / "scan.pdf").write_bytes(_scan(LINES, ["کوتاه"]))
    assert run("index", "--ocr", "scan.pdf", cwd=tmp_path)[1:] == (
        "new 1, updated 0, unchanged 0, removed 0, pages recognized 2\n",
        "",
    )
    assert calls.read_text() == "stdin stdout -l fas --dpi 300\n" * 2
    assert (program / "image").read_bytes() == b"P5"
    assert "scan.pdf#" in run("search", '"خاطرات سفر"', cwd=tmp_path)[1]
    (tmp_path / "copy.pdf").write_bytes((tmp_path / "scan.pdf").read_bytes() + b"\n")
    assert run("index", "--ocr", "copy.pdf", cwd=tmp_path)[1].endswith("pages recognized 2\n")
    assert calls.read_text().count("\n") == 2
    assert len(list((tmp_path / "index" / "recognized").iterdir())) == 2


def test_without_the_option_the_message_names_it(tmp_path: Path, program: Path) -> None:
    calls = _fake(program, "echo")
    (tmp_path / "scan.pdf").write_bytes(pdfs.picture())
    assert run("index", "scan.pdf", cwd=tmp_path)[2] == f"skipped scan.pdf: no text in it; it may be a scan: {ADVICE}\n"
    assert not calls.exists()


@pytest.mark.parametrize(
    ("result", "language", "message"),
    [
        ("echo 'Error in boxClip\nmore' >&2; exit 1", "fas", "Tesseract fails: Error in boxClip"),
        (
            "",
            "eng",
            "no text in it, and Tesseract has no model of Persian for the option ocr: apt install tesseract-ocr"
            " tesseract-ocr-fas, or brew install tesseract tesseract-lang",
        ),
    ],
)
def test_what_fails_is_tried_again(tmp_path: Path, program: Path, result: str, language: str, message: str) -> None:
    _fake(program, result, language)
    (tmp_path / "scan.pdf").write_bytes(pdfs.picture())
    assert run("index", "--ocr", "scan.pdf", cwd=tmp_path)[2] == f"skipped scan.pdf: {message}\n"
    _fake(program, f"echo '{LINES[1]}'")
    assert run("index", "--ocr", "scan.pdf", cwd=tmp_path)[1].startswith("new 1,")


def test_without_tesseract(tmp_path: Path, program: Path) -> None:
    (tmp_path / "scan.pdf").write_bytes(pdfs.picture())
    code, _, err = run("index", "--ocr", "scan.pdf", cwd=tmp_path, PATH=str(program))
    assert (code, err) == (
        1,
        "skipped scan.pdf: no text in it, and the option ocr needs Tesseract: apt install tesseract-ocr"
        " tesseract-ocr-fas, or brew install tesseract tesseract-lang\n",
    )


def test_what_is_recognized_in_a_photograph_is_left_out(tmp_path: Path, program: Path) -> None:
    _fake(program, f"echo '{'غظض شثژ قزذ ' * 20}'")
    (tmp_path / "scan.pdf").write_bytes(pdfs.picture())
    assert run("index", "--ocr", "scan.pdf", cwd=tmp_path)[2] == "skipped scan.pdf: no text was recognized in it\n"


def _has_persian() -> bool:
    if not shutil.which("tesseract"):
        return False
    return b"fas" in subprocess.run(["tesseract", "--list-langs"], capture_output=True, check=False).stdout.split()


@pytest.mark.skipif(not _has_persian(), reason="Tesseract or its Persian model is not installed")
def test_tesseract(tmp_path: Path) -> None:
    (tmp_path / "scan.pdf").write_bytes(pdfs.joined(_scan(LINES), pdfs.made([["متن دیگر"]])))
    assert run("index", "--ocr", "scan.pdf", cwd=tmp_path)[1].endswith("pages recognized 1\n")
    for words in ('"خاطرات سفر"', "گزارش", '"متن دیگر"'):
        assert "scan.pdf" in run("search", words, cwd=tmp_path)[1]
