# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
# distutils: language=c++
"""The compiled core: one module, in a file for each subject."""


class _NumpyLater:
    """Stands for numpy, which takes long to import, until a function needs it: to read words takes none."""

    def __getattr__(self, name):
        global np
        import numpy

        np = numpy
        return getattr(np, name)


np = _NumpyLater()


include "packing.pxi"
include "sorting.pxi"
include "merging.pxi"
include "letters.pxi"
include "edits.pxi"
include "words.pxi"
include "verbs.pxi"
include "stems.pxi"
include "word_forms.pxi"
include "joining.pxi"
include "scan.pxi"
include "postings.pxi"
include "topk.pxi"
include "matching.pxi"
include "loose.pxi"
