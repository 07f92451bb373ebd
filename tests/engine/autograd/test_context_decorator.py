"""Blocks as decorators of asynchronous functions; test_grad_mode.py has the functions and the generators."""

import asyncio
import inspect

import pytest

from engine import is_grad_enabled, no_grad
from engine.autograd.context_decorator import Block, Openings


def test_a_decorated_coroutine_records_nothing_and_others_do_while_it_waits() -> None:
    seen = []

    @no_grad()
    async def predict() -> str:
        seen.append(("inside", is_grad_enabled()))
        await asyncio.sleep(0)
        seen.append(("inside", is_grad_enabled()))
        return "done"

    async def other() -> None:
        seen.append(("outside", is_grad_enabled()))

    async def both() -> str:
        task = asyncio.ensure_future(other())
        result = await predict()
        await task
        return result

    assert inspect.iscoroutinefunction(predict)
    assert asyncio.run(both()) == "done"
    assert seen == [("inside", False), ("outside", True), ("inside", False)]
    assert is_grad_enabled()


def test_an_exception_in_a_coroutine_ends_the_block() -> None:
    @no_grad
    async def fails() -> None:
        await asyncio.sleep(0)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        asyncio.run(fails())
    assert is_grad_enabled()


def test_a_cancelled_coroutine_cleans_up_within_the_block() -> None:
    seen = []

    @no_grad
    async def waits() -> None:
        try:
            await asyncio.sleep(3600)
        finally:
            seen.append(is_grad_enabled())

    async def cancel() -> None:
        task = asyncio.ensure_future(waits())
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(cancel())
    assert seen == [False]
    assert is_grad_enabled()


def test_a_decorated_asynchronous_generator_is_driven_step_by_step() -> None:
    seen = []

    @no_grad
    async def running_sum():
        total = 0.0
        try:
            while True:
                await asyncio.sleep(0)
                try:
                    total += yield (total, is_grad_enabled())
                except ValueError:
                    total = -1.0
        finally:
            seen.append(is_grad_enabled())

    async def use() -> None:
        sums = running_sum()
        seen.append(await sums.asend(None))
        seen.append(is_grad_enabled())
        seen.append(await sums.asend(2.0))
        seen.append(await sums.athrow(ValueError()))
        await sums.aclose()

    asyncio.run(use())
    assert seen == [(0.0, False), True, (2.0, False), (-1.0, False), False]


def test_an_asynchronous_generator_comes_to_its_end() -> None:
    @no_grad
    async def two():
        yield is_grad_enabled()
        yield is_grad_enabled()

    async def use() -> list[bool]:
        return [item async for item in two()]

    assert asyncio.run(use()) == [False, False]
    assert is_grad_enabled()


def test_a_listener_is_told_before_a_block_opens() -> None:
    told = []

    class told_of(Block):  # noqa: N801 - reads as a block
        openings = Openings()

    told_of.openings.on_open(lambda: told.append(told_of.openings.is_open()))
    with told_of():
        assert told == [False]
        with told_of():
            assert told == [False, True]
    assert told == [False, True]
