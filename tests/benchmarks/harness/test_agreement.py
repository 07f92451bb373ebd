import math

import pytest

from benchmarks.harness.agreement import DisagreementError, largest_difference


def test_difference_is_relative_to_the_largest_number_of_a_quantity() -> None:
    answer = {"loss": [2.0], "gradients": [100.0, 0.01]}
    reference = {"loss": [2.0], "gradients": [100.0, 0.02]}
    assert largest_difference(answer, reference, tolerance=1e-3) == pytest.approx(1e-4)


def test_equal_answers_differ_by_nothing() -> None:
    assert largest_difference({"loss": [0.0], "none": []}, {"loss": [0.0], "none": []}, tolerance=0.0) == 0.0


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ({"loss": [1.001]}, r"loss\[0\] is 1.001, expected 1.0"),
        ({"loss": [math.nan]}, "nan"),
        ({"loss": [math.inf]}, "inf"),
        ({"loss": []}, "0 numbers, expected 1"),
        ({"cost": [1.0]}, r"\['cost'\], expected \['loss'\]"),
    ],
    ids=["value", "nan", "inf", "length", "quantity"],
)
def test_disagreement_names_what_differs(answer, words) -> None:
    with pytest.raises(DisagreementError, match=words):
        largest_difference(answer, {"loss": [1.0]}, tolerance=1e-4)


def test_reference_of_nan_is_agreed_with_by_nobody() -> None:
    with pytest.raises(DisagreementError):
        largest_difference({"loss": [math.nan]}, {"loss": [math.nan]}, tolerance=1.0)
