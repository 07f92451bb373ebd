"""S-LBFGS: least squares are found in few calls."""

import pytest

from demos.optimizers import demo as optimizers
from demos.optimizers import lbfgs


@pytest.mark.parametrize("seed", range(6))
def test_s_lbfgs_finds_the_least_squares_in_few_calls(seed) -> None:
    pytest.importorskip("scipy")
    outcome = lbfgs.contest(seed)
    assert outcome.second_order < optimizers.ENOUGH
    assert outcome.calls < 30
    assert outcome.first_order > 100 * outcome.second_order
