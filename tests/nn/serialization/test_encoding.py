"""Nested states in the form of a file."""

import json
import math

import numpy as np
import pytest

from nn.serialization.encoding import from_arrays, to_arrays

STATE = {
    "epoch": 3,
    "large": 2**127 + 1,
    "flag": True,
    "name": "η",
    "nothing": None,
    "loss": 0.1,
    "groups": [{"betas": (0.9, 0.999), "params": [0, 1]}, {}],
    "nested": ((1, (2.5, None)), []),
    "memory": [{"exp_avg": np.array([0.1, 5e-324])}, {"key": np.arange(3, dtype=np.uint32)}],
}


def test_state_comes_back() -> None:
    state = from_arrays(to_arrays(STATE))
    arrays = [entry.popitem()[1] for entry in state.pop("memory")]
    assert state == {name: item for name, item in STATE.items() if name != "memory"}
    assert type(state["groups"][0]["betas"]) is tuple
    assert type(state["flag"]) is bool
    assert arrays[0].tobytes() == STATE["memory"][0]["exp_avg"].tobytes()
    assert arrays[1].dtype == np.uint32


def test_arrays_have_the_names_of_their_places() -> None:
    arrays = to_arrays(STATE)
    assert list(arrays) == ["memory.0.exp_avg", "memory.1.key", "state.json"]
    assert json.loads(str(arrays["state.json"]))["epoch"] == 3


@pytest.mark.parametrize("number", [0.1, 1e-320, 1.7976931348623157e308, -0.0, math.inf, -math.inf, math.nan])
def test_floats_come_back_bit_for_bit(number) -> None:
    back = from_arrays(to_arrays({"x": number}))["x"]
    assert np.float64(back).tobytes() == np.float64(number).tobytes()


@pytest.mark.parametrize(
    ("scalar", "plain"), [(np.float64(0.1), 0.1), (np.int64(3), 3), (np.bool_(True), True)]
)
def test_numpy_s_scalars_become_plain(scalar, plain) -> None:
    back = from_arrays(to_arrays({"x": scalar}))["x"]
    assert back == plain
    assert type(back) is type(plain)


@pytest.mark.parametrize("wrong", [{1, 2}, object(), 1j, b"bytes", np.array([None]), len])
def test_other_things_are_refused_with_their_place(wrong) -> None:
    with pytest.raises(TypeError, match=r"got .* of type \w+ in 'a\.0'"):
        to_arrays({"a": [wrong]})


@pytest.mark.parametrize("key", [1, None, "$array", "$tuple"])
def test_other_keys_are_refused(key) -> None:
    with pytest.raises(TypeError, match=r"has text for keys, got .* in 'a'"):
        to_arrays({"a": {key: 1}})


@pytest.mark.parametrize(
    "arrays",
    [
        {},
        {"state.json": np.array("{")},
        {"state.json": np.array([1.0])},
        {"state.json": np.array("3")},
        {"state.json": np.array('{"x": {"$array": "x"}}')},
        {"state.json": np.array('{"x": {"$array": [1]}}')},
        {"state.json": np.array('{"x": {"$tuple": 1}}')},
        {"state.json": np.array("[" * 100_000)},
    ],
    ids=["nothing", "no JSON", "numbers", "no dict", "no such array", "no name", "no tuple", "deep"],
)
def test_what_is_no_state_is_refused(arrays) -> None:
    with pytest.raises(ValueError, match="there is no saved state in it"):
        from_arrays(arrays)
