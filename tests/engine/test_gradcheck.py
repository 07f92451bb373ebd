"""gradcheck: so far inputs near the end of a domain, and checks that would check nothing."""

import pytest

from engine import Value, gradcheck, no_grad


@pytest.mark.parametrize("x", [1e-3, 1e-8, 1e-12, 1e-100, 1e100])
def test_a_step_beyond_the_domain_is_not_chosen(x) -> None:
    assert gradcheck(lambda x: x.log(), x)
    assert gradcheck(lambda x: x.sqrt(), x)
    assert gradcheck(lambda x: 1.0 / x, x)


def test_the_complex_step_is_relative_to_small_operands() -> None:
    assert gradcheck(lambda a, b: a / b, 1e-200, 3e-200, method="complex", rtol=1e-12)


def test_a_check_of_nothing_is_an_error() -> None:
    with pytest.raises(ValueError, match="nothing to check"):
        gradcheck(lambda: Value(1.0))
    with pytest.raises(ValueError, match="nothing to check"):
        gradcheck(lambda: Value(1.0), wrt=[])
    with pytest.raises(ValueError, match="nothing to check"):
        gradcheck(lambda x: [], 1.0)


def test_a_check_under_no_grad_checks() -> None:
    with no_grad():
        assert gradcheck(lambda x: x * x, 3.0)


def test_one_value_may_stand_for_a_list_of_one() -> None:
    w = Value(3.0, label="w")
    assert gradcheck(lambda: w * w, wrt=w)
    assert w.data == 3.0


def test_a_function_that_returns_no_number_is_named_as_the_cause() -> None:
    with pytest.raises(TypeError, match=r"return.*None of type NoneType"):
        gradcheck(lambda x: None, 1.0)
