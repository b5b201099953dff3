"""The compiled core, where it was built.

What takes most of the time of indexing and searching is there twice: in Python, beside what uses it, and in the
extension module `_compiled`, which is written in Cython. Both give the same bytes and the same scores. The extension is
built when the package is installed where there is a C++ compiler, and left out elsewhere. It is not used if the
environment variable `JOOYA_PURE` is set to anything but 0.

`compiled` is that module, or None.
"""

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # None is no type that has the functions
    from . import _compiled as compiled
elif os.environ.get("JOOYA_PURE", "0") in ("", "0"):
    try:
        from . import _compiled as compiled
    except ImportError:  # it was not built: there was no compiler
        compiled = None
else:
    compiled = None

__all__ = ["compiled", "core_name"]


def core_name() -> str:
    """Return the name of the core that runs: `compiled`, or `python` for its twin."""
    return "python" if compiled is None else "compiled"
