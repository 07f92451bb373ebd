"""Right gradients are told to be right, wrong ones are found out."""

from demos.common.checking import check_gradients
from demos.runner.account import Account
from engine import Value
from tests.demos.running import numbers


def wrong_square(x: Value) -> Value:
    """x*x with a local gradient that forgets the factor 2."""
    return Value(x.data**2, (x,), (x.data,))


def test_right_gradients_give_a_line_with_their_number_and_size(capsys) -> None:
    x, y = Value(3.0, label="x"), Value(-0.5, label="y")
    assert check_gradients({"a product": (lambda: x * x * y, [x, y])}, Account())
    _, line = capsys.readouterr().out.splitlines()
    assert line.startswith("a product")
    assert "2 right" in line
    count, largest, difference = numbers(line)
    assert (count, largest) == (2, 9.0)
    assert difference < 1e-8


def test_wrong_gradient_is_told_on_stderr_with_the_report(capsys) -> None:
    x, y = Value(3.0, label="the x"), Value(2.0, label="y")
    cases = {"a slip": (lambda: wrong_square(x), [x]), "a square": (lambda: y * y, [y])}
    assert check_gradients(cases, Account()) is False
    out, err = capsys.readouterr()
    assert "a slip" in out
    assert "WRONG" in out
    assert "1 right" in out  # the other one is checked all the same
    assert "Wrong gradients, a slip" in err
    assert "the x" in err


def test_wrong_gradient_is_told_in_quiet(capsys) -> None:
    x = Value(3.0)
    assert not check_gradients({"a slip": (lambda: wrong_square(x), [x])}, Account(quiet=True))
    out, err = capsys.readouterr()
    assert out == ""
    assert "a slip" in err


def test_check_leaves_the_parameters_as_they_were() -> None:
    x = Value(3.0)
    check_gradients({"a square": (lambda: x * x, [x])}, Account(quiet=True))
    assert x.data == 3.0
