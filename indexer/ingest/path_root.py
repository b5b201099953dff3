"""The paths in an index, which are relative to the folder that holds the index.

So an index and its files can be moved together, and a copy of an index does not show the folders of the machine that it
was made on.
"""

import os
import re
from pathlib import Path

_MARK = "\0"
"""Stands, in a stored text, for the root. No path has this character."""


class PathRoot:
    """The folder that the paths in an index are relative to: the one that holds the folder of the index.

    Attributes:
        path: The absolute path of the folder.
    """

    def __init__(self, index: Path) -> None:
        """Find the root for the index in the folder `index`, which may be a link to it."""
        folder = os.path.realpath(index) if os.path.islink(index) else os.path.abspath(index)  # noqa: PTH100, PTH114
        self.path = os.path.dirname(folder)  # noqa: PTH120 - pathlib would take a tenth of a run that finds nothing new
        self._below = _with_separator(self.path)
        # The root, its parent, and so on up to the root of the disk.
        self._ancestors = [self._below, *(_with_separator(str(parent)) for parent in Path(self.path).parents)]
        own = "|".join(re.escape(ancestor) for ancestor in self._ancestors if ancestor != os.sep)
        self._absolute = re.compile(rf"(?:^|(?<= ))(?:{own})|^{os.sep}" if own else f"^{os.sep}")

    def relative(self, location: str) -> str:
        """Return an absolute path as the index keeps it."""
        if location.startswith(self._below) and location != self._below:
            return location[len(self._below) :]
        return os.path.relpath(location, self.path)

    def resolve(self, stored: str) -> str:
        """Return the absolute path that `relative` was given. Older indexes have absolute paths, which stay."""
        if stored.startswith(os.sep):
            return stored
        if stored.startswith("."):
            return os.path.normpath(self._below + stored)
        return self._below + stored

    def shortened(self, text: str) -> str:
        """Return a name or message as the index keeps it: absolute paths that it begins with or has are relative."""
        if _MARK in text:  # a message may quote it from a file
            text = text.replace(_MARK, "\ufffd")
        return self._absolute.sub(self._mark, text) if os.sep in text else text

    def restored(self, text: str) -> str:
        """Return the name or message that `shortened` was given."""
        if _MARK not in text:
            return text
        return re.sub(rf"{_MARK}((?:\.\./)*)", self._ancestor, text)

    def _mark(self, found: "re.Match[str]") -> str:
        return _MARK + "../" * self._ancestors.index(found[0])

    def _ancestor(self, found: "re.Match[str]") -> str:
        return self._ancestors[min(len(found[1]) // 3, len(self._ancestors) - 1)]


def _with_separator(folder: str) -> str:
    return folder.rstrip(os.sep) + os.sep
