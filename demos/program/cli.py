"""The command line of ``python -m demos``."""

import argparse
import sys
from collections.abc import Sequence
from difflib import get_close_matches

from demos.program import exit_status as status
from demos.program.catalog import DEMOS
from demos.program.run_all import run_all
from demos.runner.account import Account
from demos.runner.options import Options, add_options, from_arguments

__all__ = ["main", "run"]

PROGRAM = "python -m demos"
ALL = "all"
DESCRIPTION = "Programs that train small networks and show what they learned."


def main(arguments: Sequence[str] | None = None) -> int:
    """List the demos, or run one of them.

    Args:
        arguments: the words after ``python -m demos``; those of the running program by default.

    Returns:
        The exit status, one of those in ``demos.program.exit_status``.

    >>> main([])  # doctest: +ELLIPSIS
    Demos:
    ...
    0
    """
    words = sys.argv[1:] if arguments is None else list(arguments)
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
    if parsed.demo == ALL:
        options = from_arguments(parsed, 0)
        return run_all(options, parsed.epochs) if _folder_is_there(ALL, options) else status.MISUSED
    return run(parsed.demo, from_arguments(parsed, DEMOS[parsed.demo].EPOCHS))


def run(name: str, options: Options) -> int:
    """Run a demo; Ctrl-C ends it with a summary of how far it came.

    Args:
        name: one of those in ``demos.program.catalog.DEMOS``.
        options: the choices of this run.

    Returns:
        The exit status, one of those in ``demos.program.exit_status``.
    """
    if not _folder_is_there(name, options):
        return status.MISUSED
    account = Account(quiet=options.quiet)
    try:
        return status.REACHED if DEMOS[name].run(options, account) else status.MISSED
    except KeyboardInterrupt:
        account.interrupted(name)
        return status.INTERRUPTED
    except BrokenPipeError:
        raise  # nobody reads the output any more
    except OSError as error:
        account.fail(f"{name} stopped while {account.doing}: {error}")
        return status.MISSED


def parser(name: str | None = None) -> argparse.ArgumentParser:
    """The parser of the command line, or of one demo's help.

    Args:
        name: of the demo, where it is to be explained alone.
    """
    demo = DEMOS[name] if name else None
    made = argparse.ArgumentParser(
        prog=f"{PROGRAM} {name}" if name else PROGRAM,
        description=demo.__doc__ if demo else DESCRIPTION,
        epilog=None if demo else listing(),
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    if demo is None:
        made.add_argument("demo", nargs="?", help="which one to run; without it they are listed")
    add_options(made, demo.EPOCHS if demo else None)
    return made


def listing() -> str:
    """The demos, one line each."""
    width = max(map(len, DEMOS))
    lines = [*((name, demo.TITLE) for name, demo in DEMOS.items()), (ALL, "all of them, and index.html")]
    return "\n".join(["Demos:", *(f"  {name:<{width}}  {title}" for name, title in lines)])


def _folder_is_there(name: str, options: Options) -> bool:
    """Make the folder of a run before any work; print an error if it cannot be made."""
    try:
        options.out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        Account().fail(
            f"{name}: cannot make the folder {options.out}: {error}. Choose another with --out DIR."
        )
        return False
    return True


def _unknown(name: str) -> str:
    near = get_close_matches(name, [*DEMOS, ALL], n=1)
    guess = f"; did you mean {near[0]}?" if near else ""
    return f"unknown demo {name!r}: there are {', '.join(DEMOS)}{guess}"
