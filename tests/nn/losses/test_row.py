"""All losses by name, what holds for each of them, and a loss that is added."""

import math

import numpy as np
import pytest

import engine
import nn
from engine import Value, gradcheck, mean, relu
from nn import LOSSES, MLP, SGD, fit
from nn.losses import Loss, as_loss
from nn.losses.pairing import pairs_of
from tests.nn.figures import from_torch, read
from tests.nn.losses import as_values, gradients

TORCH = {
    "mse": (from_torch.LOGITS, from_torch.TARGETS),
    "binary_cross_entropy": (from_torch.PROBABILITIES, from_torch.TARGETS[: len(from_torch.PROBABILITIES)]),
    "binary_cross_entropy_with_logits": (from_torch.LOGITS, from_torch.TARGETS),
    "cross_entropy": (from_torch.CLASS_LOGITS, from_torch.CLASSES),
}

TARGETS = {  # of predictions 0.3, 0.9, 0.25
    "error": [1.0, 0.0, 2.5],
    "absolute_error": [1.0, 0.0, 2.5],
    "squared_error": [1.0, 0.0, 2.5],
    "mse": [1.0, 0.0, 2.5],
    "half_squared_error": [1.0, 0.0, 2.5],
    "quadratic_cost": [1.0, 0.0, 2.5],
    "binary_cross_entropy": [1, 0, 0.25],
    "binary_cross_entropy_with_logits": [1, 0, 0.25],
    "categorical_cross_entropy": 1,
    "cross_entropy": 1,
    "huber": [1.0, 0.0, 2.5],
    "smooth_l1": [1.0, 0.0, 2.5],
    "negative_log_likelihood": 1,
    "hinge": [1, 1, -1],
    "soft_margin": [1, 1, -1],
    "hinge_embedding": [1, 1, -1],
    "kl_divergence": [0.5, 0.0, 0.5],
    "poisson_nll": [1.0, 0.0, 3.0],
}
OF_LOGARITHMS = ("negative_log_likelihood", "kl_divergence")
ELEMENTWISE = [name for name, target in TARGETS.items() if isinstance(target, list)]


def predicted(name, predictions):
    """Predictions, or their negatives for a loss of logarithms of probabilities."""
    if name not in OF_LOGARITHMS:
        return predictions
    return [predicted(name, y) for y in predictions] if isinstance(predictions, list) else -predictions


def test_every_loss_has_targets_here() -> None:
    assert set(TARGETS) == set(LOSSES)


@pytest.mark.parametrize("name", TORCH)
def test_value_and_gradient_are_those_of_torch(name) -> None:
    predictions, targets = TORCH[name]
    figures = read("torch")["losses"][name]
    values = as_values(predictions)
    loss = LOSSES[name](values, targets)
    loss.backward()
    assert loss.data == pytest.approx(figures["value"], rel=1e-9)
    assert np.array(gradients(values)) == pytest.approx(np.array(figures["gradient"]), rel=1e-9, abs=1e-15)


@pytest.mark.parametrize("name", LOSSES)
def test_every_loss_stands_in_nn_under_its_name(name) -> None:
    assert as_loss(name) is as_loss(LOSSES[name]) is as_loss(getattr(nn, name)) is LOSSES[name]
    assert getattr(nn, name) is LOSSES[name].function


@pytest.mark.parametrize("name", LOSSES)
def test_every_loss_stands_in_the_table_of_formulas(name) -> None:
    assert f"``{name}`` " in nn.losses.__doc__


@pytest.mark.parametrize("name", LOSSES)
def test_gradient_is_that_of_finite_differences(name) -> None:
    at = predicted(name, [0.3, 0.9, 0.25])
    assert gradcheck(lambda values: LOSSES[name](values, TARGETS[name]), at)


@pytest.mark.parametrize("name", LOSSES)
def test_numbers_alone_give_a_float(name) -> None:
    predictions, targets = predicted(name, [0.3, 0.9, 0.25]), TARGETS[name]
    loss = LOSSES[name](predictions, targets)
    assert type(loss) is float
    assert loss == LOSSES[name](as_values(predictions), targets).data


@pytest.mark.parametrize("name", ELEMENTWISE)
def test_nan_shows_up_in_the_result(name) -> None:
    assert math.isnan(LOSSES[name]([Value(math.nan)], [1]).data)


@pytest.mark.parametrize("name", ELEMENTWISE)
@pytest.mark.parametrize(
    ("predictions", "targets", "message"),
    [
        ([0.5, 0.5, 0.5], [1, 1], r"predictions and targets differ in length: 3 and 2"),
        ([0.5], [1, 1], r"1 and 2"),
        (0.5, [1, 1], r"1 and 2"),
        ([0.5, 0.5], 1, r"2 and 1"),
        (
            [[0.5, 0.5], [0.5]],
            [[1, 1], [1, 1]],
            r"predictions\[1\] and targets\[1\] differ in length: 1 and 2",
        ),
        ([[0.5, 0.5]], [1, 1], r"1 and 2"),
        ([], [], "at least one prediction, got none"),
        ([[]], [[]], "at least one prediction, got none"),
    ],
)
def test_lengths_must_agree(name, predictions, targets, message) -> None:
    with pytest.raises(ValueError, match=message):
        LOSSES[name](predictions, targets)


@pytest.mark.parametrize("name", ELEMENTWISE)
@pytest.mark.parametrize("wrong", ["a", None])
def test_target_that_is_no_number_is_a_type_error(name, wrong) -> None:
    with pytest.raises(TypeError):
        LOSSES[name]([Value(0.5)], [wrong])


def test_outputs_of_a_model_go_straight_in() -> None:
    X, y = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], [0, 1, 1, 0]
    model = MLP(2, [3, 1], activation="tanh", rng=0)  # relu would stand at its kink for x = (0, 0)
    for name in ("mse", "quadratic_cost", "binary_cross_entropy_with_logits"):
        assert gradcheck(lambda name=name: LOSSES[name]([model(x) for x in X], y), wrt=model.parameters())
    model = MLP(2, [3, 2], activation="tanh", rng=0)
    assert gradcheck(lambda: LOSSES["cross_entropy"]([model(x) for x in X], y), wrt=model.parameters())


def test_unknown_name_lists_the_known_ones() -> None:
    with pytest.raises(
        ValueError, match=r"no loss is called 'mae'; there are .*hinge, .*, error, .*, or give a func"
    ):
        as_loss("mae")


def test_function_is_taken_and_other_things_are_not() -> None:
    assert as_loss(max) == Loss("max", max, None, checks_targets=False, signed=False)
    with pytest.raises(TypeError, match="must be a name or a function of predictions and targets, got 3"):
        as_loss(3)


CLASSES = {name for name, row in LOSSES.items() if row.by_class}

GIVEN_VALUES = {
    "one": lambda V: ([V(0.5)], [1]),
    "one bare": lambda V: (V(0.5), 1),
    "one sample": lambda V: ([[V(0.5)]], [[1]]),
    "two": lambda V: ([V(0.5), V(0.25)], [1, 1]),
    "a number before": lambda V: ([0.5, V(0.5)], [1, 1]),
    "a number behind": lambda V: ([V(0.5), 0.5], [1, 1]),
}

CLASSES_GIVEN_VALUES = {
    "one class": lambda V: ([V(1.0)], 0),
    "one class, one sample": lambda V: ([[V(1.0)]], [0]),
    "one class, shares": lambda V: ([[V(1.0)]], [[1.0]]),
    "two": lambda V: ([V(0.5), V(0.5)], 1),
    "a number as the right class": lambda V: ([V(0.5), 0.5], 1),
    "a number as the wrong class": lambda V: ([V(0.5), 0.5], 0),
    "shares": lambda V: ([[V(0.5), 0.5]], [[0.0, 1.0]]),
    "uneven shares": lambda V: ([[0.5, V(0.5)]], [[0.25, 0.75]]),
    "samples of numbers beside": lambda V: ([[0.5, 0.5], [V(0.5), 0.5]], [0, 1]),
}


@pytest.mark.parametrize("name", LOSSES)
@pytest.mark.parametrize("case", [*GIVEN_VALUES, *CLASSES_GIVEN_VALUES])
def test_given_values_a_loss_is_a_value_and_given_numbers_a_number(name, case) -> None:
    cases = CLASSES_GIVEN_VALUES if name in CLASSES else GIVEN_VALUES
    if case not in cases:
        return
    (given, targets), (numbers, _) = cases[case](Value), cases[case](float)
    loss = LOSSES[name](predicted(name, given), targets)
    number = LOSSES[name](predicted(name, numbers), targets)
    assert isinstance(loss, Value)
    assert isinstance(number, float)
    assert loss.data == number
    loss.backward()


def test_loss_of_a_single_class_is_0_and_level() -> None:
    z = Value(3.0)
    loss = LOSSES["cross_entropy"]([z], 0)
    loss.backward()
    assert (loss.data, z.grad) == (0.0, 0.0)


# A loss that is added: one row, and everything knows it.


def margins(predictions, targets):
    """The squared hinge, of targets -1 and +1."""
    pairs = pairs_of(predictions, targets)
    if any(t not in (-1, 1) for _, t in pairs if not isinstance(t, Value)):
        raise ValueError("targets of margins must be -1 or +1")
    return mean([relu(1 - t * s) ** 2 for s, t in pairs])


ADDED = Loss("margins", margins, "mean", checks_targets=True, signed=True)

X = np.random.default_rng(0).normal(size=(20, 2))
SIGNS = np.where(X[:, 0] > X[:, 1], 1, -1)


def trained(loss, y=SIGNS, jit=False, epochs=3, batch_size=7):
    """The history of a small model, and the model."""
    model = MLP(2, [4, 1], activation="tanh", rng=0)
    optimizer = SGD(model.parameters(), lr=0.1)
    options = {"epochs": epochs, "batch_size": batch_size, "metrics": "accuracy", "rng": 0, "progress": False}
    return fit(model, X, y, loss=loss, optimizer=optimizer, jit=jit, **options), model


@pytest.fixture
def added(monkeypatch):
    """The table with one more row."""
    monkeypatch.setitem(LOSSES, ADDED.name, ADDED)
    return ADDED


@pytest.mark.unmeasured
@pytest.mark.parametrize("jit", [False, True])
@pytest.mark.parametrize("given", ["margins", margins, ADDED])
def test_a_loss_added_to_the_table_trains(added, given, jit) -> None:
    history, model = trained(given, jit=jit)
    expected, other = trained(lambda outputs, y: margins(outputs, y))
    assert history["loss"] == pytest.approx(expected["loss"], rel=1e-9)
    assert [p.data for p in model.parameters()] == pytest.approx([p.data for p in other.parameters()])


@pytest.mark.parametrize("jit", [False, True])
@pytest.mark.parametrize(("signed", "threshold"), [(True, 0.0), (False, 0.5)])
def test_an_added_loss_has_the_threshold_of_its_outputs(jit, signed, threshold) -> None:
    model = MLP(2, [4, 1], activation="tanh", rng=0)
    outputs = np.array([model(x).data for x in X])  # before the only step, as the accuracy is
    right = {each: np.mean((outputs > each) == (SIGNS > 0)) for each in (0.0, 0.5)}
    assert right[0.0] != right[0.5]
    history, _ = trained(Loss("margins", margins, "mean", signed=signed), jit=jit, epochs=1, batch_size=None)
    assert history["accuracy"] == [right[threshold]]


def test_an_added_loss_is_lifted_for_one_sample(added) -> None:
    sizes = set()

    def noted(predictions, targets):
        sizes.add(len(predictions))
        return margins(predictions, targets)

    trained(Loss("noted", noted, "mean"), jit=True)
    assert sizes == {1, 3}  # as it is traced, and as it is compared with what it is as written
    sizes.clear()
    trained(Loss("noted", noted), jit=True)
    assert sizes == {7, 6}  # the last batch has what is left


@pytest.mark.parametrize("place", range(0, 20, 3))
def test_all_targets_of_an_added_loss_are_checked_before_it_is_lifted(added, place) -> None:
    y = SIGNS.copy()
    y[place] = 3
    with pytest.raises(ValueError, match="targets of margins must be -1 or"):
        trained("margins", y=y, jit=True)


def test_a_row_whose_reduction_is_wrong_is_refused_when_it_is_lifted() -> None:
    message = "the loss of the first 3 samples is .*, but the sum of their losses is"
    with pytest.raises(engine.errors.TraceError, match=message):
        trained(Loss("margins", margins, "sum"), jit=True)


def test_a_bare_function_in_the_table_trains(monkeypatch) -> None:
    monkeypatch.setitem(LOSSES, "mine", margins)
    assert as_loss("mine") == as_loss(margins) == Loss("mine", margins)
    assert trained("mine", jit=True)[0]["loss"] == pytest.approx(trained(ADDED)[0]["loss"], rel=1e-9)


@pytest.mark.parametrize(
    ("made", "error", "message"),
    [
        (lambda: Loss("x", 3), TypeError, "loss must be a name or a function .* got 3 of type int"),
        (lambda: Loss("x", margins, "max"), ValueError, "reduction must be .* or None, got 'max'"),
    ],
)
def test_a_row_checks_itself(made, error, message) -> None:
    with pytest.raises(error, match=message):
        made()
