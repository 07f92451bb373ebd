"""Many cases of one kind in one test: a test of its own costs a millisecond for each of thousands."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

__all__ = ["named"]


@contextmanager
def named(*case: object) -> Iterator[None]:
    """What fails in this block says in which case."""
    try:
        yield
    except pytest.skip.Exception:
        raise
    except BaseException as error:
        error.add_note(f"in the case: {', '.join(map(str, case))}")
        raise
