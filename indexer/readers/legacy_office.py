"""Documents of older programs (.doc, .ppt, .wpd, …), converted by LibreOffice where it is installed.

LibreOffice runs without a window, with a new profile in a folder that is removed afterwards, and so without macros or
the settings of the user.
"""

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

from ..errors import BadInput
from ..options import ReadOptions
from .docx import read_docx
from .pptx import read_pptx
from .source import Item, Source
from .zip_package import OLE

SECONDS = 90
"""The longest time that LibreOffice may take for a document, in seconds: less than a document may take in all."""

_PROGRAMS = ("soffice", "libreoffice")
_PRESENTATIONS = (".ppt", ".pps", ".pot")
_ENCRYPTED = "EncryptedSummary".encode("utf-16-le")


def read_legacy(source: Source, content: bytes, options: ReadOptions) -> Iterator[Item]:
    """Yield the documents of a file, as LibreOffice shows it."""
    is_presentation = source.suffix in _PRESENTATIONS
    read: Callable[[Source, bytes, ReadOptions], Iterator[Item]] = read_pptx if is_presentation else read_docx
    form = "pptx" if is_presentation else "docx"
    if not content:
        yield BadInput(f"{source.name}: empty file")
    elif content.startswith(b"PK"):  # a file of a later program under the name of an older one
        yield from read(source, content, options)
    elif content.startswith(b"{\\rtf"):
        from .rtf import read_rtf  # noqa: PLC0415 - its library is installed by an extra

        yield from read_rtf(source, content, options.encoding)
    elif content.startswith(OLE) and _ENCRYPTED in content:
        yield BadInput(f"{source.name}: protected by a password; save it without one")
    else:
        try:
            converted = _converted(content, source.suffix, form)
        except BadInput as error:
            yield BadInput(f"{source.name}: {error}")
            return
        yield from read(source, converted, options)


def _converted(content: bytes, suffix: str, form: str) -> bytes:
    """Return a file in another form.

    Raises:
        BadInput: If LibreOffice is not installed, takes too long, or can't read the file.
    """
    program = next(filter(None, map(shutil.which, _PROGRAMS)), None)
    if program is None:
        raise BadInput(f"needs LibreOffice to be read: install it (its command is soffice), or save it as .{form}")
    with tempfile.TemporaryDirectory(prefix="jooya-") as name:
        folder = Path(name)
        given = folder / f"document{suffix}"
        given.write_bytes(content)
        command = [
            program, f"-env:UserInstallation={(folder / 'profile').as_uri()}", "-headless", "-norestore",
            "-nolockcheck", "-convert-to", form, "-outdir", str(folder / "out"), str(given),
        ]  # fmt: skip
        environment = {key: value for key, value in os.environ.items() if key not in ("DISPLAY", "WAYLAND_DISPLAY")}
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            env=environment | {"HOME": name, "SAL_USE_VCLPLUGIN": "svp"}, start_new_session=True,
        )  # fmt: skip
        try:
            process.wait(SECONDS)
        except subprocess.TimeoutExpired:
            raise BadInput(f"takes LibreOffice longer than {SECONDS} seconds") from None
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        found = folder / "out" / f"document.{form}"
        if not found.is_file():
            raise BadInput("broken, or of a format that LibreOffice does not know")
        return found.read_bytes()
