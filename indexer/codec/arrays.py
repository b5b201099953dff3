"""The type of NumPy arrays, for annotations."""

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    Array = npt.NDArray[Any]
else:
    Array = np.ndarray  # importing numpy.typing as well would take a tenth as long as importing numpy
