"""The exit statuses of ``python -m demos``."""

__all__ = ["INTERRUPTED", "MISSED", "MISUSED", "REACHED", "READER_GONE"]

REACHED = 0
"""The demo reached its goal."""

MISSED = 1
"""It did not: training fell short of its goal, a gradient was wrong, a file could not be written."""

MISUSED = 2
"""The command line asked for something there is not."""

INTERRUPTED = 130
"""Ended by Ctrl-C: 128 + SIGINT, as a shell has it."""

READER_GONE = 141
"""Nobody reads the output any more, as in ``... | head -1``: 128 + SIGPIPE."""
