"""Files that are ZIP archives of several parts: EPUB and DOCX."""

import io
import zipfile
import zlib

from ..errors import BadInput

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
