"""Rosenblatt's perceptron."""

import numpy as np
import pytest

from engine import Value
from nn import Module, Perceptron

X = [[0, 0], [0, 1], [1, 0], [1, 1]]
GATES = {"AND": [0, 0, 0, 1], "OR": [0, 1, 1, 1], "NAND": [1, 1, 1, 0], "NOR": [1, 0, 0, 0]}


def with_weights(w, b, **options):
    perceptron = Perceptron(len(w), init=w, **options)
    perceptron.b.data = b
    return perceptron


@pytest.mark.parametrize(
    ("threshold", "z", "y"),
    [
        (None, 0.5, 1.0),
        (None, 0.0, -1.0),
        (None, -0.5, -1.0),
        (0.0, 0.0, 1.0),
        (2.0, 2.0, 1.0),
        (2.0, 1.9, -1.0),
    ],
)
def test_answer_is_the_sign_or_compares_with_the_threshold(threshold, z, y) -> None:
    answer = with_weights([1.0, 0.0], 0.0, threshold=threshold)([z, 7.0])
    assert isinstance(answer, Value)
    assert answer.data == y


def test_weights_and_bias_make_the_sum() -> None:
    perceptron = with_weights([2.0, -1.0], 0.5)
    assert [perceptron(x).data for x in X] == [1.0, -1.0, 1.0, 1.0]


def test_gradient_is_0() -> None:
    perceptron = with_weights([2.0, -1.0], 0.5)
    perceptron([1.0, 1.0]).backward()
    assert [p.grad for p in perceptron.parameters()] == [0.0, 0.0, 0.0]


@pytest.mark.parametrize("gate", GATES)
@pytest.mark.parametrize("signs", [False, True])
@pytest.mark.parametrize("threshold", [None, 0.5])
def test_every_separable_gate_is_learned(gate, signs, threshold) -> None:
    perceptron = Perceptron(2, threshold=threshold)
    y = [2 * t - 1 for t in GATES[gate]] if signs else GATES[gate]
    run = perceptron.fit(X, y, epochs=50)
    assert run.converged
    assert run.errors[-1] == 0
    assert 0 not in run.errors[:-1]
    assert [(perceptron(x).data + 1) / 2 for x in X] == GATES[gate]


@pytest.mark.parametrize("y", [[0, 1, 1, 0], [1, 0, 0, 1]])
def test_xor_is_never_learned(y) -> None:
    run = Perceptron(2).fit(X, y, epochs=200)
    assert not run.converged
    assert run.epochs == 200
    assert 0 not in run.errors


def test_rule_by_hand() -> None:
    # w ← w + lr·t·x and b ← b + lr·t for each sample that is answered wrong, in NumPy
    rng = np.random.default_rng(1)
    points, w, b, errors = rng.normal(size=(20, 3)), np.zeros(3), 0.0, []
    targets = np.sign(points @ [1.0, -2.0, 0.5] + 0.7)
    perceptron = Perceptron(3)
    run = perceptron.fit(points, targets, epochs=5, lr=0.25)
    for _ in range(run.epochs):
        errors.append(0)
        for x, t in zip(points, targets, strict=True):
            if (1.0 if w @ x + b > 0.0 else -1.0) != t:
                w, b = w + 0.25 * t * x, b + 0.25 * t
                errors[-1] += 1
    assert run.errors == errors
    assert b != 0.0
    assert [p.data for p in perceptron.parameters()] == pytest.approx([*w, b], rel=1e-12)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("order", [None, 0])
def test_mistakes_are_within_novikoff_s_bound(seed, order) -> None:
    rng = np.random.default_rng(seed)
    normal = rng.normal(size=3)
    normal /= np.linalg.norm(normal)
    points = np.column_stack([rng.normal(size=(60, 2)), np.ones(60)])
    points = points[np.abs(points @ normal) > 0.2]
    margin, radius = np.abs(points @ normal).min(), np.linalg.norm(points, axis=1).max()
    run = Perceptron(2).fit(points[:, :2], np.sign(points @ normal), epochs=1000, rng=order)
    assert run.converged
    assert sum(run.errors) <= (radius / margin) ** 2


def test_order_is_that_of_the_samples_or_of_the_seed() -> None:
    rng = np.random.default_rng(0)
    points = rng.normal(size=(30, 2))
    targets = np.sign(points @ [1.0, -1.0])
    runs = [Perceptron(2).fit(points, targets, rng=seed).errors for seed in (None, None, 1, 1, 2)]
    assert runs[0] == runs[1]
    assert runs[2] == runs[3]
    assert len({tuple(run) for run in runs}) == 3


def test_it_goes_on_from_the_weights_it_has() -> None:
    perceptron = Perceptron(2)
    perceptron.fit(X, GATES["AND"], epochs=50)
    assert perceptron.fit(X, GATES["AND"]).errors == [0]


def test_without_bias_only_lines_through_the_origin() -> None:
    perceptron = Perceptron(2, bias=False)
    assert perceptron.b is None
    assert perceptron.fit(X[1:], GATES["OR"][1:]).converged
    assert not perceptron.fit(X, GATES["NOR"]).converged


def test_fixed_threshold_without_bias_needs_small_corrections() -> None:
    assert Perceptron(2, bias=False, threshold=0.5).fit(X, GATES["AND"], lr=0.1).converged
    assert not Perceptron(2, bias=False, threshold=0.5).fit(X, GATES["AND"], lr=1.0).converged


def test_result_says_what_happened() -> None:
    assert str(Perceptron(1).fit([[1.0]], [1])) == "converged in 2 epochs; errors in each: 1, 0"
    assert str(Perceptron(1).fit([[1.0]], [-1])) == "converged in 1 epoch; errors in each: 0"
    text = str(Perceptron(2).fit(X, [0, 1, 1, 0], epochs=12))
    assert text.startswith("did not converge in 12 epochs; errors in the last 10: ")
    assert "linearly separable" in text


def test_it_is_a_module_with_labels_and_text() -> None:
    perceptron = Perceptron(2, init="normal", rng=0)
    assert isinstance(perceptron, Module)
    assert [p.label for p in perceptron.parameters()] == ["w.0", "w.1", "b"]
    assert perceptron.w[0].data == Perceptron(2, init="normal", rng=0).w[0].data != 0.0
    assert repr(perceptron) == "Perceptron(2)"
    assert repr(Perceptron(2, threshold=0.5)) == "Perceptron(2, threshold=0.5)"


@pytest.mark.parametrize("y", [[0, 1, 2, 1], [-1, 0, 1, 1], [0.5, 1, 1, 1]])
def test_other_targets_are_refused(y) -> None:
    with pytest.raises(ValueError, match=r"targets must be -1 and \+1, or 0 and 1, got \["):
        Perceptron(2).fit(X, y)


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match=r"Perceptron\(2\) takes 2 inputs, got 3"):
        Perceptron(2)([1.0, 2.0, 3.0])
    with pytest.raises(ValueError, match="X and y differ in length: 4 samples, 3 targets"):
        Perceptron(2).fit(X, [0, 1, 1])
    with pytest.raises(ValueError, match="epochs must be at least 1"):
        Perceptron(2).fit(X, [0, 1, 1, 1], epochs=0)
    with pytest.raises(ValueError, match="lr must be at least 0"):
        Perceptron(2).fit(X, [0, 1, 1, 1], lr=-1.0)
