"""Opening the source of a passage in a program of the system, at its page or time where the program can."""

import shutil
import sys
from collections.abc import Callable
from pathlib import Path

from .. import BadInput, Hit

_MEDIA = (".mp4", ".mkv", ".webm", ".mov", ".avi", ".mp3", ".m4a", ".ogg", ".opus", ".wav", ".flac")
_SUBTITLES = (".srt", ".vtt", ".ass", ".ssa", ".txt")

_PAGED: dict[str, Callable[[str, int], list[str]]] = {
    "evince": lambda file, page: ["evince", f"--page-index={page}", file],
    "okular": lambda file, page: ["okular", "-p", str(page), file],
    "zathura": lambda file, page: ["zathura", "-P", str(page), file],
    "xpdf": lambda file, page: ["xpdf", file, str(page)],
    "mupdf": lambda file, page: ["mupdf", file, str(page)],
}
"""Programs that open a PDF at a page."""

_TIMED: dict[str, Callable[[str, str], list[str]]] = {
    "mpv": lambda file, time: ["mpv", f"--start={time}", file],
    "vlc": lambda file, time: ["vlc", f"--start-time={_seconds(time)}", file],
}
"""Programs that play a recording from a time on."""


def open_source(source: str | None, key: str, passage: Hit | None) -> str:
    """Open the file that a document is from. Return a line that says what was opened.

    Args:
        source: The path of the file.
        key: The key of the document, for messages.
        passage: The passage at whose place it is opened; None to open it at its beginning.

    Raises:
        BadInput: There is no such file, or nothing to open it with.
    """
    if source is None:
        raise BadInput(f"{key} is from no file", "show its text without --open")
    path = Path(source)
    if not path.exists():
        raise BadInput(f"{path} is gone", "index it again where it is now, or show its text without --open")
    command, place = _command(path, passage)
    if command is None:
        raise BadInput(f"nothing is installed that opens {path}", "install xdg-utils, or open it yourself")
    import subprocess  # noqa: PLC0415 - only who opens something waits for it

    try:
        subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except OSError as error:
        raise BadInput(f"{command[0]} can't be run: {error.strerror}", "open the file yourself") from None
    return f"opened {command[-1] if command[-1] in (str(path), *map(str, _recordings(path))) else path}{place}"


def _command(path: Path, passage: Hit | None) -> tuple[list[str] | None, str]:
    """Return the command that opens a file, and the place at which it does for messages."""
    if passage is not None and passage.page and path.suffix.lower() == ".pdf":
        for program, arguments in _PAGED.items():
            if shutil.which(program):
                return arguments(str(path), passage.page), f" at page {passage.page}"
    if passage is not None and passage.time:
        for recording in _recordings(path):
            for program, timed in _TIMED.items():
                if shutil.which(program):
                    return timed(str(recording), passage.time), f" at {passage.time}"
    opener = "open" if sys.platform == "darwin" else "xdg-open"
    return ([opener, str(path)] if shutil.which(opener) else None), ""


def _recordings(path: Path) -> list[Path]:
    """Return the recordings that subtitles beside them, or they themselves, are of."""
    if path.suffix.lower() not in _SUBTITLES:
        return [path] if path.suffix.lower() in _MEDIA else []
    return [file for suffix in _MEDIA if (file := path.with_suffix(suffix)).exists()]


def _seconds(time: str) -> int:
    seconds = 0
    for part in time.split(":"):
        seconds = seconds * 60 + int(part.partition(".")[0])
    return seconds
