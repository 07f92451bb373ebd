"""How predictions meet targets."""

import numpy as np
import pytest

from engine import Value
from nn import binary_cross_entropy, binary_cross_entropy_with_logits, hinge, huber, mse
from nn.losses.pairing import pairs_of


@pytest.mark.parametrize(
    ("predictions", "targets"),
    [
        ([0.5, 0.25], (1, 0)),
        ([0.5, 0.25], np.array([1, 0])),
        ([0.5, 0.25], np.array([[1], [0]])),
        ([[0.5], [0.25]], [1, 0]),
        (np.array([0.5, 0.25]), [True, False]),
        (np.array([Value(0.5), Value(0.25)], dtype=object), [1.0, 0.0]),
        ((p for p in (0.5, 0.25)), range(1, -1, -1)),
        ([Value(0.5), 0.25], [np.float32(1.0), np.int64(0)]),
    ],
)
def test_sequences_of_any_kind_pair_up(predictions, targets) -> None:
    loss = mse(predictions, targets)
    assert (loss.data if isinstance(loss, Value) else loss) == (0.25 + 0.0625) / 2


def test_order_is_that_of_the_elements() -> None:
    assert pairs_of([[1, 2], [3, 4]], [[5, 6], [7, 8]]) == [(1, 5), (2, 6), (3, 7), (4, 8)]


def test_single_numbers_pair_up() -> None:
    assert pairs_of(1.0, 2.0) == pairs_of([1.0], 2.0) == pairs_of(np.array(1.0), [[2.0]]) == [(1.0, 2.0)]


@pytest.mark.parametrize("loss", [mse, binary_cross_entropy, binary_cross_entropy_with_logits, hinge, huber])
def test_a_missing_target_is_named(loss) -> None:
    with pytest.raises(TypeError, match=r"targets\[1\] must be a number, got None"):
        loss([Value(0.5), Value(0.25)], [1, None])
