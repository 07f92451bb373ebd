"""Parameters as one list of numbers, and the clipping that stands beside it."""

import pytest

import nn
from nn.utils import clip_grad_norm_, parameters_to_vector, vector_to_parameters


def test_there_and_back() -> None:
    model, other = nn.MLP(2, [3, 1], rng=0), nn.MLP(2, [3, 1], rng=1)
    vector_to_parameters(parameters_to_vector(model.parameters()), other.parameters())
    assert other.state_dict() == model.state_dict()
    assert clip_grad_norm_ is nn.clip_grad_norm_


def test_a_wrong_vector_changes_nothing() -> None:
    model = nn.Linear(1, 1, rng=0)
    before = model.state_dict()
    for wrong, error in (([1.0], ValueError), ([1.0, "x"], TypeError), ([1.0, 2.0, 3.0], ValueError)):
        with pytest.raises(error, match="vector"):
            vector_to_parameters(wrong, model.parameters())
    assert model.state_dict() == before
