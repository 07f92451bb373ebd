"""What was given, in a message: as repr shows it, and never long."""

import numpy as np
import pytest

from engine.quoting import abridged, brief


class Silent:
    def __repr__(self) -> str:
        raise RuntimeError("no repr")


@pytest.mark.parametrize("given", ["x", "it's", 1, -0.5, None, (1, 2), ["a"], {"a": [1]}, b"x", 1j])
def test_what_is_short_is_as_repr_shows_it(given) -> None:
    assert brief(given) == repr(given)


@pytest.mark.parametrize(
    "given",
    [
        "x" * 100_000,
        ["x" * 1000] * 1000,
        {f"{i}" * 99: "x" * 999 for i in range(99)},
        [[[[["x" * 99] * 99] * 99] * 9] * 9],
        np.array(["x" * 1000] * 3),
        b"x" * 100_000,
        10**5000,
        [10**5000],
        Silent(),
        [Silent()] * 99,
    ],
    ids=range(10),
)
def test_what_is_long_is_cut_and_nothing_raises(given) -> None:
    assert 0 < len(brief(given)) <= 240


def test_both_ends_of_a_text_stay() -> None:
    assert brief("a" * 500 + "b").startswith("'aaa")
    assert brief("a" * 500 + "b").endswith("ab'")
    assert abridged("abcdefgh", 8) == "abcdefgh"
    assert [len(abridged("x" * 300, length)) for length in (99, 101)] == [99, 101]
