"""The gradients of what was trained, held against finite differences."""

from collections.abc import Callable, Iterable, Mapping

from demos.runner.account import Account
from engine import GradientError, Value, gradcheck

__all__ = ["check_gradients"]

Case = tuple[Callable[[], Value], Iterable[Value]]
"""A loss, computed anew from the parameters at each call, and the parameters."""


def check_gradients(cases: Mapping[str, Case], account: Account) -> bool:
    """Check the gradients of losses by all their parameters, and print what is found.

    Args:
        cases: what is checked, by name.
        account: told a line for each; of wrong gradients, the report.

    Returns:
        Whether all agree.

    >>> w = Value(0.0, label="w")
    >>> check_gradients({"a line": (lambda: 3 * w, [w])}, Account())
    gradient check  gradients  largest  finite differences off by at most
    a line            1 right  3.0e+00                            0.0e+00
    True
    """
    rows, wrong = [], []
    for name, (loss, parameters) in cases.items():
        account.doing = f"checking the gradients of {name}"
        try:
            report = gradcheck(loss, wrt=parameters)
        except GradientError as error:
            rows.append([name, "WRONG", "", ""])
            wrong.append(f"Wrong gradients, {name}: {error}")
            continue
        largest = max(abs(entry.analytic) for entry in report.entries)
        difference = max(abs(entry.analytic - entry.numeric) for entry in report.entries)
        rows.append([name, f"{len(report.entries)} right", f"{largest:.1e}", f"{difference:.1e}"])
    account.table(["gradient check", "gradients", "largest", "finite differences off by at most"], rows)
    for report_of_errors in wrong:
        account.fail(report_of_errors)
    return not wrong
