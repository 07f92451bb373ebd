"""docs/edges.md, checked row by row: each case is computed, and differentiated, as the page says."""

import ast
import math
import operator
import re
from dataclasses import dataclass

import pytest

from engine import Value, derivatives, gradients, jacfwd, jit
from engine.node.functions import FUNCTIONS
from tests.cases import named
from tests.engine.jit.forms import forced
from tests.source_tree import ROOT

PAGE = ROOT / "docs" / "edges.md"
CASE = re.compile(r"`([^`]+)` at `([^`]+)`")
FIGURE = re.compile(r"(-?)(\d+)(?:\.(\d+))?(?:e([+-]?\d+))?")
ULPS = 4

BINARY = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
    ast.Mod: operator.mod,
    ast.FloorDiv: operator.floordiv,
}


@dataclass(frozen=True)
class Row:
    """One line of a table on the page."""

    expression: str
    point: str
    value: str
    gradients: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.expression} at {self.point}"


def rows_of(text: str) -> list[Row]:
    """The rows of all tables whose cases are written in the page's notation; other rows are an error."""
    found = []
    for line in text.splitlines():
        if not line.startswith("|") or line.startswith(("| case |", "|---")):
            continue
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        case = CASE.fullmatch(cells[0])
        if case is None or len(cells) != 4:
            raise ValueError(f"not a row of the edge table: {line}")
        gradients = tuple(figure.strip() for figure in cells[2].split(","))
        found.append(Row(case[1], case[2], cells[1], gradients))
    return found


def number(text: str) -> float:
    """A figure as written: an optional minus, digits, ``inf`` or ``nan``."""
    return float(text)


def operands_at(point: str) -> dict[str, Value]:
    """``x = 1, y = -inf`` as Values by name."""
    pairs = [part.split("=") for part in point.split(",")]
    return {name.strip(): Value(number(figure.strip())) for name, figure in pairs}


def evaluate(expression: str, names: dict[str, Value], compare=operator.gt):
    """An expression of operators, engine functions, lists, numbers and the given names; nothing else."""

    def visit(node: ast.AST):
        match node:
            case ast.Expression(body=body):
                return visit(body)
            case ast.Constant(value=int() | float() as constant):
                return constant
            case ast.Name(id=name) if name in names:
                return names[name]
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return -visit(operand)
            case ast.BinOp(left=left, op=op, right=right) if type(op) in BINARY:
                return BINARY[type(op)](visit(left), visit(right))
            case ast.Compare(left=left, ops=[ast.Gt()], comparators=[right]):
                return compare(visit(left), visit(right))
            case ast.Call(func=ast.Name(id=name), args=args, keywords=[]) if name in FUNCTIONS:
                return FUNCTIONS[name](*map(visit, args))
            case ast.List(elts=items):
                return [visit(item) for item in items]
            case ast.Subscript(value=value, slice=ast.Constant(value=int() as index)):
                return visit(value)[index]
        raise ValueError(f"not in the notation of the page: {ast.dump(node)}")

    return visit(ast.parse(expression, mode="eval"))


def agrees(found: float, figure: str) -> bool:
    """Whether a number is the written one: exact, or rounded to the four or more digits shown."""
    expected = number(figure)
    if math.isnan(expected) or math.isinf(expected) or expected == 0.0:
        return str(found + 0.0) == str(expected + 0.0)  # -0 is as good as 0
    _, whole, fraction, exponent = FIGURE.fullmatch(figure).groups()
    digits = len((whole + (fraction or "")).strip("0"))
    if digits < 4:
        return abs(found - expected) <= ULPS * math.ulp(expected)
    unit = 10.0 ** (int(exponent or 0) - len(fraction or ""))
    return abs(found - expected) <= 0.5000001 * unit


ROWS = rows_of(PAGE.read_text(encoding="utf-8"))


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_edge_is_as_the_page_says(row) -> None:
    names = operands_at(row.point)
    result = evaluate(row.expression, names)
    assert agrees(result.data, row.value), f"the value is {result.data!r}"
    result.backward()
    found = [name.grad for name in names.values()]
    assert len(found) == len(row.gradients)
    assert all(map(agrees, found, row.gradients)), f"the gradients are {found}"


def plain(slopes) -> list[float]:
    return [slope.data if isinstance(slope, Value) else slope for slope in slopes]


def by_graph(f, point: list[float]) -> list[float]:
    variables = [Value(x) for x in point]
    return plain(gradients(f(variables), variables, create_graph=True))


def by_taylor(f, point: list[float]) -> list[float]:
    def alone(i: int):
        others = [Value(x).detach() for x in point]  # not numbers: the number 0 would mask
        return lambda x: f([*others[:i], x, *others[i + 1 :]])

    return plain(derivatives(alone(i), x, 1)[1] for i, x in enumerate(point))


def by_lift(form: str):
    """The gradients of the lifted function in a form; comparisons are rows there, and no decisions."""

    def slopes(f, point: list[float]) -> list[float]:
        variables = [Value(x) for x in point]
        with forced(form):
            jit(lambda *xs: f(xs))(*variables).backward()
        return [variable.grad for variable in variables]

    return slopes


OTHER_WAYS = {
    "as a graph": by_graph,
    "forward": lambda f, point: jacfwd(f)(point),
    "forward as a graph": lambda f, point: plain(jacfwd(f)([*map(Value, point)])),
    "Taylor": by_taylor,
    "lifted to arrays": by_lift("arrays"),
    "lifted to floats": by_lift("scalars"),
}


@pytest.mark.parametrize("way", OTHER_WAYS)
def test_edge_is_the_same_in_every_mode(way) -> None:
    for row in ROWS:
        names = operands_at(row.point)

        def f(xs, row=row, names=names):
            compare = FUNCTIONS["greater"] if "lifted" in way else operator.gt
            return evaluate(row.expression, dict(zip(names, xs, strict=True)), compare)

        with named(row):
            found = OTHER_WAYS[way](f, [value.data for value in names.values()])
            for slope, figure in zip(found, row.gradients, strict=True):
                assert agrees(slope, figure), f"the gradients are {found}"


def test_no_edge_stands_twice() -> None:
    cases = [str(row) for row in ROWS]
    assert sorted(cases) == sorted(set(cases))


# The reader itself.


@pytest.mark.parametrize(
    ("found", "figure", "verdict"),
    [
        (1.0, "1", True),
        (1.0 + 1e-12, "1", False),
        (-0.0, "0", True),
        (5e-324, "0", False),
        (math.inf, "inf", True),
        (-math.inf, "inf", False),
        (math.nan, "nan", True),
        (1.0, "nan", False),
        (math.nan, "1", False),
        (1000.0, "1000", True),
        (1000.4, "1000", False),
        (1.69934e-17, "1.699e-17", True),
        (1.6996e-17, "1.699e-17", False),
        (0.0, "4.24835e-18", False),
        (25.00000000001389, "25.0000000000139", True),
        (25.0, "25.0000000000139", False),
        (0.0, "4.2e-322", False),
    ],
)
def test_figures_are_compared_to_the_digits_shown(found, figure, verdict) -> None:
    assert agrees(found, figure) is verdict


@pytest.mark.parametrize("line", ["| `x` | 1 | 1 | |", "| `x` at `x = 1` | 1 |", "| x at x = 1 | 1 | 1 | |"])
def test_a_row_that_would_go_unchecked_is_an_error(line) -> None:
    with pytest.raises(ValueError, match="not a row of the edge table"):
        rows_of(line)


@pytest.mark.parametrize("expression", ["__import__('os')", "x.data", "print(x)", "(lambda: x)()", "'a'"])
def test_nothing_but_the_notation_is_evaluated(expression) -> None:
    with pytest.raises(ValueError, match="not in the notation"):
        evaluate(expression, {"x": Value(1.0)})
