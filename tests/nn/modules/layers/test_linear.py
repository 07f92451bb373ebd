"""Linear and the layers without parameters: shapes, start, errors, and a training with them."""

import copy
import pickle

import numpy as np
import pytest

import nn
from engine import Value, gradcheck
from nn import Flatten, Linear, Sequential, Tanh


def test_start_is_uniform_within_one_over_the_root_of_the_inputs() -> None:
    linear = Linear(16, 50, rng=0)
    weights = np.array([[w.data for w in row] for row in linear.weight])
    biases = np.array([b.data for b in linear.bias])
    assert weights.shape == (50, 16)
    for numbers in (weights, biases):
        assert 0.2 < abs(numbers).max() <= 0.25
        assert numbers.std() == pytest.approx(0.25 / np.sqrt(3.0), rel=0.2)
    assert Linear(2, 2, rng=1).state_dict() == Linear(2, 2, rng=1).state_dict()
    assert [b.data for b in Linear(2, 2, init="he_normal").bias] == [0.0, 0.0]
    assert Linear(2, 2, bias=False).bias is None


def test_wrong_inputs_name_what_was_expected_and_what_came() -> None:
    linear = Linear(3, 1)
    for wrong in ([1.0], [[1.0, 2.0, 3.0], [1.0]], np.ones((2, 1)), 1.0):
        with pytest.raises(ValueError, match=r"Linear\(in_features=3, .*\) takes 3 inputs, got 1"):
            linear(wrong)
    with pytest.raises(TypeError, match="inputs must be a sequence of numbers"):
        linear("abc")
    with pytest.raises(ValueError, match="in_features must be at least 1"):
        Linear(0, 1)
    with pytest.raises(ValueError, match="shape"):
        Linear(2, 3, init=[[1.0, 2.0]])
    for flatten, axes in ((Flatten(1), 2), (Flatten(0, 1), 2), (Flatten(1, 2), 3)):
        with pytest.raises(ValueError, match=f"at least {axes} axes, got 1"):
            flatten([1.0, 2.0])
    with pytest.raises(ValueError, match="at least start_dim, 2; got 1"):
        Flatten(2, 1)
    with pytest.raises(ValueError, match="axis 1"):
        nn.Softmax(dim=1)([1.0, 2.0])


def test_settings_of_activations_are_checked_and_copies_are_alike() -> None:
    for wrong in ({"slope": 0.1}, {"negative_slope": "0.1"}, {"inplace": 1}):
        with pytest.raises(TypeError):
            nn.LeakyReLU(**wrong)
    with pytest.raises(TypeError, match="too many"):
        nn.ReLU(True, 0.5)
    for module in (nn.LeakyReLU(0.2), nn.GELU("tanh"), nn.Softmax(-1), nn.BCEWithLogitsLoss(pos_weight=2.0)):
        assert repr(pickle.loads(pickle.dumps(module))) == repr(copy.deepcopy(module)) == repr(module)  # noqa: S301
    assert repr(nn.LeakyReLU(0.2)) == "LeakyReLU(negative_slope=0.2)"
    for each in nn.modules.layers.pointwise.__all__:
        assert ">>>" in getattr(nn, each).__doc__


def test_a_model_of_them_is_checked_saved_reported_and_trained_both_ways(tmp_path) -> None:
    rng = np.random.default_rng(0)
    X = rng.normal(size=(40, 2))
    y = (X[:, 0] * X[:, 1] > 0).astype(int)
    first = Sequential(
        Linear(2, 8, rng=0), nn.LeakyReLU(0.1), Linear(8, 8, rng=1), Tanh(), Linear(8, 2, rng=2)
    )
    assert gradcheck(lambda: sum(first(X[0])), wrt=first.parameters())
    histories = []
    for jit in (False, True):
        model = copy.deepcopy(first)
        histories.append(
            nn.fit(
                model, X, y, loss=nn.CrossEntropyLoss(), optimizer=nn.Adam(model.parameters(), lr=0.02),
                epochs=15, batch_size=16, metrics="accuracy", rng=0, jit=jit, progress=False,
            )
        )  # fmt: skip
    assert histories[1]["loss"] == pytest.approx(histories[0]["loss"], rel=1e-9)
    assert histories[0]["loss"][-1] < 0.5 * histories[0]["loss"][0]
    model.save(tmp_path / "model.npz")
    other = copy.deepcopy(first)
    other.load(tmp_path / "model.npz")
    assert nn.predict(other, X).tolist() == nn.predict(model, X).tolist()
    report = nn.gradient_report(model, nn.cross_entropy([model(x) for x in X], y), lr=0.1)
    assert [layer.name for layer in report.layers] == ["layers.0", "layers.2", "layers.4"]
    assert repr(model).splitlines()[1:3] == [
        "  (0): Linear(in_features=2, out_features=8, bias=True)",
        "  (1): LeakyReLU(negative_slope=0.1)",
    ]


def test_batches_go_through_at_once() -> None:
    model = Sequential(Linear(2, 4, rng=0), nn.ReLU(), Linear(4, 1, rng=1))
    X = np.random.default_rng(0).normal(size=(5, 2))
    whole = model(X)
    assert [[y.data for y in row] for row in whole] == [[y.data for y in model(x)] for x in X]
    loss = nn.MSELoss()(whole, [[0.5]] * 5)
    assert isinstance(loss, Value)
    assert loss.data == nn.MSELoss()(whole, [0.5] * 5).data


@pytest.mark.parametrize("jit", [False, True])
@pytest.mark.parametrize(
    "loss",
    [
        nn.CrossEntropyLoss(weight=[1.0, 3.0]),
        nn.CrossEntropyLoss(label_smoothing=0.1, ignore_index=1),
        nn.CrossEntropyLoss(reduction="sum"),
        nn.CrossEntropyLoss,
    ],
)
def test_losses_with_settings_train_the_same_by_themselves_and_in_fit(loss, jit) -> None:
    X, y = [[0.5, 1.0], [-1.0, 0.25], [2.0, -1.0], [0.0, 0.5]], [0, 1, 1, 0]
    first = Linear(2, 2, rng=0)
    model = copy.deepcopy(first)
    history = nn.fit(
        model,
        X,
        y,
        loss=loss,
        optimizer=nn.SGD(model.parameters(), lr=0.1),
        epochs=3,
        jit=jit,
        progress=False,
    )
    function = loss() if isinstance(loss, type) else loss
    expected, optimizer = [], nn.SGD(first.parameters(), lr=0.1)
    for _ in range(3):
        optimizer.zero_grad()
        value = function(first(X), y)
        value.backward()
        optimizer.step()
        expected.append(value.data)
    assert history["loss"] == pytest.approx(expected, rel=1e-12)


def test_what_a_loss_refuses() -> None:
    with pytest.raises(ValueError, match='reduction must be "mean", "sum" or "none", got \'max\''):
        nn.MSELoss(reduction="max")
    with pytest.raises(TypeError, match="MSELoss has no setting 'delta'; there are reduction"):
        nn.MSELoss(delta=1.0)
    with pytest.raises(TypeError, match=r"weight must be a number for each class, got 2\.0"):
        nn.CrossEntropyLoss(weight=2.0)
    assert nn.BCEWithLogitsLoss(pos_weight=[2.0]).pos_weight == 2.0
    with pytest.raises(ValueError, match=r"pos_weight\[1\] must be"):
        nn.BCEWithLogitsLoss(pos_weight=[2.0, -3.0])
    with pytest.raises(
        ValueError, match=r"pos_weight of shape \(2,\) does not go with outputs of shape \(3,\)"
    ):
        nn.BCEWithLogitsLoss(pos_weight=[2.0, 3.0])([0.0, 0.0, 0.0], [1, 1, 1])
    with pytest.raises(ValueError, match='reduction must be "mean", "sum", "none" or "batchmean"'):
        nn.KLDivLoss(reduction="max")
    with pytest.raises(ValueError, match=r"at most 0, got 0\.5; for probabilities p take their logarithms"):
        nn.KLDivLoss()([[Value(0.5), Value(0.5)]], [[0.5, 0.5]])
    for three, message in (
        (lambda: nn.CosineEmbeddingLoss()([1.0], [1.0], 0), r"targets must be -1 or \+1, got 0"),
        (lambda: nn.TripletMarginLoss()([[1.0]], [[1.0]], [[1.0], [2.0]]), r"differ in length: \[1, 1, 2\]"),
        (lambda: nn.GaussianNLLLoss()([1.0], [1.0], [-0.5]), r"a variance must be at least 0, got -0\.5"),
        (lambda: nn.TripletMarginLoss()([1.0], [1.0], [1.0, 2.0]), "vectors of one length are needed"),
    ):
        with pytest.raises(ValueError, match=message):
            three()
    with pytest.raises(TypeError, match="TripletMarginLoss is called with three inputs, got 2"):
        nn.TripletMarginLoss()([1.0], [1.0])
    with pytest.raises(ValueError, match="2 classes, got 3"):
        nn.CrossEntropyLoss(weight=[1.0, 1.0, 1.0])([[0.0, 0.0]], [1])
    with pytest.raises(ValueError, match="gives a list"):
        nn.fit(Linear(1, 1), [[1.0]], [1.0], loss=nn.MSELoss(reduction="none"), optimizer=nn.SGD, epochs=1)
    with pytest.raises(ValueError, match=r"at most 0, got 0\.5; for outputs before the softmax"):
        nn.NLLLoss()([[Value(0.5), Value(-1.0)]], [0])
    with pytest.raises(ValueError, match="differ in length: 1 samples, 2 targets"):
        nn.CrossEntropyLoss(label_smoothing=0.1)([[0.0, 1.0]], [0, 1])
    with pytest.raises(ValueError, match="delta must be above 0"):
        nn.HuberLoss(delta=0.0)([1.0], [2.0])


def test_flatten_joins_the_axes_that_numpy_joins() -> None:
    x = np.arange(48.0).reshape(2, 3, 2, 4)
    for start in range(-4, 4):
        for end in range(-4, 4):
            first, last = start % 4, end % 4
            if first > last:
                with pytest.raises(ValueError, match=r"at least start_dim|nothing to join"):
                    Flatten(start, end)(x)
                continue
            shape = (*x.shape[:first], -1, *x.shape[last + 1 :])
            assert Flatten(start, end)(x) == x.reshape(shape).tolist(), (start, end)
    for flatten in (Flatten(-3), Flatten(0, -3)):
        with pytest.raises(ValueError, match="at least 3 axes, got 2"):
            flatten([[1.0, 2.0]])


def test_what_unflatten_refuses() -> None:
    for call, message in (
        (lambda: nn.Unflatten(0, (2, -1))([1.0, 2.0, 3.0]), "cannot divide an axis of 3"),
        (lambda: nn.Unflatten(1, (2, 2))([1.0, 2.0, 3.0, 4.0]), "needs an input with axis 1, got 1 axes"),
        (lambda: nn.Unflatten(0, (-1, -1)), "one may be -1"),
    ):
        with pytest.raises(ValueError, match=message):
            call()
