"""Norms beside PyTorch's figures: running statistics, files, and training with whole batches."""

import copy

import numpy as np
import pytest

import engine
import nn
from engine.errors import TraceError
from nn import BatchNorm1d, BatchNorm2d, LayerNorm, Linear, RMSNorm, Sequential

BATCH = [[1.0, 5.0], [3.0, 9.0], [8.0, 4.0]]


@pytest.mark.parametrize("momentum", [0.1, 0.75, None])
def test_running_statistics_are_those_of_the_batches(momentum) -> None:
    norm, rng = BatchNorm1d(2, momentum=momentum), np.random.default_rng(0)
    mean, var = np.zeros(2), np.ones(2)
    for count in range(1, 5):
        batch = rng.normal(size=(6, 2))
        norm(batch)
        new = 1.0 / count if momentum is None else momentum
        mean = (1 - new) * mean + new * batch.mean(axis=0)
        var = (1 - new) * var + new * batch.var(axis=0, ddof=1)
    assert norm.running_mean == pytest.approx(mean.tolist(), rel=1e-12)
    assert norm.running_var == pytest.approx(var.tolist(), rel=1e-12)
    assert norm.num_batches_tracked == 4.0
    norm.eval()
    x = np.array([0.5, -1.0])
    expected = (x - mean) / np.sqrt(var + 1e-5)
    assert [y.data for y in norm(x)] == pytest.approx(expected.tolist(), rel=1e-12)
    assert norm.num_batches_tracked == 4.0


def test_running_statistics_are_saved_and_are_no_parameters(tmp_path) -> None:
    model = Sequential(Linear(2, 2, rng=0), BatchNorm1d(2))
    model(BATCH)
    state = model.state_dict()
    assert [name for name in state if "running" in name] == [
        *(f"layers.1.running_mean.{i}" for i in range(2)),
        *(f"layers.1.running_var.{i}" for i in range(2)),
    ]
    assert len(model.parameters()) == len(state) - 5 == 10
    assert [name for name, _ in model.named_buffers()] == [*state][10:]
    model.save(tmp_path / "model.npz")
    other = Sequential(Linear(2, 2), BatchNorm1d(2))
    other.load(tmp_path / "model.npz")
    assert other.state_dict() == state
    assert nn.predict(other, BATCH).tolist() == nn.predict(copy.deepcopy(model), BATCH).tolist()
    before = other.state_dict()
    for wrong in ({**state, "layers.1.running_var.1": "x"}, {**state, "layers.1.running_var.2": 1.0}):
        with pytest.raises((TypeError, ValueError), match="running_var"):
            other.load_state_dict(wrong)
        assert other.state_dict() == before
    with pytest.raises(ValueError, match=r"missing: 'layers\.1\.num_batches_tracked'"):
        other.load_state_dict({k: v for k, v in state.items() if "tracked" not in k})


def test_fit_calls_a_model_with_whole_batches_where_it_needs_them() -> None:
    rng = np.random.default_rng(0)
    X = rng.normal(size=(24, 2)) * 5.0 + 3.0
    y = (X[:, 0] > X[:, 1]).astype(int)
    model = Sequential(Linear(2, 6, rng=0), BatchNorm1d(6), nn.Tanh(), Linear(6, 2, rng=1))
    first = copy.deepcopy(model)
    history = nn.fit(
        model,
        X,
        y,
        loss=nn.CrossEntropyLoss(),
        optimizer=nn.Adam(model.parameters(), lr=0.05),
        epochs=12,
        batch_size=8,
        validation=(X, y),
        metrics="accuracy",
        early_stopping=nn.EarlyStopping(20),
        rng=0,
        progress=False,
    )
    assert model[1].num_batches_tracked >= 30.0
    assert history["val_accuracy"][-1] > 0.9
    assert nn.predict(model, X).shape == (24, 2)
    optimizer = nn.SGD(first.parameters(), lr=0.1)
    with pytest.raises(TraceError, match=r"running statistics .* cannot; .*LayerNorm.*jit=False"):
        nn.fit(first, X, y, loss="cross_entropy", optimizer=optimizer, epochs=1, jit=True, progress=False)
    with pytest.raises(ValueError, match="a batch of one; choose a batch_size"):
        nn.fit(first, X[:9], y[:9], loss="cross_entropy", optimizer=optimizer, epochs=1, batch_size=8)


def test_lifted_in_evaluation_mode_and_without_running_statistics() -> None:
    norm = BatchNorm1d(2)
    norm(BATCH)
    norm.eval()
    lifted = engine.jit(lambda x: engine.sum(norm(x)))
    assert lifted(BATCH[0]).data == pytest.approx(sum(y.data for y in norm(BATCH[0])), rel=1e-12)
    norm.train()
    norm(BATCH)
    norm.eval()  # other numbers, another program
    assert lifted(BATCH[0]).data == pytest.approx(sum(y.data for y in norm(BATCH[0])), rel=1e-12)
    X, y = [[0.5, 1.0], [-1.0, 0.25], [2.0, -1.0], [0.0, 0.5]], [0, 1, 1, 0]
    first = Sequential(Linear(2, 3, rng=0), BatchNorm1d(3, track_running_stats=False), Linear(3, 2, rng=1))
    losses = []
    for jit in (False, True):
        model = copy.deepcopy(first)
        optimizer = nn.SGD(model.parameters(), lr=0.1)
        options = {"loss": "cross_entropy", "optimizer": optimizer, "epochs": 3, "jit": jit}
        losses.append(nn.fit(model, X, y, progress=False, **options)["loss"])
    assert losses[1] == pytest.approx(losses[0], rel=1e-10)


def test_gradients_are_those_of_finite_differences() -> None:
    for norm in (LayerNorm(3), RMSNorm(3), BatchNorm1d(3), BatchNorm1d(3).eval()):
        for i, parameter in enumerate(norm.parameters()):
            parameter.data = 0.5 + i
        batch = [[1.0, -2.0, 0.5], [0.25, 3.0, 1.5]]
        assert engine.gradcheck(lambda x, norm=norm: engine.dot([1.0, 2.0, -3.0], norm(x)[0]), batch)


def test_constant_samples_have_no_nan() -> None:
    assert [y.data for y in LayerNorm(3)([2.0, 2.0, 2.0])] == [0.0, 0.0, 0.0]
    assert [y.data for y in RMSNorm(2)([0.0, 0.0])] == [0.0, 0.0]


def test_wrong_shapes_are_named() -> None:
    for module, x, message in (
        (LayerNorm(3), [1.0, 2.0], r"LayerNorm\(\(3,\), .*last axes are \(3,\), got shape \(2,\)"),
        (LayerNorm([2, 2]), [1.0, 2.0], r"last axes are \(2, 2\), got shape \(2,\)"),
        (BatchNorm1d(3), [1.0, 2.0, 3.0], r"\(samples, 3\) or .* got \(3,\); while training it needs a list"),
        (BatchNorm1d(3), [[1.0, 2.0]], r"got \(1, 2\)"),
        (BatchNorm1d(2), [[1.0, 2.0]], "more than one number of each feature while training"),
        (BatchNorm2d(2), BATCH, r"\(samples, 2, height, width\), got \(3, 2\)"),
        (BatchNorm1d(2).eval(), [1.0], r"got \(1, 1\)"),
        (RMSNorm(2), [[1.0, 2.0], [1.0]], r"must be nested evenly, got lists of \[1, 2\] items"),
    ):
        with pytest.raises(ValueError, match=message):
            module(x)
    with pytest.raises(ValueError, match="num_features must be at least 1"):
        BatchNorm1d(0)
    with pytest.raises(ValueError, match="momentum must be from 0 to 1"):
        BatchNorm1d(2, momentum=2.0)


def test_an_interrupted_training_goes_on_bit_for_bit(tmp_path) -> None:
    X = np.random.default_rng(0).normal(size=(20, 2))
    y = (X[:, 0] > X[:, 1]).astype(int)

    def train(epochs, **options):
        model = Sequential(Linear(2, 4, rng=0), BatchNorm1d(4), nn.ReLU(), Linear(4, 2, rng=1))
        history = nn.fit(
            model,
            X,
            y,
            loss=nn.CrossEntropyLoss(label_smoothing=0.1),
            optimizer=nn.RAdam(model.parameters(), lr=0.05),
            schedule=lambda optimizer: nn.OneCycleLR(optimizer, 0.1, total_steps=8),
            early_stopping=nn.EarlyStopping(8, monitor="val_loss"),
            validation=(X, y),
            epochs=epochs,
            batch_size=8,
            rng=0,
            progress=False,
            **options,
        )
        return history["loss"], history["lr"], model.state_dict()

    whole = train(8)
    train(4, checkpoint=tmp_path / "run.npz")
    assert train(8, resume=tmp_path / "run.npz") == whole


def test_group_norm_takes_a_sample_or_samples_and_does_not_guess() -> None:
    rng = np.random.default_rng(0)
    for shape, settings, of_samples in (
        ((4,), {}, False),
        ((3, 4), {}, True),
        ((4, 3), {}, False),
        ((4, 4), {"axes": 0}, True),
        ((4, 4), {"axes": 1}, False),
        ((4, 4, 4), {"axes": 1}, True),
        ((4, 4, 4), {"axes": 2}, False),
        ((4, 4, 2, 3), {}, True),
    ):
        x = rng.normal(size=shape)
        batch = x if of_samples else x[np.newaxis]
        groups = batch.reshape(len(batch), 2, -1)
        centered = groups - groups.mean(axis=2, keepdims=True)
        expected = (centered / np.sqrt(groups.var(axis=2, keepdims=True) + 1e-5)).reshape(shape)
        found = [y.data for y in np.ravel(nn.GroupNorm(2, 4, **settings)(x))]
        assert found == pytest.approx(expected.ravel().tolist(), rel=1e-12, abs=1e-14), (shape, settings)
    for call, message in (
        (
            lambda: nn.GroupNorm(2, 4)(np.ones((4, 4))),
            r"cannot tell .* \(4, 4\) .* axes=1 for one sample, axes=0",
        ),
        (
            lambda: nn.GroupNorm(2, 4)(np.ones((3, 2))),
            r"a sample of 4 channels or a list of samples, got \(3, 2\)",
        ),
        (lambda: nn.GroupNorm(4, 4)(np.ones(4)), "more than one number in a group"),
        (lambda: nn.GroupNorm(3, 4), "num_groups must divide num_channels, 4, got 3"),
        (lambda: nn.InstanceNorm2d(4)(np.ones((4, 4))), r"got \(4, 4\)"),
        (lambda: nn.InstanceNorm1d(4, track_running_stats=True), "keeps no running statistics"),
    ):
        with pytest.raises(ValueError, match=message):
            call()
