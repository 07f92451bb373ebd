"""Dropout."""

import copy
import math
import random

import numpy as np
import pytest

from engine import Value, gradcheck
from nn import MLP, Dropout, Dropout1d, Dropout2d, Sequential

X = [float(i) for i in range(1, 1001)]


@pytest.mark.parametrize("p", [0.1, 0.5, 0.9])
def test_each_input_is_dropped_with_probability_p_and_the_others_are_scaled(p) -> None:
    out = np.array(Dropout(p, rng=0)(X))
    dropped = out == 0.0
    assert dropped.mean() == pytest.approx(p, abs=0.05)
    assert out[~dropped] == pytest.approx(np.array(X)[~dropped] / (1.0 - p), rel=1e-15)


def test_expected_output_is_the_input() -> None:
    dropout = Dropout(0.3, rng=0)
    assert np.mean([dropout(2.0) for _ in range(4000)]) == pytest.approx(2.0, rel=0.03)


@pytest.mark.parametrize(("p", "kept"), [(0.0, X), (1.0, [0.0] * len(X))])
def test_nothing_or_everything_is_dropped(p, kept) -> None:
    assert Dropout(p, rng=0)(X) == kept


def test_evaluation_leaves_inputs_as_they_are() -> None:
    dropout, x = Dropout(0.9, rng=0).eval(), [Value(1.0), Value(2.0)]
    assert dropout(x) == x
    assert dropout(3.0) == 3.0


def test_gradient_is_the_scale_or_0() -> None:
    x = [Value(each) for each in X[:50]]
    out = Dropout(0.75, rng=0)(x)
    sum(out).backward()
    assert {each.grad for each in x} == {0.0, 4.0}
    assert [each.grad for each in x] == [y.data / each.data for y, each in zip(out, x, strict=True)]


def test_network_with_dropout_differentiates() -> None:
    model = MLP(2, [4, 4, 1], activation="tanh", dropout=0.5, rng=0)

    def loss():
        model.dropout.rng = np.random.default_rng(1)
        return model([0.5, -1.0]) ** 2

    assert gradcheck(loss, wrt=model.parameters())


def test_generator_moves_on_and_the_seed_decides() -> None:
    dropout = Dropout(0.5, rng=7)
    first, second = dropout(X), dropout(X)
    assert first != second
    assert Dropout(0.5, rng=np.random.default_rng(7))(X) == first
    random.seed(1)
    first = Dropout(0.5)(X)
    random.seed(1)
    assert Dropout(0.5, rng=random)(X) == first


def test_network_drops_behind_hidden_layers_only() -> None:
    model = MLP(1, [200, 2], activation="linear", init="ones", bias=False, dropout=0.5, rng=0)
    first, second = model(1.0)
    assert first.data == second.data  # what is dropped is dropped for all neurons behind
    assert first.data != 200.0
    assert first.data % 2.0 == 0.0
    assert first.data > 0.0
    assert [y.data for y in model.eval()(1.0)] == [200.0, 200.0]


def test_network_of_one_layer_drops_nothing() -> None:
    assert MLP(1, [3], init="ones", dropout=0.9, rng=0)(1.0)[0].data == 1.0


def test_weights_are_those_without_dropout() -> None:
    assert MLP(2, [3, 1], dropout=0.5, rng=0).state_dict() == MLP(2, [3, 1], rng=0).state_dict()
    assert MLP(2, [3, 1]).dropout is None


def test_between_layers_of_a_sequence() -> None:
    model = Sequential(MLP(1, [50], init="ones"), Dropout(0.5, rng=0))
    assert {y.data for y in model(1.0)} == {0.0, 2.0}
    model.eval()
    assert {y.data for y in model(1.0)} == {1.0}


@pytest.mark.parametrize("p", [-0.1, 1.1, math.nan])
def test_p_must_be_a_probability(p) -> None:
    with pytest.raises(ValueError, match=f"p must be from 0 to 1, got {p}"):
        Dropout(p)


@pytest.mark.parametrize("p", ["0.5", None, True])
def test_p_must_be_a_number(p) -> None:
    with pytest.raises(TypeError, match="p must be a number, got"):
        Dropout(p)


@pytest.mark.parametrize("rng", [None, random, 0, random.Random(0)])
def test_copy_is_independent(rng) -> None:
    dropout = Dropout(0.5, rng=rng)
    twin = copy.deepcopy(dropout)
    assert repr(twin) == "Dropout(p=0.5)"
    if dropout.rng is not None:
        assert twin.rng is not dropout.rng
        assert twin(X) == dropout(X)


class Drawing(random.Random):
    """A generator that draws what it is told."""

    number = 0.0

    def random(self):
        return self.number


@pytest.mark.parametrize(("p", "drawn", "kept"), [(0.0, 0.0, 1.0), (0.5, 0.5, 2.0), (0.5, 0.4999, 0.0)])
def test_draws_go_from_zero_up_to_one_and_the_lowest_part_of_them_drops(p, drawn, kept) -> None:
    source = Drawing()
    source.number = drawn
    assert Dropout(p, rng=source)(1.0) == kept


def test_whole_channels_are_dropped() -> None:
    for module, x in (
        (Dropout1d(0.25, rng=0), [[[1.0, 2.0, 3.0]] * 20] * 20),
        (Dropout2d(0.25, rng=0), [[[[1.0], [2.0]]] * 20] * 20),
    ):
        channels = [np.ravel(channel) for sample in module(x) for channel in sample]
        whole = np.ravel(x[0][0])
        kept = [np.allclose(channel, whole / 0.75) for channel in channels]
        assert all(same or not channel.any() for same, channel in zip(kept, channels, strict=True))
        assert 0.7 < np.mean(kept) < 0.8
        assert module.eval()(x) == x
        with pytest.raises(ValueError, match=r"takes an input of shape \(channels"):
            module([1.0, 2.0])
