"""``python -m benchmarks``; see :mod:`benchmarks.harness.cli`."""

import signal
import sys

from benchmarks.harness.cli import main

if __name__ == "__main__":
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # like Ctrl-C: no process is left behind
    sys.exit(main())
