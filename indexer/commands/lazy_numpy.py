"""Importing numpy without the parts that Jooya does not use, which take half the time of importing it.

These are imported when something first reads one of their names, as numpy 2 does by itself.
"""

import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec, PathFinder
from importlib.util import LazyLoader
from types import ModuleType

_PARTS = frozenset({"numpy.ma", "numpy.polynomial", "numpy.random", "numpy.fft", "numpy.ctypeslib"})


class _LazyParts:
    """Finds the parts of numpy, to be imported later. It is a finder without the base class, whose module is slow."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Return the description of a module if it is one of the parts."""
        if fullname not in _PARTS:
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is not None and spec.loader is not None:
            spec.loader = LazyLoader(spec.loader)
        return spec


def import_numpy() -> None:
    """Import numpy, if it is not imported yet, and leave its parts for later."""
    if "numpy" in sys.modules:
        return
    finder = _LazyParts()
    sys.meta_path.insert(0, finder)
    try:
        import numpy as np  # noqa: F401, PLC0415
    finally:
        sys.meta_path.remove(finder)
