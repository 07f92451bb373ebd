"""The options of a run, and how they are read from the command line."""

import argparse
from dataclasses import dataclass
from pathlib import Path

from engine.floats.validate import integer

__all__ = ["OUT", "SEED", "Options", "add_options", "from_arguments"]

SEED = 0
OUT = Path("out")


@dataclass(frozen=True)
class Options:
    """The choices of one run.

    Attributes:
        seed: where the random numbers start; the same seed gives the same run.
        epochs: the most passes over the data that training may take.
        quiet: print nothing but errors.
        out: the folder that pictures are written to.

    >>> Options(epochs=10).seed
    0
    """

    seed: int = SEED
    epochs: int = 1000
    quiet: bool = False
    out: Path = OUT


def add_options(parser: argparse.ArgumentParser, epochs: int | None) -> None:
    """Add the options of every demo to a parser.

    Args:
        parser: the parser to add them to.
        epochs: the demo's default, for the help; 0 where it trains nothing, None where it is not known.
    """
    own = "each demo has its own default" if epochs is None else f"default {epochs}"
    if epochs == 0:
        own = "this demo trains nothing, so it makes no difference"
    add = parser.add_argument
    add(
        "--seed",
        type=natural,
        default=SEED,
        metavar="N",
        help=f"start of the random numbers (default {SEED})",
    )
    add("--epochs", type=positive, metavar="N", help=f"most passes over the data in training ({own})")
    add("--quiet", action="store_true", help="print errors only; the exit status tells the outcome")
    add("--out", type=Path, default=OUT, metavar="DIR", help=f"folder for the pictures (default {OUT})")


def from_arguments(arguments: argparse.Namespace, epochs: int) -> Options:
    """The options in parsed arguments, with the demo's own default number of epochs."""
    given = epochs if arguments.epochs is None else arguments.epochs
    return Options(seed=arguments.seed, epochs=given, quiet=arguments.quiet, out=arguments.out)


def natural(text: str) -> int:
    """An integer from 0 up, read from text; ``argparse`` turns the error into a message.

    >>> natural("7")
    7
    """
    return _integer(text, 0)


def positive(text: str) -> int:
    """An integer from 1 up, read from text.

    >>> positive("0")
    Traceback (most recent call last):
    ...
    argparse.ArgumentTypeError: must be an integer from 1 up, got '0'
    """
    return _integer(text, 1)


def _integer(text: str, least: int) -> int:
    try:
        return integer("it", int(text), least)
    except ValueError:
        raise argparse.ArgumentTypeError(f"must be an integer from {least} up, got {text!r}") from None
