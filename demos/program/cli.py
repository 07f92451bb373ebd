"""The command line of ``python -m demos``."""

import argparse
import sys
from collections.abc import Callable, Sequence
from difflib import get_close_matches
from pathlib import Path

from demos.program import exercises
from demos.program import exit_status as status
from demos.program.catalog import DEMOS, title
from demos.program.perform import run, run_all
from demos.runner.page import OUT, Page
from engine.floats.validate import integer

__all__ = ["main"]

PROGRAM = "python -m demos"
ALL = "all"
EXERCISE = "exercise"
DESCRIPTION = "Programs that train small networks and show what they learned."


def main(arguments: Sequence[str] | None = None) -> int:
    """List the demos, or run one of them; returns an exit status.

    >>> main([])
    Demos:
    ...
    0
    """
    words = sys.argv[1:] if arguments is None else list(arguments)
    if words[:1] == [EXERCISE]:
        return exercises.main(words[1:])
    if {"-h", "--help"}.intersection(words):
        named = [word for word in words if word in DEMOS]
        parser(named[0] if named else None).print_help()
        return status.REACHED
    try:
        parsed = parser().parse_args(words)
        if parsed.demo not in (None, ALL, *DEMOS):
            parser().error(_unknown(parsed.demo))
    except SystemExit:  # argparse has printed what is wrong
        return status.MISUSED
    if parsed.demo is None:
        print(f"{listing()}\n\nTo run one: {PROGRAM} {next(iter(DEMOS))}; what it takes: {PROGRAM} --help")
        return status.REACHED
    own = 0 if parsed.demo == ALL else DEMOS[parsed.demo].EPOCHS
    page = Page(parsed.seed, parsed.epochs or own, parsed.quiet, parsed.out)
    try:
        page.out.mkdir(parents=True, exist_ok=True)  # before any work
    except OSError as error:
        page.fail(f"{parsed.demo}: cannot make the folder {page.out}: {error}. Choose another: --out DIR.")
        return status.MISUSED
    return run_all(page, parsed.epochs) if parsed.demo == ALL else run(parsed.demo, page)


def parser(name: str | None = None) -> argparse.ArgumentParser:
    """The parser of the command line, or of one demo's help."""
    demo = DEMOS[name] if name else None
    made = argparse.ArgumentParser(
        prog=f"{PROGRAM} {name}" if name else PROGRAM,
        description=demo.__doc__ if demo else DESCRIPTION,
        epilog=None if demo else listing(),
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    own = "each demo has its own default"
    if demo is None:
        made.add_argument("demo", nargs="?", help="which one to run; without it they are listed")
    else:
        own = f"default {demo.EPOCHS}" if demo.EPOCHS else "it trains nothing, so this makes no difference"
    add = made.add_argument
    add("--seed", type=from_up(0), default=0, metavar="N", help="start of the random numbers (default 0)")
    add("--epochs", type=from_up(1), metavar="N", help=f"most passes over the data in training ({own})")
    add("--quiet", action="store_true", help="print errors only; the exit status tells the outcome")
    add("--out", type=Path, default=OUT, metavar="DIR", help=f"folder for the pictures (default {OUT})")
    return made


def listing() -> str:
    """The demos, one line each."""
    width = max(map(len, DEMOS))
    lines = [(name, title(demo)) for name, demo in DEMOS.items()]
    lines += [(ALL, "all of them, and index.html"), (EXERCISE, exercises.TITLE)]
    return "\n".join(["Demos:", *(f"  {name:<{width}}  {text}" for name, text in lines)])


def from_up(least: int) -> Callable[[str], int]:
    """Reads an integer from so much up; ``argparse`` turns the error into a message."""

    def read(text: str) -> int:
        try:
            return integer("it", int(text), least)
        except ValueError:
            raise argparse.ArgumentTypeError(f"must be an integer from {least} up, got {text!r}") from None

    return read


def _unknown(name: str) -> str:
    near = get_close_matches(name, [*DEMOS, ALL, EXERCISE], n=1)
    guess = f"; did you mean {near[0]}?" if near else ""
    return f"unknown demo {name!r}: there are {', '.join(DEMOS)}{guess}"
