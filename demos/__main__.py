"""The entry point of ``python -m demos``."""

import io
import os
import sys

from demos.program import exit_status as status


def start() -> int:
    """Run the command line; Ctrl-C and a closed pipe give an exit status, not a traceback."""
    try:
        from demos.program.cli import main  # here, so that Ctrl-C during the longer imports is quiet too

        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, io.TextIOWrapper):
                stream.reconfigure(errors="backslashreplace")  # a path may hold letters that a terminal lacks
        ended = main()
        sys.stdout.flush()
        return ended
    except KeyboardInterrupt:
        return status.INTERRUPTED
    except BrokenPipeError:
        # Python flushes stdout once more at exit; this gives it something to flush to.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return status.READER_GONE


if __name__ == "__main__":
    sys.exit(start())
