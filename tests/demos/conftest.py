"""Demos under test draw coarse pictures, and save those of the run that a file's tests share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from demos.descent import race
from demos.neurons import xor
from demos.runner import page
from viz import plot_decision_boundary, plot_loss_surface

WHOLE = ("test_main", "test_page")
"""The files whose tests look at pictures as they are: compare them with a program's, or test their making."""


def looks_at_pictures(request: pytest.FixtureRequest) -> bool:
    """Whether a test is in one of these files."""
    return request.module.__name__.endswith(WHOLE)


@pytest.fixture(autouse=True, scope="module")
def _coarse_pictures(request: pytest.FixtureRequest) -> Iterator[None]:
    if request.module.__name__.endswith("test_page"):
        yield
        return
    with pytest.MonkeyPatch.context() as patch:
        for plot in (plot_decision_boundary, plot_loss_surface):
            patch.setitem(plot.__kwdefaults__, "resolution", 12)
        patch.setattr(xor, "RESOLUTION", 12)
        patch.setattr(race, "STRIDE", race.STEPS // 3)
        yield


@pytest.fixture(autouse=True)
def _sketches(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """A test that runs a demo for itself draws its plots but saves empty files, which is far quicker."""

    def save(_ax: object, *words: object) -> Path:
        path = Path(str(words[-1]))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
        return path

    if not looks_at_pictures(request):
        monkeypatch.setattr(page, "save_figure", save)
        monkeypatch.setattr(page, "save_animation", save)
