"""Answers as bytes: what goes in comes out, aligned, and nothing that JSON cannot say breaks it."""

import json
import math
import struct

import numpy as np
import pytest

from playground.wire import pack, unpack


def test_head_and_arrays_come_back() -> None:
    surface = np.random.default_rng(0).normal(size=(3, 4, 5))
    head, arrays = unpack(
        pack({"loss": 0.1, "name": "∂L/∂w", "surface": surface, "classes": np.uint8([1, 2, 3])})
    )
    assert head == {"loss": 0.1, "name": "∂L/∂w"}
    assert np.array_equal(arrays["surface"], surface)
    assert arrays["surface"].dtype == np.float64
    assert arrays["classes"].tolist() == [1, 2, 3]
    assert arrays["classes"].dtype == np.uint8


@pytest.mark.parametrize("name", ["x", "xy", "xyz", "wxyz", "vwxyz", "é"])
@pytest.mark.parametrize("size", [0, 1, 7, 8, 9])
def test_every_array_starts_at_a_multiple_of_eight(name, size) -> None:
    data = pack({name: 1, "bytes": np.zeros(size, np.uint8), "floats": np.arange(3.0)})
    length = struct.unpack_from("<I", data)[0]
    described = json.loads(data[4 : 4 + length])["arrays"]
    assert all((4 + length + about["offset"]) % 8 == 0 for about in described.values())
    assert unpack(data)[1]["floats"].tolist() == [0.0, 1.0, 2.0]


@pytest.mark.parametrize("value", [np.float32([1.5]), np.int64([[2, 3]]), np.arange(6.0)[::2], np.array(4.0)])
def test_other_numbers_become_float64(value) -> None:
    found = unpack(pack({"a": value}))[1]["a"]
    assert found.dtype == np.float64
    assert found.shape == value.shape
    assert np.array_equal(found, value)


def test_booleans_are_bytes() -> None:
    assert unpack(pack({"a": np.array([True, False])}))[1]["a"].dtype == np.uint8


def test_nan_and_infinities_are_kept_in_arrays_and_named_in_the_head() -> None:
    special = np.array([math.nan, math.inf, -math.inf, -0.0])
    head, arrays = unpack(
        pack({"loss": math.nan, "more": [1, {"high": math.inf, "low": -math.inf}], "a": special})
    )
    assert head == {"loss": "NaN", "more": [1, {"high": "Infinity", "low": "-Infinity"}]}
    assert arrays["a"].tobytes() == special.tobytes()


def test_arrays_further_inside_become_lists() -> None:
    inside = {"at": np.arange(2), "numbers": (np.float64(0.5), np.int64(7), math.nan)}
    assert unpack(pack({"inside": inside}))[0] == {"inside": {"at": [0, 1], "numbers": [0.5, 7, "NaN"]}}


def test_what_cannot_travel_is_named() -> None:
    with pytest.raises(TypeError, match="cannot send a set to the page"):
        pack({"a": {1, 2}})


@pytest.mark.parametrize("data", [b"", b"\x01\0", struct.pack("<I", 400) + b"{}"])
def test_bytes_cut_short_are_refused(data) -> None:
    with pytest.raises(ValueError, match="byte"):
        unpack(data)


def test_an_array_cut_short_is_refused() -> None:
    with pytest.raises(ValueError):
        unpack(pack({"a": np.arange(9.0)})[:-8])
