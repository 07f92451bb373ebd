"""Modules: parameters, gradients, modes, state, files, copies, text."""

import copy
import pickle
from collections import OrderedDict

import numpy as np
import pytest

import nn
from engine import Value
from nn import MLP, Layer, Module, Neuron
from nn.modules.members.habits import MODULE_INSTEAD
from nn.modules.module import IncompatibleKeys


class Line(Module):
    """A model as a person writes one: no call of the base's constructor."""

    def __init__(self, slope: float = 2.0) -> None:
        self.slope, self.offset = Value(slope), Value(1.0)

    def forward(self, x: float, *, times: float = 1.0) -> Value:
        return (self.slope * x + self.offset) * times


def snapshot(model: Module) -> list[float]:
    return [parameter.data for parameter in model.parameters()]


# -- calls


def test_forward_is_what_a_call_runs() -> None:
    assert Line()(3.0).data == 7.0
    assert Line()(3.0, times=2.0).data == 14.0


def test_module_without_call_or_forward_says_so() -> None:
    with pytest.raises(NotImplementedError, match="Module defines neither __call__ nor forward"):
        Module()(1.0)


# -- parameters


def test_names_and_parameters_go_together_in_a_stable_order() -> None:
    model = MLP(2, [2, 1], rng=0)
    neuron = model.layers[0].neurons[1]
    named = model.named_parameters()
    assert [name for name, _ in named] == [
        *("layers.0.neurons.0.w.0", "layers.0.neurons.0.w.1", "layers.0.neurons.0.b"),
        *("layers.0.neurons.1.w.0", "layers.0.neurons.1.w.1", "layers.0.neurons.1.b"),
        *("layers.1.neurons.0.w.0", "layers.1.neurons.0.w.1", "layers.1.neurons.0.b"),
    ]
    assert [parameter for _, parameter in named] == model.parameters()
    assert dict(named)["layers.0.neurons.1.w.1"] is neuron.w[1]
    assert model.parameters() == model.parameters()


def test_module_without_parameters_has_none() -> None:
    assert Module().parameters() == []
    assert Module().num_parameters() == 0
    assert Module().state_dict() == {}


def test_number_of_parameters_is_that_of_the_lecture() -> None:
    inputs, hidden, outputs = 3, 5, 2
    count = (inputs * hidden + hidden * outputs) + (hidden + outputs)
    assert MLP(inputs, [hidden, outputs]).num_parameters() == count == 32


def test_frozen_parameter_is_still_one() -> None:
    line = Line()
    line.slope.requires_grad = False
    assert line.parameters() == [line.slope, line.offset]


def test_modules_and_children() -> None:
    model = MLP(1, [2, 1])
    first, second = model.layers
    assert model.modules() == [model, first, *first.neurons, second, *second.neurons]
    assert model.children() == [first, second]
    assert model.named_children() == [("layers.0", first), ("layers.1", second)]
    assert [name for name, _ in model.named_modules()][:3] == ["", "layers.0", "layers.0.neurons.0"]
    assert first.neurons[0].children() == []


def test_labels_are_the_dotted_names_of_the_whole_model() -> None:
    model = Module()
    model.body, model.head = MLP(2, [1]), Neuron(1)
    assert model.head.b.label == "b"
    assert model.label_parameters() is model
    assert [p.label for p in model.parameters()] == [name for name, _ in model.named_parameters()]
    assert model.head.b.label == "head.b"


# -- gradients and modes


def test_zero_grad_clears_the_parameters() -> None:
    line = Line()
    line(3.0).backward()
    assert [p.grad for p in line.parameters()] == [3.0, 1.0]
    line.zero_grad()
    assert [p.grad for p in line.parameters()] == [0.0, 0.0]


@pytest.mark.parametrize("set_to_none", [True, False])
def test_zero_grad_takes_pytorchs_option(set_to_none) -> None:
    line = Line()
    line(3.0).backward()
    line.zero_grad(set_to_none=set_to_none)
    assert [p.grad for p in line.parameters()] == [0.0, 0.0]


def test_modes_reach_every_module_within() -> None:
    model = MLP(1, [2, 1])
    assert all(module.training for module in model.modules())
    assert model.eval() is model
    assert not any(module.training for module in model.modules())
    assert model.train() is model
    assert all(module.training for module in model.modules())
    model.train(False)
    assert not model.layers[1].neurons[0].training
    assert MLP(1, [1]).training


# -- state


def test_state_is_a_copy_by_name() -> None:
    line = Line()
    state = line.state_dict()
    line.slope.data = 5.0
    assert state == {"slope": 2.0, "offset": 1.0}


@pytest.mark.parametrize(
    "kind", [dict, OrderedDict, lambda state: {name: np.array(x) for name, x in state.items()}]
)
def test_state_goes_back_in(kind) -> None:
    model, other = MLP(2, [3, 1], rng=0), MLP(2, [3, 1], rng=1)
    parameters = other.parameters()
    assert snapshot(model) != snapshot(other)
    assert other.load_state_dict(kind(model.state_dict())) == IncompatibleKeys([], [])
    assert snapshot(model) == snapshot(other)
    assert other.parameters() == parameters  # the same Values, so an optimiser that holds them goes on


def test_misfit_names_missing_and_unexpected_and_changes_nothing() -> None:
    line = Line()
    with pytest.raises(ValueError, match="does not fit this Line") as caught:
        line.load_state_dict({"slope": 9.0, "ofset": 9.0})
    assert "1 missing: 'offset'" in str(caught.value)
    assert "1 unexpected: 'ofset'" in str(caught.value)
    assert snapshot(line) == [2.0, 1.0]


def test_long_lists_of_names_are_cut() -> None:
    with pytest.raises(ValueError, match=r"337 missing: .* and 327 more; strict=False"):
        MLP(2, [16, 16, 1]).load_state_dict({})


def test_not_strict_loads_what_fits_and_reports_the_rest() -> None:
    line = Line()
    missing, unexpected = line.load_state_dict({"slope": 9.0, "other": 1.0}, strict=False)
    assert (missing, unexpected) == (["offset"], ["other"])
    assert snapshot(line) == [9.0, 1.0]


@pytest.mark.parametrize("wrong", ["text", None, 1j, [1.0, 2.0], np.ones(2), Value(1.0)])
def test_what_is_no_number_is_named_and_changes_nothing(wrong) -> None:
    line = Line()
    with pytest.raises(TypeError, match=r"state_dict\['offset'\]: data must be"):
        line.load_state_dict({"slope": 9.0, "offset": wrong})
    assert snapshot(line) == [2.0, 1.0]


def test_state_must_be_a_mapping() -> None:
    with pytest.raises(TypeError, match="got list"):
        Line().load_state_dict([1.0, 2.0])


def test_two_parameters_of_one_name_are_refused() -> None:
    module = Module()
    module.table = {1: Value(1.0), "1": Value(2.0)}
    with pytest.raises(ValueError, match=r"two parameters of this Module are named 'table\.1'"):
        module.state_dict()
    with pytest.raises(ValueError, match=r"'table\.1'"):
        module.load_state_dict({"table.1": 3.0})


def test_shared_parameter_is_saved_once() -> None:
    module = Module()
    module.a = module.b = Value(1.0)
    assert module.state_dict() == {"a": 1.0}


class Elsewhere(Module):
    """A model in micrograd's way, whose parameters stand in no attribute the walk looks into."""

    def __init__(self) -> None:
        self.get = (lambda kept: lambda: kept)([Value(1.0), Value(2.0)])

    def parameters(self) -> list[Value]:
        return self.get()


def test_redefined_parameters_are_saved_too() -> None:
    model = Elsewhere()
    assert model.state_dict() == {"parameters.0": 1.0, "parameters.1": 2.0}
    model.load_state_dict({"parameters.0": 3.0, "parameters.1": 4.0})
    assert snapshot(model) == [3.0, 4.0]
    assert model.num_parameters() == 2


# -- files


def test_saved_model_comes_back_bit_for_bit(tmp_path) -> None:
    model, other = MLP(3, [4, 2], rng=0), MLP(3, [4, 2], rng=1)
    model.save(tmp_path / "model.npz")
    other.load(tmp_path / "model.npz")
    assert snapshot(model) == snapshot(other)


def test_file_holds_the_state_for_numpy(tmp_path) -> None:
    model = Neuron(2, rng=0)
    model.save(tmp_path / "model.npz")
    with np.load(tmp_path / "model.npz", allow_pickle=False) as archive:
        assert {name: float(archive[name]) for name in archive.files} == model.state_dict()
        other = Neuron(2, rng=1)
        other.load_state_dict(archive)
    assert snapshot(other) == snapshot(model)


def test_state_saved_by_numpy_is_loaded(tmp_path) -> None:
    model, other = Neuron(2, rng=0), Neuron(2, rng=1)
    np.savez(tmp_path / "model.npz", **model.state_dict())
    other.load(tmp_path / "model.npz")
    assert snapshot(other) == snapshot(model)


def test_file_of_another_model_says_so_and_changes_nothing(tmp_path) -> None:
    MLP(2, [3, 1], rng=0).save(tmp_path / "model.npz")
    other = MLP(2, [2, 1], rng=1)
    before = snapshot(other)
    with pytest.raises(ValueError, match=r"model\.npz': the state_dict does not fit this MLP") as caught:
        other.load(tmp_path / "model.npz")
    assert "'layers.0.neurons.2.w.0'" in str(caught.value)
    assert snapshot(other) == before


def test_unreadable_file_says_so_and_changes_nothing(tmp_path) -> None:
    (tmp_path / "model.npz").write_bytes(b"PK\x03\x04 not really")
    model = Neuron(2, rng=1)
    before = snapshot(model)
    with pytest.raises(ValueError, match=r"model\.npz' is not an \.npz file"):
        model.load(tmp_path / "model.npz")
    with pytest.raises(FileNotFoundError):
        model.load(tmp_path / "none.npz")
    assert snapshot(model) == before


# -- copies


@pytest.mark.parametrize(
    "duplicate",
    [copy.deepcopy, lambda model: pickle.loads(pickle.dumps(model))],  # noqa: S301 - our own bytes
    ids=["deepcopy", "pickle"],
)
def test_copy_is_equal_and_independent(duplicate) -> None:
    model = MLP(2, [3, 1], activation="tanh", rng=0)
    model.layers[0].neurons[0].w[0].requires_grad = False
    model.eval()
    twin = duplicate(model)
    assert type(twin) is MLP
    assert repr(twin) == repr(model)
    assert twin.state_dict() == model.state_dict()
    assert [p.label for p in twin.parameters()] == [p.label for p in model.parameters()]
    assert [p.requires_grad for p in twin.parameters()] == [p.requires_grad for p in model.parameters()]
    assert not twin.layers[1].training
    x = [0.5, -1.0]
    assert twin(x).data == model(x).data
    assert not set(twin.parameters()) & set(model.parameters())
    before = model.state_dict()
    twin(x).backward()
    for parameter in twin.parameters():
        parameter.data += 1.0
    assert model.state_dict() == before
    assert all(parameter.grad == 0.0 for parameter in model.parameters())


def test_copy_keeps_parameters_shared() -> None:
    module = Module()
    module.one, module.two = Neuron(1), Neuron(1)
    module.two.w = module.one.w
    twin = copy.deepcopy(module)
    assert twin.one.w[0] is twin.two.w[0]
    assert twin.one.w[0] is not module.one.w[0]


# -- text


def test_text_lists_the_modules_within() -> None:
    module, inner = Module(), Module()
    inner.out = Neuron(2, nonlin=False)
    module.layers, module.inner, module.scale = [Layer(1, 2)], inner, Value(1.0)
    assert repr(module) == (
        "Module(\n"
        "  (layers.0): Layer of [2 x ReLUNeuron(1)]\n"
        "  (inner): Module(\n"
        "    (out): LinearNeuron(2)\n"
        "  )\n"
        ")"
    )
    assert repr(Line()) == "Line()"


def test_text_of_a_circle_ends() -> None:
    module, inner = Module(), Module()
    module.inner, inner.parent = inner, module
    assert repr(module) == "Module(\n  (inner): Module(\n    (parent): ...\n  )\n)"


def test_notebook_gets_at_least_the_text() -> None:
    assert Line()._repr_mimebundle_()["text/plain"] == "Line()"


def test_parameters_are_those_of_a_redefined_named_parameters() -> None:
    class Renamed(Module):
        def __init__(self) -> None:
            self.w, self.hidden = Value(1.0), Value(2.0)

        def named_parameters(self):
            return [("weight", self.w)]

    model = Renamed()
    assert model.parameters() == [model.w]


def test_apply_comes_to_every_module_after_those_within_it() -> None:
    model = nn.Sequential(nn.Sequential(nn.Linear(1, 1), nn.Tanh()), nn.Linear(1, 1))
    seen = []
    assert model.apply(seen.append) is model
    assert seen == [model[0][0], model[0][1], model[0], model[1], model]


def test_frozen_parameters_do_not_step() -> None:
    model = nn.Sequential(nn.Linear(1, 1, init=1.0), nn.Linear(1, 1, init=1.0))
    assert model[0].requires_grad_(False) is model[0]
    optimizer = nn.SGD(model.parameters(), lr=0.5)
    model([1.0])[0].backward()
    optimizer.step()
    assert [p.data for p in model.parameters()] == [1.0, 0.0, 0.5, -0.5]
    model.requires_grad_()
    assert all(p.requires_grad for p in model.parameters())


def test_what_modules_of_pytorch_have_besides_says_what_to_write() -> None:
    model = MLP(2, [1], rng=0)
    for name in MODULE_INSTEAD:
        assert not hasattr(model, name)
        with pytest.raises(AttributeError, match=f"a MLP has no '{name}': .{{20,}}"):
            getattr(model, name)
        setattr(model, name, Value(1.0))  # attributes that you set have any name
        assert dict(model.named_parameters())[name] is getattr(model, name)


def test_methods_of_a_class_that_is_mixed_in_stay() -> None:
    class Trains:
        def fit(self, X):
            return f"fitted {X}"

        @property
        def buffers(self):
            return "own"

    class Net(Module, Trains):
        pass

    assert (Net().fit([1]), Net().buffers) == ("fitted [1]", "own")
    with pytest.raises(AttributeError, match="has no 'cuda'"):
        Net().cuda()
