"""fit: the training loop against loops written out, and what stands around it."""

import random
import sys

import numpy as np
import pytest

from engine import Value
from nn import (
    LBFGS,
    MLP,
    SGD,
    Adam,
    Dropout,
    EarlyStopping,
    History,
    Neuron,
    NoisyReLU,
    Sequential,
    StepLR,
    accuracy,
    batches,
    clip_grad_norm_,
    fit,
    half_squared_error,
    l2_penalty,
    mse,
    predict,
    split,
)

XOR = [[0, 0], [0, 1], [1, 0], [1, 1]]
XOR_TARGETS = [0, 1, 1, 0]


def data(count=30):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(count, 2))
    return X, (X[:, 0] * X[:, 1] > 0).astype(int)


def network(**options):
    return MLP(2, [4, 1], activation="tanh", rng=1, **options)


def matrices(model):
    return [
        (
            np.array([[w.data for w in neuron.w] for neuron in layer.neurons]),
            np.array([0.0 if neuron.b is None else neuron.b.data for neuron in layer.neurons]),
        )
        for layer in model.layers
    ]


# -- the numbers, against NumPy


def test_full_batch_training_is_that_of_the_matrix_form() -> None:
    X, y = data()
    model = network()
    (W1, b1), (W2, b2) = matrices(model)
    losses = []
    history = fit(
        model, X, y, loss="mse", optimizer=SGD(model.parameters(), lr=0.1), epochs=40, batch_size=None
    )
    for _ in range(40):
        h = np.tanh(X @ W1.T + b1)
        d2 = 2.0 * (h @ W2.T + b2 - y[:, None]) / len(X)
        losses.append(np.mean((h @ W2.T + b2 - y[:, None]) ** 2))
        d1 = d2 @ W2 * (1.0 - h**2)
        W2, b2, W1, b1 = (
            W2 - 0.1 * d2.T @ h,
            b2 - 0.1 * d2.sum(axis=0),
            W1 - 0.1 * d1.T @ X,
            b1 - 0.1 * d1.sum(axis=0),
        )
    for (W, b), (W_here, b_here) in zip([(W1, b1), (W2, b2)], matrices(model), strict=True):
        assert W_here == pytest.approx(W, rel=1e-12)
        assert b_here == pytest.approx(b, rel=1e-12)
    assert history["loss"] == pytest.approx(losses, rel=1e-12)


@pytest.mark.unmeasured
def test_eight_lines_of_the_lectures_to_twelve_digits() -> None:
    # age and years of experience → salary: 2 → 3 → 1 sigmoids without biases, step 1, full batch
    X = np.array([[0.25, 0.02], [0.35, 0.1], [0.45, 0.2], [0.6, 0.4]])
    y = np.array([[0.3], [0.45], [0.6], [0.9]])
    np.random.seed(1)  # noqa: NPY002
    W1, W2 = np.random.randn(2, 3), np.random.randn(3, 1)  # noqa: NPY002
    model = MLP(2, [3, 1], activation="sigmoid", output_activation="sigmoid", bias=False)
    for layer, W in zip(model.layers, (W1, W2), strict=True):
        for neuron, column in zip(layer.neurons, W.T, strict=True):
            for w, number in zip(neuron.w, column, strict=True):
                w.data = number
    fit(model, X, y, loss=half_squared_error, optimizer=SGD(model.parameters(), lr=1.0), epochs=1000)
    for _ in range(1000):
        h = 1.0 / (1.0 + np.exp(-(X @ W1)))
        out = 1.0 / (1.0 + np.exp(-(h @ W2)))
        d2 = (y - out) * out * (1.0 - out)
        d1 = d2 @ W2.T * h * (1.0 - h)
        W2 += h.T @ d2
        W1 += X.T @ d1
    for W, (W_here, _) in zip((W1, W2), matrices(model), strict=True):
        assert W_here == pytest.approx(W.T, rel=1e-12)


@pytest.mark.parametrize("batch_size", [1, 7, 50])
def test_mini_batches_are_those_of_the_loop_written_out(batch_size) -> None:
    X, y = data()
    model, other = network(), network()
    optimizer = Adam(other.parameters(), lr=0.05)
    history = fit(
        model,
        X,
        y,
        loss="binary_cross_entropy_with_logits",
        optimizer=Adam(model.parameters(), lr=0.05),
        epochs=4,
        batch_size=batch_size,
        rng=3,
    )
    rng, losses = np.random.default_rng(3), []
    for _ in range(4):
        total = 0.0
        for samples, targets in batches(X, y, batch_size, rng=rng):
            optimizer.zero_grad()
            loss = sum(
                z.softplus() - t * z for z, t in zip(map(other, samples), targets.tolist(), strict=True)
            ) / len(samples)
            loss.backward()
            optimizer.step()
            total += loss.data * len(samples)
        losses.append(total / len(X))
    assert history["loss"] == pytest.approx(losses, rel=1e-10)
    assert [p.data for p in model.parameters()] == pytest.approx(
        [p.data for p in other.parameters()], rel=1e-8
    )


def test_same_seed_same_training_bit_for_bit() -> None:
    def run(rng):
        model = network()
        history = fit(model, *data(), loss="mse", optimizer=Adam, epochs=3, batch_size=10, rng=rng)
        return history, model.state_dict()

    assert run(5) == run(np.random.default_rng(5)) != run(6)
    random.seed(1)
    first, second = run(None), run(None)
    random.seed(1)
    assert run(None) == first != second


# -- what may be given


def test_xor_is_learned() -> None:
    model = MLP(2, [6, 2], activation="tanh", init="xavier_uniform", rng=0)
    history = fit(
        model,
        XOR,
        XOR_TARGETS,
        loss="cross_entropy",
        optimizer=lambda parameters: SGD(parameters, lr=0.5, momentum=0.9),
        epochs=100,
        metrics="accuracy",
    )
    assert isinstance(history, History)
    assert list(history) == ["loss", "accuracy"]
    assert (history.epochs, history["accuracy"][-1], history.stopped) == (100, 1.0, "")
    assert accuracy(XOR_TARGETS, predict(model, XOR)) == 1.0


def test_loss_of_one_s_own_may_have_a_penalty() -> None:
    model, other = network(), network()
    weights = [w for layer in model.layers for neuron in layer.neurons for w in neuron.w]
    for each, loss in (
        (model, lambda outputs, y: mse(outputs, y) + l2_penalty(weights, 0.1)),
        (other, mse),
    ):
        fit(each, *data(), loss=loss, optimizer=SGD(each.parameters(), lr=0.1), epochs=20)
    assert sum(p.data**2 for p in model.parameters()) < sum(p.data**2 for p in other.parameters())


class Descent:
    """An optimiser of one's own."""

    def __init__(self, parameters):
        self.parameters = parameters

    def zero_grad(self):
        for parameter in self.parameters:
            parameter.grad = 0.0

    def step(self):
        for parameter in self.parameters:
            parameter.data -= 0.1 * parameter.grad


@pytest.mark.parametrize("make", [Descent, lambda parameters: Descent(parameters)])
def test_optimiser_of_one_s_own(make) -> None:
    model, other = network(), network()
    history = fit(model, *data(), loss="mse", optimizer=make, epochs=3, schedule=Count())
    assert "lr" not in history
    fit(other, *data(), loss="mse", optimizer=SGD(other.parameters(), lr=0.1), epochs=3)
    assert model.state_dict() == other.state_dict()


class Count:
    """A schedule of one's own."""

    steps = 0

    def step(self):
        self.steps += 1


def test_optimiser_that_needs_a_closure() -> None:
    model, seen = network(), []
    history = fit(
        model,
        XOR,
        XOR_TARGETS,
        loss="mse",
        optimizer=LBFGS(model.parameters(), max_iter=100),
        epochs=2,
        metrics=lambda y_true, y_pred: seen.append(y_pred) or 0.0,
        before_step=lambda parameters: clip_grad_norm_(parameters, 1e6),
    )
    start = predict(network(), XOR)
    assert history["loss"][0] == pytest.approx(np.mean((start - XOR_TARGETS) ** 2), rel=1e-12)
    assert seen[0] == pytest.approx(start.tolist(), rel=1e-12)  # of the point the step began at
    assert history["loss"][1] < 0.01 * history["loss"][0]


def test_gradients_of_all_parameters_are_those_of_one_batch() -> None:
    # also of those that the optimiser leaves alone, and of those that are not the model's
    model, offset = network(), Value(0.0)
    last = [p for neuron in model.layers[1].neurons for p in neuron.parameters()]
    before = model.layers[0].state_dict()
    fit(
        model,
        XOR,
        XOR_TARGETS,
        loss=lambda outputs, y: mse([z + offset for z in outputs], y),
        optimizer=SGD([*last, offset], lr=0.0),
        epochs=5,
    )
    assert model.layers[0].state_dict() == before
    found = [p.grad for p in (*model.parameters(), offset)]
    for p in (*model.parameters(), offset):
        p.grad = 0.0
    mse([model(x) + offset for x in XOR], XOR_TARGETS).backward()
    assert found == [p.grad for p in (*model.parameters(), offset)]


def test_gradients_can_be_clipped_before_each_step() -> None:
    model, norms = network(), []

    def before_step(parameters):
        assert parameters == model.parameters()
        norms.append(clip_grad_norm_(parameters, 1e-3))

    before = [p.data for p in model.parameters()]
    fit(
        model,
        *data(),
        loss="mse",
        optimizer=SGD(model.parameters(), lr=1.0),
        epochs=1,
        batch_size=10,
        before_step=before_step,
    )
    assert len(norms) == 3
    assert min(norms) > 1e-3
    moved = np.array([p.data for p in model.parameters()]) - before
    assert np.linalg.norm(moved) <= 3 * 1e-3 * (1 + 1e-9)


@pytest.mark.parametrize("make", [True, False])
def test_schedule_steps_once_an_epoch(make) -> None:
    model = network()
    optimizer = SGD(model.parameters(), lr=0.4)
    history = fit(
        model,
        *data(),
        loss="mse",
        optimizer=optimizer,
        epochs=4,
        batch_size=10,
        schedule=(lambda each: StepLR(each, 2, gamma=0.5)) if make else StepLR(optimizer, 2, gamma=0.5),
    )
    assert history["lr"] == [0.4, 0.4, 0.2, 0.2]
    assert optimizer.lr == 0.1


# -- held out


def test_what_is_held_out_is_never_trained_with() -> None:
    X, y = data()
    trained, validated = set(), set()

    def loss(outputs, targets):
        (trained if model.training else validated).update(seen)
        seen.clear()
        return mse(outputs, targets)

    def look(x):
        seen.append(tuple(x))
        return x

    seen = []
    model = Sequential(look, network())
    history = fit(model, X, y, loss=loss, optimizer=Adam, epochs=3, batch_size=10, validation=0.3, rng=0)
    assert (len(trained), len(validated), len(trained & validated)) == (21, 9, 0)
    assert list(history) == ["loss", "val_loss"]
    _, held_out, _, _ = split(X, y, 0.3, rng=0)
    assert validated == set(map(tuple, held_out))


def test_validation_samples_of_their_own() -> None:
    X, X_val, y, y_val = split(*data(), 0.3, rng=0)
    model = network()
    history = fit(
        model, X, y, loss="mse", optimizer=Adam, epochs=2, validation=(X_val, y_val), metrics=["accuracy"]
    )
    assert list(history) == ["loss", "accuracy", "val_loss", "val_accuracy"]
    outputs = predict(model, X_val)
    assert history["val_loss"][-1] == pytest.approx(np.mean((outputs - y_val) ** 2), rel=1e-12)
    assert history["val_accuracy"][-1] == np.mean((outputs > 0.5) == y_val)


def test_metric_of_training_is_the_mean_over_the_predictions_before_each_step() -> None:
    X, y = data(25)
    model, collected = network(), []

    def mean_output(targets, predictions):
        collected.append((predictions, list(targets)))
        return sum(predictions) / len(predictions)

    history = fit(
        model, X, y, loss="mse", optimizer=Adam, epochs=1, batch_size=10, metrics=mean_output, rng=0
    )
    assert [len(predictions) for predictions, _ in collected] == [10, 10, 5]
    assert history["mean_output"] == [pytest.approx(sum(sum(p) for p, _ in collected) / 25, rel=1e-12)]
    assert sorted(t for _, targets in collected for t in targets) == sorted(y)


# -- modes


def test_training_and_validation_have_their_modes_and_the_old_ones_come_back() -> None:
    model, modes = Sequential(network(), Dropout(0.5, rng=0), NoisyReLU(rng=0)), []

    def loss(outputs, targets):
        modes.append([model.training, model[1].training])
        return mse(outputs, targets)

    model[1].eval()
    fit(model, *data(), loss=loss, optimizer=Adam, epochs=1, validation=0.5)
    assert modes == [[True, True], [False, False]]
    assert (model.training, model[1].training, model[2].training) == (True, False, True)


# -- ending early


@pytest.mark.parametrize("given", [EarlyStopping(3), 3])
def test_early_stopping_ends_and_restores_the_best(given) -> None:
    X, X_held, y, y_held = split(*data(40), 0.5, rng=0)
    held_out = X_held, y_held
    model, states = network(), []
    history = fit(
        model,
        X,
        y,
        loss="mse",
        optimizer=Adam(model.parameters(), lr=0.3),
        epochs=200,
        validation=held_out,
        early_stopping=given,
        callbacks=lambda state: states.append(state.model.state_dict()),
    )
    best = history.best("val_loss")
    assert history.epochs == best + 3 < 200
    assert history.stopped == f"stopped early: the loss was not better for 3 epochs than in epoch {best}"
    assert model.state_dict() == states[best - 1]


def test_early_stopping_starts_anew_with_each_training() -> None:
    stopping, model = EarlyStopping(2, mode="max"), network()  # the loss falls: each epoch is worse
    for _ in range(2):
        history = fit(model, *data(), loss="mse", optimizer=Adam, epochs=9, early_stopping=stopping)
        assert history.epochs == 3


@pytest.mark.parametrize(("given", "epochs"), [(True, 11), (False, 12), (None, 12)])
def test_early_stopping_with_its_defaults_or_without(given, epochs) -> None:
    history = fit(
        network(), *data(), loss="mse", optimizer=lambda p: SGD(p, lr=0.0), epochs=12, early_stopping=given
    )
    assert history.epochs == epochs


def test_callback_sees_the_state_and_may_stop() -> None:
    seen = []

    def callback(state):
        seen.append((state.epoch, state.epochs, state.batches, state.loss, state.history.epochs))
        if state.epoch == 3:
            state.stop("good enough")

    history = fit(
        network(), *data(), loss="mse", optimizer=Adam, epochs=10, batch_size=10, callbacks=[callback]
    )
    assert seen == [(epoch, 10, 3, history["loss"][epoch - 1], epoch) for epoch in (1, 2, 3)]
    assert (history.epochs, history.stopped) == (3, "good enough")


class StopAtBatch:
    def __init__(self):
        self.seen = []

    def on_batch_end(self, state):
        self.seen.append((state.epoch, state.batch, state.batches, state.loss))
        if (state.epoch, state.batch) == (2, 2):
            state.stop()


def test_callback_after_a_batch_may_stop_within_the_epoch() -> None:
    callback = StopAtBatch()
    history = fit(
        network(), *data(), loss="mse", optimizer=Adam, epochs=10, batch_size=10, callbacks=callback, rng=0
    )
    assert [each[:3] for each in callback.seen] == [(1, 1, 3), (1, 2, 3), (1, 3, 3), (2, 1, 3), (2, 2, 3)]
    losses = [each[3] for each in callback.seen]
    assert history["loss"] == pytest.approx([sum(losses[:3]) / 3, sum(losses[3:]) / 2], rel=1e-14)
    assert history.stopped == "stopped by a callback"


@pytest.mark.parametrize("moment", ["in the loss", "in a callback"])
def test_interrupt_keeps_model_and_history(moment) -> None:
    model, calls, after_two = Sequential(network(), Dropout(0.5, rng=0)), [], {}

    def loss(outputs, targets):
        calls.append(1)
        if moment == "in the loss" and len(calls) == 3:
            raise KeyboardInterrupt
        return mse(outputs, targets)

    def callback(state):
        if state.epoch == 2:
            after_two.update(model.state_dict())
            if moment == "in a callback":
                raise KeyboardInterrupt

    model[1].eval()
    with pytest.raises(KeyboardInterrupt) as caught:
        fit(model, *data(), loss=loss, optimizer=Adam, epochs=10, callbacks=callback)
    assert caught.value.history.epochs == 2
    assert "of 10; the 2 epochs" in caught.value.__notes__[0]
    named = [entry.name for entry in caught.traceback]
    assert named == [named[0], "fit", "loss" if moment == "in the loss" else "callback"]  # no other of ours
    assert model.state_dict() == after_two
    assert not model[1].training


# -- progress


def test_progress_shows_the_numbers_and_nothing_in_a_pipe(monkeypatch, capsys) -> None:
    monkeypatch.setitem(sys.modules, "tqdm", None)
    for progress in (None, False):
        fit(network(), *data(), loss="mse", optimizer=Adam, epochs=2, progress=progress)
        assert capsys.readouterr() == ("", "")
    history = fit(network(), *data(), loss="mse", optimizer=Adam, epochs=2, progress=True, validation=0.5)
    shown = f"epoch 2/2  loss {history['loss'][1]:.4g}  val_loss {history['val_loss'][1]:.4g}"
    assert shown in capsys.readouterr().err


# -- what is refused


def frozen(parameters: list[Value]) -> SGD:
    for p in parameters:
        p.requires_grad = False
    return SGD(parameters, lr=0.1)


@pytest.mark.parametrize(
    ("changed", "error", "message"),
    [
        ({"model": lambda x: x}, TypeError, "model must be a Module, got"),
        ({"loss": "msee"}, ValueError, "no loss is called 'msee'"),
        ({"loss": lambda outputs, y: 3.0}, TypeError, "the loss must be a Value, got 3.0 of type float"),
        ({"optimizer": 3}, TypeError, "optimizer must be an optimiser, or .* makes one of parameters, got 3"),
        ({"optimizer": lambda p: None}, TypeError, "optimizer must be an optimiser, .* got None"),
        ({"optimizer": Adam(Neuron(1).parameters())}, ValueError, "none of the parameters of this MLP"),
        ({"optimizer": frozen}, ValueError, "all parameters of this MLP .* has are frozen: nothing"),
        ({"epochs": 0}, ValueError, "epochs must be at least 1"),
        ({"batch_size": 0}, ValueError, "batch_size must be at least 1"),
        ({"metrics": "f1"}, ValueError, "no metric is called 'f1'"),
        ({"callbacks": 3}, TypeError, "a callback must be a function"),
        ({"early_stopping": 0}, ValueError, "patience must be at least 1"),
        ({"early_stopping": "yes"}, TypeError, "the first argument is the patience, in epochs"),
        ({"validation": 1.5}, ValueError, "fractions must be"),
        ({"validation": ([[1.0, 2.0]],)}, ValueError, r"a fraction or a pair \(X_val, y_val\), got 1 items"),
        ({"validation": ([[1.0, 2.0]], [1, 2])}, ValueError, "X_val and y_val differ .*1 samples, 2 targets"),
        ({"y": [1, 2]}, ValueError, "30 samples, 2 targets"),
        ({"rng": "seed"}, TypeError, "rng must be a seed"),
    ],
)
def test_what_can_not_be_is_refused_before_anything_changes(changed, error, message) -> None:
    model = network()
    X, y = data()
    given = {"model": model, "X": X, "y": y, "loss": "mse", "optimizer": Adam, "epochs": 1} | changed
    before = model.state_dict()
    with pytest.raises(error, match=message):
        fit(**given)
    assert model.state_dict() == before


# -- data out of which no loss comes


@pytest.mark.parametrize("jit", [False, True])
@pytest.mark.parametrize("number", [float("nan"), float("inf"), -float("inf")])
@pytest.mark.parametrize(
    ("place", "message"),
    [
        ("X", r"X\[4\]\[1\] is {}: sample 4, feature 1, counted from 0"),
        ("y", r"y\[4\] is {}: sample 4, counted from 0"),
        ("X_val", r"X_val\[4\]\[1\] is {}: sample 4, feature 1"),
        ("y_val", r"y_val\[4\] is {}: sample 4"),
        ("held out", r"X\[4\]\[1\] is {}: sample 4, feature 1"),
    ],
)
def test_nan_and_inf_among_the_data_are_refused_before_anything_changes(place, message, number, jit) -> None:
    parts = {name: np.array(part, dtype=float) for name, part in zip(("X", "y"), data(8), strict=True)}
    parts |= {f"{name}_val": part.copy() for name, part in parts.items()}
    wrong = parts["X" if place == "held out" else place]
    wrong[(4, 1) if wrong.ndim > 1 else 4] = number
    model, rng = network(), np.random.default_rng(0)
    before, drawn = model.state_dict(), rng.bit_generator.state
    validation = 0.5 if place == "held out" else (parts["X_val"], parts["y_val"])
    with pytest.raises(ValueError, match=message.format(number)):
        fit(
            model,
            parts["X"],
            parts["y"],
            loss="mse",
            optimizer=Adam,
            epochs=1,
            validation=validation,
            jit=jit,
            rng=rng,
        )
    assert (model.state_dict(), rng.bit_generator.state) == (before, drawn)


@pytest.mark.parametrize("jit", [False, True])
def test_a_generator_for_a_sample_is_refused(jit) -> None:
    with pytest.raises(TypeError, match=r"X\[0\] is .*generator.* only once; give lists"):
        fit(
            network(),
            [(each for each in x) for x in XOR],
            XOR_TARGETS,
            loss="mse",
            optimizer=Adam,
            epochs=1,
            jit=jit,
        )


# -- text where numbers are meant


@pytest.mark.parametrize("jit", [False, True])
@pytest.mark.parametrize(
    ("X", "y"),
    [
        (np.array([["a", "b"], ["c", "d"]], dtype=object), [0.0, 1.0]),
        ([["a", "b"], ["c", "d"]], [0.0, 1.0]),
        ([[0.0, 1.0], [1.0, 0.0]], np.array(["a", "b"], dtype=object)),
        ([[0.0, 1.0], [1.0, 0.0]], ["a", "b"]),
    ],
)
def test_names_among_samples_or_targets_are_refused_with_a_remedy(X, y, jit) -> None:
    with pytest.raises(TypeError, match="a real number, got 'a' of type str; give each name a number"):
        fit(MLP(2, [1], rng=0), X, y, loss="mse", optimizer=Adam, epochs=1, jit=jit)
