"""Recurrent layers beside PyTorch's figures: cells and sequences, lifted training, shapes."""

import copy
import math

import numpy as np
import pytest

import engine
import nn
from nn import GRU, LSTM, RNN, GRUCell, Linear, LSTMCell, Module, RNNCell

PAIRS = ((RNN, RNNCell), (LSTM, LSTMCell), (GRU, GRUCell))


@pytest.mark.parametrize(("kind", "cell_kind"), PAIRS)
def test_a_sequence_is_its_cell_step_by_step(kind, cell_kind) -> None:
    layer, cell = kind(2, 3, rng=0), cell_kind(2, 3)
    for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh"):
        setattr(cell, name, getattr(layer, f"{name}_l0"))
    x = np.random.default_rng(1).normal(size=(5, 2))
    start = [[0.1, -0.2, 0.3]] if kind is not LSTM else ([[0.1, -0.2, 0.3]], [[0.5, 0.0, -1.0]])
    output, last = layer(x, start)
    state, expected = start[0] if kind is not LSTM else tuple(each[0] for each in start), []
    for step in x:
        state = cell(step, state)
        expected.append([h.data for h in (state[0] if kind is LSTM else state)])
    assert [[h.data for h in step] for step in output] == expected
    assert [h.data for h in (last[0] if kind is LSTM else last)[0]] == expected[-1]
    assert repr(layer) == f"{kind.__name__}(2, 3)"


class Parity(Module):
    """Reads a sequence and answers from the last state, as a script for PyTorch is written."""

    def __init__(self, kind) -> None:
        super().__init__()
        self.rnn = kind(1, 4, rng=0)
        self.fc = Linear(4, 2, rng=1)

    def forward(self, x):
        output, _ = self.rnn(x)
        return self.fc(output[-1])


@pytest.mark.parametrize("kind", [RNN, LSTM, GRU])
def test_trains_the_same_lifted(kind) -> None:
    rng = np.random.default_rng(0)
    X = rng.integers(0, 2, size=(16, 4, 1)).astype(float)
    y = X.sum(axis=(1, 2)).astype(int) % 2
    losses, models = [], []
    for jit in (False, True):
        model = Parity(kind)
        options = {"loss": nn.CrossEntropyLoss(), "optimizer": nn.Adam(model.parameters(), lr=0.05)}
        history = nn.fit(model, X, y, epochs=4, batch_size=8, rng=0, jit=jit, progress=False, **options)
        losses.append(history["loss"])
        models.append(model)
    assert losses[1] == pytest.approx(losses[0], rel=1e-9)
    assert losses[0][-1] < losses[0][0]
    batch = engine.jit(lambda x: engine.sum(models[0](x)), batch=True)
    assert batch(X).data == pytest.approx(np.mean([sum(v.data for v in models[0](x)) for x in X]), rel=1e-9)
    assert nn.predict(models[1], X).shape == (16, 2)
    report = nn.gradient_report(models[0], nn.cross_entropy([models[0](x) for x in X], y))
    assert {layer.name for layer in report.layers} == {"rnn", "fc"}
    names = [name for name, _ in models[0].named_parameters()]
    assert names[0] == "rnn.weight_ih_l0.0.0"
    assert names[-1] == "fc.bias.1"


def test_start_is_uniform_and_the_seed_decides() -> None:
    lstm = LSTM(3, 4, 2, bidirectional=True, rng=0)
    numbers = [p.data for p in lstm.parameters()]
    assert len(numbers) == 2 * (16 * (3 + 4) + 32) + 2 * (16 * (8 + 4) + 32)
    assert 0.45 < max(map(abs, numbers)) <= 0.5
    assert lstm.state_dict() == LSTM(3, 4, 2, bidirectional=True, rng=0).state_dict()


def test_outputs_between_layers_are_left_out_while_training() -> None:
    gru = GRU(1, 8, num_layers=2, dropout=0.5, rng=0)
    x = [[1.0], [2.0]]
    plain = copy.deepcopy(gru)
    plain.eval()
    first, second = ([h.data for h in model(x)[0][-1]] for model in (gru, plain))
    assert first != second
    gru.eval()
    assert [h.data for h in gru(x)[0][-1]] == second
    assert repr(gru) == "GRU(1, 8, num_layers=2, dropout=0.5)"


def test_gradients_through_time_are_those_of_finite_differences() -> None:
    for kind, _ in PAIRS:
        layer = kind(1, 2, 2, rng=0)
        assert engine.gradcheck(lambda layer=layer: engine.sum(layer([[0.5], [-1.0], [2.0]])[0][-1]),
                                wrt=layer.parameters())  # fmt: skip


def test_wrong_shapes_are_named() -> None:
    for call, message in (
        (lambda: RNN(2, 3)([1.0, 2.0]), r"RNN\(2, 3\) takes an input of shape \(steps, 2\) or .* got \(2,\)"),
        (lambda: GRU(2, 3)([[1.0]]), r"got \(1, 1\)"),
        (lambda: LSTM(2, 3, batch_first=True)([[[1.0]]]), r"\(samples, steps, 2\), got \(1, 1, 1\)"),
        (lambda: RNN(1, 3)([]), r"got \(0,\)"),
        (lambda: RNN(1, 3)([[1.0]], [[0.0]]), r"hx of RNN\(1, 3\) must have shape \(1, 3\), got \(1, 1\)"),
        (lambda: LSTM(1, 1)([[1.0]], [[0.0]]), "must be a pair of states"),
        (lambda: LSTMCell(1, 1)([1.0], [0.0]), "must be a pair of states"),
        (lambda: GRUCell(1, 2)([1.0], [0.0]), r"must have shape \(2,\), got \(1,\)"),
        (lambda: RNNCell(2, 2)([1.0]), r"RNNCell\(2, 2\) takes an input of shape \(2,\), got \(1,\)"),
        (lambda: RNN(1, 1, nonlinearity="sigmoid"), "nonlinearity must be one of 'tanh', 'relu'"),
        (lambda: GRU(1, 1, dropout=1.5), "dropout must be from 0 to 1"),
        (lambda: GRU(0, 1), "input_size must be at least 1"),
    ):
        with pytest.raises(ValueError, match=message):
            call()
    assert math.isfinite(RNN(1, 1, rng=0)([[1.0]])[0][0][0].data)
