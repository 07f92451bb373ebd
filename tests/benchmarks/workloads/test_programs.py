import numpy as np

from benchmarks.workloads.programs import flat


def test_flat_takes_lists_arrays_and_numbers() -> None:
    assert flat([np.array([[1.0, 2.0], [3.0, 4.0]]), 5, np.float64(6.0)]) == [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]
