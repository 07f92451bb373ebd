"""Where PyTorch is installed: the committed figures are those it gives now."""

import pytest

from tests.nn.figures import from_torch, read


@pytest.mark.parametrize("part", ["optimizers", "schedules", "clipping"])
def test_committed_figures_are_those_of_the_installed_torch(part) -> None:
    torch = pytest.importorskip("torch")
    before = torch.get_default_dtype()
    try:
        now = from_torch.all_figures(torch)[part]
    finally:
        torch.set_default_dtype(before)
    assert numbers(now) == pytest.approx(numbers(read("torch")[part]), rel=1e-13)


def numbers(figures: object) -> list[object]:
    """The figures of a table in a row; None, where a function returns none, is passed over."""
    if isinstance(figures, dict):
        figures = list(figures.values())
    if isinstance(figures, list):
        return [number for part in figures for number in numbers(part)]
    return [] if figures is None else [figures]
