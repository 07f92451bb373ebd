"""Convolutions and pooling beside PyTorch's figures: against NumPy, trained lifted, shapes."""

import copy

import numpy as np
import pytest

import engine
import nn
from nn import AvgPool1d, AvgPool2d, Conv1d, Conv2d, Flatten, Linear, MaxPool1d, MaxPool2d, Sequential


def test_one_channel_is_the_correlation_of_numpy() -> None:
    x, w = np.random.default_rng(0).normal(size=9), [0.5, -1.0, 2.0, 0.25]
    for mode, padding in (("valid", 0), ("valid", "valid"), ("full", 3)):
        conv = Conv1d(1, 1, 4, padding=padding, bias=False, init=[w])
        assert [y.data for y in conv([x])[0]] == pytest.approx(np.correlate(x, w, mode).tolist(), rel=1e-12)


def test_a_small_convolutional_network_trains_the_same_lifted() -> None:
    rng = np.random.default_rng(0)
    X = rng.normal(size=(12, 1, 6, 6))
    y = (X[:, 0, :3].sum(axis=(1, 2)) > X[:, 0, 3:].sum(axis=(1, 2))).astype(int)
    first = Sequential(Conv2d(1, 2, 3, rng=0), nn.ReLU(), MaxPool2d(2), Flatten(), Linear(8, 2, rng=1))
    assert engine.gradcheck(lambda: engine.sum(first(X[0])), wrt=first.parameters())
    losses = []
    for jit in (False, True):
        model = copy.deepcopy(first)
        options = {"loss": "cross_entropy", "optimizer": nn.Adam(model.parameters(), lr=0.05), "jit": jit}
        losses.append(nn.fit(model, X, y, epochs=4, batch_size=6, rng=0, progress=False, **options)["loss"])
    assert losses[1] == pytest.approx(losses[0], rel=1e-9)
    assert losses[0][-1] < losses[0][0]
    report = nn.gradient_report(first, nn.cross_entropy([first(x) for x in X], y))
    assert [layer.name for layer in report.layers] == ["layers.0", "layers.4"]
    assert repr(first).splitlines()[1:4] == [
        "  (0): Conv2d(1, 2, kernel_size=(3, 3), stride=(1, 1))",
        "  (1): ReLU()",
        "  (2): MaxPool2d(kernel_size=2, stride=2, padding=0)",
    ]


def test_start_is_uniform_within_one_over_the_root_of_a_kernels_numbers() -> None:
    conv = Conv2d(4, 30, (2, 3), groups=2, rng=0)
    numbers = np.array([p.data for p in conv.parameters()])
    assert numbers.size == 30 * 2 * 6 + 30
    assert 0.27 < abs(numbers).max() <= 12**-0.5
    text = "Conv2d(4, 30, kernel_size=(2, 3), stride=(1, 1), groups=2)"
    assert repr(conv) == text
    assert repr(Conv1d(1, 1, 3, padding="same", dilation=2, bias=False)) == (
        "Conv1d(1, 1, kernel_size=(3,), stride=(1,), padding='same', dilation=(2,), bias=False)"
    )


def test_the_largest_share_their_gradient() -> None:
    x = [engine.Value(1.0), engine.Value(1.0)]
    MaxPool1d(2)([x])[0][0].backward()
    assert [each.grad for each in x] == [0.5, 0.5]


def test_wrong_shapes_are_named() -> None:
    for call, message in (
        (
            lambda: Conv1d(2, 1, 3)([[1.0, 2.0, 3.0]]),
            r"of shape \(2, length\), or a list of such, got \(1, 3\)",
        ),
        (lambda: Conv2d(1, 1, 3)([1.0]), r"\(1, height, width\), or a list of such, got \(1,\)"),
        (lambda: Conv1d(1, 1, 3)([[1.0, 2.0]]), "kernel larger than its input"),
        (lambda: Conv1d(1, 1, 3)([[1.0, 2.0], [1.0]]), "nested evenly"),
        (lambda: Conv1d(3, 2, 1, groups=2), "groups must divide both numbers of channels"),
        (
            lambda: Conv1d(1, 1, 3, padding="full"),
            'padding must be integers, "same" or "valid", got \'full\'',
        ),
        (lambda: Conv1d(1, 1, 3, 2, padding="same"), 'padding="same" needs stride 1'),
        (lambda: Conv2d(1, 1, (1, 2, 3)), "kernel_size must be an integer or 2 of them"),
        (lambda: Conv1d(1, 1, 0), "kernel_size must be at least 1"),
        (lambda: Conv1d(1, 1, 1, padding=-1), "padding must be at least 0"),
        (lambda: AvgPool1d(3)([[1.0]]), "windows larger than its input"),
        (
            lambda: AvgPool2d(2)([[1.0]]),
            r"of shape \(channels, height, width\), or a list of such, got \(1, 1\)",
        ),
        (lambda: MaxPool1d(2, padding=2), "padding must be at most half the kernel"),
    ):
        with pytest.raises(ValueError, match=message):
            call()
