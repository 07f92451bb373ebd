"""Lifted methods: of parents and children, of classes, of copies, pickled."""

import copy
import multiprocessing
import pickle

import pytest

import engine
from engine import Value, jit, vmap


class Parent:
    def __init__(self, w: float) -> None:
        self.w = Value(w)

    @jit
    def times(self, x):
        return self.w * x

    @classmethod
    @jit
    def of_class(cls, x):
        return cls.factor * x

    @staticmethod
    @jit
    def of_none(x):
        return x * 3.0

    @property
    @jit
    def tenfold(self):
        return self.w * 10.0


class Child(Parent):
    factor = Value(3.0)

    def times(self, x):
        return super().times(x) + 100.0


class Grandchild(Child):
    factor = Value(4.0)

    @jit
    def times(self, x):
        return super().times(x) * 2.0


class Stepping:
    """Its own methods lifted as attributes."""

    def __init__(self, w: float) -> None:
        self.w = Value(w)
        self.step = jit(self.loss)
        self.many = vmap(self.loss)
        self.mean = [jit(self.loss, batch=True)]

    def loss(self, x):
        return self.w * x


def square(x):
    return x * x


lifted_square, mapped_square = jit(square), vmap(square)


def duplicated(item):
    return pickle.loads(pickle.dumps(item))  # noqa: S301 - written here


COPIES = {"deepcopy": copy.deepcopy, "pickle": duplicated}


@pytest.mark.parametrize(
    ("kind", "expected"), [(Parent, (2.0, 6.0)), (Child, (102.0, 106.0)), (Grandchild, (204.0, 212.0))]
)
def test_an_overridden_method_stays_the_childs(kind, expected) -> None:
    item = kind(2.0)
    for _ in range(3):
        assert (item.times(1.0).data, item.times(3.0).data) == expected
    other = kind(4.0)
    assert other.times(1.0).data == {Parent: 4.0, Child: 104.0, Grandchild: 208.0}[kind]
    assert Parent.times.__get__(item, kind)(1.0).data == 2.0


def test_methods_of_classes_static_ones_and_properties() -> None:
    child, grandchild = Child(2.0), Grandchild(5.0)
    for _ in range(2):
        assert [Child.of_class(2.0).data, Grandchild.of_class(2.0).data] == [6.0, 8.0]
        assert [child.of_class(2.0).data, grandchild.of_class(2.0).data] == [6.0, 8.0]
        assert [Child.of_none(2.0).data, child.of_none(2.0).data] == [6.0, 6.0]
        assert [child.tenfold.data, grandchild.tenfold.data] == [20.0, 50.0]


@pytest.mark.parametrize("wrapper", [property, classmethod])
def test_what_is_no_function_says_how_to_write_it(wrapper) -> None:
    with pytest.raises(TypeError, match=f"write @{wrapper.__name__} above engine.jit"):
        jit(wrapper(lambda self: self))
    with pytest.raises(TypeError, match="lifts functions, got 3"):
        jit(3)


def test_programs_are_kept_with_the_object_and_not_among_its_attributes_that_are_copied() -> None:
    item = Parent(2.0)
    item.times(1.0)
    assert item.times is item.times
    assert item.times.traces == 1
    other = copy.copy(item)
    other.w = Value(7.0)
    assert (other.times(1.0).data, item.times(1.0).data) == (7.0, 2.0)


def test_an_object_with_slots_has_methods_too() -> None:
    class Slotted:
        __slots__ = ("w",)

        @jit
        def times(self, x):
            return self.w * x

    item = Slotted()
    item.w = Value(2.0)
    assert [item.times(3.0).data, item.times(4.0).data] == [6.0, 8.0]


def test_an_object_with_a_frozen_class_has_methods_too() -> None:
    class Frozen:
        def __setattr__(self, name, value):
            raise AttributeError(name)

        @jit
        def twice(self, x):
            return x * 2.0

    assert Frozen().twice(3.0).data == 6.0


@pytest.mark.parametrize("name", COPIES)
@pytest.mark.parametrize("call", ["step", "many", "mean"])
def test_a_lifted_method_in_an_attribute_is_the_copys(name, call) -> None:
    def run(item):
        if call == "step":
            return item.step(3.0)
        return item.mean[0]([2.0, 4.0]) if call == "mean" else engine.mean(list(item.many([Value(3.0)])))

    item = Stepping(2.0)
    assert run(item).data == 6.0
    other = COPIES[name](item)
    other.w.data = 10.0
    y = run(other)
    y.backward()
    assert (y.data, item.w.grad) == (30.0, 0.0)
    if call != "many":
        assert other.w.grad == 3.0
    assert run(item).data == 6.0
    assert type(other.step) is type(item.step)


@pytest.mark.parametrize("name", COPIES)
@pytest.mark.parametrize("kind", [Parent, Child, Grandchild])
def test_a_method_of_the_class_is_the_copys(name, kind) -> None:
    item = kind(2.0)
    before = item.times(1.0).data
    other = COPIES[name](item)
    other.w.data = 10.0
    y = other.times(1.0)
    y.backward()
    assert y.data == {Parent: 10.0, Child: 110.0, Grandchild: 220.0}[kind]
    assert other.w.grad == {Parent: 1.0, Child: 1.0, Grandchild: 2.0}[kind]
    assert (item.w.grad, item.times(1.0).data) == (0.0, before)


@pytest.mark.parametrize("name", COPIES)
def test_a_bound_method_is_copied_with_its_object(name) -> None:
    item = Grandchild(2.0)
    method = COPIES[name](item.times)
    item.w.data = 50.0
    assert method(1.0).data == 204.0


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy])
@pytest.mark.parametrize("f", [lifted_square, mapped_square, jit(lambda x: x * 2.0)])
def test_a_function_is_its_own_copy(copied, f) -> None:
    assert copied(f) is f


def test_functions_lifted_without_a_decorator_are_pickled_by_what_they_lift() -> None:
    again = duplicated(lifted_square)
    assert (again(3.0).data, again.lifts) == (9.0, square)
    assert duplicated(mapped_square)([3.0]).tolist() == [9.0]
    batch = duplicated(jit(square, batch=True, static_argnums=()))
    assert batch([1.0, 3.0]).data == 5.0
    with pytest.raises((pickle.PicklingError, AttributeError)):
        pickle.dumps(jit(lambda x: x))


def test_lifted_functions_are_mapped_by_other_processes() -> None:
    with multiprocessing.get_context("fork").Pool(2) as pool:
        assert [y.data for y in pool.map(lifted_square, [1.0, 2.0, 3.0])] == [1.0, 4.0, 9.0]
        assert [y.tolist() for y in pool.map(mapped_square, [[1.0], [2.0, 3.0]])] == [[1.0], [4.0, 9.0]]
        pool.close()
        pool.join()


def test_an_object_that_is_called_is_no_method() -> None:
    class Times:
        def __call__(self, x):
            return Value(2.0) * x

    class Holder:
        times = jit(Times())

    assert [Holder().times(3.0).data, Holder.times(4.0).data] == [6.0, 8.0]
