"""fit(jit=True) is fit, but for rounding and for speed."""

import copy
import warnings
from functools import partial

import numpy as np
import pytest

import engine
import nn
from engine import Value, mean, relu, vmap
from engine.errors import TraceError
from nn import (
    LBFGS,
    LOSSES,
    MLP,
    SGD,
    Adam,
    Dropout,
    EarlyStopping,
    Embedding,
    Layer,
    Module,
    Nesterov,
    NoisyReLU,
    Sequential,
    StepLR,
    clip_grad_norm_,
    fit,
    l2_penalty,
    mse,
)
from nn.losses import Loss, as_loss
from nn.training.lifted import Lifted, as_arrays

RNG = np.random.default_rng(0)
X = RNG.normal(size=(20, 2))
SIGNS = np.where(X[:, 0] * X[:, 1] > 0, 1, -1)
CLASSES = RNG.integers(0, 3, 20)
NUMBERS = X[:, 0] + X[:, 1] ** 2

ADAM = partial(Adam, lr=0.05)

CASES = {
    "error": (MLP(2, [4, 1], rng=0), NUMBERS),
    "absolute_error": (MLP(2, [4, 1], rng=0), NUMBERS),
    "squared_error": (MLP(2, [4, 1], rng=0), NUMBERS),
    "mse": (MLP(2, [4, 2], rng=0), X[:, ::-1]),
    "half_squared_error": (MLP(2, [4, 2], rng=0), X[:, ::-1]),
    "quadratic_cost": (MLP(2, [4, 2], rng=0), X[:, ::-1].tolist()),
    "binary_cross_entropy": (Sequential(MLP(2, [4, 1], rng=0), lambda z: z.sigmoid()), (SIGNS + 1) / 2),
    "binary_cross_entropy_with_logits": (MLP(2, [4, 1], rng=0), (SIGNS > 0).tolist()),
    "categorical_cross_entropy": (
        Sequential(MLP(2, [4, 3], rng=0), lambda z: [p.sigmoid() for p in z]),
        CLASSES,
    ),
    "cross_entropy": (MLP(2, [4, 3], rng=0), CLASSES),
    "huber": (MLP(2, [4, 1], rng=0), NUMBERS),
    "smooth_l1": (MLP(2, [4, 2], rng=0), X[:, ::-1]),
    "negative_log_likelihood": (Sequential(MLP(2, [4, 3], rng=0), engine.log_softmax), CLASSES),
    "hinge": (MLP(2, [4, 1], rng=0), SIGNS.tolist()),
    "soft_margin": (MLP(2, [4, 1], rng=0), SIGNS.tolist()),
    "hinge_embedding": (Sequential(MLP(2, [4, 1], rng=0), lambda z: z.softplus()), SIGNS.tolist()),
    "kl_divergence": (Sequential(MLP(2, [4, 3], rng=0), engine.log_softmax), np.eye(3)[CLASSES]),
    "poisson_nll": (MLP(2, [4, 1], rng=0), CLASSES),
}


def both_ways(model, X, y, optimizer=ADAM, **options):
    """The histories and the models of a training as it is written, and of the same lifted."""
    histories, models = [], []
    for jit in (False, True):
        models.append(copy.deepcopy(model))
        own = {name: copy.deepcopy(option) for name, option in options.items()}
        histories.append(fit(models[-1], X, y, optimizer=optimizer, rng=0, progress=False, jit=jit, **own))
    return histories, models


def assert_the_same(histories, models, rel=1e-9) -> None:
    plain, lifted = histories
    assert list(plain) == list(lifted)
    for name, column in plain.items():
        assert lifted[name] == pytest.approx(column, rel=rel, abs=1e-12), name
    expected, found = (model.state_dict() for model in models)
    assert list(found.values()) == pytest.approx(list(expected.values()), rel=rel, abs=1e-12)


def test_there_is_a_case_for_every_loss() -> None:
    assert set(CASES) == set(LOSSES)


@pytest.mark.unmeasured
@pytest.mark.parametrize("size", [None, 7])
@pytest.mark.parametrize("loss", CASES)
def test_every_loss_trains_the_same(loss, size) -> None:
    model, y = CASES[loss]
    assert_the_same(*both_ways(model, X, y, loss=loss, epochs=3, batch_size=size))


@pytest.mark.parametrize("size", [None, 7])
def test_losses_as_modules_train_the_same(size) -> None:
    for loss, row in (
        (nn.KLDivLoss(reduction="batchmean"), "kl_divergence"),
        (nn.KLDivLoss(), "kl_divergence"),
        (nn.KLDivLoss(reduction="sum"), "kl_divergence"),
        (nn.PoissonNLLLoss(full=True), "poisson_nll"),
        (nn.HingeEmbeddingLoss(margin=0.3), "hinge_embedding"),
        (nn.BCEWithLogitsLoss(pos_weight=[3.0]), "binary_cross_entropy_with_logits"),
        (nn.BCEWithLogitsLoss(weight=0.5, reduction="sum"), "binary_cross_entropy_with_logits"),
    ):
        model, y = CASES[row]
        assert_the_same(*both_ways(model, X, y, loss=loss, epochs=2, batch_size=size))


def test_elements_of_a_batch_may_have_weights() -> None:
    X, y, weight = [[1.0], [2.0], [3.0]], [[0, 1], [1, 0], [1, 1]], [[1.0, 2.0], [3.0, 0.5], [0.25, 4.0]]
    losses = []
    for jit in (False, True):
        model = nn.Linear(1, 2, rng=0)
        loss = nn.BCEWithLogitsLoss(weight=weight, pos_weight=[2.0, 3.0])
        history = nn.fit(model, X, y, loss=loss, optimizer=nn.SGD, epochs=3, batch_size=None, jit=jit)
        losses.append(history["loss"])
    assert losses[1] == pytest.approx(losses[0], rel=1e-12)


def test_targets_may_be_one_hot() -> None:
    model, _ = CASES["cross_entropy"]
    y = np.eye(3)[CLASSES]
    assert_the_same(*both_ways(model, X, y, loss="cross_entropy", epochs=3, batch_size=7))


@pytest.mark.unmeasured
@pytest.mark.parametrize("validation", [0.3, (X[:5], CLASSES[:5]), (X[:5].tolist(), CLASSES[:5].tolist())])
def test_metrics_and_validation_are_the_same(validation) -> None:
    model, _ = CASES["cross_entropy"]
    seen = []

    def sizes(targets, outputs):
        seen.append([len(outputs), len(outputs[0]), type(outputs), type(outputs[0][0]), len(targets)])
        return float(np.argmax(outputs, axis=1)[0])

    histories, models = both_ways(
        model,
        X,
        CLASSES,
        loss="cross_entropy",
        epochs=3,
        batch_size=8,
        validation=validation,
        metrics={"accuracy": "accuracy", "sizes": sizes},
    )
    assert_the_same(histories, models)
    assert set(histories[1]) == {"loss", "accuracy", "sizes", "val_loss", "val_accuracy", "val_sizes"}
    assert seen[: len(seen) // 2] == seen[len(seen) // 2 :]


def test_validation_is_in_evaluation_mode() -> None:
    class Doubling(Module):
        def __init__(self) -> None:
            self.w = Value(0.5)

        def __call__(self, x):
            return self.w * x[0] * (2.0 if self.training else 1.0)

    histories, models = both_ways(
        Doubling(),
        X,
        NUMBERS,
        loss="mse",
        epochs=3,
        validation=(X, NUMBERS),
        metrics={"first": lambda t, o: o[0]},
    )
    assert_the_same(histories, models)
    assert histories[1]["loss"][-1] != histories[1]["val_loss"][-1]


def test_a_loss_of_ones_own_trains_the_same() -> None:
    model = MLP(2, [4, 1], rng=0)

    def make(model):
        return lambda outputs, y: mse(outputs, y) + l2_penalty(model.parameters(), 1e-2)

    results = []
    for jit in (False, True):
        twin = copy.deepcopy(model)
        history = fit(
            twin,
            X,
            NUMBERS,
            loss=make(twin),
            optimizer=Adam,
            epochs=3,
            batch_size=8,
            rng=0,
            progress=False,
            jit=jit,
        )
        results.append((history, twin))
    assert_the_same(*zip(*results, strict=True))


@pytest.mark.unmeasured
@pytest.mark.parametrize(
    "optimizer",
    [
        partial(SGD, lr=0.05, momentum=0.9),
        partial(Nesterov, lr=0.05),
        partial(LBFGS, max_iter=3),
        lambda parameters: SGD([{"params": parameters[:5], "lr": 0.1}, {"params": parameters[5:]}], lr=0.01),
    ],
)
def test_optimisers_with_and_without_a_closure_step_the_same(optimizer) -> None:
    histories, models = both_ways(
        MLP(2, [4, 1], activation="tanh", rng=0), X, NUMBERS, optimizer, loss="mse", epochs=3, batch_size=None
    )
    assert_the_same(histories, models, rel=1e-7)


def test_an_optimiser_of_ones_own_steps_the_same() -> None:
    class Descent:
        def __init__(self, parameters) -> None:
            self.parameters = parameters

        def zero_grad(self) -> None:
            pass

        def step(self) -> None:
            for parameter in self.parameters:
                parameter.data -= 0.05 * parameter.grad

    model = MLP(2, [4, 1], rng=0)
    assert_the_same(*both_ways(model, X, NUMBERS, Descent, loss="mse", epochs=3, batch_size=8))


def test_clipping_schedules_early_stopping_and_callbacks_work_the_same() -> None:
    told = []
    histories, models = both_ways(
        MLP(2, [4, 1], rng=0),
        X,
        NUMBERS,
        loss="mse",
        epochs=30,
        batch_size=8,
        validation=0.3,
        before_step=lambda parameters: clip_grad_norm_(parameters, 0.1),
        schedule=lambda optimizer: StepLR(optimizer, 2),
        early_stopping=EarlyStopping(2, min_delta=1e-3),
        callbacks=lambda state: told.append(
            (state.epoch, round(state.loss, 6), state.model.num_parameters())
        ),
    )
    assert_the_same(histories, models)
    assert histories[0].epochs < 30
    assert told[: len(told) // 2] == told[len(told) // 2 :]


def test_frozen_parameters_stay() -> None:
    model = MLP(2, [4, 1], rng=0)
    for parameter in model.layers[0].parameters():
        parameter.requires_grad = False
    before = [parameter.data for parameter in model.layers[0].parameters()]
    histories, models = both_ways(model, X, NUMBERS, loss="mse", epochs=3)
    assert_the_same(histories, models)
    assert [parameter.data for parameter in models[1].layers[0].parameters()] == before


def test_a_training_goes_on_from_a_checkpoint_bit_for_bit(tmp_path) -> None:
    path = tmp_path / "state.npz"
    options = {
        "loss": "mse",
        "optimizer": partial(Adam, lr=0.05),
        "batch_size": 7,
        "rng": 0,
        "progress": False,
    }
    models = [MLP(2, [4, 1], rng=0) for _ in range(3)]
    whole = fit(models[0], X, NUMBERS, epochs=4, jit=True, **options)
    fit(models[1], X, NUMBERS, epochs=2, jit=True, checkpoint=path, **options)
    resumed = fit(models[2], X, NUMBERS, epochs=4, jit=True, resume=path, **options)
    assert resumed == whole
    assert models[2].state_dict() == models[0].state_dict()


@pytest.mark.unmeasured
@pytest.mark.parametrize("kind", [list, np.array])
def test_losses_and_metrics_see_lists_where_lists_were_given(kind) -> None:
    seen = set()

    def loss(outputs, targets):
        seen.add(("loss", type(targets)))
        return mean([(out - t) ** 2 for out, t in zip(outputs, targets, strict=True)])

    def metric(targets, outputs):
        seen.add(("metric", type(targets)))
        return 0.0

    for each in (loss, "mse"):
        options = {"loss": each, "metrics": metric, "batch_size": 7, "validation": 0.2}
        both_ways(MLP(2, [1], rng=0), kind(X.tolist()), kind(NUMBERS.tolist()), epochs=2, **options)
    assert {each for name, each in seen} == {type(kind([1.0]))}
    assert {name for name, each in seen} == {"loss", "metric"}


# -- samples of every kind ---------------------------------------------------------------------------------


def test_arrays_keep_whole_numbers_whole() -> None:
    for items, kind in (([[1, 2], [3, 4]], np.int64), ([True, False], np.int64), ([1, 0.5], np.float64)):
        assert as_arrays((items, items))[0].dtype == kind
    ragged = [[1.0], [2.0, 3.0]]
    assert as_arrays((ragged, ["a", "b"])) == (ragged, ["a", "b"])


def test_numbers_of_tokens_pick_rows() -> None:
    class Bigram(Module):
        def __init__(self) -> None:
            self.embedding = Embedding(5, 3, rng=0)
            self.head = Layer(6, 5, activation="linear", rng=1)

        def __call__(self, tokens):
            return self.head([value for row in self.embedding(tokens) for value in row])

    tokens = RNG.integers(0, 5, (12, 2))
    targets = RNG.integers(0, 5, 12)
    histories, models = both_ways(
        Bigram(), tokens, targets, loss="cross_entropy", epochs=4, batch_size=5, metrics="accuracy"
    )
    assert_the_same(histories, models)


def test_samples_of_different_lengths_are_traced_once_for_each_length(monkeypatch) -> None:
    monkeypatch.setenv("CHAINRULE_AUDIT", "never")  # audits call the model too

    class Mean(Module):
        def __init__(self) -> None:
            self.w, self.calls = Value(0.5), 0

        def __call__(self, x):
            self.calls += 1
            return mean([(self.w * each).tanh() for each in x])

    samples = [[1.0], [2.0, 3.0], [0.5], [-1.0, 4.0], [1.0, 2.0, 3.0]]
    targets = [0.0, 1.0, -1.0, 0.5, 2.0]
    histories, models = both_ways(
        Mean(), samples, targets, loss="mse", epochs=4, batch_size=2, metrics={"first": lambda t, o: o[0]}
    )
    assert_the_same(histories, models)
    calls = []
    for epochs in (2, 20):
        model = Mean()
        fit(
            model, samples, targets, loss="mse", optimizer=SGD, epochs=epochs, rng=0, progress=False, jit=True
        )
        calls.append(model.calls)
    assert calls[0] == calls[1]


def test_a_model_is_traced_once_however_long_the_training(monkeypatch) -> None:
    monkeypatch.setenv("CHAINRULE_AUDIT", "never")  # audits call the model too

    class Counting(Module):
        def __init__(self) -> None:
            self.w, self.calls = Value(0.5), 0

        def __call__(self, x):
            self.calls += 1
            return self.w * x[0]

    calls = []
    for epochs in (1, 50):
        model = Counting()
        fit(
            model,
            X,
            NUMBERS,
            loss="mse",
            optimizer=SGD,
            epochs=epochs,
            batch_size=3,
            progress=False,
            jit=True,
        )
        calls.append(model.calls)
    assert calls[0] == calls[1]


# -- what cannot be lifted, and wrong targets --------------------------------------------------------------


class Peeking(Module):
    """A network that looks at the number it has computed."""

    def __init__(self) -> None:
        self.w = Value(0.5)

    def __call__(self, x):
        y = self.w * x[0] + x[1]
        return y if y > 0 else 0.1 * y


UNLIFTABLE = {
    "a node made by hand": lambda: lambda h: [Value(x.data, (x,), (1.0,)) for x in h],
}


def looking_at_numbers():
    return {
        "an if": Peeking(),
        "an if in between": Sequential(
            Layer(2, 2, rng=0), lambda h: [x if x > 0 else 0.0 * x for x in h], Layer(2, 1, rng=0)
        ),
        "an iterator": Sequential(
            Layer(2, 1, rng=0), (lambda turn: lambda h: h / (1 + next(turn) % 3))(iter(range(10_000)))
        ),
    }


@pytest.mark.filterwarnings("ignore:.* of which each item comes once")
@pytest.mark.parametrize("name", looking_at_numbers())
def test_a_model_that_decides_by_what_it_computes_trains_as_without_lifting(name) -> None:
    found = []
    for jit in (False, True):
        model = looking_at_numbers()[name]
        history = fit(model, X, NUMBERS, loss="mse", optimizer=SGD, epochs=3, progress=False, jit=jit)
        found.append([*history["loss"], *(p.data for p in model.parameters())])
    assert found[1] == pytest.approx(found[0], rel=1e-12)


@pytest.mark.parametrize("name", UNLIFTABLE)
def test_what_cannot_be_lifted_is_refused_with_the_advice(name) -> None:
    model = Sequential(Layer(2, 2, rng=0), UNLIFTABLE[name](), Layer(2, 1, rng=0))
    with pytest.raises(TraceError, match=r"fit\(\.\.\., jit=False\) trains without lifting"):
        fit(model, X, NUMBERS, loss="mse", optimizer=SGD, epochs=1, progress=False, jit=True)


@pytest.mark.parametrize(
    "make", [lambda: Dropout(0.3, rng=1), lambda: NoisyReLU(rng=1)], ids=["dropout", "noise"]
)
def test_a_model_that_draws_random_numbers_trains_as_without_lifting(make) -> None:
    def trained(jit):
        model = Sequential(Layer(2, 3, rng=0, nonlin=False), make(), Layer(3, 1, rng=0))
        history = fit(model, X, NUMBERS, loss="mse", optimizer=SGD, epochs=3, progress=False, jit=jit)
        return [*history["loss"], *(p.data for p in model.parameters())]

    expected = trained(False)
    with pytest.warns(RuntimeWarning, match="the loss draws random numbers from Generator: a program would"):
        found = trained(True)
    assert found == pytest.approx(expected, rel=1e-12)


COMPARING = {
    "==": lambda t: t == 1,
    "!=": lambda t: not t != 1,  # noqa: SIM202 - the operator is what is tested
    "in": lambda t: t in [1, 2],
    ".count": lambda t: [1, t].count(1) == 2,
    ".index": lambda t: [-1.0, 1.0].index(t) == 1,
    "<": lambda t: t > 0.0,
    "np": lambda t: bool(np.equal(t, 1)),
    "int": lambda t: int(t) == 1,
    ".data": lambda t: t.data == 1.0 if isinstance(t, Value) else t == 1.0,
}


@pytest.mark.unmeasured
@pytest.mark.parametrize("batch_size", [None, 7])
@pytest.mark.parametrize("how", COMPARING)
def test_a_loss_that_compares_a_target_with_a_number_trains_the_same(how, batch_size) -> None:
    def loss(outputs, targets):
        return mean(
            [
                relu(1.0 - out) if COMPARING[how](t) else relu(1.0 + out) + 0.1 * out
                for out, t in zip(outputs, targets, strict=True)
            ]
        )

    trained = []
    for jit in (False, True):
        model = MLP(2, [1], rng=0)
        with warnings.catch_warnings():  # mini-batches differ in their targets more than 16 times
            warnings.simplefilter("ignore", RuntimeWarning)
            fit(
                model,
                X,
                SIGNS,
                loss=loss,
                optimizer=SGD,
                batch_size=batch_size,
                epochs=2,
                rng=0,
                progress=False,
                jit=jit,
            )
        trained.append(list(model.state_dict().values()))
    assert trained[1] == pytest.approx(trained[0], rel=1e-12)


def test_a_target_as_a_key_is_refused() -> None:
    def loss(outputs, targets):
        signs = {1: -1.0}  # in which a number is found, and a Value of that number is not
        return mean([relu(1.0 + signs.get(t, 1.0) * out) for out, t in zip(outputs, targets, strict=True)])

    model = MLP(2, [1], rng=0)
    with pytest.raises(TraceError, match=r"as a key of a dict(.|\n)*signs.get(.|\n)*jit=False"):
        fit(model, X, SIGNS, loss=loss, optimizer=SGD, epochs=1, progress=False, jit=True)


WRAPPED = {
    "binary_cross_entropy_with_logits": (1, SIGNS > 0, 7),
    "hinge": (1, SIGNS, 0),
    "cross_entropy": (3, CLASSES, 7),
    "cross_entropy of shares": (3, np.eye(3)[CLASSES], 7),
}


@pytest.mark.parametrize("batch_size", [None, 4])
@pytest.mark.parametrize("place", [0, 13, -1])
@pytest.mark.parametrize("loss", WRAPPED)
@pytest.mark.parametrize("wrapped", [False, True])
def test_every_target_is_checked(loss, place, batch_size, wrapped) -> None:
    outputs, y, wrong = WRAPPED[loss]
    targets = y.astype(int)
    targets[place] = wrong
    function = LOSSES[loss.removesuffix(" of shares")]
    for given in (targets, targets.tolist()):
        with pytest.raises((ValueError, IndexError), match=r"must|out of range"):
            fit(
                MLP(2, [outputs], rng=0),
                X,
                given,
                loss=(lambda outputs, targets: function(outputs, targets)) if wrapped else function,
                optimizer=SGD,
                epochs=1,
                batch_size=batch_size,
                rng=0,
                progress=False,
                jit=True,
            )


@pytest.mark.parametrize("loss", ["binary_cross_entropy_with_logits", "hinge"])
def test_a_lifted_loss_checks_its_targets_at_each_call(loss) -> None:
    function, right, wrong = LOSSES[loss], 1, 7
    one = engine.jit(lambda z, t: function([z], [t]))
    many = engine.jit(lambda z, t: function([z], [t]), batch=True)
    for _ in range(2):
        assert one(0.5, right).data == function([0.5], [right])
        assert many([0.5, 0.5], [right, right]).data == pytest.approx(function([0.5], [right]), rel=1e-15)
        with pytest.raises(ValueError, match="targets must"):
            one(0.5, wrong)
        with pytest.raises(ValueError, match="targets must"):
            many([0.5, 0.5], [right, wrong])
    assert one.traces == many.traces == 1


WRONG = {
    "hinge": (1, SIGNS + 1),
    "binary_cross_entropy_with_logits": (1, SIGNS),
    "cross_entropy": (3, CLASSES + 1),
}


@pytest.mark.parametrize("loss", WRONG)
def test_wrong_targets_are_refused_before_the_training_begins(loss) -> None:
    outputs, y = WRONG[loss]
    model = MLP(2, [outputs], rng=0)
    before = model.state_dict()
    right = np.abs(y) // 9 if loss != "hinge" else SIGNS
    for targets, validation in ((y, None), (right, (X, y))):
        with pytest.raises(ValueError, match=r"must be|must lie"):
            fit(
                model,
                X,
                targets,
                loss=loss,
                validation=validation,
                optimizer=SGD,
                epochs=1,
                progress=False,
                jit=True,
            )
    assert model.state_dict() == before
    with pytest.raises(TypeError, match="must be the index of a class"):
        fit(
            MLP(2, [3]),
            X,
            CLASSES * 1.0,
            loss="cross_entropy",
            optimizer=SGD,
            epochs=1,
            progress=False,
            jit=True,
        )


@pytest.mark.parametrize("jit", [False, True])
def test_a_loss_of_ones_own_trains_through_vmap(jit) -> None:
    class Line(Module):
        def __init__(self) -> None:
            self.w = Value(2.0)

        def __call__(self, x):
            return self.w * x[0]

    model = Line()
    points = np.array([1.0, 2.0])

    def loss(outputs, targets):
        return engine.mean(list(vmap(lambda x: (model.w * x - 1.0) ** 2)(points)))

    fit(model, [[1.0]], [1.0], loss=loss, optimizer=partial(SGD, lr=0.1), epochs=1, progress=False, jit=jit)
    assert model.w.data == pytest.approx(2.0 - 0.1 * 7.0, rel=1e-12)


@pytest.mark.parametrize("answer", [1.0, Value(1.0), [1.0, 2.0]], ids=["number", "Value", "list"])
def test_a_model_that_answers_the_same_to_all_is_scored_sample_by_sample(answer) -> None:
    class Same(Module):
        def __init__(self):
            self.w = Value(1.0)

        def __call__(self, x):
            return [self.w * x[0], answer]

    lifted = Lifted(Same(), as_loss(lambda outputs, targets: outputs[0][0]), ([[1.0], [2.0]], [0.0, 0.0]))
    same = answer.data if isinstance(answer, Value) else answer
    assert lifted.outputs([[1.0], [2.0]]) == [[1.0, same], [2.0, same]]


def traces_of(monkeypatch) -> list[object]:
    """What is traced from now on."""
    from engine.jit import pipeline

    traced: list[object] = []
    trace = pipeline.trace
    monkeypatch.setattr(pipeline, "trace", lambda *given: traced.append(given[0]) or trace(*given))
    return traced


def test_another_training_begins_with_the_programs_of_the_first(monkeypatch) -> None:
    X, y, options = [[0.5, 1.0], [1.0, -2.0]], [1.0, -1.0], {"optimizer": SGD, "epochs": 3, "jit": True}
    model, twin = MLP(2, [2, 1], rng=0), MLP(2, [2, 1], rng=0)
    first = fit(model, X, y, loss="hinge", **options)
    fit(twin, X, y, loss="hinge", **options)
    traced = traces_of(monkeypatch)
    again = fit(model, X, y, loss="hinge", **options)
    assert not traced
    assert again["loss"][0] != first["loss"][0]
    assert again["loss"] == fit(copy.deepcopy(twin), X, y, loss="hinge", **options)["loss"]
    assert len(traced) == 1  # a copy begins without
    fit(model, X, y, loss="mse", **options)
    assert len(traced) == 2


_FACTOR = {"of several": 1.0}


def test_a_reduction_is_checked_again_where_what_the_loss_reads_has_changed() -> None:
    called = []

    def own(outputs, y):
        called.append(len(y))
        return mse(outputs, y) * (_FACTOR["of several"] if len(y) > 1 else 1.0)

    X, y, model = [[0.5, 1.0], [1.0, -2.0]], [1.0, -1.0], MLP(2, [2, 1], rng=0)
    options = {"loss": Loss("own", own, "mean"), "optimizer": SGD, "epochs": 3, "jit": True}
    fit(model, X, y, **options)
    called.clear()
    fit(model, X, y, **options)
    assert 2 not in called  # with the program that was checked
    with pytest.raises(TraceError, match="but the sum of their losses"):
        fit(model, X, y, **options | {"loss": Loss("own", own, "sum")})
    _FACTOR["of several"] = 2.0
    with pytest.raises(TraceError, match="but the mean of their losses"):
        fit(model, X, y, **options)
    _FACTOR["of several"] = 1.0


def test_a_copy_of_the_attributes_does_not_train_the_other_model() -> None:
    X, y, options = [[0.5, 1.0], [1.0, -2.0]], [1.0, -1.0], {"optimizer": SGD, "epochs": 3, "jit": True}
    model = MLP(2, [2, 1], rng=0)
    fit(model, X, y, loss="hinge", **options)
    other = copy.copy(model)
    other.layers = copy.deepcopy(model.layers)
    before, other_before = ([p.data for p in each.parameters()] for each in (model, other))
    fit(other, X, y, loss="hinge", **options)
    assert [p.data for p in model.parameters()] == before
    assert [p.data for p in other.parameters()] != other_before


class _Scaled(Module):
    """A model that scales by a number of its own, another one in evaluation."""

    def __init__(self) -> None:
        self.body = MLP(2, [3, 1], activation="tanh", rng=0)
        self.scales = [1.0, 1.0]

    def __call__(self, x):
        return self.body(x) * self.scales[self.training]


def _another_scale(state, held_out) -> None:
    state.model.scales[0] += 0.5  # which evaluation alone reads


def _another_body(state, held_out) -> None:
    if state.epoch == 3:
        state.model.body.layers[1] = Layer(3, 1, rng=5)


def _another_sample(state, held_out) -> None:
    held_out[0][1] += 0.25


def _another_mode(state, held_out) -> None:
    if state.epoch == 2:
        state.model.body.layers[0].neurons[0].training = False


class _AtBatches:
    def __init__(self, held_out) -> None:
        self.held_out = held_out

    def on_batch_end(self, state) -> None:
        _another_scale(state, self.held_out)
        _another_body(state, self.held_out)


@pytest.mark.unmeasured
@pytest.mark.parametrize(
    "change",
    [_another_scale, _another_body, _another_sample, _another_mode, _AtBatches],
    ids=lambda f: f.__name__,
)
def test_validation_sees_what_a_callback_changes(change) -> None:
    histories = []
    for jit in (False, True):
        held_out = X[:6].copy(), SIGNS[:6].copy()
        callback = (
            change(held_out)
            if isinstance(change, type)
            else lambda state, held_out=held_out: change(state, held_out)
        )
        model = _Scaled()
        settings = {"optimizer": SGD(model.parameters(), lr=0.1), "epochs": 8, "batch_size": None, "jit": jit}
        history = fit(model, X, SIGNS, loss="hinge", validation=held_out, callbacks=callback, **settings)
        histories.append([*history["loss"], *history["val_loss"]])
    assert len({*histories[0][8:]}) > 4
    np.testing.assert_allclose(histories[1], histories[0], rtol=1e-12)


@pytest.mark.parametrize("as_given", [list, np.array])
@pytest.mark.parametrize("settings", [{"weight": [0.0, 1.0]}, {"ignore_index": 0}])
def test_a_batch_in_which_no_sample_takes_part_moves_nothing(settings, as_given) -> None:
    X, y = [[0.0, 1.0], [1.0, 0.0], [1.0, 1.0], [0.5, 0.25]], [0, 0, 0, 1]
    after = []
    for jit in (False, True):
        model = nn.MLP(2, [3, 2], activation="tanh", rng=0)
        before = model.state_dict()
        for part, moves in ((slice(0, 2), False), (slice(1, 4), True)):
            optimizer = nn.SGD(model.parameters(), lr=0.1)
            loss = nn.CrossEntropyLoss(**settings)
            data = as_given(X[part]), as_given(y[part])
            history = nn.fit(model, *data, loss=loss, optimizer=optimizer, epochs=1, batch_size=None, jit=jit)
            assert np.isfinite(history["loss"][0]) == moves
            assert (model.state_dict() != before) == moves
        after.append(list(model.state_dict().values()))
    assert after[1] == pytest.approx(after[0], rel=1e-12)


def test_factors_of_the_elements_of_a_batch_are_those_of_the_eager_loss() -> None:
    X, y = [[0.0, 1.0], [1.0, 0.0], [1.0, 1.0], [0.5, 0.25]], [[0, 1], [1, 0], [1, 1], [0, 0]]
    rows = [[2.0, 3.0], [1.0, 0.0]]
    for settings in ({"pos_weight": rows}, {"pos_weight": [2.0, 3.0]}, {"weight": rows, "pos_weight": rows}):
        losses = []
        for jit in (False, True):
            model = nn.MLP(2, [3, 2], activation="tanh", rng=0)
            optimizer, loss = nn.SGD(model.parameters(), lr=0.1), nn.BCEWithLogitsLoss(**settings)
            history = nn.fit(
                model, X, y, loss=loss, optimizer=optimizer, epochs=3, batch_size=2, rng=0, jit=jit
            )
            losses.append(history["loss"])
        assert losses[1] == pytest.approx(losses[0], rel=1e-12)
