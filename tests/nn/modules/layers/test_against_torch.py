"""Modules and losses under PyTorch's names against its figures: the same calls, the same numbers."""

import re
from typing import Any

import pytest

import engine
import nn
import nn.functional as F  # noqa: N812
from engine import Value, gradients
from tests.nn.figures import from_torch_modules, read
from tests.nn.figures.from_torch_modules import FUNCTIONS, LOSSES, MODULES, OF_THREE, flat, numbers

KEEPS_FLOAT32 = ("CELU", "Hardsigmoid")
"""What has a constant in float32 in PyTorch, also where all else is float64."""


def as_values(x: Any) -> Any:
    return [as_values(each) for each in x] if isinstance(x, list) else Value(x)


def arranged(module: nn.Module, sizes: list[int]) -> list[list[Value]]:
    """The parameters of a module with made-up numbers, in groups of PyTorch's sizes."""
    left, groups = iter(module.parameters()), []
    for i, size in enumerate(sizes):
        groups.append([next(left) for _ in range(size)])
        for parameter, number in zip(groups[-1], numbers(size, float(i)), strict=True):
            parameter.data = number
    assert list(left) == []
    return groups


def weighted(outputs: Any) -> Any:
    listed = flat(outputs)
    return engine.dot(numbers(len(listed), 0.5), listed)


@pytest.mark.unmeasured
@pytest.mark.parametrize("name", MODULES)
def test_outputs_and_gradients_are_those_of_torch(name) -> None:
    make, x = MODULES[name]
    figures, module = read("torch_modules")["modules"][name], make(nn)
    digits = {"rel": 1e-6 if name in KEEPS_FLOAT32 else 1e-9, "abs": 1e-12}
    groups = arranged(module, [len(group) for group in figures["parameters"]])
    inputs = as_values(x)
    outputs = module(inputs)
    assert [y.data for y in flat(outputs)] == pytest.approx(figures["outputs"], **digits)
    wanted = [*(p for group in groups for p in group), *flat(inputs)]
    expected = [*(g for group in figures["parameters"] for g in group), *figures["inputs"]]
    found = gradients(weighted(outputs), wanted)
    assert [float(g) for g in found] == pytest.approx(expected, **digits)
    lifted = engine.jit(lambda x: weighted(module(x)))
    assert lifted(x).data == pytest.approx(weighted(outputs).data, rel=1e-12, abs=1e-14)
    again = gradients(lifted(x), wanted[: len(module.parameters())])
    assert [float(g) for g in again] == pytest.approx(expected[: len(again)], **digits)


@pytest.mark.parametrize("name", [name for name in MODULES if "Sequential" not in name])
def test_names_of_parameters_are_those_of_torch(name) -> None:
    found = [re.sub(r"(\.\d+)+$", "", key) for key in MODULES[name][0](nn).state_dict()]
    assert [*dict.fromkeys(found)] == read("torch_modules")["modules"][name]["names"]


@pytest.mark.parametrize("name", LOSSES)
def test_losses_are_those_of_torch(name) -> None:
    make, predictions, targets = LOSSES[name]
    figures, loss = read("torch_modules")["losses"][name], make(nn, lambda x: x)
    values = as_values(predictions)
    found = loss(values, targets)
    assert [each.data for each in flat(found)] == pytest.approx(figures["values"], rel=1e-9, abs=1e-12)
    slots = [float(g) for g in gradients(engine.sum(flat(found)), flat(values))]
    assert slots == pytest.approx(figures["gradient"], rel=1e-9, abs=1e-12)
    assert flat(loss(predictions, targets)) == pytest.approx(figures["values"], rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("name", OF_THREE)
def test_losses_of_three_inputs_are_those_of_torch(name) -> None:
    make, inputs = OF_THREE[name]
    figures, loss = read("torch_modules")["of three"][name], make(nn)
    first, second = as_values(inputs[0]), as_values(inputs[1])
    found = flat(loss(first, second, inputs[2]))
    assert [each.data for each in found] == pytest.approx(figures["values"], rel=1e-9, abs=1e-12)
    slots = gradients(engine.sum(found), [*flat(first), *flat(second)])
    assert [float(g) for g in slots] == pytest.approx(flat(figures["gradients"]), rel=1e-9, abs=1e-12)
    assert flat(loss(*inputs)) == pytest.approx(figures["values"], rel=1e-9, abs=1e-12)
    lifted = engine.jit(lambda *inputs: engine.sum(flat(loss(*inputs))))
    assert lifted(*inputs).data == pytest.approx(sum(figures["values"]), rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_functions_are_those_of_torch(name) -> None:
    call, x = FUNCTIONS[name]
    figures, inputs = read("torch_modules")["functions"][name], as_values(x)
    outputs = call(F, lambda x: x, inputs)
    assert [float(y) for y in flat(outputs)] == pytest.approx(figures["outputs"], rel=1e-9, abs=1e-12)
    slots = [float(g) for g in gradients(weighted(outputs), flat(inputs))]
    assert slots == pytest.approx(figures["inputs"], rel=1e-9, abs=1e-12)
    lifted = engine.jit(lambda x: weighted(call(F, lambda x: x, x)))
    assert lifted(x).data == pytest.approx(weighted(outputs).data, rel=1e-12, abs=1e-14)


def test_committed_figures_are_those_of_the_installed_torch() -> None:
    torch = pytest.importorskip("torch")
    now, then = from_torch_modules.all_figures(torch), read("torch_modules")
    for part in now:
        for name, figures in now[part].items():
            for key, found in figures.items():
                if key != "names":
                    assert flat(found) == pytest.approx(flat(then[part][name][key]), rel=1e-12, abs=1e-14)
