"""Files that are ZIP archives of several parts: EPUB, OpenDocument, and Office Open XML."""

import io
import posixpath
import zipfile
import zlib
from typing import Any

from ..errors import BadInput
from .xml import BadXml, parse_xml

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""The first bytes of files of Office 97, of mails of Outlook, and of encrypted files of later programs."""

_ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")

_ENCRYPTED = 0x1  # a bit of `flag_bits`


class ZipPackage:
    """The parts of a file, by name."""

    def __init__(self, content: bytes, max_bytes: int) -> None:
        """Open a package.

        Args:
            content: The bytes of the file.
            max_bytes: The most bytes that may be read of its parts in total, unpacked, since a few kilobytes can unpack
                to gigabytes.

        Raises:
            BadInput: If the file is no ZIP archive.
        """
        if not content:
            raise BadInput("empty file")
        try:
            self._archive = zipfile.ZipFile(io.BytesIO(content))
            self._infos = {info.filename: info for info in self._archive.infolist()}
        except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, OverflowError) as error:
            raise BadInput("broken, or of another format: not a ZIP file") from error
        self._max_bytes = self._left = max_bytes

    @property
    def names(self) -> list[str]:
        """The names of all parts."""
        return list(self._infos)

    @property
    def size(self) -> int:
        """The number of bytes of all parts, unpacked, as the package states it."""
        return sum(info.file_size for info in self._infos.values())

    def read(self, name: str) -> bytes | None:
        """Return the bytes of a part; None if there is no such part.

        Raises:
            BadInput: If the part is broken or encrypted, or if more bytes would be read with it than allowed.
        """
        info = self._infos.get(name)
        if info is None:
            return None
        if info.flag_bits & _ENCRYPTED:
            raise BadInput("protected by a password; save it without one")
        if info.file_size <= self._left:
            try:
                with self._archive.open(info) as part:
                    content = part.read(self._left + 1)
            except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError):
                raise BadInput(f"broken: its part {name!r} can't be unpacked") from None
            if len(content) <= self._left:
                self._left -= len(content)
                return content
        raise BadInput(f"larger than {self._max_bytes >> 20} MB when unpacked")


class OfficePackage(ZipPackage):
    """The parts of a file of Office Open XML: .docx, .pptx."""

    def __init__(self, content: bytes, max_bytes: int, program: str, suffix: str) -> None:
        """Open a package.

        Args:
            content: The bytes of the file.
            max_bytes: The most bytes that may be read of its parts.
            program: The name of the program that makes such files, for messages.
            suffix: The suffix of such files.

        Raises:
            BadInput: If it is none, or is encrypted.
        """
        if content.startswith(OLE):
            if _ENCRYPTED_PACKAGE in content:
                raise BadInput("protected by a password; save it without one")
            raise BadInput(f"a file of an older program; save it as {suffix}")
        super().__init__(content, max_bytes)
        self._program = program

    def xml(self, name: str) -> Any | None:
        """Return the root element of a part; None if there is no such part.

        Raises:
            BadInput: If it can't be read.
        """
        part = self.read(name)
        if part is None:
            return None
        if b"<!DOCTYPE" in part.replace(b"\0", b""):  # also in UTF-16
            raise BadInput(f"its part {name!r} has a document type, which no {self._program} document has")
        try:
            return parse_xml(part)
        except BadXml as error:
            raise BadInput(f"broken, or no {self._program} document") from error

    def target(self, kind: str, part: str = "") -> str | None:
        """Return the name of the first part of a kind that a part, or the package, is related to."""
        return next(iter(self.targets(kind, part)), None)

    def targets(self, kind: str, part: str = "") -> list[str]:
        """Return the names of the parts of a kind that a part, or the package, is related to."""
        return [name for relation, name in self.relations(part).values() if relation == kind]

    def relations(self, part: str = "") -> dict[str, tuple[str, str]]:
        """Return the kinds and names of the parts that a part, or the package, is related to, by their ids."""
        folder, _, file = part.rpartition("/")
        root = self.xml(f"{folder}/_rels/{file}.rels" if folder else f"_rels/{file}.rels")
        found: dict[str, tuple[str, str]] = {}
        for relation in () if root is None else root.iter("{*}Relationship"):
            target = relation.get("Target") or ""
            if relation.get("TargetMode") != "External":
                name = posixpath.normpath(target.lstrip("/") if target.startswith("/") else f"{folder}/{target}")
                found[relation.get("Id") or ""] = (relation.get("Type") or "").rpartition("/")[2], name.lstrip("/")
        return found
