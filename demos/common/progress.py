"""A progress bar where somebody watches: on a terminal, and never in a pipe or a file."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

__all__ = ["progress"]

USUAL_SIZE = (80, 24)


@contextmanager
def progress(total: int, title: str, *, quiet: bool = False) -> Iterator[Callable[[str], None]]:
    """A bar for as long as a ``with`` block lasts.

    Args:
        total: the number of steps at most.
        title: stands before the bar.
        quiet: no bar.

    Yields:
        A function to call once a step with a note, such as the loss, that stands after the bar. It does
        nothing where stderr is no terminal or tqdm (``pip install "chainrule[demos]"``) is not installed.

    >>> with progress(3, "counting") as advance:  # doctest's output is no terminal
    ...     for number in range(3):
    ...         advance(f"now {number}")
    """
    bar = None if quiet or not sys.stderr.isatty() else _bar(total, title)

    def advance(note: str) -> None:
        if bar is not None:
            bar.set_postfix_str(note, refresh=False)
            bar.update()

    try:
        yield advance
    finally:
        if bar is not None:
            bar.close()


def _bar(total: int, title: str) -> Any:
    try:
        from tqdm import tqdm  # type: ignore[import-untyped]
    except ImportError:  # a bar is a comfort, not a result
        return None
    columns, rows = _terminal_size()
    return tqdm(
        total=total, desc=title, leave=False, file=sys.stderr, unit="epoch", ncols=columns, nrows=rows
    )


def _terminal_size() -> tuple[int, int]:
    """Columns and rows of the terminal behind stderr; of one that says 0, as under ``script``, the usual."""
    try:
        size = os.get_terminal_size(sys.stderr.fileno())
    except OSError:
        return USUAL_SIZE
    return size.columns or USUAL_SIZE[0], size.lines or USUAL_SIZE[1]
