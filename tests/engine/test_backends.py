"""The compiled node is the reference again: the same bits, the same graphs, the same messages."""

import copy
import math
import operator
import os
import pickle
import subprocess
import sys
from collections.abc import Callable
from contextlib import nullcontext
from decimal import Decimal
from fractions import Fraction
from inspect import cleandoc
from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import engine
from engine.node.functions import FUNCTIONS, call
from engine.ops import OPERATORS
from tests.engine.nodes import compiled_module, reference
from tests.sampling import samples
from tests.source_tree import ROOT

compiled = compiled_module()
BOTH = (reference, compiled)

# -- random programs -----------------------------------------------------------------------------------

ROWS = sorted(name for name, row in OPERATORS.items() if row.arity)
SEQUENCES = sorted(name for name, row in OPERATORS.items() if row.arity is None and name != "dot")
OPERATIONS = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "**": operator.pow,
    "%": operator.mod,
}
SPECIAL = (
    0.0,
    -0.0,
    1.0,
    -1.0,
    2.0,
    0.5,
    1e308,
    -1e-308,
    5e-324,
    710.0,
    -745.2,
    math.inf,
    -math.inf,
    math.nan,
)

floats = st.one_of(
    st.sampled_from(SPECIAL), st.floats(-4.0, 4.0), st.floats(allow_nan=False, allow_infinity=False)
)
numbers = st.one_of(
    floats, st.integers(-3, 3), st.just(10**400), st.booleans(), st.floats(-4.0, 4.0).map(np.float64)
)
nodes = st.integers(0, 1000).map(lambda i: ("node", i))
operands = st.one_of(nodes, nodes, nodes, numbers)
steps = st.one_of(
    st.tuples(st.just("leaf"), numbers),
    st.tuples(st.sampled_from(sorted(OPERATIONS)), operands, nodes),
    st.tuples(st.sampled_from(sorted(OPERATIONS)), nodes, operands),
    st.tuples(st.just("negative"), nodes),
    st.tuples(st.just("apply"), st.sampled_from(ROWS), st.lists(operands, min_size=3, max_size=3)),
    st.tuples(st.just("sequence"), st.sampled_from(SEQUENCES), st.lists(operands, min_size=1, max_size=6)),
    st.tuples(st.just("sequence"), st.just("dot"), st.lists(operands, min_size=4, max_size=4)),
    st.tuples(st.just("by hand"), nodes, nodes, floats),
    st.tuples(st.just("frozen"), numbers),
    st.tuples(st.just("detached"), nodes),
)
programs = st.lists(steps, min_size=1, max_size=25)


def run(module: Any, program: list[Any]) -> list[Any]:
    """The nodes that a program makes, in order, with the Value of a module."""
    made: list[Any] = [module.Value(0.75)]

    def of(operand: Any) -> Any:
        return made[operand[1] % len(made)] if isinstance(operand, tuple) else operand

    for kind, *details in program:
        match kind, details:
            case "leaf", [number]:
                result = module.Value(number)
            case "negative", [x]:
                result = -of(x)
            case "apply", [name, xs]:
                arguments = [of(x) for x in xs[: OPERATORS[name].arity]]
                if not any(isinstance(x, module.Value) for x in arguments):
                    arguments[0] = made[-1]
                result = module.apply(OPERATORS[name], arguments)
            case "sequence", [name, xs]:
                result = module.apply(OPERATORS[name], [of(x) for x in xs])
            case "by hand", [a, b, slope]:
                result = module.Value(1.5, (of(a), of(b), of(a)), (slope, 0.5, -2.0))
            case "frozen", [number]:
                result = module.Value(number)
                result.requires_grad = False
            case "detached", [x]:
                result = of(x).detach()
            case _, [a, b]:
                result = OPERATIONS[kind](of(a), of(b))
        made.append(result)
    return made


def told(node: Any, place: dict[Any, int]) -> tuple[Any, ...]:
    """All that a node says of itself, operands by their places; floats to the bit, but nan is nan."""
    return (
        bits(node.data),
        bits(node.grad),
        node._op,
        node._row,
        tuple(place[child] for child in node._children),
        tuple(place[child] for child in node._prev),
        tuple(bits(slope) for slope in node._local_grads),
        node.requires_grad,
        repr(node),
        f"{node}",
        f"{node:.3e}",
        bool(node),
    )


def bits(x: float) -> str:
    return "nan" if x != x else float(x).hex()


def outcome(action: Callable[[], Any]) -> tuple[str, str]:
    """The class and the message of the error that an action raises."""
    try:
        result = action()
    except Exception as error:
        return type(error).__name__, str(error)
    return "", repr(result)


@settings(max_examples=samples(100, 1500))
@given(programs, floats)
@example([("leaf", 3.0), ("*", ("node", 1), ("node", 1)), ("+", ("node", 2), ("node", 1))], 1.0)
def test_random_programs_agree_to_the_last_bit(program, gradient) -> None:
    stories = []
    for module in BOTH:
        made = run(module, program)
        root = made[-1]
        first = outcome(lambda root=root, gradient=gradient: root.backward(gradient))
        order = root._topological_order()
        places = {node: i for i, node in enumerate(order)}
        after_one = [told(node, places) for node in order]
        second = outcome(root.backward)
        after_two = [bits(node.grad) for node in order]
        order[len(order) // 2].zero_grad()
        after_three = [bits(node.grad) for node in order]
        stories.append((first, after_one, second, after_two, after_three))
    assert stories[0] == stories[1]


@settings(max_examples=samples(40, 500))
@given(programs)
def test_nothing_is_recorded_under_no_grad_by_either(program) -> None:
    stories = []
    for module in BOTH:
        with engine.no_grad():
            made = run(module, program)
        stories.append([(bits(x.data), x._children, x._op, x.requires_grad) for x in made])
    assert stories[0] == stories[1]


@settings(max_examples=samples(40, 500))
@given(programs)
def test_copies_and_pickles_agree(program) -> None:
    stories = []
    for module in BOTH:
        root = run(module, program)[-1]
        root.note = "mine"
        twins = [copy.copy(root), copy.deepcopy(root), pickle.loads(pickle.dumps(root))]  # noqa: S301
        story = []
        for twin in twins:
            order = twin._topological_order()
            places = {node: i for i, node in enumerate(order)}
            story.append(([told(node, places) for node in order], vars(twin)))
        stories.append(story)
    assert stories[0] == stories[1]


@pytest.mark.parametrize("name", sorted(compiled.fast_rows()))
def test_fast_path_agrees_at_every_kind_of_number(name) -> None:
    row = OPERATORS[name]
    some = [*SPECIAL, -2.5, -0.3, 0.7, 3.0, 20.0, 36.9, -37.1, 350.1, -1e200, 1e-200, 2.2250738585072014e-308]
    points = [tuple(point) for point in product(some, repeat=min(row.arity or 2, 2))]
    if row.arity == 3:
        points = [(x, y, z) for x, y in points for z in (-0.3, 0.7, *SPECIAL)]
    if row.arity is None:
        points += [(x, y, y, x) for x, y in points] + [(x,) * 6 for x in some]
    for point in points:
        results = []
        for module in BOTH:
            xs = [module.Value(x) for x in point]
            if name == "pow":
                results.append([xs[0] ** point[1], xs[0] ** xs[1]])
            else:
                results.append([module.apply(row, xs)])
            if row.static:  # with numbers baked in
                results[-1].append(module.apply(row, [*xs[: -row.static], *point[-row.static :]]))
        pairs = [[(bits(y.data), [bits(d) for d in y._local_grads]) for y in each] for each in results]
        assert pairs[0] == pairs[1], point


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
def test_functions_agree(name) -> None:
    row = OPERATORS.get(name)
    stories = []
    for module in BOTH:
        a, b, c = module.Value(0.5), module.Value(-1.25), module.Value(2.0)
        if row is None or row.arity is None:
            calls = [[[a, b, c, a]], [(a, 2.0, c)], [np.array([a, b, c])], [[a]]]
            if name == "dot":
                calls = [[xs, [3.0, c, 1, a][: len(xs)]] for (xs,) in calls]
        else:
            calls = [[a, b, c], [c, 0.5, 0.75], [np.array([a, b]), 1.0, 2.0]]
            calls = [arguments[: row.arity] for arguments in calls]
        story = []
        for arguments in calls:
            results = np.ravel(np.array(FUNCTIONS[name](*arguments), dtype=object))
            story.append([(bits(y.data), y._op, [bits(d) for d in y._local_grads]) for y in results])
        stories.append(story)
    assert stories[0] == stories[1]


# -- every row by its function, its method and its operator, on operands of every kind --------------------

KINDS: dict[str, Callable[[Any, float], Any]] = {
    "leaf": lambda V, x: V(x),
    "result": lambda V, x: V(x) * 1.0,
    "frozen": lambda V, x: V(x).detach(),
    "number": lambda V, x: x,
    "literal zero": lambda V, x: 0,
    "boolean": lambda V, x: True,
    "array": lambda V, x: np.array(x),
}
NAMES = {"+": "add", "-": "sub", "*": "mul", "/": "div", "**": "pow", "%": "mod"}
SIGNS = {NAMES[sign]: use for sign, use in OPERATIONS.items()} | {"floor_divide": operator.floordiv}


def calls_of(name: str, operands: list[Any], V: Any) -> list[Callable[[], Any]]:
    """Every way to call a row on these operands in order."""
    row, function = OPERATORS[name], FUNCTIONS[name]
    if name == "dot":
        half = len(operands) // 2
        return [lambda: function(operands[:half], (*operands[half:],))]
    if row.arity is None:
        several = [lambda: function(*operands)] if len(operands) > 1 and name not in ONE_SEQUENCE else []
        return [lambda: function(operands), lambda: function(tuple(operands)), *several]
    calls = [lambda: function(*operands), lambda: call(row, tuple(operands))]
    if isinstance(operands[0], V) and name != "where":
        calls.append(lambda: getattr(operands[0], name)(*operands[1:]))
    if name in SIGNS:
        calls.append(lambda: SIGNS[name](*operands))
    return calls


ONE_SEQUENCE = ("sum", "log_softmax")


def story_of(action: Callable[[], Any], operands: list[Any], V: Any) -> Any:
    """All that the results of a call, and what they were made of, say of themselves after a sweep."""
    try:
        results = np.ravel(np.array(action(), dtype=object))
    except Exception as error:
        return type(error).__name__, str(error)
    told_of = []
    for y in results:
        if not isinstance(y, V):
            told_of.append(bits(float(y)))
            continue
        if y._children and y.requires_grad:
            y.backward(3.0)
        order = y._topological_order()
        places = {node: i for i, node in enumerate(order)}
        told_of.append([told(node, places) for node in order])
        told_of.append([next((i for i, x in enumerate(operands) if x is child), -1) for child in y._children])
    return told_of


@pytest.mark.parametrize("record", [True, False], ids=["recorded", "no_grad"])
@pytest.mark.parametrize("name", sorted(OPERATORS))
def test_every_call_of_a_row_agrees(name, record) -> None:
    row = OPERATORS[name]
    numbers = (0.5, -1.25, 2.0, 3.0)
    counts = [row.arity] if row.arity else [2, 4] if name == "dot" else [1, 2, 3]
    for kinds in (each for count in counts for each in product(KINDS, repeat=count)):
        stories = []
        for module in BOTH:
            makers = [KINDS[kind] for kind in kinds]
            operands = [make(module.Value, x) for make, x in zip(makers, numbers, strict=False)]
            with nullcontext() if record else engine.no_grad():
                stories.append(
                    [story_of(use, operands, module.Value) for use in calls_of(name, operands, module.Value)]
                )
        assert stories[0] == stories[1], kinds


@pytest.mark.parametrize("name", sorted(OPERATORS))
def test_row_on_one_node_again_and_again_agrees(name) -> None:
    arity = OPERATORS[name].arity
    stories = []
    for module in BOTH:
        x = module.Value(0.5)
        stories.append(
            [
                story_of(use, [x], module.Value)
                for count in ([arity] if arity else [2, 4])
                for use in calls_of(name, [x] * count, module.Value)
            ]
        )
    assert stories[0] == stories[1]


# -- errors ------------------------------------------------------------------------------------------------

WRONG: dict[str, Callable[[Any, Any, Any], Any]] = {
    "text": lambda V, v, r: V("1.0"),
    "None": lambda V, v, r: V(None),
    "complex": lambda V, v, r: V(1j),
    "list": lambda V, v, r: V([1.0]),
    "array": lambda V, v, r: V(np.zeros(2)),
    "Value of a Value": lambda V, v, r: V(v),
    "no argument": lambda V, v, r: V(),
    "five arguments": lambda V, v, r: V(1, (), "", "", 5),
    "unknown argument": lambda V, v, r: V(1, name="x"),
    "argument given twice": lambda V, v, r: V(1, data=2),
    "child no Value": lambda V, v, r: V(1, (2.0,)),
    "children no sequence": lambda V, v, r: V(1, 5),
    "one local gradient too many": lambda V, v, r: V(1, (v,), (1.0, 2.0)),
    "local gradient no number": lambda V, v, r: V(1, (v,), ("a",)),
    "operator no text": lambda V, v, r: V(1, (v,), 3),
    "plus text": lambda V, v, r: v + "a",
    "text plus": lambda V, v, r: "a" + v,
    "minus None": lambda V, v, r: v - None,
    "times list": lambda V, v, r: v * [1, 2],
    "list times": lambda V, v, r: [1, 2] * v,
    "by complex": lambda V, v, r: v / 1j,
    "to the power of text": lambda V, v, r: v ** "2",
    "modulo None": lambda V, v, r: v % None,
    "matrix product": lambda V, v, r: v @ v,
    "shift": lambda V, v, r: v << 1,
    "power with modulus": lambda V, v, r: pow(v, 2, 3),
    "number to a power with modulus": lambda V, v, r: pow(2, v, 3),
    "less than text": lambda V, v, r: v < "a",
    "greater than None": lambda V, v, r: v > None,
    "at most complex": lambda V, v, r: v <= 1j,
    "index": lambda V, v, r: v[0],
    "length": lambda V, v, r: len(v),
    "iteration": lambda V, v, r: list(v),
    "call": lambda V, v, r: v(),
    "as an index": lambda V, v, r: [1, 2][v],
    "unknown attribute": lambda V, v, r: v.nothing,
    "unknown attribute deleted": lambda V, v, r: delattr(v, "nothing"),
    "data set to text": lambda V, v, r: setattr(v, "data", "x"),
    "data set to an array": lambda V, v, r: setattr(v, "data", np.zeros((2, 2))),
    "grad set to text": lambda V, v, r: setattr(v, "grad", "0"),
    "shape": lambda V, v, r: v.shape,
    "backward of some inputs": lambda V, v, r: r.backward(inputs=[v]),
    "grad set to a Value": lambda V, v, r: setattr(v, "grad", r),
    "data deleted": lambda V, v, r: delattr(v, "data"),
    "grad deleted": lambda V, v, r: delattr(v, "grad"),
    "operator set": lambda V, v, r: setattr(r, "_op", "x"),
    "children set": lambda V, v, r: setattr(r, "_children", ()),
    "local gradients set": lambda V, v, r: setattr(r, "_local_grads", ()),
    "children deleted": lambda V, v, r: delattr(r, "_prev"),
    "_backward set to None": lambda V, v, r: setattr(r, "_backward", None),
    "operator set to a number": lambda V, v, r: setattr(v, "_op", 2.0),
    "operands no Values": lambda V, v, r: setattr(v, "_prev", {1.0}),
    "operands a Value": lambda V, v, r: setattr(v, "_prev", r),
    "operand of itself": lambda V, v, r: setattr(v, "_prev", {v}),
    "requires_grad of a result": lambda V, v, r: setattr(r, "requires_grad", False),
    "attributes no dict": lambda V, v, r: setattr(v, "__dict__", 3),
    "backward from text": lambda V, v, r: r.backward("1"),
    "backward twice named": lambda V, v, r: r.backward(1.0, gradient=2.0),
    "backward of too much": lambda V, v, r: r.backward(1.0, 2.0),
    "backward of a detached node": lambda V, v, r: r.detach().backward(),
    "backward without slopes": lambda V, v, r: (V(1.0, (v, v), "mine") * v).backward(),
    "_backward without slopes": lambda V, v, r: by_hand_step(V, v),
    "method with an argument": lambda V, v, r: v.exp(1),
    "method with a name": lambda V, v, r: v.tanh(x=1),
    "abs() with an argument": lambda V, v, r: v.abs(1),
    "method with too many": lambda V, v, r: v.leaky_relu(1, 2, 3),
    "method of text": lambda V, v, r: v.maximum("a"),
    "method without its operand": lambda V, v, r: v.maximum(),
    "math.exp": lambda V, v, r: math.exp(v),
    "math.sqrt": lambda V, v, r: math.sqrt(r),
    "int of nan": lambda V, v, r: int(V(math.nan)),
    "round of infinity": lambda V, v, r: round(V(math.inf)),
    "wrong format": lambda V, v, r: f"{v:zz}",
    "unknown ufunc": lambda V, v, r: np.nextafter(v, r),
    "matrix product by name": lambda V, v, r: np.matmul(v, r),
    "no floats": lambda V, v, r: np.percentile(v, 50),
    "dot of unequal lengths": lambda V, v, r: engine.dot([v, r], [v]),
    "dot of text": lambda V, v, r: engine.dot([v, "a"], [v, r]),
    "sum of None": lambda V, v, r: engine.sum([v, None, r]),
    "sum of a Value": lambda V, v, r: engine.sum(v),
    "max of text": lambda V, v, r: engine.max([v, "a"]),
    "too few operands": lambda V, v, r: v._apply(OPERATORS["add"], (v,)),
    "too many operands": lambda V, v, r: v._apply(OPERATORS["exp"], (v, r)),
    "odd dot": lambda V, v, r: v._apply(OPERATORS["dot"], (v, r, v)),
}


def by_hand_step(kind: Any, v: Any) -> None:
    node = kind(1.0, (v, v), "mine")
    node.grad = 1.0
    node._backward()


@pytest.mark.parametrize("use", WRONG.values(), ids=WRONG)
def test_wrong_use_has_one_message(use) -> None:
    stories = []
    for module in BOTH:
        v = module.Value(0.5, label="v")
        stories.append(outcome(lambda module=module, v=v: use(module.Value, v, v * v + 1)))
    assert stories[0] == stories[1]


def test_wrong_uses_are_mostly_errors() -> None:
    # a list of wrong uses that silently became right ones would prove nothing
    v = reference.Value(0.5)
    right = {
        name for name, use in WRONG.items() if not outcome(lambda use=use: use(reference.Value, v, v * v))[0]
    }
    assert right <= {"odd dot"}


# -- everything else ----------------------------------------------------------------------------------------


def test_both_have_the_same_names() -> None:
    hidden = {
        "_data",
        "_grad",
        "_left",
        "_right",
        "_dleft",
        "_dright",
        "_operands",
        "_local_gradients",
        "_span",
        "__annotations__",
        "__weakref__",
    }
    by_cython = {"__pyx_vtable__", "__reduce_cython__", "__setstate_cython__"}
    assert set(dir(reference.Value)) - hidden == set(dir(compiled.Value)) - hidden - by_cython


def test_both_have_the_same_documentation() -> None:
    for name, attribute in vars(reference.Value).items():
        if not name.startswith("_") and (text := getattr(attribute, "__doc__", None)):
            assert cleandoc(getattr(compiled.Value, name).__doc__) == cleandoc(text), name
    assert cleandoc(compiled.Value.__doc__) == cleandoc(reference.Value.__doc__)


def test_conversions_agree() -> None:
    for x in (2.5, -2.5, 0.0, -0.0, 1e300):
        values = [module.Value(x) for module in BOTH]
        for convert in (float, int, round, math.floor, math.ceil, math.trunc, bool, complex, str, repr):
            assert outcome(lambda: convert(values[0])) == outcome(lambda: convert(values[1])), convert  # noqa: B023


def test_comparisons_agree() -> None:
    others = (
        *(1.0, 2, 2.0, True, 10**400, -(10**400), math.nan, math.inf, Fraction(2), Decimal(2), 2j, "a", None),
        *(np.float64(2), np.float32(2), np.int64(3), np.bool_(1), np.longdouble(2), np.array(2.0), [2.0]),
    )
    for x in (2.0, math.inf, math.nan):
        for other in (*others, np.array([1.0, 2.0, 3.0])):
            for compare in (operator.lt, operator.le, operator.gt, operator.ge, operator.eq, operator.ne):
                for swapped in (False, True):
                    stories = []
                    for module in BOTH:
                        pair = [module.Value(x), other]
                        stories.append(
                            outcome(lambda pair=pair: compare(*(reversed(pair) if swapped else pair)))  # noqa: B023
                        )
                    assert stories[0] == stories[1], (x, compare, other)


@pytest.mark.parametrize("writer", ["python", "cython"])
def test_pickle_of_one_is_read_by_the_other(writer) -> None:
    write = (
        "import pickle, sys; from engine import Value; x = Value(0.5, label='x'); x.tag = [1]\n"
        "y = (x * 2 + x).tanh(); y.backward(); made = Value(1.0, (x, y, x), (1., 2., 3.))\n"
        "sys.stdout.buffer.write(pickle.dumps([x, y, y.detach(), made]))"
    )
    read = (
        "import pickle, sys; from engine import backend; x, y, z, h = pickle.loads(sys.stdin.buffer.read())\n"
        "print(backend, x, x.tag, y, y._op, y._children, z.requires_grad, h._local_grads, type(y) is type(x))"
    )
    reader = "cython" if writer == "python" else "python"
    written = in_process(writer, write)
    said = in_process(reader, read, written).decode().split(maxsplit=1)
    assert said[0] == reader
    assert said[1].strip() == in_process(writer, read, written).decode().split(maxsplit=1)[1].strip()
    assert "label='x') [1] Value(data=0.905" in said[1]


def in_process(backend: str, program: str, given_input: bytes = b"") -> bytes:
    return subprocess.run(
        [sys.executable, "-c", program],
        env=os.environ | {"CHAINRULE_BACKEND": backend, "PYTHONPATH": str(ROOT)},
        input=given_input,
        stdout=subprocess.PIPE,
        check=True,
        timeout=600,
    ).stdout
