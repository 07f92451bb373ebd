"""Demos under test draw coarse pictures: a grid of 12 by 12 points, few frames."""

from collections.abc import Iterator

import pytest

from demos.optimizers import race
from demos.xor import cost_surface
from viz import plot_decision_boundary, plot_loss_surface


@pytest.fixture(autouse=True, scope="module")
def _coarse_pictures(request: pytest.FixtureRequest) -> Iterator[None]:
    if request.module.__name__.endswith("test_main"):  # which compares with programs that are not under test
        yield
        return
    with pytest.MonkeyPatch.context() as patch:
        for plot in (plot_decision_boundary, plot_loss_surface):
            patch.setitem(plot.__kwdefaults__, "resolution", 12)
        patch.setattr(cost_surface, "RESOLUTION", 12)
        patch.setattr(race, "STRIDE", race.STEPS // 3)
        yield
