import math

import pytest

from benchmarks.libraries import microgpt
from benchmarks.libraries.scalars import count_nodes, plain_logsumexp, plain_softmax

LOGITS = [1.0, -2.0, 0.5]


def values() -> list[microgpt.Value]:
    return [microgpt.Value(number) for number in LOGITS]


def test_plain_softmax_is_the_softmax() -> None:
    total = sum(map(math.exp, LOGITS))
    assert [p.data for p in plain_softmax(values())] == pytest.approx([math.exp(x) / total for x in LOGITS])


def test_plain_logsumexp_is_the_logarithm_of_the_sum() -> None:
    assert plain_logsumexp(values()).data == pytest.approx(math.log(sum(map(math.exp, LOGITS))))


def test_shared_node_is_counted_once() -> None:
    x = microgpt.Value(2.0)
    assert count_nodes(x * x + x, lambda node: node._children) == 3
