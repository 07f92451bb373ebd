"""What was given, in a message: as repr shows it, and never long."""

import json
import math
from itertools import count

import numpy as np
import pytest

import engine
from engine import Value
from engine.quoting import abridged, brief, typed


class Silent:
    def __repr__(self) -> str:
        raise RuntimeError("no repr")


@pytest.mark.parametrize("given", ["x", "it's", 1, -0.5, None, (1, 2), ["a"], {"a": [1]}, b"x", 1j])
def test_what_is_short_is_as_repr_shows_it(given) -> None:
    assert brief(given) == repr(given)


@pytest.mark.parametrize(
    "given",
    [
        "x" * 100_000,
        ["x" * 1000] * 1000,
        {f"{i}" * 99: "x" * 999 for i in range(99)},
        [[[[["x" * 99] * 99] * 99] * 9] * 9],
        np.array(["x" * 1000] * 3),
        b"x" * 100_000,
        10**5000,
        [10**5000],
        Silent(),
        [Silent()] * 99,
    ],
    ids=range(10),
)
def test_what_is_long_is_cut_and_nothing_raises(given) -> None:
    assert 0 < len(brief(given)) <= 240


def test_both_ends_of_a_text_stay() -> None:
    assert brief("a" * 500 + "b").startswith("'aaa")
    assert brief("a" * 500 + "b").endswith("ab'")
    assert abridged("abcdefgh", 8) == "abcdefgh"
    assert [len(abridged("x" * 300, length)) for length in (99, 101)] == [99, 101]


# -- the messages of the engine -----------------------------------------------------------------------

LONG = "x" * 100_000


class Verbose:
    """Its repr is long."""

    def __repr__(self) -> str:
        return LONG


def graph(nodes: object = ({"kind": "leaf", "data": 1.0},), **fields: object) -> str:
    return json.dumps({"format": "chainrule graph", "version": 1, "root": 0, "nodes": nodes} | fields)


x = Value(1.0, label=LONG)
by_hand = Value(2.0, (x,), LONG)
counter = count()


def watched(compute):
    with engine.detect_anomaly():
        return compute()


MISTAKES = {
    "Value": lambda: Value(LONG),
    "Value odd": lambda: Value(Verbose()),
    "list": lambda: Value([1.0] * 100_000),
    "grad=": lambda: setattr(x, "grad", LONG),
    "children": lambda: Value(1.0, LONG),
    "children2": lambda: Value(1.0, [LONG]),
    "op": lambda: Value(1.0, (x,), {LONG: 1}),
    "index": lambda: [1][x],
    "frozen": lambda: x.detach().register_hook(None),
    "hook": lambda: x.register_hook(LONG),
    "by hand": lambda: by_hand.backward(),
    "hand2": lambda: engine.hessian(lambda v: Value(1.0, (v,), LONG))(1.0),
    "no grad": lambda: (setattr(z := Value(1.0, label=LONG), "requires_grad", False), z.backward()),
    "grad f": lambda: engine.grad(LONG),
    "argnums": lambda: engine.grad(abs, LONG),
    "arg": lambda: engine.grad(abs)(LONG),
    "arg key": lambda: engine.grad(abs)({LONG: None}),
    "arg keys": lambda: engine.grad(abs)({LONG: {LONG: [{LONG: None}]}}),
    "aux": lambda: engine.grad(lambda v: [LONG] * 100000, has_aux=True)(1.0),
    "ret": lambda: engine.jacobian(lambda v: LONG)(1.0),
    "jvp": lambda: engine.jvp(abs, LONG, (1.0,)),
    "jvp keys": lambda: engine.jvp(lambda p: 1.0, ({LONG: 1.0},), ({},)),
    "jvp keys2": lambda: engine.jvp(lambda p: 1.0, ({},), ({LONG: 1.0},)),
    "jvp struct": lambda: engine.jvp(lambda p: 1.0, (1.0,), ([LONG] * 1000,)),
    "taylor": lambda: engine.taylor(abs, LONG, 2),
    "order": lambda: engine.derivatives(abs, 1.0, -1),
    "gradcheck": lambda: engine.gradcheck(abs, 1.0, method=LONG),
    "wrt": lambda: engine.gradcheck(abs, 1.0, wrt=[LONG]),
    "wrt2": lambda: engine.gradcheck(lambda: by_hand, wrt=[by_hand]),
    "gc label": lambda: engine.gradcheck(lambda: x * x.data, wrt=[x]),
    "anomaly mode": lambda: engine.detect_anomaly(mode=LONG),
    "take": lambda: engine.take(LONG, 1),
    "take2": lambda: engine.take([1, 2], LONG),
    "sum": lambda: engine.sum(LONG),
    "sum2": lambda: engine.sum([LONG, x]),
    "custom": lambda: engine.custom_op(LONG, abs),
    "custom name": lambda: engine.custom_op(abs, abs, name=LONG, check=[2.0]),
    "custom name2": lambda: engine.custom_op(lambda a: a, LONG, name=LONG),
    "custom fail": lambda: engine.custom_op(lambda a: 1 / 0, lambda a: 1.0, name=LONG)(x),
    "custom none": lambda: engine.custom_op(lambda a: None, lambda a: 1.0, name=LONG)(x),
    "custom args": lambda: engine.custom_op(lambda a: a, lambda a: 1.0, name=LONG)(1, 2, 3),
    "custom nop": lambda: engine.custom_op(lambda a: a, (), name=LONG),
    "from_json": lambda: engine.from_json(5 * [LONG]),
    "json text": lambda: engine.from_json(LONG),
    "json format": lambda: engine.from_json(graph(format=LONG)),
    "json version": lambda: engine.from_json(graph(version=LONG)),
    "json field": lambda: engine.from_json(graph(**{LONG: 1})),
    "json root": lambda: engine.from_json(graph(root=LONG)),
    "json kind": lambda: engine.from_json(graph([{"kind": LONG, "data": 1.0}])),
    "json data": lambda: engine.from_json(graph([{"kind": "leaf", "data": LONG}])),
    "json big": lambda: engine.from_json(graph([{"kind": "leaf", "data": 10**4000}])),
    "json label": lambda: engine.from_json(graph([{"kind": "leaf", "data": 1.0, "label": [LONG]}])),
    "json op": lambda: engine.from_json(
        graph([{"kind": "leaf", "data": 1.0}, {"kind": "result", "data": 1.0, "op": LONG, "operands": [0]}])
    ),
    "json nodes": lambda: engine.from_json(graph(LONG)),
    "json const": lambda: engine.from_json('{"a":NaN}'),
    "explain": lambda: engine.explain(LONG, x),
    "explain2": lambda: engine.explain(x, LONG),
    "explain k": lambda: engine.explain(x, x, k=LONG),
    "paths k": lambda: engine.paths(x, x, k=LONG),
    "report": lambda: engine.report(LONG),
    "groups": lambda: engine.report(x * 2, groups={LONG: LONG}),
    "groups2": lambda: engine.report(x * 2, groups=LONG),
    "topo": lambda: engine.topological_order(LONG),
    "leaves": lambda: engine.leaves(LONG),
    "to_json": lambda: engine.to_json(LONG),
    "zero": lambda: engine.zero_grad(LONG),
    "jit": lambda: engine.jit(LONG),
    "jit static": lambda: engine.jit(abs, static_argnums=LONG),
    "jit label": lambda: engine.jit(lambda v: v * {x * v: 1.0}[v])(1.0),
    "jit hand": lambda: engine.jit(lambda v: Value(1.0, (v,), LONG))(1.0),
    "jit batch": lambda: engine.jit(lambda v: v * 1.0, batch=True)([LONG] * 3),
    "vmap differ": lambda: engine.vmap(lambda v: (v, LONG + str(next(counter))))([1.0, 2.0]),
    "_backward": lambda: setattr(by_hand, "_backward", LONG),
    "_op": lambda: setattr(by_hand, "_op", [LONG]),
    "_op2": lambda: setattr(x * 2, "_op", LONG),
    "_prev": lambda: setattr(by_hand, "_prev", LONG),
    "_prev self": lambda: setattr(by_hand, "_prev", (by_hand,)),
    "clip": lambda: x.clip(LONG, 2),
    "add": lambda: x + LONG,
    "engine add": lambda: engine.maximum(x, LONG),
    "anomaly": lambda: watched(lambda: Value(-1.0, label=LONG).log()),
    "anomaly by hand": lambda: watched(lambda: Value(math.nan, (Value(1.0),), LONG)),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_no_message_repeats_a_long_text(name) -> None:
    with pytest.raises(Exception) as caught:  # what is raised is tested elsewhere
        MISTAKES[name]()
    assert len(str(caught.value)) + sum(map(len, getattr(caught.value, "__notes__", []))) < 1200


def test_a_thing_is_quoted_with_its_type() -> None:
    assert typed([1.0]) == "[1.0] of type list"
    assert typed("x" * 1000).endswith("x' of type str")
