"""Programs as people write them for micrograd, in its lecture, and for microgpt: only imports are changed.

Figures of PyTorch are constants here, made with torch 2.13.0 on the CPU by the same lines on
``torch.tensor([...], dtype=torch.float64, requires_grad=True)``, printed with ``repr(x.item())``.
Programs that use networks too: tests/nn/test_micrograd.py.
"""

import math
import os
import random
import subprocess
import sys

import pytest

import engine
from engine import Value
from tests.engine import microgpt, student_programs
from tests.engine.nodes import compiled_module, reference
from tests.source_tree import ROOT

# -- micrograd's own tests ----------------------------------------------------------------------------


def test_sanity_check() -> None:
    x = Value(-4.0)
    z = 2 * x + 2 + x
    q = z.relu() + z * x
    h = (z * z).relu()
    y = h + q + q * x
    y.backward()
    assert y.data == -20.0
    assert x.grad == 46.0


def test_more_ops() -> None:
    a = Value(-4.0)
    b = Value(2.0)
    c = a + b
    d = a * b + b**3
    c += c + 1
    c += 1 + c + (-a)
    d += d * 2 + (b + a).relu()
    d += 3 * d + (b - a).relu()
    e = c - d
    f = e**2
    g = f / 2.0
    g += 10.0 / f
    g.backward()
    assert g.data == pytest.approx(24.70408163265306, rel=1e-15)
    assert a.grad == pytest.approx(138.83381924198252, rel=1e-15)
    assert b.grad == pytest.approx(645.5772594752186, rel=1e-15)


def test_the_example_of_micrograds_readme_prints_its_figures(capsys) -> None:
    a = Value(-4.0)
    b = Value(2.0)
    c = a + b
    d = a * b + b**3
    c += c + 1
    c += 1 + c + (-a)
    d += d * 2 + (b + a).relu()
    d += 3 * d + (b - a).relu()
    e = c - d
    f = e**2
    g = f / 2.0
    g += 10.0 / f
    print(f"{g.data:.4f}")
    g.backward()
    print(f"{a.grad:.4f}")
    print(f"{b.grad:.4f}")
    assert capsys.readouterr().out.split() == ["24.7041", "138.8338", "645.5773"]


# -- the lecture --------------------------------------------------------------------------------------


def test_the_first_expression_of_the_lecture() -> None:
    a = Value(2.0, label="a")
    b = Value(-3.0, label="b")
    c = Value(10.0, label="c")
    e = a * b
    e.label = "e"
    d = e + c
    d.label = "d"
    f = Value(-2.0, label="f")
    L = d * f
    L.label = "L"
    L.backward()
    assert {v.label: v.data for v in (a, b, c, d, e, f, L)} == {
        "a": 2.0, "b": -3.0, "c": 10.0, "d": 4.0, "e": -6.0, "f": -2.0, "L": -8.0,
    }  # fmt: skip
    assert [v.grad for v in (L, f, d, e, c, a, b)] == [1.0, 4.0, -2.0, -2.0, -2.0, 6.0, -4.0]
    for v in (a, b, c, f):  # one step uphill
        v.data += 0.01 * v.grad
    assert ((a * b + c) * f).data == pytest.approx(-7.286496, abs=1e-6)


def neuron() -> dict[str, Value]:
    """The lecture's neuron, with its labels."""
    x1 = Value(2.0, label="x1")
    x2 = Value(0.0, label="x2")
    w1 = Value(-3.0, label="w1")
    w2 = Value(1.0, label="w2")
    b = Value(6.8813735870195432, label="b")
    x1w1 = x1 * w1
    x1w1.label = "x1*w1"
    x2w2 = x2 * w2
    x2w2.label = "x2*w2"
    x1w1x2w2 = x1w1 + x2w2
    x1w1x2w2.label = "x1*w1 + x2*w2"
    n = x1w1x2w2 + b
    n.label = "n"
    o = n.tanh()
    o.label = "o"
    return {v.label: v for v in (x1, x2, w1, w2, b, x1w1, x2w2, x1w1x2w2, n, o)}


NEURON_OUTPUT = 0.7071067811865476
NEURON_GRADS = [
    *(-1.4999999999999998, 0.49999999999999994, 0.9999999999999999, 0.0, 0.49999999999999994),
    *(0.49999999999999994, 0.49999999999999994, 0.49999999999999994, 0.49999999999999994, 1.0),
]
"""The figures of PyTorch, in the order of the labels above."""


def test_the_lectures_neuron() -> None:
    values = neuron()
    values["o"].backward()
    assert values["o"].data == pytest.approx(NEURON_OUTPUT, rel=1e-15)
    assert [v.grad for v in values.values()] == pytest.approx(NEURON_GRADS, rel=1e-15)
    assert repr(values["o"]).startswith("Value(data=0.70710678118654")


def test_the_lectures_manual_backpropagation() -> None:
    """``o.grad = 1.0``, then ``_backward()`` node by node."""
    values = neuron()
    values["o"].grad = 1.0
    for label in ("o", "n", "b", "x1*w1 + x2*w2", "x2*w2", "x1*w1"):
        values[label]._backward()
    assert [v.grad for v in values.values()] == pytest.approx(NEURON_GRADS, rel=1e-15)


def test_the_lectures_topological_sort() -> None:
    """As the lecture writes it, over ``_prev``, with a set and by recursion."""
    values = neuron()
    o = values["o"]
    topo = []
    visited = set()

    def build_topo(v):
        if v not in visited:
            visited.add(v)
            for child in v._prev:
                build_topo(child)
            topo.append(v)

    build_topo(o)
    assert topo[-1] is o
    assert {v.label for v in topo} == set(values)
    o.grad = 1.0
    for node in reversed(topo):
        node._backward()
    assert [v.grad for v in values.values()] == pytest.approx(NEURON_GRADS, rel=1e-15)


def test_the_lectures_trace_of_nodes_and_edges() -> None:
    nodes, edges = set(), set()

    def build(v):
        if v not in nodes:
            nodes.add(v)
            for child in v._prev:
                edges.add((child, v))
                build(child)

    values = neuron()
    build(values["o"])
    assert len(nodes) == 10
    assert {(a.label, b.label) for a, b in edges} >= {("x1", "x1*w1"), ("b", "n"), ("n", "o")}
    assert len(edges) == 9
    assert {n._op for n in nodes} == {"", "*", "+", "tanh"}


def test_the_lectures_tanh_by_exponentials() -> None:
    values = neuron()
    e = (2 * values["n"]).exp()
    o = (e - 1) / (e + 1)
    o.backward()
    assert o.data == pytest.approx(NEURON_OUTPUT, rel=1e-15)
    found = [values[label].grad for label in ("x1", "x2", "w1", "w2", "b")]
    assert found == pytest.approx(NEURON_GRADS[:5], rel=1e-14)


def test_the_lectures_bug_is_none_here() -> None:
    """A node used twice: the lecture's first version overwrote its gradient."""
    a = Value(3.0, label="a")
    b = a + a
    b.label = "b"
    b.backward()
    assert a.grad == 2.0
    a, b = Value(-2.0), Value(3.0)
    d = a * b
    e = a + b
    f = d * e
    f.backward()
    assert (a.grad, b.grad) == (-3.0, -8.0)


def test_the_lectures_training_loop() -> None:
    """Four examples and one neuron, its loss by the builtin sum, gradients set to 0.0 by hand."""
    generator = random.Random(1)
    w = [Value(generator.uniform(-1, 1)) for _ in range(3)]
    b = Value(generator.uniform(-1, 1))
    xs = [[2.0, 3.0, -1.0], [3.0, -1.0, 0.5], [0.5, 1.0, 1.0], [1.0, 1.0, -1.0]]
    ys = [1.0, -1.0, -1.0, 1.0]
    losses = []
    for _ in range(50):
        ypred = [sum((wi * xi for wi, xi in zip(w, x, strict=True)), b).tanh() for x in xs]
        loss = sum((yout - ygt) ** 2 for ygt, yout in zip(ys, ypred, strict=True))
        for p in [*w, b]:
            p.grad = 0.0
        loss.backward()
        for p in [*w, b]:
            p.data += -0.05 * p.grad
        losses.append(loss.data)
    assert losses[-1] < 0.1 < losses[0]


# -- programs with operators of their own -------------------------------------------------------------

FIGURES = {
    "a_function_that_makes_nodes": [-2.0, 1.0, -12.0, -48.0, -59.0],
    "the_lectures_neuron": [
        0.7071067811865477,
        1.0,
        0.4999999999999998,
        0.4999999999999998,
        -1.4999999999999993,
        0.4999999999999998,
        0.9999999999999996,
        0.0,
    ],
    "training_a_network": [
        6.005402783252284,
        3.2021496469205006,
        0.01778187468615766,
        0.3028895823705895,
        -0.022948332236774612,
    ],
    "sorting_and_stepping_by_hand": [-1.6920105740048763, 10.0, -1.682588308598286, 1.065437183944488],
    "a_class_of_its_own": [3.25, 3.0, -1.5, 1.0, 1.0],
    "a_class_that_starts_from_nothing": [30.0, 28.0, 3.1666666666666665, 1.0, 1.0, 1.0, 40.0],
    "operands_assigned_afterwards": [227.0, 151.0, 90.0, 1.0, 1.0],
    "many_operands": [1.75, 6.5, -1.875, -1.75],
    "softmax_and_cross_entropy": [
        0.37153903185268294,
        0.25371618163502524,
        -0.3103279138754964,
        0.0566117322404713,
    ],
    "a_clipped_gradient": [0.5, 6.0],
    "drawing_the_graph": [4.0, 4.0, 1.0, 1.0],
}
"""What micrograd 0.1.0 itself computes by each program."""


@pytest.mark.parametrize("program", student_programs.PROGRAMS, ids=lambda program: program.__name__)
@pytest.mark.parametrize("node", ["compiled", "reference"])
def test_a_program_with_operators_by_closures_has_micrograds_figures(program, node, monkeypatch) -> None:
    Value = reference.Value if node == "reference" else compiled_module().Value
    found = program(Value, lambda name, function: monkeypatch.setattr(Value, name, function))
    assert found == pytest.approx(FIGURES[program.__name__], rel=1e-13)


def test_every_program_has_its_figures() -> None:
    assert {program.__name__ for program in student_programs.PROGRAMS} == set(FIGURES)


PATCHED_OPERATORS = """
from engine import Value
made = []

def add(self, other):
    other = other if isinstance(other, Value) else Value(other)
    out = Value(self.data + other.data, (self, other), "+")
    def _backward():
        made.append(out)
        self.grad += out.grad
        other.grad += out.grad
    out._backward = _backward
    return out

def mul(self, other):
    other = other if isinstance(other, Value) else Value(other)
    out = Value(self.data * other.data, (self, other), "*")
    def _backward():
        made.append(out)
        self.grad += other.data * out.grad
        other.grad += self.data * out.grad
    out._backward = _backward
    return out

Value.__add__ = add
Value.__mul__ = mul
a, b = Value(2.0), Value(-3.0)
c = a * b + a
c += c * 2 + 1
c.backward()
print(c.data, a.grad, b.grad, len(made))
"""


@pytest.mark.parametrize("backend", ["python", "cython"])
def test_operators_assigned_to_the_class_are_used(backend) -> None:
    """In a process of its own: what is done to the class stays."""
    if backend == "cython":
        compiled_module()
    environment = {**os.environ, "CHAINRULE_BACKEND": backend}
    run = subprocess.run(
        [sys.executable, "-c", PATCHED_OPERATORS], env=environment, cwd=ROOT, capture_output=True, text=True
    )
    assert (run.stdout.split(), run.stderr) == (["-11.0", "-6.0", "6.0", "5"], "")


# -- microgpt -----------------------------------------------------------------------------------------


def test_a_node_takes_children_and_local_gradients_by_position() -> None:
    x, y = Value(2.0), Value(3.0)
    z = Value(x.data * y.data, (x, y), (y.data, x.data))
    assert (z._children, z._local_grads) == ((x, y), (3.0, 2.0))
    z.backward()
    assert (x.grad, y.grad) == (3.0, 2.0)


@pytest.mark.parametrize(
    "f",
    [
        lambda x, y: x + y * x - 3 / y,
        lambda x, y: (x * y).exp() + (x / y).log(),
        lambda x, y: (x - y).relu() + (y - x).relu() * 2,
        lambda x, y: x**-0.5 + y**2.5 + x**3 + (x + y) ** -1,
        lambda x, y: -x / (1 - y) + 5 - x,
        lambda x, y: sum([x, y, x]) * (1 / 3),
    ],
)
def test_operators_give_microgpts_numbers(f) -> None:
    ours, theirs = (Value(1.7), Value(0.6)), (microgpt.Value(1.7), microgpt.Value(0.6))
    for operands in (ours, theirs):
        f(*operands).backward()
    assert f(*ours).data == pytest.approx(f(*theirs).data, rel=1e-14)
    assert [v.grad for v in ours] == pytest.approx([v.grad for v in theirs], rel=1e-14)


def test_a_backward_pass_of_microgpts_runs_on_our_nodes() -> None:
    x, y = Value(1.7), Value(0.6)
    root = (x * y).exp() + (x / y).log() * x - y**0.5
    root.backward()
    expected = (x.grad, y.grad)
    root.zero_grad()
    microgpt.backward(root)
    assert (x.grad, y.grad) == pytest.approx(expected, rel=1e-15)


def test_a_tiny_gpt_has_microgpts_gradients() -> None:
    ours, theirs = microgpt.new_model(Value, 7), microgpt.new_model(microgpt.Value, 7)
    our_loss, their_loss = microgpt.loss_of(ours), microgpt.loss_of(theirs)
    our_loss.backward()
    their_loss.backward()
    assert our_loss.data == pytest.approx(their_loss.data, rel=1e-13)
    for name, matrix in ours.items():
        found = [p.grad for row in matrix for p in row]
        expected = [p.grad for row in theirs[name] for p in row]
        assert found == pytest.approx(expected, rel=1e-9, abs=1e-13), name
        assert any(found), name


def test_a_tiny_gpt_trains_like_microgpt() -> None:
    losses, parameters, gradients = microgpt.train(Value, 4)
    their_losses, their_parameters, their_gradients = microgpt.train(microgpt.Value, 4)
    assert losses == pytest.approx(their_losses, rel=1e-9)
    assert losses[-1] < losses[0]
    # Adam divides by the size of the gradient: where that is all rounding, so is the step
    assert parameters == pytest.approx(their_parameters, rel=1e-6, abs=1e-8)
    for found, expected in zip(gradients, their_gradients, strict=True):
        assert found == pytest.approx(expected, rel=1e-6, abs=1e-9)


@pytest.mark.unmeasured
def test_a_tiny_gpt_passes_gradcheck() -> None:
    model = microgpt.new_model(Value, 7)
    some = [model[name][0][1] for name in model] + [model["token"][4][0], model["position"][3][2]]
    assert engine.gradcheck(lambda: microgpt.loss_of(model), wrt=some)


def test_the_reference_is_right_by_itself() -> None:
    x = microgpt.Value(0.5)
    y = (x.exp() + 1) ** 0.5
    y.backward()
    assert x.grad == pytest.approx(0.5 * math.exp(0.5) / math.sqrt(math.exp(0.5) + 1), rel=1e-15)
