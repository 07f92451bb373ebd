"""Programs written for micrograd run with their import lines changed and give micrograd's numbers."""

import pytest

import engine
import nn
from tests.nn.figures import from_micrograd, read

FIGURES = read("micrograd")


@pytest.fixture(scope="module")
def ours():
    return from_micrograd.program(engine, nn)


@pytest.mark.parametrize("name", ["text", "count", "texts"])
def test_texts_and_counts_are_the_same(name, ours) -> None:
    assert ours[name] == FIGURES[name]


def test_initial_weights_are_the_same_bit_for_bit(ours) -> None:
    assert ours["initial"] == FIGURES["initial"]


@pytest.mark.parametrize("name", ["losses", "trained", "scores", "neuron", "layer"])
def test_numbers_are_the_same_but_for_rounding(name, ours) -> None:
    assert ours[name] == pytest.approx(FIGURES[name], rel=1e-11, abs=1e-13)


def test_the_program_trained(ours) -> None:
    assert ours["losses"][-1] < 0.3 < ours["losses"][0]
