"""What settings may be, and how a class declares them."""

import math
from inspect import signature
from typing import Annotated

import numpy as np
import pytest

import nn
from engine import Value
from engine.floats.validate import integer, non_negative
from nn import LRScheduler, Optimizer
from nn.checks import (
    BelowOne,
    Betas,
    Count,
    Flag,
    NonNegative,
    below_one,
    flag,
    increasing_epochs,
    keep_rules,
    pair_below_one,
    reals,
    rules_of,
    settings_among,
    up_to_one,
)


@pytest.mark.parametrize("wrong", ["0.1", None, True, [0.1], Value(0.1)])
@pytest.mark.parametrize("rule", [non_negative, below_one, up_to_one])
def test_setting_that_is_no_number(rule, wrong) -> None:
    with pytest.raises(TypeError, match="lr must be a number, got"):
        rule("lr", wrong)


@pytest.mark.parametrize("number", [np.float32(0.5), np.float64(0.5), 0.5, 0, np.int64(0)])
@pytest.mark.parametrize("rule", [non_negative, below_one, up_to_one])
def test_number_becomes_a_float(rule, number) -> None:
    assert rule("lr", number) == number
    assert type(rule("lr", number)) is float


@pytest.mark.parametrize(
    ("rule", "last", "beyond"),
    [(non_negative, 1e308, math.inf), (below_one, 1.0 - 2**-53, 1.0), (up_to_one, 1.0, 1.0 + 2**-52)],
)
def test_range_ends_where_it_says(rule, last, beyond) -> None:
    assert rule("x", last) == last
    with pytest.raises(ValueError, match="x must be"):
        rule("x", beyond)
    with pytest.raises(ValueError, match="x must be"):
        rule("x", -5e-324)


def test_pair() -> None:
    assert pair_below_one("betas", [0, np.float64(0.5)]) == (0.0, 0.5)
    with pytest.raises(TypeError, match="betas must be a pair of numbers"):
        pair_below_one("betas", {0.5, 0.9})
    with pytest.raises(ValueError, match=r"betas\[1\] must be at least 0 and below 1, got 2"):
        pair_below_one("betas", (0.5, 2))


def test_flag() -> None:
    assert flag("centered", True) is True
    assert flag("centered", np.bool_(False)) is False
    for wrong in (0, "False", None):
        with pytest.raises(TypeError, match="centered must be True or False, got"):
            flag("centered", wrong)


@pytest.mark.parametrize(
    ("value", "error", "message"),
    [
        (30, TypeError, r"must be a list of epochs, such as \[30, 80\], got 30"),
        ("30", TypeError, "must be a list of epochs"),
        ([3.5], TypeError, r"milestones must be an integer, got 3\.5"),
        ([0, 1], ValueError, "milestones must be at least 1, got 0"),
        ([3, 2], ValueError, r"milestones must be in order, got \[3, 2\]"),
    ],
)
def test_epochs_out_of_order(value, error, message) -> None:
    with pytest.raises(error, match=message):
        increasing_epochs("milestones", value)
    assert increasing_epochs("milestones", (n for n in (1, 3, 3))) == [1, 3, 3]


def test_settings_without_a_rule_are_kept_as_they_are() -> None:
    given = {"lr": 1, "name": "biases"}
    assert keep_rules({"lr": non_negative, "momentum": non_negative}, given) == {"lr": 1.0, "name": "biases"}
    assert given["lr"].__class__ is int


@pytest.mark.parametrize(
    ("rule", "value", "kept"),
    [
        (reals, (1, 0.5), [1.0, 0.5]),
        (reals, [], []),
        (reals, 1.0, TypeError),
        (reals, [[1.0]], TypeError),
        (reals, "12", TypeError),
    ],
)
def test_numbers_of_a_saved_state(rule, value, kept) -> None:
    if isinstance(kept, type):
        with pytest.raises(kept, match="name"):
            rule("name", value)
    else:
        assert rule("name", value) == kept
        assert type(rule("name", value)) is type(kept)


# Settings are declared in signatures alone.

OPTIMIZERS = [each for each in vars(nn).values() if isinstance(each, type) and issubclass(each, Optimizer)]
SCHEDULES = [each for each in vars(nn).values() if isinstance(each, type) and issubclass(each, LRScheduler)]
DECAY = "decoupled_weight_decay"
WITHOUT = {Optimizer: {"lr"}, nn.AdamW: {DECAY}, nn.AMSGrad: {"amsgrad", DECAY}}


BESIDE = ("epochs", "steps_per_epoch", "scale_fn")
"""What makes a setting, or is a function."""


def parameters_of(kind):
    """What the signature of a class names beside what it is made for."""
    beside = {"self", "params", "optimizer", "schedulers", "lr_lambda", "last_epoch", "settings"}
    return set(signature(kind.__init__).parameters) - beside - {*BESIDE}


@pytest.mark.parametrize("kind", [*OPTIMIZERS, *SCHEDULES])
def test_every_setting_in_a_signature_has_a_rule(kind) -> None:
    assert set(kind.rules) == parameters_of(kind) | WITHOUT.get(kind, set())


def test_an_optimiser_of_ones_own_declares_a_setting_once() -> None:
    class Signs(Optimizer):
        def __init__(
            self, params, lr: NonNegative = 0.1, rho: BelowOne = 0.5, every: "Count | None" = None
        ) -> None:
            every = every or 2
            super().__init__(params, **settings_among(locals()))

        def update(self, theta, g, memory, settings):
            return theta - settings["lr"] * settings["rho"] * settings["every"] * np.sign(g)

    w = Value(1.0)
    w.grad = 3.0
    optimizer = Signs([w], lr=1)
    assert optimizer.defaults == {"lr": 1.0, "rho": 0.5, "every": 2}
    optimizer.step()
    assert w.data == 0.0
    for wrong, error in (({"rho": 1.0}, ValueError), ({"every": 2.5}, TypeError), ({"lr": -1.0}, ValueError)):
        (name,) = wrong
        with pytest.raises(error, match=f"{name} must be"):
            Signs([w], **wrong)


def even(name, value):
    if value % 2:
        raise ValueError(f"{name} must be even, got {value}")
    return value


Even = Annotated[int, even]


def test_rules_are_those_of_the_types_in_a_signature() -> None:
    def init(
        self, params: list, a: Betas, b: "Flag", c: float, *, d: "Count | None" = None, e: Count | None = None
    ) -> None: ...

    assert rules_of(init) == {"a": pair_below_one, "b": flag, "d": integer, "e": integer}


@pytest.mark.parametrize("kind", [Even, "Even", "Even | None", Even | None])
def test_a_type_of_ones_own_has_its_rule(kind) -> None:
    def init(self, period): ...

    init.__annotations__["period"] = kind
    assert rules_of(init) == {"period": even}


def test_fields_make_an_init_like_that_of_a_dataclass() -> None:
    class Halves(nn.SGD):
        rate: NonNegative = 0.5
        name = "no setting"

        def update(self, theta, g, memory, settings):
            return theta - settings["rate"] * settings["lr"] * g

    w = Value(1.0)
    w.grad = 2.0
    optimizer = Halves([w], 0.1, maximize=False)
    optimizer.step()
    assert (w.data, optimizer.defaults["rate"], optimizer.rate) == (0.9, 0.5, 0.5)
    assert list(signature(Halves).parameters)[-3:] == ["nesterov", "rate", "maximize"]
    for call, message in (
        (lambda: Halves(), "Halves.__init__.. missing a required argument: 'params'"),
        (lambda: Halves([w], moment=1.0), "Halves.__init__.. got an unexpected keyword argument 'moment'"),
        (lambda: nn.SGD([w], *range(6), True), "SGD.__init__.. too many positional arguments"),
        (lambda: Halves([w], rate=None), "rate must be a"),
    ):
        with pytest.raises(TypeError, match=message):
            call()
    assert nn.StepLR(optimizer, 3, 0.5, -1).gamma == 0.5


@pytest.mark.parametrize("base", [nn.Adam, nn.StepLR, nn.MarginRankingLoss, nn.MSELoss, nn.ReLU])
def test_a_class_may_be_of_a_program_that_no_module_is(base) -> None:
    inside = {"__annotations__": {"note": "str", "count": "int"}, "note": "mine", "count": 3}
    own = type("Own", (base,), {"__module__": "nowhere", **inside})
    assert (own.note, own.count) == ("mine", 3)
