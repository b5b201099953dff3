import numpy as np
from numpy.typing import NDArray

def delta_decode(differences: NDArray[np.uint32], counts: NDArray[np.int64]) -> NDArray[np.int64]: ...
