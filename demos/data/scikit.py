"""Loads the data sets of scikit-learn, where it is installed."""

from typing import Any

from demos.runner.page import INSTALL, Page

__all__ = ["load"]


def load(name: str, page: Page) -> Any:
    """Load a data set, "digits" or "iris"; None, and an error on the page, where scikit-learn is missing."""
    try:
        import sklearn.datasets  # type: ignore[import-untyped]
    except ImportError as missing:
        page.fail(f"{name} needs its data set, which comes with scikit-learn ({missing}): {INSTALL}")
        return None
    return getattr(sklearn.datasets, f"load_{name}")()
