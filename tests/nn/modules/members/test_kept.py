"""What is kept of a model's members is what a walk would find now, whatever was changed and however."""

import copy
import gc
import pickle
import random
import warnings
import weakref
from collections import OrderedDict

import numpy as np
import pytest

import nn.modules.members.kept
from engine import Value
from nn import MLP, Dropout, Module, Neuron, Sequential, predict
from nn.modules.members.traversal import find_members


class Part(Module):
    def __init__(self):
        self.w = [Value(1.0), Value(2.0)]
        self.b = Value(3.0)


class Other(Module):
    """Another class, of the same layout."""


class OwnParameters(Part):
    def parameters(self):
        return [*super().parameters(), FROM_ELSEWHERE]


class Plain:
    """No module."""


class List(list):
    """A list with a say in what it holds."""

    def __iter__(self):
        return iter([*super().__iter__(), FROM_ELSEWHERE])


FROM_ELSEWHERE = Value(99.0)


def model():
    whole = Module()
    whole.w = Value(1.0)
    whole.none = None
    whole.number, whole.text, whole.flag = 2.0, "text", True
    whole.list = [Value(1.0), [Value(2.0), {"deep": Value(3.0)}], 4.0]
    whole.numbers = [0.5, 1.5, "text", None]
    whole.empty, whole.nothing = [], {}
    whole.tuple = (Value(5.0), [Value(6.0)])
    whole.dict = {"a": Value(7.0), 1: [Value(8.0)]}
    whole.array = np.array([[Value(9.0), None], [Value(10.0), Value(11.0)]], dtype=object)
    whole.part = Part()
    whole.parts = [Part(), Neuron(2, rng=0)]
    whole.plain = Plain()
    whole.plain.w = Value(12.0)
    whole.result = whole.w * 2.0
    whole.dropout = Dropout(0.5)
    return whole


def now(whole):
    """What a walk finds, without anything kept."""
    found = find_members(whole, Module)
    return [
        [item for _, item in found if isinstance(item, Value)],
        [item for _, item in found if isinstance(item, Module)],
        [part for name, item in found if isinstance(item, Value) for part in (name, item)],
    ]


def kept(whole):
    named = [part for pair in whole.named_parameters() for part in pair]
    return [whole.parameters(), whole.modules(), named]


def same(some, others):
    def looks(items):
        return [item if isinstance(item, str) else id(item) for item in items]

    return all(looks(a) == looks(b) for a, b in zip(some, others, strict=True))


def swap(items, i, j):
    items[i], items[j] = items[j], items[i]


CHANGES = {
    # attributes
    "attribute set": lambda m: setattr(m, "new", Value(0.0)),
    "attribute replaced": lambda m: setattr(m, "w", Value(1.0)),
    "attribute replaced by an equal number": lambda m: setattr(m, "w", 1.0),
    "attribute deleted": lambda m: delattr(m, "w"),
    "attribute set to None": lambda m: setattr(m, "part", None),
    "None becomes a Value": lambda m: setattr(m, "none", Value(0.0)),
    "number becomes a Value": lambda m: setattr(m, "number", Value(2.0)),
    "text becomes a list": lambda m: setattr(m, "text", [Value(2.0)]),
    "flag becomes a module": lambda m: setattr(m, "flag", Part()),
    "attribute by vars": lambda m: vars(m).update(new=Value(0.0)),
    "attributes in another order": lambda m: vars(m).update(w=vars(m).pop("w")),
    "all attributes replaced": lambda m: setattr(m, "__dict__", {"only": Value(0.0)}),
    "all attributes gone": lambda m: vars(m).clear(),
    "attribute replaced by a result": lambda m: setattr(m, "w", m.w + 1.0),
    "result replaced by a leaf": lambda m: setattr(m, "result", Value(2.0)),
    # lists
    "append": lambda m: m.list.append(Value(0.0)),
    "append to an empty list": lambda m: m.empty.append(Value(0.0)),
    "append to numbers": lambda m: m.numbers.append(Value(0.0)),
    "item of numbers": lambda m: m.numbers.__setitem__(0, Value(0.5)),
    "item of text": lambda m: m.numbers.__setitem__(2, [Value(0.5)]),
    "None in a list": lambda m: m.numbers.__setitem__(3, Value(0.5)),
    "pop": lambda m: m.list.pop(0),
    "insert": lambda m: m.list.insert(0, Value(0.0)),
    "item replaced": lambda m: m.list.__setitem__(0, Value(1.0)),
    "item replaced by an equal number": lambda m: m.list.__setitem__(0, 1.0),
    "slice": lambda m: m.list.__setitem__(slice(0, 1), [Value(1.0), Value(2.0)]),
    "clear": lambda m: m.list.clear(),
    "reverse": lambda m: m.list.reverse(),
    "exchange": lambda m: swap(m.part.w, 0, 1),
    "nested append": lambda m: m.list[1].append(Value(0.0)),
    "list replaced by a copy, and then changed": lambda m: (
        setattr(m, "list", list(m.list)),
        m.parameters(),
        m.list.append(Value(0.0)),
    ),
    "list becomes one of its own mind": lambda m: setattr(m, "list", List(m.list)),
    # tuples, dicts, arrays
    "tuple replaced": lambda m: setattr(m, "tuple", (*m.tuple, Value(0.0))),
    "list in a tuple": lambda m: m.tuple[1].append(Value(0.0)),
    "key": lambda m: m.dict.update(new=Value(0.0)),
    "key in an empty dict": lambda m: m.nothing.update(new=Value(0.0)),
    "key deleted": lambda m: m.dict.pop("a"),
    "key replaced": lambda m: m.dict.update(a=Value(7.0)),
    "keys in another order": lambda m: m.dict.update(a=m.dict.pop("a")),
    "list in a dict": lambda m: m.dict[1].append(Value(0.0)),
    "deep dict": lambda m: m.list[1][1].clear(),
    "element": lambda m: m.array.__setitem__((0, 1), Value(0.0)),
    "element deleted": lambda m: m.array.__setitem__((1, 1), None),
    "elements in another order": lambda m: m.array.__setitem__(slice(None), m.array[::-1].copy()),
    "array cut in place": lambda m: m.array.resize((1, 2), refcheck=False),
    # modules
    "module set": lambda m: setattr(m, "another", Part()),
    "module deleted": lambda m: delattr(m, "part"),
    "module appended": lambda m: m.parts.append(Part()),
    "module replaced": lambda m: m.parts.__setitem__(0, Part()),
    "parameter of a module": lambda m: setattr(m.part, "b", Value(3.0)),
    "list of a module": lambda m: m.parts[0].w.append(Value(0.0)),
    "module in a module": lambda m: setattr(m.parts[1], "inner", Part()),
    "attributes of a module replaced": lambda m: setattr(m.part, "__dict__", {"only": Value(0.0)}),
    "attributes of a module replaced by equal ones, and changed": lambda m: (
        setattr(m.part, "__dict__", dict(vars(m.part))),
        m.parameters(),
        setattr(m.part, "new", Value(0.0)),
    ),
    "module no module any more": lambda m: setattr(m.part, "__class__", Plain),
    "object becomes a module": lambda m: setattr(m.plain, "__class__", Other),
    "module with parameters of its own": lambda m: setattr(m.part, "__class__", OwnParameters),
    # leaves
    "leaf becomes a result": lambda m: setattr(m.w, "_prev", {m.part.b}),
    "leaf in a list becomes a result": lambda m: setattr(m.part.w[0], "_prev", {m.part.b}),
    "result becomes a leaf": lambda m: setattr(m.result, "_prev", set()),
}

NAMES = {
    "attribute renamed": lambda m: setattr(
        m, "__dict__", {("v" if name == "w" else name): item for name, item in vars(m).items()}
    ),
    "attribute renamed in place": lambda m: renamed(vars(m), "w", "v"),
    "key renamed": lambda m: renamed(m.dict, "a", "c"),
    "key of another type": lambda m: renamed(m.dict, 1, True),
    "attribute of a module renamed": lambda m: renamed(vars(m.part), "b", "c"),
    "array of another shape": lambda m: reshaped(m.array, (1, 4)),
}
"""Changes of nothing but names."""


def renamed(items, key, other):
    pairs = [(other if name == key else name, item) for name, item in items.items()]
    items.clear()
    items.update(pairs)


def reshaped(array, shape):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # since NumPy 2.5; users still write it
        array.shape = shape


HARMLESS = {
    "nothing": lambda m: None,
    "number": lambda m: setattr(m, "number", 3.0),
    "text and flag": lambda m: (setattr(m, "text", "other"), setattr(m, "flag", None)),
    "evaluation": lambda m: m.eval(),
    "training and back": lambda m: (m.eval(), m.train()),
    "numbers of parameters": lambda m: setattr(m.w, "data", 5.0),
    "frozen": lambda m: setattr(m.w, "requires_grad", False),
    "labels": lambda m: m.label_parameters(),
    "gradients": lambda m: m.zero_grad(),
    "class of a module": lambda m: setattr(m.part, "__class__", Other),
    "numbers in a list": lambda m: m.numbers.__setitem__(0, 7.5),
}


@pytest.mark.parametrize("change", NAMES)
def test_other_names_are_seen(change) -> None:
    whole = model()
    before = kept(whole)
    NAMES[change](whole)
    after = kept(whole)
    assert same(after, now(whole))
    assert same(after[:2], before[:2])
    assert not same(after, before)
    assert list(whole.state_dict()) == [name for name, _ in whole.named_parameters()]


@pytest.mark.parametrize("change", CHANGES)
def test_every_change_is_seen(change) -> None:
    whole = model()
    before = kept(whole)
    assert same(before, now(whole))
    assert same(kept(whole), before)
    CHANGES[change](whole)
    after = kept(whole)
    assert same(after, now(whole))
    assert not same(after, before)
    assert same(kept(whole), after)


@pytest.mark.parametrize("change", HARMLESS)
def test_what_changes_nothing_leaves_them_as_they_are(change) -> None:
    whole = model()
    before = kept(whole)
    HARMLESS[change](whole)
    assert same(kept(whole), before)
    assert same(before, now(whole))


def test_a_method_that_is_put_on_a_class_later_has_its_say(monkeypatch) -> None:
    whole = model()
    before = whole.parameters()
    monkeypatch.setattr(Part, "parameters", lambda self: [FROM_ELSEWHERE], raising=False)
    assert any(parameter is FROM_ELSEWHERE for parameter in whole.parameters())
    assert same(kept(whole), now(whole))
    monkeypatch.undo()
    assert whole.parameters() == before


@pytest.mark.parametrize("seed", range(20))
def test_changes_one_after_the_other_are_all_seen(seed) -> None:
    draw = random.Random(seed)
    whole = model()
    table = {**CHANGES, **HARMLESS, **NAMES}
    for change in draw.sample(sorted(table), 25):
        try:
            table[change](whole)
        except (AttributeError, KeyError, IndexError, TypeError, ValueError):
            continue  # an earlier one has taken away what it changes
        assert same(kept(whole), now(whole)), change


def test_a_new_parameter_at_the_place_in_memory_of_an_old_one_is_seen() -> None:
    whole = Module()
    whole.w = [Value(0.0)]
    for i in range(200):
        whole.w[0] = Value(float(i))
        assert whole.parameters()[0] is whole.w[0]
        whole.b = Value(float(i))
        assert whole.parameters()[1] is whole.b


def test_a_second_place_of_a_parameter_that_loses_its_first_is_seen() -> None:
    whole = Module()
    whole.a = [Value(1.0), Value(2.0)]
    whole.b = [whole.a[0]]
    assert whole.parameters() == whole.a
    first = whole.a.pop(0)
    assert [id(each) for each in whole.parameters()] == [id(whole.a[0]), id(first)]


@pytest.mark.parametrize(
    "container",
    [
        lambda items: List(items),
        lambda items: OrderedDict(enumerate(items)),
        lambda items: np.array(items, dtype=object).view(type("Array", (np.ndarray,), {})),
    ],
    ids=["list", "dict", "array"],
)
def test_containers_of_other_classes_are_asked_each_time(container) -> None:
    whole = Module()
    whole.w = container([Value(1.0), Value(2.0)])
    assert same(kept(whole), now(whole))
    for key in (0, 1):
        whole.w[key] = Value(3.0)
        assert same(kept(whole), now(whole))


def test_what_is_given_is_one_s_own_to_change() -> None:
    whole = model()
    before = kept(whole)
    whole.parameters().clear()
    whole.modules().clear()
    assert same(kept(whole), before)


@pytest.mark.parametrize(
    "how",
    [copy.deepcopy, lambda m: pickle.loads(pickle.dumps(m))],  # noqa: S301 - our own bytes
    ids=["deep", "pickle"],
)
def test_copies_have_members_of_their_own(how) -> None:
    whole = MLP(2, [3, 1], rng=0)
    whole.parameters()
    twin = how(whole)
    assert same(kept(twin), now(twin))
    assert not set(map(id, twin.parameters())) & set(map(id, whole.parameters()))
    twin.layers[0].neurons.pop()
    assert same(kept(twin), now(twin))
    assert same(kept(whole), now(whole))


def test_a_shallow_copy_and_its_original_do_not_mislead_each_other() -> None:
    whole = model()
    whole.parameters()
    twin = copy.copy(whole)
    assert same(kept(twin), now(twin))
    twin.new = Value(0.0)
    for _ in range(2):
        assert same(kept(twin), now(twin))
        assert same(kept(whole), now(whole))


def test_an_attribute_of_the_same_name_is_left_alone() -> None:
    whole = Module()
    whole._kept_members = [Value(1.0)]
    assert [parameter.data for parameter in whole.parameters()] == [1.0]
    whole._kept_members.append(Value(2.0))
    assert [parameter.data for parameter in whole.parameters()] == [1.0, 2.0]


def test_keeping_makes_no_cycle_and_shows_nowhere() -> None:
    whole = Sequential(MLP(2, [2, 1]))
    text, names = repr(whole), [name for name, _ in whole.named_parameters()]
    for module in whole.modules():
        module.parameters()
    assert (repr(whole), [name for name, _ in whole.named_parameters()]) == (text, names)
    assert list(whole.state_dict()) == names
    gone = weakref.ref(whole)
    gc.disable()
    try:
        del whole, module
        assert gone() is None
    finally:
        gc.enable()


def test_no_walk_is_made_where_nothing_changed(monkeypatch) -> None:
    whole = MLP(2, [3, 1], rng=0)
    whole.others = model()  # with lists, dicts, an array, results and objects
    predict(whole, [[0.0, 1.0]])  # which sets the flag of each module for the first time
    whole.parameters()
    walks = []
    walk = nn.modules.members.kept.find_members
    counted = lambda *a, **o: walks.append(1) or walk(*a, **o)  # noqa: E731
    monkeypatch.setattr(nn.modules.members.kept, "find_members", counted)
    for _ in range(3):
        whole.zero_grad()
        whole.num_parameters()
        whole.train().eval()
        predict(whole, [[0.0, 1.0]])
    assert walks == []
    whole.layers[0].neurons[0].w.append(Value(1.0))
    whole.zero_grad()
    assert walks == [1]
