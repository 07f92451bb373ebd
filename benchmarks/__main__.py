"""``python -m benchmarks``; see :mod:`benchmarks.harness.cli`."""

import signal
import sys

if __name__ == "__main__":
    try:
        from benchmarks.harness.cli import main
    except ModuleNotFoundError as missing:
        sys.exit(f'error: {missing}; run: python -m pip install -e ".[bench]"')
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # like Ctrl-C: no process is left behind
    sys.exit(main())
