"""Programs written for micrograd run with their import lines changed and give micrograd's numbers."""

import re

import pytest

import engine
import nn
from tests.nn.figures import from_micrograd, read

FIGURES = read("micrograd")


@pytest.fixture(scope="module")
def ours():
    return from_micrograd.program(engine, nn)


def on_one_line(text: str) -> str:
    """A tree of counted neurons as micrograd writes it: each neuron, and the layers in a list."""
    text = re.sub(r"(\d+) x (\w+\(\d+\))", lambda found: ", ".join(int(found[1]) * [found[2]]), text)
    layers = re.findall(r"^  \(layers\.\d+\): (.*)$", text, re.MULTILINE)
    return f"MLP of [{', '.join(layers)}]" if layers else text


def test_counts_are_the_same_and_texts_but_for_their_form(ours) -> None:
    assert ours["count"] == FIGURES["count"]
    assert [*map(on_one_line, ours["texts"])] == FIGURES["texts"]
    assert on_one_line(ours["text"]) == FIGURES["text"]
    assert len(ours["text"].splitlines()) == 5


def test_initial_weights_are_the_same_bit_for_bit(ours) -> None:
    assert ours["initial"] == FIGURES["initial"]


@pytest.mark.parametrize("name", ["losses", "trained", "scores", "neuron", "layer"])
def test_numbers_are_the_same_but_for_rounding(name, ours) -> None:
    assert ours[name] == pytest.approx(FIGURES[name], rel=1e-11, abs=1e-13)


def test_the_program_trained(ours) -> None:
    assert ours["losses"][-1] < 0.3 < ours["losses"][0]
