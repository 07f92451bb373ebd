"""no_grad and enable_grad: blocks and decorators, nested at will, in this thread only."""

import gc
import threading

import pytest

from engine import Value, enable_grad, is_grad_enabled, no_grad


def records() -> bool:
    """Whether an operator records its operands, in every way there is of making a node."""
    x = Value(2.0)
    nodes = (x + x, x * 3.0, -x, x.tanh(), x**2, Value(4.0, (x,), (1.0,)))
    recorded = {bool(node._children) for node in nodes}
    assert recorded == {is_grad_enabled()}
    assert all(node.requires_grad is is_grad_enabled() for node in nodes)
    return is_grad_enabled()


@pytest.fixture(autouse=True)
def _recording_before_and_after():
    assert records()
    yield
    assert records()


# -- blocks -------------------------------------------------------------------------------------------


def test_nothing_is_recorded_in_the_block() -> None:
    with no_grad():
        assert not records()


def test_numbers_are_computed_in_the_block() -> None:
    x = Value(2.0)
    with no_grad():
        y = (x * x + 1.0).exp()
    assert y.data == pytest.approx(148.4131591025766)
    assert y.grad == 0.0


@pytest.mark.parametrize("depth", [1, 2, 5])
def test_blocks_nest(depth) -> None:
    def inside(left: int) -> None:
        with no_grad():
            if left:
                inside(left - 1)
            assert not records()

    inside(depth)


def test_enabling_within_disabling_within_enabling() -> None:
    with enable_grad():
        assert records()
        with no_grad():
            assert not records()
            with no_grad(), enable_grad():
                assert records()
                with enable_grad():
                    assert records()
                with no_grad():
                    assert not records()
                assert records()
            assert not records()
        assert records()


def test_one_object_may_be_entered_twice() -> None:
    block = no_grad()
    with block:
        with block:
            assert not records()
        assert not records()
    enabling = enable_grad()
    with no_grad(), enabling:
        with no_grad(), enabling:
            assert records()
        assert records()


@pytest.mark.parametrize("mode", [no_grad, enable_grad])
def test_an_exception_ends_the_block_and_goes_on(mode) -> None:
    with pytest.raises(KeyError, match="inside"), mode():
        raise KeyError("inside")
    assert records()
    with no_grad():
        with pytest.raises(KeyError, match="inside"), mode():
            raise KeyError("inside")
        assert not records()


def test_the_block_has_no_name() -> None:
    with no_grad() as given:
        assert given is None


def test_a_graph_from_before_the_block_can_be_swept_in_it() -> None:
    x = Value(3.0)
    y = x * x
    with no_grad():
        y.backward()
    assert x.grad == 6.0


def test_a_result_of_the_block_is_a_constant_outside() -> None:
    x = Value(3.0)
    with no_grad():
        c = x * x
    y = c * x
    y.backward()
    assert (x.grad, c.grad) == (9.0, 0.0)


# -- decorators ---------------------------------------------------------------------------------------


@no_grad
def without_parentheses(x: Value, scale: float = 1.0) -> tuple[bool, Value]:
    """What it says."""
    return records(), x * scale


@no_grad()
def with_parentheses(x: Value, scale: float = 1.0) -> tuple[bool, Value]:
    """What it says."""
    return records(), x * scale


@pytest.mark.parametrize("decorated", [without_parentheses, with_parentheses])
def test_a_decorated_function_records_nothing(decorated) -> None:
    recorded, y = decorated(Value(2.0), scale=3.0)
    assert not recorded
    assert (y.data, y._children) == (6.0, ())
    assert decorated.__doc__ == "What it says."
    assert decorated.__name__ in ("without_parentheses", "with_parentheses")


@pytest.mark.parametrize("parentheses", [True, False])
def test_enabling_decorator_within_a_block(parentheses) -> None:
    decorate = enable_grad() if parentheses else enable_grad
    decorated = decorate(records)
    with no_grad():
        assert decorated()
        assert not records()
    assert no_grad(decorated)()


def test_a_decorated_method_knows_its_object() -> None:
    class Model:
        w = Value(3.0)

        @no_grad
        def predict(self, x: float) -> Value:
            return self.w * x

        @no_grad()
        def again(self, x: float) -> Value:
            return self.w * x

    model = Model()
    assert (model.predict(2.0)._children, model.again(2.0)._children) == ((), ())
    assert model.predict(2.0).data == 6.0


def test_a_decorated_function_may_call_itself() -> None:
    @no_grad
    def countdown(n: int) -> list[bool]:
        return [records(), *(countdown(n - 1) if n else [])]

    assert countdown(3) == [False] * 4


def test_an_exception_in_a_decorated_function_ends_the_mode() -> None:
    @no_grad
    def fails() -> None:
        raise ZeroDivisionError

    for _ in range(3):
        with pytest.raises(ZeroDivisionError):
            fails()
        assert records()


# -- generators: the mode holds while the generator runs, not while it waits --------------------------


@pytest.mark.parametrize("decorate", [no_grad, no_grad()])
def test_a_decorated_generator_records_nothing_and_its_user_does(decorate) -> None:
    @decorate
    def numbers(count: int):
        """What it says."""
        for _ in range(count):
            yield records()
        return "done"

    assert numbers.__doc__ == "What it says."
    generator = numbers(3)
    for _ in range(3):
        assert next(generator) is False
        assert records()
    with pytest.raises(StopIteration) as end:
        next(generator)
    assert end.value.value == "done"
    assert list(numbers(0)) == []


def test_an_enabling_generator_within_a_block() -> None:
    @enable_grad
    def numbers():
        yield records()
        yield records()

    with no_grad():
        for recorded in numbers():
            assert recorded
            assert not records()


def test_what_is_sent_reaches_the_generator() -> None:
    @no_grad
    def running_sum():
        total = 0.0
        while True:
            total += yield (total, records())

    generator = running_sum()
    assert next(generator) == (0.0, False)
    assert generator.send(2.0) == (2.0, False)
    assert generator.send(3.0) == (5.0, False)
    assert records()


def test_what_is_thrown_reaches_the_generator() -> None:
    @no_grad
    def careful():
        try:
            yield "start"
        except ValueError as error:
            yield f"caught {error}, recording {records()}"

    generator = careful()
    next(generator)
    assert generator.throw(ValueError("it")) == "caught it, recording False"
    assert records()
    generator = careful()
    next(generator)
    with pytest.raises(KeyError):
        generator.throw(KeyError("not it"))
    assert records()


def test_closing_runs_the_generators_own_end() -> None:
    ended = []

    @no_grad
    def tidy():
        try:
            yield 1
        finally:
            ended.append(records())

    generator = tidy()
    next(generator)
    generator.close()
    assert ended == [False]
    assert records()
    generator = tidy()
    next(generator)
    del generator
    gc.collect()
    assert ended == [False, False]


def test_a_decorated_generator_may_delegate() -> None:
    @no_grad
    def inner():
        received = yield records()
        return received

    def outer():
        result = yield from inner()
        yield result, records()

    generator = outer()
    assert next(generator) is False
    assert generator.send("hello") == ("hello", True)


def test_an_exception_in_a_generator_ends_the_mode() -> None:
    @no_grad
    def fails():
        yield 1
        raise ZeroDivisionError

    generator = fails()
    next(generator)
    with pytest.raises(ZeroDivisionError):
        next(generator)
    assert records()


# -- threads ------------------------------------------------------------------------------------------


def in_another_thread(function) -> list:
    found: list = []
    thread = threading.Thread(target=lambda: found.append(function()))
    thread.start()
    thread.join()
    return found


def test_another_thread_goes_on_recording() -> None:
    with no_grad():
        assert in_another_thread(records) == [True]
        assert not records()


def test_another_threads_block_is_its_own() -> None:
    entered, leave = threading.Event(), threading.Event()
    found = []

    def other() -> None:
        with no_grad():
            entered.set()
            leave.wait(60.0)
            found.append(records())
        found.append(records())

    thread = threading.Thread(target=other)
    thread.start()
    assert entered.wait(60.0)
    try:
        assert records()  # slower while some block is open somewhere, but recording
        x = Value(3.0)
        (x * x).backward()
        assert x.grad == 6.0
    finally:
        leave.set()
        thread.join()
    assert found == [False, True]


def test_enabling_in_one_thread_does_not_enable_another() -> None:
    with no_grad():

        def other() -> bool:
            with no_grad(), enable_grad():
                return records()

        assert in_another_thread(other) == [True]
        assert not records()
