"""Changing what is within packed files, and packing it anew.

A changed byte of a ZIP archive is but a wrong checksum.
"""

import bz2
import gzip
import io
import tarfile
import zipfile
import zlib
from collections.abc import Callable

from file_targets import tarred

Change = Callable[[bytes, int], bytes]
"""Changes bytes into other bytes, at most so many."""

Parts = dict[str, bytes]

_LARGEST = 1 << 20
"""Larger parts are not unpacked."""


def changed(packed: bytes, largest: int, seed: int, change: Change) -> bytes:
    """Return a packed file with a change of one of its parts, or of the whole file.

    Args:
        packed: The file; what is not packed is changed as it is.
        largest: The greatest size of the result in bytes.
        seed: Decides what is changed.
        change: Makes the change.
    """
    unpack, pack = _kinds(packed)
    parts = unpack(packed) if seed % 8 else {}  # one of eight changes is one of the whole file
    if not parts:
        return change(packed, largest)
    name = sorted(parts)[seed // 8 % len(parts)]
    room = largest - len(packed) + len(parts[name])
    if seed % 64 == 1 and len(parts) > 1:
        del parts[name]
    elif seed % 64 == 2:
        told = change(name.encode(), 100).decode("utf-8", "replace").replace("\0", "") or "x"
        parts = {(told if each == name else each): part for each, part in parts.items()}
    else:
        parts[name] = change(parts[name], max(room, 1))
    again = pack(parts)
    return again if len(again) <= largest else packed


def _kinds(packed: bytes) -> tuple[Callable[[bytes], Parts], Callable[[Parts], bytes]]:
    """Return what unpacks a file, and what packs its parts again."""
    if packed.startswith(b"PK"):
        return _unzipped, zipped
    if packed.startswith(b"\x1f\x8b"):
        content = _gunzipped(packed)
        if content[257:262] == b"ustar":
            return lambda _: _untarred(content), lambda parts: gzip.compress(tarred(parts), 1, mtime=0)
        return lambda _: {"": content}, lambda parts: gzip.compress(parts[""], 1, mtime=0)
    if packed.startswith(b"BZh"):
        return _unbzipped, lambda parts: bz2.compress(parts[""])
    return lambda _: {}, lambda _: b""


def zipped(parts: Parts) -> bytes:
    """Return a ZIP archive of these parts, which bear no date."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(zipfile.ZipInfo(name), part, zipfile.ZIP_DEFLATED, 9)
    return out.getvalue()


def _unzipped(packed: bytes) -> Parts:
    try:
        with zipfile.ZipFile(io.BytesIO(packed)) as archive:
            return {each.filename: archive.read(each) for each in archive.infolist() if each.file_size < _LARGEST}
    except (ValueError, OSError, EOFError, RuntimeError, NotImplementedError, zipfile.BadZipFile, zlib.error):
        return {}  # the archive is broken, so it is changed as a whole


def _gunzipped(packed: bytes) -> bytes:
    try:
        return zlib.decompressobj(31).decompress(packed, _LARGEST)
    except zlib.error:
        return b""


def _untarred(content: bytes) -> Parts:
    found = {}
    try:
        with tarfile.open(fileobj=io.BytesIO(content)) as archive:
            for member in archive:
                part = archive.extractfile(member) if member.isfile() and member.size < _LARGEST else None
                if part is not None:
                    found[member.name] = part.read()
    except (tarfile.TarError, ValueError, OSError, EOFError):
        return {}
    return found


def _unbzipped(packed: bytes) -> Parts:
    try:
        return {"": bz2.BZ2Decompressor().decompress(packed, _LARGEST)}
    except (OSError, ValueError):
        return {}
