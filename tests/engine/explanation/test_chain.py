"""The pieces of an explanation: names, formulas and factors of the largest paths."""

import math

import pytest
from hypothesis import given, settings

import engine
from engine import Value, cos, explain, sin
from tests.engine.formula_reader import computed
from tests.engine.test_random_programs import EVERYTHING, SMOOTH, programs
from tests.sampling import samples


@settings(max_examples=samples(50, 750))
@given(programs(list(SMOOTH), 12))
def test_formulas_say_what_was_computed(program) -> None:
    """Every step and every factor, read as a formula of the numbers of the steps before."""
    inputs = [Value(x, label=f"in{i}") for i, x in enumerate(program.inputs)]
    root = program.run(engine, inputs)
    explained = explain(root, inputs[0])
    numbers = {x.label: x.data for x in inputs} | {step.name: step.node.data for step in explained.steps}
    for step in explained.steps:
        for factor in step.factors:
            found = computed(factor.symbol, numbers)
            assert found == pytest.approx(factor.value, rel=1e-3, abs=1e-3)
            if factor.whole is not None:
                found = computed(factor.whole, {x.label: x.data for x in inputs})
                assert found == pytest.approx(factor.value, rel=1e-2, abs=1e-2)
    for product, path in zip(explained.products, explained.shown, strict=True):
        assert math.prod(factor.value for factor in product) == pytest.approx(path.product, rel=1e-12)


@pytest.mark.unmeasured
@settings(max_examples=samples(40, 500))
@given(programs(list(EVERYTHING), 25))
def test_every_program_can_be_told(program) -> None:
    inputs = [Value(x) for x in program.inputs]
    explained = explain(program.run(engine, inputs), inputs[0])
    for told in (str(explained), explained.to_latex(), explained.to_markdown(), str(explained.to_dict())):
        assert told


def test_unnamed_nodes_get_names_that_are_free() -> None:
    a, v1 = Value(1.0), Value(2.0, label="v1")
    explained = explain((a * v1).exp() + v1, a)
    assert (explained.variable, explained.root) == ("x", "y")
    assert [step.name for step in explained.steps] == ["v2", "v3", "y"]
    x = Value(3.0, label="x")
    assert explain(a * x, a).variable == "x0"


@pytest.mark.parametrize(
    ("label", "names"),
    [("y", ["v1", "y0"]), ("v1", ["v2", "y"]), ("v_1", ["v2", "y"]), ("v[1]", ["v2", "y"])],
)
def test_made_up_names_are_no_labels_anywhere_in_the_graph(label, names) -> None:
    x, other = Value(2.0, label="x"), Value(3.0, label=label)
    explained = explain(x**2 + other**2 * 1.0, x)
    assert [step.name for step in explained.steps] == names
    assert explain(Value(1.0) * x + x**2, x).root == "y", "another graph does not matter"


def test_an_operand_beside_the_paths_with_the_label_of_one_on_them_is_told_by_its_number() -> None:
    x, other = Value(2.0, label="h"), Value(3.0, label="h")
    assert str(explain(x * other, x).steps[0].formula) == str(explain(x * 3.0, x).steps[0].formula)


def test_paths_get_a_name_in_latex_that_is_free() -> None:
    p = Value(2.0, label="p_1")
    x = Value(2.0, label="x")
    told = explain(x * p + x.exp(), x).to_latex()
    assert [told.count(rf"\mathrm{{path}}\;{i} &=") for i in (1, 2)] == [1, 1]
    assert "p_{1} &=" not in told
    assert "p_{1} &=" in explain(x * 2.0 + x.exp(), x).to_latex()


@pytest.mark.unmeasured
def test_many_nodes_of_one_label_are_told_apart_in_linear_time() -> None:
    root = x = Value(0.5, label="h")
    for _ in range(5_000):
        root = sin(root)
        root.label = "h"
    assert explain(root, x).root == "h#5001"


def test_nodes_of_one_label_are_told_apart() -> None:
    x = Value(1.0, label="h")
    h = x.exp()
    h.label = "h"
    assert [step.name for step in explain(h.exp(), x).steps] == ["h#2", "y"]


def test_d_is_partial_where_there_are_other_leaves() -> None:
    x, w = Value(1.0, label="x"), Value(2.0, label="w")
    assert str(explain((x * w).exp(), x)).startswith("∂y/∂x")
    assert str(explain((x * 2.0).exp(), x)).startswith("dy/dx"), "constants are none"


def test_paths_of_no_product_are_shown_only_where_there_are_no_others() -> None:
    x = Value(2.0, label="x")
    explained = explain(x.sign() * 3.0 + x * 2.0, x)
    assert [path.product for path in explained.shown] == [2.0]
    explained = explain(x.sign() * 3.0, x)
    assert [path.product for path in explained.shown] == [0.0]


def test_inner_node_may_be_the_variable() -> None:
    x = Value(2.0, label="x")
    h = x * 3.0
    h.label = "h"
    explained = explain(cos(h), h)
    assert (explained.variable, explained.gradient) == ("h", -math.sin(6.0))
    assert [step.name for step in explained.steps] == ["y"]


@pytest.mark.unmeasured
def test_long_chain_is_explained_without_recursion() -> None:
    root = x = Value(0.5, label="x")
    for _ in range(20_000):
        root = sin(root)
    explained = explain(root, x)
    assert len(explained.products[0]) == 20_000
    assert len(str(explained)) < 3_000
    assert len(explained.to_latex()) < 6_000
