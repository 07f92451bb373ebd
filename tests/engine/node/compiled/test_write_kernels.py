"""The kernels in C are written from the rows, and are those of the rows as they stand."""

from engine.node.compiled.write_kernels import HEADER, header, kernel_rows
from engine.ops import OPERATORS


def test_file_is_that_of_the_rows_as_they_are() -> None:
    assert HEADER.read_text(encoding="utf-8") == header(), "run python -m engine.node.compiled.write_kernels"


def test_every_row_of_a_fixed_number_of_operands_has_a_kernel() -> None:
    assert [row.name for row in kernel_rows()] == [row.name for row in OPERATORS.values() if row.arity]


def test_same_rows_give_the_same_text() -> None:
    assert header() == header()
