"""Formulas typed as text."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import engine
from engine import Value
from engine.node.functions import FUNCTIONS
from viz.cli.expression import ExpressionError, evaluate, is_name, names_in


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1 + 2*3", 7.0),
        ("(1 + 2)*3", 9.0),
        ("2**3**2", 512.0),
        ("-2**2", -4.0),
        ("+3 - -2", 5.0),
        ("7 % 3", 1.0),
        ("-7 // 3", -3.0),
        ("-7 % 3", 2.0),
        ("1/4", 0.25),
        ("x", 3.0),
        ("x*x - y", 7.0),
        ("  x  ", 3.0),
        ("max(x, y) + min([x, y])", 5.0),
        ("sum([1, x, y])", 6.0),
        ("dot([1, 2], (x, y))", 7.0),
        ("[x, y][1]", 2.0),
        ("[x, y][-1]", 2.0),
        ("softmax([0, 0])[0]", 0.5),
        ("where(x > y, 10, 20)", 10.0),
        ("where(x < y, 10, 20)", 20.0),
        ("(x >= 3) + (x <= 3) + (x == 3)", 3.0),
        ("sin(pi)", math.sin(math.pi)),
        ("log(e) + tau", 1.0 + math.tau),
        ("leaky_relu(-1, 0.5)", -0.5),
        ("1e3 + 0x10 + 1_000", 2016.0),
        ("1e999", math.inf),
        ("9**9**9", math.inf),
        ("1/0", math.inf),
        ("-1/0", -math.inf),
        ("1" + "0" * 400, math.inf),
    ],
)
def test_formulas_have_their_value(text, value) -> None:
    assert evaluate(text, {"x": Value(3.0), "y": 2}).data == value


def test_gradients_reach_the_variables() -> None:
    w, x, b = Value(0.5), Value(2.0), Value(-1.0)
    y = evaluate("tanh(w*x + b)", {"w": w, "x": x, "b": b})
    y.backward()
    assert (y.data, w.grad, x.grad, b.grad) == (0.0, 2.0, 0.5, 1.0)


def _larger(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    binary = st.tuples(inner, st.sampled_from("+-*/"), inner).map(lambda parts: f"({''.join(parts)})")
    return binary | inner.map(lambda text: f"-{text}")


@given(st.recursive(st.sampled_from(["x", "y", "2", "0.5"]), _larger, max_leaves=12))
def test_arithmetic_is_that_of_numpy(text) -> None:
    with np.errstate(all="ignore"):
        x, y = np.float64(1.5), np.float64(-0.75)
        # an oracle of its own: Python's parser and NumPy's numbers, on texts made above
        expected = _by_numpy(text, {"x": x, "y": y, "2": np.float64(2), "0.5": np.float64(0.5)})
    got = evaluate(text, {"x": Value(1.5), "y": Value(-0.75)}).data
    assert got == expected or (math.isnan(got) and math.isnan(expected))


def _by_numpy(text, numbers):
    """A little parser of fully bracketed formulas."""
    if text.startswith("-"):
        return -_by_numpy(text[1:], numbers)
    if not text.startswith("("):
        return numbers[text]
    depth = 0
    for i, character in enumerate(text[1:-1], 1):
        depth += (character == "(") - (character == ")")
        if depth == 0 and character in "+-*/" and text[i - 1] not in "(+-*/":
            a, b = _by_numpy(text[1:i], numbers), _by_numpy(text[i + 1 : -1], numbers)
            return {"+": np.add, "-": np.subtract, "*": np.multiply, "/": np.divide}[character](a, b)
    raise AssertionError(text)


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
def test_every_function_of_the_table_can_be_called(name) -> None:
    row = engine.ops.OPERATORS.get(name)
    arity = row.arity if row is not None else None
    if name == "dot":
        call, expected = "dot([0.5, 0.25], [0.5, 2])", FUNCTIONS[name]([0.5, 0.25], [0.5, 2.0])
    elif arity is None:
        call, expected = f"{name}([0.5, 0.25])", FUNCTIONS[name]([0.5, 0.25])
    else:
        call, expected = f"{name}({', '.join(['0.5'] * arity)})", FUNCTIONS[name](*[0.5] * arity)
    if isinstance(expected, list):
        call, expected = call + "[0]", expected[0]
    got = evaluate(call, {}).data
    assert got == expected or (math.isnan(got) and math.isnan(expected))


REFUSED = """
x + | x y | x = 2 | 1x | ( | x) | x;y | import os | x.data | x.__class__ | ().__class__.__bases__[0]
__import__('os').system('id') | open('f') | eval('1') | exec('1') | (lambda: 1)() | [a for a in [1]]
{1: 2} | {1} | x if x else y | x and y | not x | x or 1 | (x := 3) | f'{x}' | 'text' | b'text' | None
True | ... | 2j | x @ y | x << 1 | x & y | ~x | x < y < 3 | x != y | x is y | x in [y] | *x
[*[x]] | max(*[x]) | tanh(x=1) | tanh(**{}) | await x | yield x | [1, 2][0:1] | [1, 2][x] | [1, 2][0.5]
[1, 2][5] | [1, 2][1e999] | x[0] | tanh(x)(y) | tanh | unknown | unknown(x) | tanh() | tanh(x, y)
tanh([x]) | [x] + 1 | -[x] | [x] < 1 | dot([x], [x, y]) | max([]) | dot(x, y) | [x, y] | softmax([x, y])
sum(x) | ((x, y), 1)[0]
"""


@pytest.mark.parametrize(
    "text",
    ["", " ", "\0", *(text.strip() for line in REFUSED.split("\n") if line for text in line.split(" | "))],
)
def test_all_else_is_refused(text) -> None:
    with pytest.raises(ExpressionError):
        evaluate(text, {"x": Value(3.0), "y": Value(2.0)})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("tahn(x)", r"unknown function 'tahn'; did you mean .*tanh.*\?"),
        ("qqqq(x)", r"unknown function 'qqqq'; there are abs, "),
        ("z", r"no value for 'z'; give one as z=1.5"),
        ("2*tanh", r"'tanh' is a function: write tanh\("),
        ("1 + x.data", r"'x.data' is not allowed in an expression, which holds names, numbers"),
        ("x +", "this is not an expression: invalid syntax"),
        ("tanh(x, 2)", r"'tanh\(x, 2\)': tanh\(x\): too many"),
        ("softmax([x, 1])", r"the result is a list of 2; take one of them"),
        ("0,5", r"'0,5' cannot be read; write 0\.5: the decimal sign is a point"),
        ("2x^2", r"'2x\^2' cannot be read; write 2\*x\*\*2: a product needs its \*; a power is \*\*"),
        ("x if x > 0 else 0", r"cannot be read; write where\(x > 0, x, 0\): a choice is where"),
        ("ln(x)", r"write log\(x\)"),
        ("xx", r"no value for 'xx'; give one as xx=1\.5; did you mean x\*x\?"),
        ("[1][7]", r"'\[1\]\[7\]': list index out of range"),
    ],
)
def test_errors_say_what_is_wrong_and_what_to_try(text, message) -> None:
    with pytest.raises(ExpressionError, match=message):
        evaluate(text, {"x": Value(3.0)})


@pytest.mark.parametrize(
    "text", ["(" * 5000 + "x" + ")" * 5000, "-" * 100_000 + "x", "[" * 5000 + "]" * 5000]
)
def test_nesting_too_deep_for_the_parser_is_an_error(text) -> None:
    with pytest.raises(ExpressionError, match="nested"):
        evaluate(text, {"x": 1.0})


def test_what_the_parser_reads_is_computed_without_recursion() -> None:
    assert evaluate("+".join(["x"] * 900), {"x": Value(1.0)}).data == 900.0


def test_names_are_those_that_take_a_number() -> None:
    assert names_in("tanh(b*x) + max([b, y])[i] - exp + pi") == ["b", "x", "y", "i", "exp", "pi"]
    with pytest.raises(ExpressionError):
        names_in("x +")


def test_each_result_knows_its_part_of_the_text() -> None:
    parts: dict[Value, str] = {}
    x = Value(2.0)
    y = evaluate("tanh(x * 2) + x", {"x": x}, parts)
    assert list(parts.values()) == ["x", "x * 2", "tanh(x * 2)", "tanh(x * 2) + x"]
    assert parts[y] == "tanh(x * 2) + x"


def test_the_variables_may_hide_functions_and_constants() -> None:
    assert evaluate("exp(exp) * pi", {"exp": 0.0, "pi": 2.0}).data == 2.0


def test_names_are_read_as_python_reads_them() -> None:
    assert evaluate("ﬁ + fi", {"ﬁ": 2.0}).data == 4.0


@pytest.mark.parametrize("text", ["x", "w_1", "σ", "tanh"])
def test_names_are_names_of_variables(text) -> None:
    assert is_name(text)


@pytest.mark.parametrize("text", ["1x", "", "x.y", "None", "lambda", "(x)", " x", "x y"])
def test_all_else_is_no_name(text) -> None:
    assert not is_name(text)
