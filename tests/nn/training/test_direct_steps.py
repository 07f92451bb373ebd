"""Steps of a lifted training without a graph: the numbers of those with one, bit for bit."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from engine import Value
from engine.jit.backends.threads import in_order
from nn import MLP, SGD, Adam, ExponentialLR, LambdaLR, clip_grad_norm_, fit
from nn.losses import hinge
from nn.training.lifted import Lifted
from nn.training.loop import LastLook, Training

COMPILED = not Value.__module__.endswith("node.value")

rng = np.random.default_rng(0)
X = rng.normal(size=(24, 2))
Y = np.sign(X[:, 0] * X[:, 1])


class Spare(MLP):
    """A model with a parameter that its loss does not depend on."""

    def __init__(self, *given: Any, **options: Any) -> None:
        super().__init__(*given, **options)
        self.spare = Value(0.5)


def trained(monkeypatch: Any, direct: bool, kind: type = MLP, frozen: bool = False, **options: Any) -> Any:
    """The history, the parameters, their gradients, and how many steps went directly."""
    counts = []
    with monkeypatch.context() as patch:
        if not direct:
            patch.setattr(Lifted, "descend", lambda *given: None)
        descend = Training._descend

        def counted(*given: Any) -> Any:
            found = descend(*given)
            counts.append(found is not None)
            return found

        patch.setattr(Training, "_descend", counted)
        model = kind(2, [4, 1], activation="tanh", rng=1)
        if frozen:
            model.layers[0].neurons[1].b.requires_grad = False
        model.layers[1].neurons[0].b.grad = 7.0
        settings = {
            "loss": "hinge",
            "optimizer": lambda p: Adam(p, lr=0.05),
            "epochs": 30,
            "rng": 0,
            "batch_size": None,
        }
        history = fit(model, X, Y, jit=True, **settings | options)
    parameters = model.parameters()
    return dict(history), [p.data for p in parameters], [p.grad for p in parameters], sum(counts)


SETTINGS: dict[str, dict[str, Any]] = {
    "all at once": {},
    "batches": {"batch_size": 7},
    "one by one": {"batch_size": 1, "epochs": 5},
    "descent with momentum": {"optimizer": lambda p: SGD(p, lr=0.05, momentum=0.9)},
    "two groups": {"optimizer": lambda p: Adam([{"params": p[:3]}, {"params": p[3:], "lr": 0.2}], lr=0.01)},
    "some parameters": {"optimizer": lambda p: Adam(p[3:], lr=0.01)},
    "a sum": {"loss": lambda outputs, y: hinge(outputs, y)},
    "clipped": {"before_step": lambda p: clip_grad_norm_(p, 0.01)},
    "a schedule": {"schedule": lambda optimizer: ExponentialLR(optimizer, 0.9)},
    "a schedule of one's own": {
        "schedule": lambda optimizer: LambdaLR(optimizer, lambda epoch: 1 / (1 + epoch))
    },
    "metrics": {"metrics": "accuracy", "batch_size": 9},
    "validation": {"validation": (X[:5] + 0.1, Y[:5])},
    "early stopping": {"early_stopping": 5},
    "a callback": {"callbacks": lambda state: None},
    "a frozen parameter": {"frozen": True},
    "a parameter apart": {"kind": Spare},
}


@pytest.mark.unmeasured
@pytest.mark.parametrize("name", SETTINGS)
def test_numbers_are_those_of_steps_with_a_graph_bit_by_bit(name, monkeypatch) -> None:
    *mine, direct = trained(monkeypatch, True, **SETTINGS[name])
    *others, none = trained(monkeypatch, False, **SETTINGS[name])
    assert mine == others
    assert none == 0
    if name != "a sum":
        assert direct >= 20  # an audit takes the first, the tenth and so on


def test_a_loss_that_is_a_sum_is_scaled(monkeypatch) -> None:
    from nn.losses import Loss

    summed = Loss(
        "summed",
        lambda outputs, y: sum((o - t) ** 2 for o, t in zip(outputs, y, strict=True)),
        reduction="sum",
    )
    *mine, direct = trained(monkeypatch, True, loss=summed, epochs=12)
    *others, _ = trained(monkeypatch, False, loss=summed, epochs=12)
    assert mine == others
    assert direct == 10


def print_nothing(state: Any) -> None:
    str(state.history)


def after(epoch: int, change: Any) -> Any:
    def callback(state: Any) -> None:
        if state.epoch == epoch:
            change(state)

    return callback


def activation(state: Any) -> None:
    state.model.layers[0].neurons[0].activation = "relu"


def another_parameter(state: Any) -> None:
    neuron = state.model.layers[0].neurons[0]
    neuron.b = Value(0.25)


def freeze(state: Any) -> None:
    state.model.layers[0].neurons[0].b.requires_grad = False


def step_size(state: Any) -> None:
    state.optimizer.lr = 0.5


def a_group(state: Any) -> None:
    state.optimizer.param_groups[0]["params"].pop()
    for name, vector in state.optimizer._state[0].items():
        state.optimizer._state[0][name] = vector[:-1].copy()


class Scaled(MLP):
    """A model that reads all sorts of things beside its parameters."""

    factor = 1.0

    def __init__(self, *given: Any, **options: Any) -> None:
        super().__init__(*given, **options)
        self.kept: dict[str, Any] = {"scale": [1.0]}
        self.register_buffer("shift", [0.0])

    def __call__(self, x: Any) -> Any:
        found = (
            super().__call__(x) * self.kept["scale"][0] * self.factor * SETTINGS_OF_MODEL["k"] + self.shift[0]
        )
        return found if self.training else found * 2.0


class ScaledByMore(Scaled):
    """A model that reads what takes more than a look at places."""

    def __init__(self, *given: Any, **options: Any) -> None:
        super().__init__(*given, **options)
        self.kept["names"] = {"a", "b"}
        self.table = np.ones(2)

    def __call__(self, x: Any) -> Any:
        return super().__call__(x) * self.table[0] + (0.5 if "b" in self.kept["names"] else 0.0)


SETTINGS_OF_MODEL = {"k": 1.0}


def mode(state: Any) -> None:
    state.model.eval()


def mode_of_a_part(state: Any) -> None:
    state.model.training = False


def scale(state: Any) -> None:
    state.model.kept["scale"][0] = 0.5


def name(state: Any) -> None:
    state.model.kept["names"].discard("b")


def factor(state: Any) -> None:
    Scaled.factor = 0.25


def buffer(state: Any) -> None:
    state.model.shift[0] = 0.75


def table(state: Any) -> None:
    state.model.table[0] = 1.5


def a_global(state: Any) -> None:
    SETTINGS_OF_MODEL["k"] = 3.0


def numbers(state: Any) -> None:
    state.model.parameters()[2].data += 1.0


def neurons(state: Any) -> None:
    state.model.layers[0].neurons.reverse()


def memory(state: Any) -> None:
    state.optimizer._state[0]["exp_avg"] *= 0.0


def another_optimizer(state: Any) -> None:
    state.optimizer = SGD(state.model.parameters(), lr=0.3)


CHANGES = [
    activation,
    another_parameter,
    freeze,
    step_size,
    a_group,
    mode,
    mode_of_a_part,
    scale,
    name,
    factor,
]
CHANGES += [buffer, table, a_global, numbers, neurons, memory, another_optimizer]


def in_each_way(monkeypatch: Any, **options: Any) -> list[Any]:
    """What a training gives with direct steps and without."""
    found = []
    for direct in (True, False):
        monkeypatch.setattr(Scaled, "factor", 1.0)
        monkeypatch.setitem(SETTINGS_OF_MODEL, "k", 1.0)
        with monkeypatch.context() as patch:
            if not direct:
                patch.setattr(Lifted, "measure", lambda *given: None)
            found.append(trained(monkeypatch, direct, epochs=26, **options)[:3])
    return found


@pytest.mark.unmeasured
def test_what_a_callback_changes_counts_from_the_next_step(monkeypatch) -> None:
    """Also long after the last look, when nothing seems to change."""
    held_out = X[:5] + 0.1, Y[:5]
    unchanged = {
        kind: in_each_way(monkeypatch, kind=kind, validation=held_out)[0] for kind in (Scaled, ScaledByMore)
    }
    cases = [(change, 23, held_out) for change in CHANGES]
    cases += [(change, 5, None) for change in (scale, neurons, freeze)]
    for change, epoch, validation in cases:
        kind = ScaledByMore if change in (name, table) else Scaled
        mine, others = in_each_way(
            monkeypatch, kind=kind, validation=validation, callbacks=after(epoch, change)
        )
        np.testing.assert_equal(mine, others, err_msg=change.__name__)
        assert mine[1] != unchanged[kind][1], change.__name__


def test_a_callback_that_gets_a_method_is_called_so_from_the_next_epoch(monkeypatch) -> None:
    seen: list[float] = []

    class Late:
        def on_epoch_end(self, state: Any) -> None:
            if state.epoch == 15:
                self.on_batch_end = lambda state: seen.append(state.loss)

    trained(monkeypatch, True, callbacks=Late(), epochs=20)
    assert len(seen) == 5


def test_samples_that_a_callback_changes_are_read_anew(monkeypatch) -> None:
    found = []
    for direct in (True, False):
        data, targets = X.copy(), Y.copy()
        model = MLP(2, [3, 1], activation="tanh", rng=2)

        def change(state: Any, data: Any = data, targets: Any = targets) -> None:
            data[:] *= 0.5
            targets[:3] *= -1.0

        with monkeypatch.context() as patch:
            if not direct:
                patch.setattr(Lifted, "descend", lambda *given: None)
            options: Any = {"batch_size": None, "epochs": 9, "callbacks": after(4, change)}
            found.append(fit(model, data, targets, loss="hinge", optimizer=SGD, jit=True, **options))
    assert dict(found[0]) == dict(found[1])


def test_hooks_are_called_in_each_step(monkeypatch) -> None:
    seen: list[float] = []
    model = MLP(2, [3, 1], rng=0)
    with model.parameters()[0].register_hook(seen.append):
        fit(model, X, Y, loss="hinge", optimizer=SGD, jit=True, batch_size=None, epochs=6)
    assert len(seen) == 6


def test_backward_callbacks_see_the_loss() -> None:
    seen: list[float] = []

    class Look:
        def on_backward(self, state: Any) -> None:
            seen.append(state.root.data)

    model = MLP(2, [3, 1], rng=0)
    history = fit(
        model, X, Y, loss="hinge", optimizer=SGD, jit=True, batch_size=None, epochs=6, callbacks=Look()
    )
    assert seen == history["loss"]


def test_an_optimiser_of_ones_own_steps_its_own_way() -> None:
    class Own(SGD):
        steps = 0

        def step(self, closure: Any = None) -> Any:
            self.steps += 1
            return super().step(closure)

    model = MLP(2, [3, 1], rng=0)
    optimizer = Own(model.parameters())
    fit(model, X, Y, loss="hinge", optimizer=optimizer, jit=True, batch_size=None, epochs=6)
    assert optimizer.steps == 6


@pytest.mark.skipif(not COMPILED, reason="of the compiled node")
def test_nothing_is_looked_at_while_only_this_projects_code_runs(monkeypatch) -> None:
    looks: list[bool] = []
    descend = Lifted.descend
    monkeypatch.setattr(
        Lifted,
        "descend",
        lambda self, X, y, look, same: looks.append(look) or descend(self, X, y, look, same),
    )
    list(in_order(abs, range(200), 2))  # whose threads stay
    trained(monkeypatch, True, epochs=99)
    assert looks.count(True) < 10
    for watched in (
        {"callbacks": lambda state: None},
        {"validation": (X[:5], Y[:5]), "callbacks": [print_nothing]},
    ):
        looks.clear()
        trained(monkeypatch, True, epochs=99, **watched)
        assert looks.count(True) < 15
    looks.clear()
    trained(monkeypatch, True, epochs=99, callbacks=lambda state: None, kind=Scaled)
    assert looks.count(True) < 15
    looks.clear()
    trained(monkeypatch, True, epochs=99, callbacks=step_size)
    assert looks.count(True) < 15  # which is read in each step anyway
    looks.clear()
    trained(monkeypatch, True, epochs=99, callbacks=lambda state: setattr(state.model, "note", state.epoch))
    assert looks.count(True) > 80


def test_after_a_validation_that_runs_the_model_itself_all_is_looked_at(monkeypatch) -> None:
    """Its code may change what training reads: here in the calls that are audited."""
    looks = []
    inner = Training._scores

    def scores(self, X, y):
        self.look = False
        monkeypatch.setattr(self.lifted, "measure", lambda *given, **named: None)
        found = inner(self, X, y)
        looks.append(self.look)
        return found

    monkeypatch.setattr(Training, "_scores", scores)
    model, X = MLP(1, [1], rng=0), np.array([[0.5], [1.0]])
    settings = {"optimizer": SGD(model.parameters()), "epochs": 3, "batch_size": None, "jit": True}
    fit(model, X, X[:, 0], loss="mse", validation=(X, X[:, 0]), **settings)
    assert looks == [True] * 3


@pytest.mark.parametrize(("samples", "batch_size", "epochs"), [(100, None, 200), (200, 1, 2)])
@pytest.mark.parametrize("callbacks", [(), [lambda state: None]], ids=["alone", "watched"])
def test_all_is_looked_at_again_after_64_steps_at_most(
    samples, batch_size, epochs, callbacks, monkeypatch
) -> None:
    looks, descend, holds = [], Lifted.descend, LastLook.holds
    monkeypatch.setattr(
        Lifted,
        "descend",
        lambda self, X, y, look, same: looks.append(look) or descend(self, X, y, look, same),
    )

    def held(self, state):
        looks.append("all")
        return holds(self, state)

    monkeypatch.setattr(LastLook, "holds", held)
    X = np.random.default_rng(0).normal(size=(samples, 2))
    options = {"epochs": epochs, "batch_size": batch_size, "callbacks": callbacks, "progress": False}
    fit(MLP(2, [2, 1], rng=0), X, X[:, 0], loss="mse", optimizer=SGD, jit=True, rng=0, **options)
    gaps = "".join("-" if each is False else "+" for each in looks).split("+")
    assert max(map(len, gaps)) in ((1,) if callbacks and batch_size is None else (63, 64))
