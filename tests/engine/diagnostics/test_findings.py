"""Sentences on what is wrong, from entries made up for them."""

from types import SimpleNamespace as Made

import pytest

from engine.diagnostics.findings import findings

NAN = float("nan")


def layer(**changed) -> Made:
    usual = {
        "name": "layers.1", "gradient": 1.0, "signal": 1.0, "factor": 1.0, "local_grad": 1.0, "gain": 1.0,
        "units": 4, "activations": ("tanh",), "dead": 0.0, "saturated": 0.0, "update_ratio": 1e-3,
    }  # fmt: skip
    return Made(**usual | changed)


def test_nothing_is_said_of_what_is_well() -> None:
    assert findings([layer(), layer()]) == []


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        (
            {"dead": 0.5},
            "layers.1: 50% of its 4 units are dead, the local gradient of tanh being 0 at every sample.",
        ),
        ({"dead": 0.49}, None),
        ({"saturated": 0.75}, "layers.1: 75% of tanh is saturated."),
        ({"gradient": 0.0, "dead": NAN}, "layers.1: all gradients are exactly 0."),
        ({"gradient": float("inf")}, "Gradients are infinite or nan in layers.1."),
        ({"gradient": NAN}, "Gradients are infinite or nan in layers.1."),
        ({"update_ratio": 0.5}, "layers.1: a step changes the weights by 0.5 of their size."),
        ({"update_ratio": 1e-9}, "layers.1: a step changes the weights by 1e-09 of their size."),
        ({"update_ratio": 0.0}, None),
        ({"update_ratio": NAN}, None),
    ],
)
def test_each_fault_has_its_sentence(changed, said) -> None:
    assert findings([layer(name="layers.0"), layer(**changed)]) == ([said] if said else [])


def test_signal_that_grows_and_shrinks_in_between_is_judged_as_a_whole() -> None:
    signals = [1.0, 1e-9, 1.0]
    assert findings([layer(signal=signal) for signal in signals]) == []


def test_layer_without_signal_is_passed_over() -> None:
    found = findings(
        [layer(signal=1e-9, name="a"), layer(signal=NAN), layer(signal=1.0, name="c", factor=1e-9)]
    )
    assert found[0].startswith("The gradient vanishes: from c back to a")
