"""The files that documents were read from, by the key of the document alone, and recordings beside subtitles."""

from pathlib import Path

from starlette.responses import FileResponse, Response

from ..places import is_address
from .endpoint import Served
from .problems import Problem

_SHOWN = {
    ".pdf": "application/pdf",
    ".txt": "text/plain; charset=utf-8",
    ".mp3": "audio/mpeg",
    ".m4a": "audio/mp4",
    ".ogg": "audio/ogg",
    ".opus": "audio/ogg",
    ".wav": "audio/wav",
    ".mp4": "video/mp4",
    ".webm": "video/webm",
}
"""The files that a browser shows. Others are saved: what is in a web page of somebody's never runs here."""

_SUBTITLES = (".srt", ".vtt")
_RECORDINGS = tuple(suffix for suffix, kind in _SHOWN.items() if kind.startswith(("audio/", "video/")))

_POLICY = "default-src 'none'; media-src 'self'; object-src 'self'; style-src 'unsafe-inline'"


def source_file(served: Served, key: str, *, media: bool = False) -> Response:
    """Return the file that a document was read from.

    Args:
        served: What is answered from.
        key: The key of the document.
        media: True for the recording that lies beside its subtitles.

    Raises:
        Problem: There is none that may be handed out.
    """
    path = source_path(served, key, media=media)
    if path is None:
        raise Problem("not-found", f"no file for {key!r}", "give the key of a document whose file may be had")
    kind = _SHOWN.get(path.suffix.lower())
    return FileResponse(
        path,
        media_type=kind or "application/octet-stream",
        filename=path.name,
        content_disposition_type="inline" if kind else "attachment",
        headers={"Content-Security-Policy": _POLICY, "Cache-Control": "private, no-cache"},
    )


def source_path(served: Served, key: str, *, media: bool = False) -> Path | None:
    """Return the path of the file that `source_file` hands out, or None if there is none."""
    document = next(iter(served.index.documents(key)), None) if "*" not in key else served.index.get(key)
    source = None if document is None or document.source is None else Path(document.source)
    if source is not None and media:
        source = _recording(source)
    return None if source is None else _allowed(source, _folders(served))


def _folders(served: Served) -> list[Path]:
    """Return the folders whose files may be handed out.

    If none are named, it is the one that holds the index, but only for this machine: an index of somebody else may name
    files there that are none of its documents.
    """
    if served.settings.sources:
        return [folder.resolve() for folder in served.settings.sources]
    is_local = served.settings.is_loopback and not is_address(served.index.where)
    return [served.index.path.resolve().parent] if is_local else []


def _allowed(path: Path, folders: list[Path]) -> Path | None:
    """Return the path without links if it is that of a file in one of some folders, or None."""
    try:
        real = path.resolve(strict=True)
    except (OSError, RuntimeError):
        return None
    if not real.is_file():
        return None
    return real if any(_is_below(real, folder) for folder in folders) else None


def _is_below(path: Path, folder: Path) -> bool:
    """Return True if a path is below a folder and nothing on the way is hidden, as it is for indexing."""
    return path.is_relative_to(folder) and not any(part.startswith(".") for part in path.relative_to(folder).parts)


def _recording(source: Path) -> Path | None:
    if source.suffix.lower() not in _SUBTITLES:
        return None
    # talk.fa.vtt may lie beside talk.mp4.
    stems = (source.with_suffix(""), source.with_suffix("").with_suffix(""))
    found = (stem.with_name(stem.name + suffix) for stem in stems for suffix in _RECORDINGS)
    return next((path for path in found if path.is_file()), None)
