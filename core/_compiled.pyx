# cython: language_level=3, boundscheck=False, wraparound=False, cdivision=True, initializedcheck=False
# distutils: language=c++
"""The compiled core: one module, in a file for each subject."""

include "packing.pxi"
include "sorting.pxi"
include "merging.pxi"
include "scan.pxi"
include "letters.pxi"
include "edits.pxi"
include "words.pxi"
include "verbs.pxi"
include "stems.pxi"
include "word_forms.pxi"
include "postings.pxi"
include "topk.pxi"
include "matching.pxi"
include "loose.pxi"
