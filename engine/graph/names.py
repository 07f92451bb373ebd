"""Formats nodes, numbers and tables for people."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from engine.node.backend import Value

__all__ = ["aligned", "count_text", "lifted_remark", "number", "percent", "shown"]

LONGEST_NAME = 40

_EXACTLY_SHOWN = 10**15

_MANY_TIMES = 100


def number(x: float) -> str:
    """A number to six digits.

    >>> number(2.0), number(1 / 3), number(1.5e-9), number(float("nan"))
    ('2', '0.333333', '1.5e-09', 'nan')
    """
    return f"{x + 0.0:.6g}"  # + 0.0 makes a negative zero a plain one


def percent(share: float) -> str:
    """A share in percent; empty for nan.

    >>> percent(0.1234), percent(-1.5), percent(1e-9), percent(1.2e18)
    ('12.3 %', '-150.0 %', '0.0 %', '1.2e+18 times')
    """
    if share != share:
        return ""
    return f"{100 * share + 0.0:.1f} %" if abs(share) < _MANY_TIMES else f"{share:.2g} times"


def count_text(count: int) -> str:
    """A number of paths, in figures where they can be read.

    >>> count_text(1), count_text(4096), count_text(2**100)
    ('1 path', '4,096 paths', 'about 1.3e30 paths')
    """
    if count < _EXACTLY_SHOWN:
        return "1 path" if count == 1 else f"{count:,} paths"
    digits = math.log10(count)  # of whole numbers of any size
    power = math.floor(digits)
    return f"about {10 ** (digits - power):.1f}e{power} paths"


def shown(node: Value) -> str:
    """A node in one word: its label, else its operator, else its number.

    >>> x = Value(2.0, label="x")
    >>> shown(x), shown(x.exp()), shown(Value(0.5))
    ('x', 'exp', '0.5')
    """
    return one_line(node.label or node._op) or number(node.data)


def one_line(text: object) -> str:
    r"""A text on one line: without invisible characters, cut where it is long.

    >>> one_line("a\nb"), len(one_line("a" * 100))
    ('a b', 40)
    """
    line = "".join(letter if letter.isprintable() else " " for letter in str(text))
    return line if len(line) <= LONGEST_NAME else line[: LONGEST_NAME - 1] + "…"


def lifted_remark(nodes: Iterable[Value]) -> list[str]:
    """A remark for graphs with lifted nodes, each of which stands for a whole function; else empty.

    >>> from engine import jit
    >>> lifted_remark([jit(lambda x: x * x)(Value(2.0))])[0].split(":")[0]
    'A node jit is all that a function under engine.jit did'
    """
    if not any(node._op == "jit" and not node._row.partials for node in nodes):
        return []
    return [
        "A node jit is all that a function under engine.jit did: to see inside, run it without jit; the "
        "function itself is its __wrapped__."
    ]


def aligned(rows: Sequence[Sequence[str]], sides: str) -> list[str]:
    """The lines of a table with aligned columns.

    Args:
        rows: texts, as many in each row.
        sides: for each column ``l`` or ``r``: the side its texts stand at.

    >>> aligned([["name", "size"], ["w", "0.25"]], "lr")
    ['name  size', 'w     0.25']
    """
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    forms = [f"{{:{'<' if side == 'l' else '>'}{width}}}" for side, width in zip(sides, widths, strict=True)]
    return ["  ".join(map(str.format, forms, row)).rstrip() for row in rows]
