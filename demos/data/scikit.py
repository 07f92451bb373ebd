"""Loads the data sets of scikit-learn, where it is installed."""

from typing import Any

from demos.runner.account import Account
from demos.runner.pictures import INSTALL

__all__ = ["load"]


def load(name: str, account: Account) -> Any:
    """Load a data set.

    Args:
        name: of the data set and of the demo that needs it: ``"digits"`` or ``"iris"``.
        account: receives an error where scikit-learn is missing.

    Returns:
        What ``sklearn.datasets`` has; None where it is missing.
    """
    try:
        import sklearn.datasets  # type: ignore[import-untyped]
    except ImportError as missing:
        account.fail(f"{name} needs its data set, which comes with scikit-learn ({missing}): {INSTALL}")
        return None
    return getattr(sklearn.datasets, f"load_{name}")()
