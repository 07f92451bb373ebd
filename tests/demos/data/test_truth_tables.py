"""The truth tables, held against Python's own operators, and how answers are counted."""

import operator

import pytest

from demos.data.truth_tables import BITS, GATES, INPUTS, TABLES, answers, error, inputs_of, right
from engine import Value

OPERATORS = {
    "AND": operator.and_,
    "OR": operator.or_,
    "NAND": lambda a, b: 1 - (a & b),
    "NOR": lambda a, b: 1 - (a | b),
    "XOR": operator.xor,
}


def model(x) -> Value:
    """Gives 0.0, 0.2, 0.5 and 0.7 for the four inputs."""
    return Value(0.5 * x[0] + 0.2 * x[1])


def test_inputs_are_all_pairs_of_bits_in_order() -> None:
    assert [(a, b) for a in (0, 1) for b in (0, 1)] == [tuple(x) for x in INPUTS]


@pytest.mark.parametrize("gate", GATES)
def test_truth_table_is_that_of_the_operator(gate) -> None:
    assert GATES[gate] == [OPERATORS[gate](int(a), int(b)) for a, b in INPUTS]
    assert set(GATES) == set(OPERATORS)


def test_answers_come_in_the_order_of_the_inputs() -> None:
    assert answers(model) == [0.0, 0.2, 0.5, 0.7]


@pytest.mark.parametrize(
    ("targets", "worst"), [([0, 0, 1, 1], 0.5), ([0, 1, 0, 1], 0.8), ([1, 0, 1, 1], 1.0)]
)
def test_error_is_that_of_the_worst_answer(targets, worst) -> None:
    assert error(model, targets) == worst


@pytest.mark.parametrize(("targets", "count"), [([0, 0, 1, 1], 4), ([0, 0, 0, 1], 3), ([1, 1, 0, 0], 0)])
def test_half_counts_as_one(targets, count) -> None:
    assert right(model, targets) == count


def test_not_is_a_gate_of_one_bit() -> None:
    assert GATES | {"NOT": [int(not bit) for (bit,) in BITS]} == TABLES
    assert inputs_of(TABLES["NOT"]) == BITS == [[0], [1]]
    assert all(inputs_of(targets) == INPUTS for targets in GATES.values())
    assert error(lambda x: Value(0.25), TABLES["NOT"]) == 0.75
