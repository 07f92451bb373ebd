"""Functions under PyTorch's names, and whole programs written for it, against its figures."""

import inspect

import numpy as np
import pytest

import nn
import nn.functional as F  # noqa: N812
from engine import Value
from nn import optim
from tests.nn.figures import from_torch_scripts, read


@pytest.mark.parametrize("name", from_torch_scripts.SCRIPTS)
def test_a_program_for_torch_runs_with_its_imports_changed(name) -> None:
    def start(model) -> None:
        parameters = model.parameters()
        for parameter, number in zip(parameters, from_torch_scripts.made_up(len(parameters)), strict=True):
            parameter.data = number

    losses = from_torch_scripts.SCRIPTS[name](nn, F, optim, lambda x: x, start)
    rel = 1e-6 if name == "language_model" else 1e-9  # it clips by norm + 1e-6 in PyTorch, here by the norm
    assert losses == pytest.approx(read("torch_scripts")[name], rel=rel)


def test_committed_figures_are_those_of_the_installed_torch() -> None:
    torch = pytest.importorskip("torch")
    for name, losses in from_torch_scripts.all_figures(torch).items():
        assert losses == pytest.approx(read("torch_scripts")[name], rel=1e-9)


def test_each_is_its_module_with_settings_behind_the_input() -> None:
    x = [0.5, -1.0, 2.0]
    assert F.leaky_relu(x, 0.2) == F.leaky_relu(x, negative_slope=0.2) == nn.LeakyReLU(0.2)(x)
    assert F.softmax(x, dim=0) == nn.Softmax(0)(x)
    assert F.cross_entropy([x], [1], [1.0, 2.0, 3.0]) == nn.CrossEntropyLoss([1.0, 2.0, 3.0])([x], [1])
    assert F.dropout(x, p=1.0) == [0.0, 0.0, 0.0]
    assert F.dropout(x, 0.5, False) == x
    with pytest.raises(ValueError, match="a bias for each of 1 rows, got 2"):
        F.linear([1.0], [[Value(1.0)]], [0.0, 0.0])
    with pytest.raises(TypeError, match="unexpected keyword argument 'gamma'"):
        F.elu(x, gamma=1.0)
    assert F.one_hot([[2], [0]]) == [[[0, 0, 1]], [[1, 0, 0]]]
    assert F.one_hot(np.array([1, 0]), num_classes=3) == np.eye(3, dtype=int)[[1, 0]].tolist()
    assert F.pad([1.0], (0, 1), value=(filled := Value(2.0)))[1] is filled
    for call, message in (
        (lambda: F.one_hot([0, 3], 3), "indices must be from 0 to 2, got 0 to 3"),
        (lambda: F.one_hot([-1]), "indices must be from 0"),
        (lambda: F.pad([1.0], (1,)), "pad must be pairs"),
        (lambda: F.pad([1.0, 2.0], (2, 0), mode="reflect"), 'too much for "reflect" and 2 numbers'),
        (lambda: F.pad([1.0, 2.0], (-2, -1)), "too much"),
        (lambda: F.pad([1.0], (1, 0), "edge"), "mode must be one of"),
        (lambda: F.normalize([[1.0]], dim=2), "there is no axis 2"),
        (lambda: F.pairwise_distance([1.0], [1.0, 2.0]), "vectors of one length"),
        (lambda: F.conv1d([[1.0]], [[1.0]]), "weight must have 3 axes"),
        (lambda: F.group_norm([1.0, 2.0], 1), "a list of samples"),
        (lambda: F.glu([1.0, 2.0, 3.0]), "an even count"),
        (lambda: F.scaled_dot_product_attention([[1.0]], [[1.0]], [[1.0], [2.0]]), "a value for each key"),
        (lambda: F.scaled_dot_product_attention([[1.0]], [[1.0]], [[1.0]], [[True] * 2]), "of shape"),
        (lambda: F.scaled_dot_product_attention([[1.0]], [[1.0]], [[1.0]], [[True]], 0.0, True), "not both"),
    ):
        with pytest.raises(ValueError, match=message):
            call()
    x, attention = [[1.0, 0.0], [0.0, 2.0]], nn.MultiheadAttention(2, 1, rng=0)
    for mask in ([[1, 0], [0, 1]], np.eye(2, dtype=int)):
        with pytest.raises(TypeError, match=r"attn_mask must be of True and False, .* got integers"):
            F.scaled_dot_product_attention(x, x, x, mask)
        with pytest.raises(TypeError, match=r"attn_mask must be of True and False, .* got integers"):
            attention(x, x, x, attn_mask=mask)
    for padding in ([0, 1], [1.0, 0.0], np.array([0, 1])):
        with pytest.raises(TypeError, match="key_padding_mask must be of True and False"):
            attention(x, x, x, key_padding_mask=padding)
    with pytest.raises(ValueError, match="must be of 2 queries and 2 keys"):
        attention(x, x, x, key_padding_mask=[[True, False], [True, False]])
    for mask in (np.eye(2, dtype=bool), np.where(np.eye(2), -np.inf, 0.0)):
        assert [w.data for row in attention(x, x, x, attn_mask=mask)[1] for w in row] == [0.0, 1.0, 1.0, 0.0]
    for each in F.__all__:
        function = getattr(F, each)
        assert inspect.getdoc(function)


@pytest.mark.parametrize(
    ("p", "vector"), [(1.0, [0.1, 0.2]), (2.0, [0.1, 0.2]), (3.0, [0.1, 0.2]), (3.0, [0.0, 0.0])]
)
def test_a_norm_below_eps_is_a_constant_in_normalize(p, vector) -> None:
    xs = [Value(x) for x in vector]
    first, _ = F.normalize(xs, p, eps=0.5)
    first.backward()
    assert [x.grad for x in xs] == [2.0, 0.0]  # of x / eps


def test_numbers_that_are_taken_away_are_mirrored_before() -> None:
    assert F.pad([1.0, 2.0, 3.0], (-1, 2), "reflect") == [2.0, 3.0, 2.0, 1.0]
    assert F.pad([1.0, 2.0, 3.0], (2, -2), "reflect") == [3.0, 2.0, 1.0]
