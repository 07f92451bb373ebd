"""The operators and methods of number types: each applies its row to its operands, in order."""

import inspect
from typing import Any

import pytest

from engine import Value
from engine.ops import OPERATORS
from engine.ops.composed import CALLED
from engine.ops.methods import BINARY, METHODS, UNARY, Methods


class Shown(Methods["Shown"]):
    """Shows which row was applied to what."""

    def _apply(self, row: Any, operands: Any) -> Any:
        return row, tuple(operands)


X, Y = Shown(), Shown()


@pytest.mark.parametrize(("name", "row"), BINARY.items())
def test_operators_of_two_operands(name: str, row: str) -> None:
    assert getattr(X, f"__{name}__")(Y) == (OPERATORS[row], (X, Y))
    assert getattr(X, f"__{name}__")(2) == (OPERATORS[row], (X, 2))
    assert getattr(X, f"__r{name}__")(2) == (OPERATORS[row], (2, X))


@pytest.mark.parametrize(("name", "row"), UNARY.items())
def test_operators_of_one_operand(name: str, row: str) -> None:
    assert getattr(X, f"__{name}__")() == (OPERATORS[row], (X,))


@pytest.mark.parametrize("row", [row for row in OPERATORS.values() if row.arity and row.name != "where"])
def test_each_row_has_a_method(row: Any) -> None:
    needed = range(2, len(row.operands) - len(row.defaults) + 1)
    assert getattr(X, row.name)(*needed) == (row, (X, *needed, *row.defaults))
    if row.ufunc:  # NumPy's loops over objects call it by this name
        assert METHODS[row.ufunc] is METHODS[row.name]


@pytest.mark.parametrize("name", [*METHODS, *CALLED, *(f"__{each}__" for each in (*BINARY, *UNARY))])
def test_methods_are_named(name: str) -> None:
    method = inspect.getattr_static(Methods, name)
    assert method.__qualname__ in {f"Value.{name}", f"Value.{method.__name__}"}
    assert next(iter(inspect.signature(method).parameters)) == "self"


def test_a_method_is_called_by_name_too_and_told_of_wrong_operands() -> None:
    assert X.clip(high=1.0, low=0.0) == (OPERATORS["clip"], (X, 0.0, 1.0))
    with pytest.raises(TypeError, match=r"hypot\(a, b\): missing a required argument: 'b'"):
        X.hypot()


def test_a_third_operand_is_refused() -> None:
    with pytest.raises(TypeError, match=r"Value\.__pow__\(\) takes 2 positional arguments but 3 were given"):
        pow(Value(2.0), 2, 3)


def test_a_number_type_is_written_in_the_class_statement_alone() -> None:
    with pytest.raises(TypeError, match="not a generic class"):
        Value[int]
