"""Which nodes of a graph that is arrays are equal, and how deep each is: in the core, and in Python."""

import random

import numpy as np
import pytest

from engine.jit.lower import equal
from engine.node.backend import PLAIN

BOTH = [
    pytest.param(lambda name: getattr(equal, name), id="as it runs"),
    pytest.param(PLAIN.get, id="in Python"),
]


def drawn(seed: int, count: int):
    """Nodes of few words, many of them equal: offsets, words, names, and a hash of what each means."""
    draw = random.Random(seed)
    offsets, words, names, meant = [0], [], [], []
    for i in range(count):
        own = []
        for _ in range(draw.randrange(4)):
            is_name = bool(i) and draw.random() < 0.6
            word = draw.randrange(max(0, i - 9), i) if is_name else draw.choice([-1, 0, 1])
            words.append(word)
            names.append(is_name)
            own.append((True, meant[word]) if is_name else (False, word))
        meant.append(hash(tuple(own)))
        offsets.append(len(words))
    return np.array(offsets), np.array(words, np.int64), np.array(names, bool), meant


@pytest.mark.parametrize("form", BOTH)
def test_the_first_equal_node_is_the_first_with_the_same_words(form) -> None:
    first_equal, merged = form("first_equal"), 0
    for seed in range(40):
        offsets, words, names, meant = drawn(seed, 150)
        known = {}
        expected = [known.setdefault(each, i) for i, each in enumerate(meant)]
        assert first_equal(offsets, words, names).tolist() == expected
        merged += sum(i != first for i, first in enumerate(expected))
    assert merged > 500


@pytest.mark.parametrize("form", BOTH)
def test_a_number_is_not_a_name(form) -> None:
    """A node that reads node 0 is another than one with the number 0."""
    found = form("first_equal")(np.array([0, 0, 1, 2, 3]), np.array([0, 0, 0]), [True, False, True])
    assert found.tolist() == [0, 1, 2, 1]


@pytest.mark.parametrize("form", BOTH)
def test_levels_and_flags_are_of_all_below(form) -> None:
    draw = np.random.default_rng(0)
    counts = draw.integers(0, 4, 200)
    counts[0] = 0
    offsets = np.concatenate([[0], np.cumsum(counts)])
    operands = np.concatenate([draw.integers(0, max(1, i), n) for i, n in enumerate(counts)])
    flags = 1 << draw.integers(0, 8, 200)
    levels, found = form("levels_of")(offsets, operands, flags)
    for i in range(200):
        below = operands[offsets[i] : offsets[i + 1]]
        assert levels[i] == max((levels[x] + 1 for x in below), default=0)
        assert found[i] == np.bitwise_or.reduce([flags[i], *found[below]])


@pytest.mark.parametrize("form", BOTH)
@pytest.mark.parametrize("word", [1, 2, -1])
def test_what_stands_behind_is_refused(form, word) -> None:
    with pytest.raises(ValueError, match="node 1 names one that does not stand before it"):
        form("first_equal")(np.array([0, 0, 1, 1]), np.array([word]), [True])
    with pytest.raises(ValueError, match="node 1 reads one that does not stand before it"):
        form("levels_of")(np.array([0, 0, 1, 1]), np.array([word]), [0, 0, 0])
