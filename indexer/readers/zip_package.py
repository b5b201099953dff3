"""Files that are several in a ZIP file: EPUB, DOCX."""

import io
import zipfile
import zlib

from ..errors import BadInput

_ENCRYPTED = 0x1  # a bit of `flag_bits`


class Package:
    """The parts of a file, by name. most: how many bytes may be read of them in total, unpacked: a few kilobytes can
    unpack to gigabytes.

    Raises BadInput if it is no ZIP file.
    """

    def __init__(self, content: bytes, most: int) -> None:
        if not content:
            raise BadInput("empty file")
        try:
            self._archive = zipfile.ZipFile(io.BytesIO(content))
            self._infos = {info.filename: info for info in self._archive.infolist()}
        except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, OverflowError) as error:
            raise BadInput("broken, or of another format: not a ZIP file") from error
        self._most = self._left = most

    @property
    def names(self) -> list[str]:
        """The names of all parts."""
        return list(self._infos)

    def read(self, name: str) -> bytes | None:
        """The bytes of a part; None if there is none.

        Raises BadInput if it is broken or encrypted, or more than may be would have been read with it.
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
        raise BadInput(f"larger than {self._most >> 20} MB when unpacked")
