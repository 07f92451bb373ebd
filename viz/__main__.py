"""Command line: computes a formula and its gradients, and draws its graph.

``python -m viz "tanh(w*x + b)" w=0.5 x=2 b=-1 -o graph.svg``
"""

from __future__ import annotations

import argparse
import io
import sys
import unicodedata
from collections.abc import Sequence

from engine import ChainruleError, Value, detect_anomaly
from engine.diagnostics.anomaly import Anomaly
from engine.explanation.explain import Explanation, explain
from engine.node.functions import FUNCTIONS
from viz.cli.expression import CONSTANTS, ExpressionError, evaluate, is_name, names_in
from viz.graphs.draw_dot import draw_dot
from viz.save import write

__all__ = ["main"]

DESCRIPTION = (
    "Compute an expression and the gradient of every variable in it, and draw its graph. It may hold names, "
    "numbers, + - * / ** %, comparisons, lists, pi, e, tau, and the functions "
    + ", ".join(sorted(FUNCTIONS))
    + "."
)
EXAMPLE = 'example: python -m viz "tanh(w*x + b)" w=0.5 x=2 b=-1 -o graph.svg'


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit status: 0, or 2 after an error, which is written to stderr.

    >>> main(["w * x", "w=0.5", "x=4"])
    w * x = 2.0
    <BLANKLINE>
    name  value  gradient
    w       0.5       4.0
    x       4.0       0.5
    0
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a terminal may lack the ∂ of an explanation
    arguments = _parser().parse_args(_protected(sys.argv[1:] if argv is None else argv))
    try:
        variables = _variables(arguments.assignments)
        expression = arguments.expression.strip()
        parts: dict[Value, str] = {}
        with detect_anomaly(mode="report", inf=False) as found:
            result = evaluate(expression, variables, parts)
            used = names_in(expression)
            _refuse_unused(variables, used)
            result.backward()
        print(f"{expression} = {result.data!r}")
        _print_table(variables, [name for name in used if name not in variables])
        if found:
            print(f"\n{_cause(found.anomalies[0], parts)}")
        if arguments.explain is not None:
            print(f"\n{_explanation(result, arguments.explain.strip(), variables)}")
        if arguments.output is not None:
            dot = draw_dot(result, rankdir=arguments.rankdir, depth=arguments.depth)
            dot.title = f"Computation graph of {expression}"
            print(f"\nwrote {write(dot, arguments.output)}")
    except (ExpressionError, ChainruleError, ValueError, OSError) as error:
        print(f"python -m viz: error: {error}", file=sys.stderr)
        return 2
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m viz", description=DESCRIPTION, epilog=EXAMPLE)
    parser.add_argument("expression", help='such as "tanh(w*x + b)", in quotes')
    parser.add_argument("assignments", nargs="*", metavar="name=number", help="a value for each name in it")
    parser.add_argument("-o", "--output", metavar="FILE", help="draw the graph: .svg or .dot; .png or .pdf "
                        "with matplotlib or a system Graphviz")  # fmt: skip
    parser.add_argument("--explain", metavar="NAME", help="write out the chain rule of one derivative")
    parser.add_argument("--rankdir", choices=("LR", "TB", "RL", "BT"), default="LR",
                        help="direction of the picture (default: LR, left to right)")  # fmt: skip
    parser.add_argument("--depth", type=int, help="draw only so many operators below the result")
    return parser


def _protected(argv: Sequence[str]) -> list[str]:
    """Put a blank before an expression that starts with a minus, so that it is not read as an option."""
    options = ("-o", "-h", "--")
    return [f" {each}" if each[:1] == "-" and each != "-" and not each.startswith(options) else each
            for each in argv]  # fmt: skip


def _variables(assignments: Sequence[str]) -> dict[str, Value]:
    variables: dict[str, Value] = {}
    for assignment in assignments:
        name, equals, text = (part.strip() for part in assignment.partition("="))
        name = unicodedata.normalize("NFKC", name)  # as Python itself reads names
        if not equals or not is_name(name):
            raise ExpressionError(f"{assignment!r} is not an assignment; write name=number, as in x=2")
        if name in variables:
            raise ExpressionError(f"{name} has two values")
        try:
            variables[name] = Value(float(text), label=name)
        except ValueError:
            advice = "; the decimal sign is a point" if "," in text else ""
            raise ExpressionError(f"{text!r} is not a number, in {assignment!r}{advice}") from None
    return variables


def _explanation(result: Value, name: str, variables: dict[str, Value]) -> Explanation:
    """Explain the derivative with respect to one of the variables."""
    if name not in variables:
        known = ", ".join(variables) or "none"
        raise ExpressionError(
            f"--explain {name} does not name a variable of the expression; there are {known}"
        )
    return explain(result, variables[name])


def _refuse_unused(variables: dict[str, Value], used: list[str]) -> None:
    unused = [name for name in variables if name not in used]
    if unused:
        one = len(unused) == 1
        what = f"{unused[0]} is not a name" if one else f"{', '.join(unused)} are not names"
        known = ", ".join(used) or "none"
        raise ExpressionError(f"{what} in the expression, whose names are {known}")


def _cause(anomaly: Anomaly, parts: dict[Value, str]) -> str:
    """The first cause of a nan, with the part of the expression it arose in."""
    of = [repr(operand.value) for operand in anomaly.operands]
    for node, part in parts.items():
        if node._row.name == anomaly.operator and [repr(x.data) for x in node._children] == of:
            return anomaly.described([f"in the expression: {part}"])
    return anomaly.described()


def _print_table(variables: dict[str, Value], constants: list[str]) -> None:
    rows = [("name", "value", "gradient")]
    rows += [(name, repr(value.data), repr(value.grad)) for name, value in variables.items()]
    rows += [(name, repr(CONSTANTS[name]), "constant") for name in constants]
    if len(rows) == 1:
        return
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    print()
    for name, value, gradient in rows:
        print(f"{name:<{widths[0]}}  {value:>{widths[1]}}  {gradient:>{widths[2]}}")


if __name__ == "__main__":
    sys.exit(main())
