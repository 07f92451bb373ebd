"""The exit statuses of ``python -m demos``."""

REACHED = 0  # the demo reached its goal
MISSED = 1  # training fell short of it, a gradient was wrong, or a file could not be written
MISUSED = 2  # the command line asked for something there is not
INTERRUPTED = 130  # ended by Ctrl-C: 128 + SIGINT, as a shell has it
READER_GONE = 141  # nobody reads the output any more, as in ``... | head -1``: 128 + SIGPIPE
